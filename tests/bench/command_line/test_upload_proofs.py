"""What the record proves of uploads, and who may make them."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bench.custody.database import connect_reader
from bench.custody.phases import Phase
from bench.enrolment.exports.manifest import digest
from tests.bench.command_line.answering import Answers
from tests.bench.command_line.uploading import (
    PIN,
    TRAINING,
    open_it,
    real_record,
    run,
    shelf,
    take_in,
    training_record,
)
from tests.bench.custody.people.enrolled import badge
from tests.bench.custody.record import ROOT

Said = pytest.CaptureFixture[str]


@pytest.fixture
def record(tmp_path: Path) -> Path:
    return training_record(tmp_path)


# ── what the record proves ──────────────────────────────────────────────────────────────────────
def test_a_file_that_was_changed_is_not_handed_in_and_is_listed_as_damaged(
    record: Path, capsys: Said
) -> None:
    run("make", "knox", record)
    path = shelf(record) / "training-knox-0001" / "training-knox-0001.csv"
    path.write_bytes(path.read_bytes()[:-2])
    assert run("confirm", record, "training-knox-0001") == 1
    assert "no longer what was made" in capsys.readouterr().err
    assert run("list", record) == 1
    assert "DAMAGED: training-knox-0001.csv is not what was made" in capsys.readouterr().out


def test_a_manifest_that_was_made_anew_is_not_the_one_in_the_record(
    record: Path, capsys: Said
) -> None:
    run("make", "knox", record)
    path = shelf(record) / "training-knox-0001" / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b"device-1", b"device-8"))
    assert run("list", record) == 1
    assert "NOT WHAT THE RECORD SAYS" in capsys.readouterr().out
    assert run("confirm", record, "training-knox-0001") == 1
    assert "not the one in the record" in capsys.readouterr().err


def test_a_batch_that_went_is_told_of_by_the_record(record: Path, capsys: Said) -> None:
    run("make", "knox", record)
    shelf(record).rename(record.parent / "lost")
    assert run("list", record) == 1
    assert "training-knox-0001  GONE: the record knows it" in capsys.readouterr().out


def test_a_batch_that_was_cut_off_before_its_event_is_made_good(record: Path, capsys: Said) -> None:
    """The event of a bench's other record is missing here, as after a cut between the two."""
    twin = record.parent / "twin" / "ledger.db"
    twin.parent.mkdir()
    with closing(open_it(twin, TRAINING)) as ledger:
        take_in(ledger, 1, Phase.IN_STOCK)
    run("make", "knox", twin, "--out", shelf(record))
    capsys.readouterr()
    assert run("list", record) == 1
    assert "NOT IN THE RECORD" in capsys.readouterr().out
    assert run("confirm", record, "training-knox-0001") == 0
    assert run("list", record) == 0
    assert run("confirm", record, "training-knox-0001") == 0
    assert "was handed in before" in capsys.readouterr().out
    with closing(connect_reader(record)) as connection:
        (count,) = connection.execute(
            "SELECT count(*) FROM event WHERE type = 'exported'"
        ).fetchone()
    assert count == 2


def test_a_note_beside_a_batch_proves_nothing_without_the_record(
    record: Path, capsys: Said
) -> None:
    run("make", "knox", record)
    place = shelf(record) / "training-knox-0001"
    note = {"manifest": digest((place / "manifest.json").read_bytes())}
    (place / "handed-in.json").write_text(json.dumps(note))
    assert run("list", record) == 1
    assert "DOES NOT SAY THAT IT WAS HANDED IN" in capsys.readouterr().out


def test_nothing_is_made_while_a_bench_works_on_the_record(record: Path, capsys: Said) -> None:
    program = "import sys; from tests.bench.command_line.uploading import hold; hold(sys.argv[1])"
    with subprocess.Popen(
        [sys.executable, "-c", program, str(record)], cwd=ROOT,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as other:  # fmt: skip
        assert other.stdout is not None
        assert other.stdout.readline() == b"open\n"
        assert run("make", "knox", record) == 1
        other.communicate(b"")
    assert not shelf(record).exists()
    assert "Another program holds this record" in capsys.readouterr().err


# ── who does it ─────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def real(tmp_path: Path) -> tuple[Path, str]:
    return real_record(tmp_path)


def test_a_supervisor_signs_in_and_stands_in_manifest_and_record(real: tuple[Path, str]) -> None:
    record, boss = real
    assert run("make", "knox", record, answers=Answers(badge(1).uid, PIN)) == 0
    manifest = json.loads((shelf(record) / "knox-0001" / "manifest.json").read_text())
    assert manifest["made"]["by"] == boss
    assert manifest["made"]["record"].endswith("/bench-07/e1")
    with closing(connect_reader(record)) as connection:
        (actor,) = connection.execute(
            "SELECT json_extract(body, '$.actor.id') FROM event WHERE type = 'exported'"
        ).fetchone()
    assert actor == boss


@pytest.mark.parametrize("answers", [(badge(2).uid, PIN), (badge(1).uid, "111222"), ()])
def test_nobody_else_makes_one(
    real: tuple[Path, str], answers: tuple[str, ...], capsys: Said
) -> None:
    record, _ = real
    assert run("make", "knox", record, answers=Answers(*answers)) == 1
    assert not shelf(record).exists()
    assert PIN not in "".join(capsys.readouterr())
