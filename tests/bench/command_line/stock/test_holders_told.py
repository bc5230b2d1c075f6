"""Who has which handset, on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.command_line import arguments
from bench.command_line.errands.words import Errand
from bench.command_line.program import Program
from bench.custody.entries import Entry
from bench.events.orders import CustodyKind
from tests.bench.stock.counter import counter, made_up_imei
from tests.bench.stock.handing.on_the_road import back_home, staged

HOLDER = "r-0011223344556677"


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """A record with a handset that somebody has, one they gave back, and one in quarantine."""
    with counter(tmp_path) as desk:
        one, other = staged(desk, 1, 3)
        back_home(desk, 2)
        desk.append(
            Entry(CustodyKind.HANDED_OVER, one, to=f"person:{HOLDER}"),
            Entry(CustodyKind.QUARANTINED, other, data={"problem": "faulty"}),
        )
    return tmp_path / "ledger.db"


def asked(*words: object) -> int:
    errand = arguments.parse(["stock", *map(str, words)], ())
    assert isinstance(errand, Errand)
    return errand.work(Program(Path("resources"), lambda: "0" * 64))


def test_holders_stand_by_pseudonym(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked("holders", record) == 0
    assert capsys.readouterr().out.startswith(f"{HOLDER}: 1, since ")
    asked("holders", record, "--json")
    (holder,) = json.loads(capsys.readouterr().out)["holders"]
    assert (holder["holder"], holder["handsets"]) == (HOLDER, 1)


def test_what_a_person_has_and_had(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked("held-by", record, f"person:{HOLDER}") == 0
    assert "SIM-000001" in capsys.readouterr().out
    asked("held-by", record, HOLDER, "--ever")
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_who_had_a_handset_without_its_whole_imei(
    record: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked("held-by", record, made_up_imei(2), "--json") == 0
    said = capsys.readouterr().out
    (spell,) = json.loads(said)["spells"]
    assert spell["until"] > 0
    assert made_up_imei(2).digits not in said


def test_a_person_of_no_handset_is_exit_code_1(record: Path) -> None:
    assert asked("held-by", record, "r-ffffffffffffffff") == 1
    assert asked("held-by", record, "' OR 1=1 --") == 1


def test_what_is_set_aside(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked("quarantine", record) == 0
    assert "SIM-000003 SM-A325F: faulty" in capsys.readouterr().out
