"""`upload …` as it is typed: what is made, what is refused, and with which exit code."""

from __future__ import annotations

import json
import os
from contextlib import closing
from pathlib import Path

import pytest

from bench.custody.database import connect_reader
from bench.custody.phases import Phase
from bench.custody.verification import verify_file
from bench.enrolment.exports.manifest import digest
from bench.enrolment.exports.recording import recorded
from tests.bench.command_line.uploading import (
    TRAINING,
    open_it,
    put,
    run,
    shelf,
    training_record,
)
from tests.bench.custody.record import imei

ALREADY_MANAGED = "not needed for 3 of 3 handsets"
Said = pytest.CaptureFixture[str]


@pytest.fixture
def record(tmp_path: Path) -> Path:
    return training_record(tmp_path)


# ── making ──────────────────────────────────────────────────────────────────────────────────────
def test_a_batch_is_made_proven_and_handed_in(record: Path, capsys: Said) -> None:
    assert run("make", "knox", record, "--tac", "00440000") == 0
    assert "training-knox-0001: 3 handsets" in capsys.readouterr().out
    data = (shelf(record) / "training-knox-0001" / "training-knox-0001.csv").read_bytes()
    assert sorted(data.decode().split()) == [str(imei(n)) for n in (1, 2, 3)]
    with closing(connect_reader(record)) as connection:
        (event,) = recorded(connection).values()
        (told,) = connection.execute(
            "SELECT json_extract(body, '$.data') FROM event WHERE type = 'exported'"
        ).fetchone()
    manifest = shelf(record) / "training-knox-0001" / "manifest.json"
    assert event.manifest_sha256 == json.loads(told)["manifest_sha256"]
    assert json.loads(told)["files"] == [
        {"name": "training-knox-0001.csv", "rows": 3, "sha256": digest(data)}
    ]
    assert event.manifest_sha256 == digest(manifest.read_bytes())
    assert str(imei(1)) not in told
    assert run("confirm", record, "training-knox-0001") == 0
    assert run("list", record) == 0
    assert "training-knox-0001  handed in  3 handsets in 1 file, knox" in capsys.readouterr().out
    assert verify_file(record, thorough=True).verifies


def test_a_preview_writes_nothing_and_takes_no_lock(record: Path, capsys: Said) -> None:
    with closing(open_it(record, TRAINING)):
        assert run("preview", "knox", record) == 0
    assert "3 handsets in 1 file" in capsys.readouterr().out
    assert not shelf(record).exists()
    assert run("preview", "intune-imei", record) == 1
    assert f"!! N{ALREADY_MANAGED[1:]}, because" in capsys.readouterr().out


def test_what_is_not_needed_is_made_only_when_it_is_meant_all_the_same(
    record: Path, capsys: Said
) -> None:
    assert run("make", "intune-imei", record) == 1
    assert ALREADY_MANAGED in capsys.readouterr().err
    assert not shelf(record).exists()
    assert run("make", "intune-imei", record, "--anyway") == 0
    manifest = shelf(record) / "training-intune-0001" / "manifest.json"
    assert "Android 11" in json.loads(manifest.read_bytes())["made_in_spite_of"][0]


def test_nothing_is_made_of_handsets_that_are_in_a_file_already(record: Path, capsys: Said) -> None:
    assert run("make", "knox", record) == 0
    assert run("make", "knox", record) == 1
    said = capsys.readouterr()
    assert "there is no handset to put into a file" in said.err
    assert "3 in a file already" in said.out
    put(record, 4, Phase.IN_STOCK)
    assert run("make", "knox", record) == 0
    assert "1 handset in 1 file; 3 in a file already" in capsys.readouterr().out
    assert run("make", "knox", record, "--again") == 0


@pytest.mark.parametrize("phase", [Phase.HANDED_OVER, Phase.DISPATCHED, Phase.RECEIVED])
def test_a_handset_in_service_is_uploaded_only_by_name_and_with_a_second_word(
    record: Path, phase: Phase, capsys: Said
) -> None:
    put(record, 4, phase)
    assert run("make", "knox", record) == 3
    assert "uploading it now could reset it in its holder's hands" in capsys.readouterr().out
    assert run("make", "knox", record, "--phase", phase.value) == 1
    assert "CAN RESET THEM TO FACTORY SETTINGS" in capsys.readouterr().err
    assert run("make", "knox", record, "--phase", phase.value, "--anyway") == 3


PROFILE = """\
[profile]
schema = 2
name = "By Knox"
version = 1
method = "knox"
[traps]
models = ["SM-A325F"]
tacs = ["00440000"]
[[step]]
name = "Be in Knox"
listed = "knox"
[[gate]]
name = "Looked at"
confirm = "The launcher is shown"
persons = 2
"""


def test_a_profile_says_which_model_was_ordered_and_how_it_is_enrolled(
    record: Path, tmp_path: Path, capsys: Said
) -> None:
    profile = tmp_path / "profile.toml"
    profile.write_text(PROFILE)
    assert run("preview", "knox", record, "--profile", profile) == 0
    assert run("preview", "intune-imei", record, "--profile", profile) == 1
    assert ALREADY_MANAGED[1:] in capsys.readouterr().out
    profile.write_text(PROFILE.replace("00440000", "00440009"))
    assert run("preview", "knox", record, "--profile", profile) == 1
    said = capsys.readouterr().out
    assert said.count("00440000, which is not of the ordered model") == 3
    profile.write_text(PROFILE.replace("A325F", "A326B"))
    assert run("preview", "knox", record, "--profile", profile) == 1
    assert capsys.readouterr().out.count("its model was not ordered") == 3
    profile.write_text("[profile]")
    assert run("preview", "knox", record, "--profile", profile) == 1
    assert "profile.toml" in capsys.readouterr().err


def test_a_type_allocation_code_says_which_model_was_ordered(
    record: Path, tmp_path: Path, capsys: Said
) -> None:
    put(record, 4, Phase.IN_STOCK)
    assert run("make", "knox", record, "--tac", "00440009") == 1
    assert capsys.readouterr().out.count("not of the ordered model") == 4
    assert not (tmp_path / "uploads").exists()


def test_zero_touch_asks_for_the_customers_number(record: Path, capsys: Said) -> None:
    assert run("preview", "zero-touch", record) == 1
    assert "--set owner=" in capsys.readouterr().err
    assert run("preview", "zero-touch", record, "--set", "owner=1", "--anyway") == 0
    assert run("preview", "knox", record, "--set", "owner=1") == 1
    assert "has no 'owner' to set" in capsys.readouterr().err


# ── a supplier's list ───────────────────────────────────────────────────────────────────────────
def test_handsets_are_uploaded_from_a_suppliers_list_before_they_came(
    record: Path, tmp_path: Path, capsys: Said
) -> None:
    listed = tmp_path / "list.csv"
    rows = [f"{imei(n)};R58N{n:06d}XY;SM-A325F" for n in (1, 11, 12)]
    listed.write_text("\n".join(["IMEI 1;S/N;Model", *rows, "4.4E+13;x;y", ""]))
    assert run("make", "knox", record, "--from", listed, "--order", "PO-7") == 3
    said = capsys.readouterr().out
    assert "imei is its column 'IMEI 1' (guessed)" in said
    assert "line 5: y: A spreadsheet made an exponent" in said
    rows = json.loads((shelf(record) / "training-knox-0001" / "manifest.json").read_text())["rows"]
    assert [row[-1] for row in rows] == ["device-1", "", ""]


def test_a_suppliers_list_reaches_no_handset_that_is_in_service(
    record: Path, tmp_path: Path, capsys: Said
) -> None:
    put(record, 4, Phase.HANDED_OVER)
    listed = tmp_path / "list.csv"
    listed.write_text(f"IMEI\n{imei(4)}\n")
    assert run("make", "knox", record, "--from", listed) == 1
    assert "in its holder's hands" in capsys.readouterr().out
    assert run("make", "knox", record, "--from", listed, "--phase", "handed-over") == 1
    assert "CAN RESET" in capsys.readouterr().err


# ── questions ───────────────────────────────────────────────────────────────────────────────────
def test_which_file_a_handset_is_in_is_said(record: Path, capsys: Said) -> None:
    run("make", "knox", record)
    capsys.readouterr()
    assert run("where", record, str(imei(2))) == 0
    said = capsys.readouterr().out
    assert said.startswith("knox: training-knox-0001/training-knox-0001.csv, row ")
    assert said.endswith("made\n")
    assert run("where", record, "R58N000002XY") == 0
    assert capsys.readouterr().out == said
    assert run("where", record, str(imei(9))) == 1
    assert run("where", record, "R58N000009XY") == 1


def test_formats_that_are_not_confirmed_say_so(capsys: Said) -> None:
    assert run("formats") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines if "NOT CONFIRMED" in line] == [
        "knox", "zero-touch-full", "zero-touch-serial", "zero-touch",
    ]  # fmt: skip


def test_a_batch_that_is_not_there_is_said(record: Path, capsys: Said) -> None:
    assert run("list", record) == 0
    assert capsys.readouterr().out == "nothing was uploaded yet\n"
    assert run("confirm", record, "knox-0001\x1b[2J") == 1
    said = capsys.readouterr().err
    assert "There is no upload of that name" in said
    assert "\x1b" not in said


# ── words ───────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "words",
    [
        ("make", "knox"),
        ("make", "knox", os.devnull + "x"),
        ("make", "knox", __file__, "--tac", "1"),
        ("make", "knox", __file__, "--imei", "third"),
        ("make", "knox", __file__, "--phase", "asleep"),
        ("make", "knox", __file__, "--column", "IMEI"),
        ("make", "knox", __file__, "--set", "owner="),
        ("where", __file__),
        ("confirm", __file__),
    ],
)
def test_bad_words_are_refused_as_such(words: tuple[str, ...], capsys: Said) -> None:
    with pytest.raises(SystemExit) as caught:
        run(*words)
    assert caught.value.code == 2
    capsys.readouterr()
