"""A whole bench in training whose record is encrypted, and what is asked of it afterwards."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from bench.command_line.epochs import NewEpoch, new_epoch
from bench.command_line.forms import form_of
from bench.command_line.late_bench import LateBench
from bench.command_line.program import Program
from bench.custody.backup.plan import BackupName
from bench.custody.encrypted.connection import is_plain
from bench.custody.epochs.beginning import Why
from bench.custody.key import new_pem
from bench.enrolment.profiles.profile import EnrolmentProfile
from bench.identity.identifiers import UsbPath
from bench.ports import Bitmap, Equipment
from bench.problems import ProblemCode, ProblemError
from bench.settings import CustodySettings
from bench.staging.slots import HubLayout
from hardware.simulator.timing import Timing
from hardware.simulator.training import Exercise, training_equipment
from main import RESOURCES
from tests.bench.command_line.answering import Answers
from tests.peers.workbench import program

WORDS = (b"SQLite format 3", b"CREATE TABLE", b"training/", b"epoch_opened", b"SIM-0000", b"004400")
PROGRAM = Program(RESOURCES, lambda: "")


def shift(folder: Path, first_number: int, *, encrypted: bool = True, backups: str = "") -> None:
    """Let the scripted technician stage two handsets at a bench whose record lies in `folder`."""
    layout = HubLayout.numbered(1, 2, (UsbPath(1, (1, port)) for port in (1, 2)))

    def equipment(_: Sequence[EnrolmentProfile]) -> AbstractAsyncContextManager[Equipment]:
        labels: list[Bitmap] = []
        exercise = Exercise(
            ports=layout.ports, first_number=first_number, mishaps=(), seed=1,
            timing=Timing(answer_s=0.02), pace=0.0,
        )  # fmt: skip
        return training_equipment(exercise, labels)

    bench = LateBench(
        name="training",
        simulated=True,
        layout=layout,
        tag_prefix="SIM",
        profile=RESOURCES / "profiles" / "training" / "training.toml",
        template=RESOURCES / "labels" / "asset-50x25.toml",
        program=lambda: PROGRAM,
        ledger=folder / "ledger.db",
        equipment=equipment,
        custody=CustodySettings(encrypted=encrypted, backups=backups),
    )
    asyncio.run(bench.run(lambda _: None, lambda _: None))


def asked(*words: str | Path) -> tuple[int, str, str]:
    return asyncio.run(program("main.py", *words))


def clear_words(folder: Path) -> list[tuple[str, bytes]]:
    """Return which words of the record can be read in which file of a folder."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [(path.name, word) for path in files for word in WORDS if word in path.read_bytes()]


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two shifts on an encrypted record, the program started anew for the second."""
    folder = tmp_path_factory.mktemp("encrypted")
    shift(folder, 1)
    shift(folder, 100)
    return folder


def tags_of(record: Path) -> list[str]:
    """Return the asset tags that handsets carry."""
    connection = form_of(record).opener.read(record)
    rows = connection.execute("SELECT asset_tag FROM device ORDER BY asset_tag").fetchall()
    connection.close()
    return [str(tag) for (tag,) in rows]


def handset_of(record: Path) -> str:
    connection = form_of(record).opener.read(record)
    (imei,) = connection.execute("SELECT imei FROM device ORDER BY seq LIMIT 1").fetchone()
    connection.close()
    return str(imei)


def test_a_bench_begins_its_record_encrypted_and_goes_on_with_it(worked: Path) -> None:
    record = worked / "ledger.db"
    assert not is_plain(record)
    code, out, err = asked("ledger", "verify", record)
    assert (code, err) == (0, "")
    assert out.endswith("every one verifies\n")
    connection = form_of(record).opener.read(record)
    (handsets,) = connection.execute("SELECT count(*) FROM device").fetchone()
    connection.close()
    assert handsets == 4
    code, out, _ = asked("ledger", "epochs", record)
    assert code == 0, out


def test_nothing_of_it_can_be_read_in_any_file_of_its_folder(worked: Path) -> None:
    assert clear_words(worked) == []
    assert (worked / "ledger.dbkey").stat().st_mode & 0o077 == 0


def test_it_is_shown_exported_and_backed_up_through_its_key(worked: Path, tmp_path: Path) -> None:
    record, bundle, shelf = worked / "ledger.db", tmp_path / "bundle.json", tmp_path / "shelf"
    shelf.mkdir()
    handset = handset_of(record)
    code, out, err = asked("ledger", "show", record, handset)
    assert (code, err) == (0, "")
    assert handset in out
    code, out, err = asked("ledger", "export", record, handset, "--out", bundle)
    assert (code, err) == (0, "")
    assert json.loads(bundle.read_bytes())
    assert asked("ledger", "diff", record, bundle)[0] == 0
    code, out, err = asked("ledger", "backup", record, shelf)
    assert (code, err) == (0, ""), out
    (backup,) = [path for path in shelf.iterdir() if BackupName.parse(path.name)]
    assert clear_words(shelf) == []
    assert asked("ledger", "diff", record, backup)[0] == 0
    (tmp_path / "back.dbkey").write_bytes((worked / "ledger.dbkey").read_bytes())
    (tmp_path / "back.dbkey").chmod(0o600)
    code, out, err = asked("ledger", "restore", backup, tmp_path / "back.db")
    assert (code, err) == (0, ""), out
    assert asked("ledger", "verify", tmp_path / "back.db")[0] == 0


def test_people_are_listed_and_a_head_is_signed_in_it(worked: Path) -> None:
    record = worked / "ledger.db"
    for words in (("people", "list"), ("people", "data-map"), ("ledger", "checkpoint")):
        code, out, err = asked(*words, record)
        assert (code, err) == (0, ""), (words, out)


def test_the_backup_of_a_shift_is_proved_and_encrypted(tmp_path: Path) -> None:
    home, shelf = tmp_path / "home", tmp_path / "shelf"
    home.mkdir()
    shelf.mkdir()
    shift(home, 1, backups=str(shelf))
    assert clear_words(tmp_path) == []


def test_a_plain_record_is_refused_until_it_is_encrypted_and_the_reverse(tmp_path: Path) -> None:
    record = tmp_path / "ledger.db"
    shift(tmp_path, 1, encrypted=False)
    assert is_plain(record)
    with pytest.raises(ProblemError, match="staging-bench ledger encrypt") as refused:
        shift(tmp_path, 100)
    assert refused.value.problem.code is ProblemCode.LEDGER_UNUSABLE
    assert asked("ledger", "encrypt", record)[0] == 0
    assert clear_words(tmp_path) == []
    shift(tmp_path, 100)
    with pytest.raises(ProblemError, match="staging-bench ledger decrypt"):
        shift(tmp_path, 200, encrypted=False)
    assert asked("ledger", "decrypt", record)[0] == 0
    assert is_plain(record)
    shift(tmp_path, 200, encrypted=False)
    assert asked("ledger", "verify", record)[0] == 0


def test_without_its_key_or_with_another_it_is_a_problem_and_stays_as_it_was(
    tmp_path: Path,
) -> None:
    shift(tmp_path, 1)
    record, key = tmp_path / "ledger.db", tmp_path / "ledger.dbkey"
    before = record.read_bytes()
    key.write_bytes(secrets.token_bytes(32))
    _refuses_everywhere(record)
    key.unlink()
    _refuses_everywhere(record)
    assert not key.exists()
    key.write_bytes(new_pem())
    key.chmod(0o600)
    _refuses_everywhere(record)
    assert record.read_bytes() == before


@pytest.mark.parametrize("damaged", [False, True])
def test_the_next_epoch_of_an_encrypted_record_is_encrypted_too(
    tmp_path: Path, *, damaged: bool
) -> None:
    record = tmp_path / "ledger.db"
    shift(tmp_path, 1)
    if damaged:
        content = bytearray(record.read_bytes())
        content[-2000] ^= 1
        record.write_bytes(content)
    desk = replace(PROGRAM.epoch_desk(record), ask=Answers("2"))
    assert new_epoch(NewEpoch(record, None if damaged else Why.REIMAGED), desk) == 0
    assert not is_plain(record)
    assert clear_words(tmp_path) == []
    shift(tmp_path, 100)
    assert {"SIM-000003", "SIM-000004"} <= {*tags_of(record)}
    assert asked("ledger", "verify", record)[0] == 0
    code, out, _ = asked("ledger", "epochs", record)
    assert code == 0, out


def test_without_the_library_the_extra_is_named(tmp_path: Path) -> None:
    (tmp_path / "sqlcipher3.py").write_text("raise ImportError('it is not here')\n")
    home = tmp_path / "home"
    home.mkdir()
    lines = (
        "from pathlib import Path",
        "from bench.command_line.forms import form_for_bench",
        f"form = form_for_bench(Path({str(home / 'ledger.db')!r}), encrypted=True)",
        f"Path({str(home / 'ledger.db')!r}).touch()",
        f"form.opener.write(Path({str(home / 'ledger.db')!r}))",
    )
    code, _, err = asyncio.run(program("-c", "\n".join(lines), PYTHONPATH=str(tmp_path)))
    assert code == 1
    assert "staging-bench[encrypted]" in err


def _refuses_everywhere(record: Path) -> None:
    with pytest.raises(ProblemError) as refused:
        PROGRAM.open_record(record)
    assert refused.value.problem.code is ProblemCode.KEY_UNUSABLE
    with pytest.raises(ProblemError) as refused:
        shift(record.parent, 100)
    assert refused.value.problem.code is ProblemCode.KEY_UNUSABLE
    code, out, err = asked("ledger", "verify", record)
    assert code == 1
    assert "verifies" not in err + out.replace("that verifies", "")
