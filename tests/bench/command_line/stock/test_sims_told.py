"""SIMs and licences on the command line, beside a record that lies there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.command_line import arguments
from bench.command_line.errands.words import Errand
from bench.command_line.program import Program
from bench.custody.entries import Entry
from bench.events.desks import Workspace
from bench.events.orders import CustodyKind
from bench.problems import ProblemCode, ProblemError
from bench.stock.sims.states import Why
from tests.bench.stock.counter import Counter, counter, made_up, made_up_imei
from tests.bench.stock.sims.sim_talk import iccid, list_sims

PROGRAM = Program(Path("resources"), lambda: "0" * 64)


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """A record with a SIM that is married, one that was lost, one that is free, and a licence."""
    with counter(tmp_path) as desk:
        desk.append(Entry(CustodyKind.GOODS_IN, made_up(1)))
        list_sims(desk, 1, 2, 3)
        desk.go(Workspace.GOODS_IN, "marry-sims")
        desk.scan(made_up_imei(1))
        desk.scan(iccid(1))
        desk.scan(iccid(2))
        desk.choose(Why.LOST)
        _licences(desk)
    return tmp_path / "ledger.db"


def _licences(desk: Counter) -> None:
    desk.append(
        Entry(CustodyKind.SCANNED, made_up(1)),
        Entry(CustodyKind.STAGED, made_up(1), data={"licences": ["vpn"]}),
    )
    desk.book.connection.execute(
        "INSERT INTO licence_purchase VALUES ('vpn', 'R-1', 2, '2020-01-01', '', 'PO-2', 1)"
    )


def asked(*words: object) -> int:
    errand = arguments.parse(["stock", *map(str, words)], ())
    assert isinstance(errand, Errand)
    return errand.work(PROGRAM)


def test_sims_are_counted(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked("sims", record) == 0
    assert capsys.readouterr().out == "EXAMPLE MOBILE, AIR-1: 3 (1 free, 1 lost, 1 married)\n"
    asked("sims", record, "--json")
    (its,) = json.loads(capsys.readouterr().out)["sims"]
    assert (its["bought"], its["married"], its["lost"]) == (3, 1, 1)


def test_a_sim_tells_its_story_and_of_its_number_the_end(
    record: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked("sim", record, iccid(1)) == 0
    told = capsys.readouterr().out
    assert f"married in handset …{made_up_imei(1).tail}" in told
    assert ("number …001" in told, "900001" in told) == (True, False)
    asked("sim", record, iccid(1), "--number")
    assert "07700 900001" in capsys.readouterr().out
    asked("sim", record, iccid(2), "--json")
    said = json.loads(capsys.readouterr().out)
    assert (said["state"], said["why"], said["number"]) == ("lost", "lost", "…002")


def test_a_sim_that_nobody_names_and_a_number_that_is_none(
    record: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked("sim", record, iccid(99)) == 1
    assert "neither a file nor the record" in capsys.readouterr().err
    with pytest.raises(ProblemError) as refused:
        asked("sim", record, "8944")
    assert refused.value.problem.code is ProblemCode.SIM_UNKNOWN


def test_a_contract_is_replaced_and_what_the_record_says_of_it_stands(
    record: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked("rehome", record, "EXAMPLE MOBILE", "AIR-1", "AIR-4") == 0
    assert asked("rehome", record, "EXAMPLE MOBILE", "AIR-1", "AIR-4") == 1
    capsys.readouterr()
    asked("sim", record, iccid(3))
    assert "under AIR-4" in capsys.readouterr().out
    with counter(record.parent) as desk:
        (told,) = desk.bodies(CustodyKind.SIMS_REHOMED)
        assert told["data"]["count"] == 3  # type: ignore[index,call-overload]
        (taken,) = desk.bodies(CustodyKind.IMPORTED)
        assert taken["data"]["kind"] == "rehoming"  # type: ignore[index,call-overload]


@pytest.mark.parametrize("contract", ["AIR-1", "", "AIR\x1b[2J"])
def test_a_contract_that_is_none_replaces_nothing(record: Path, contract: str) -> None:
    with pytest.raises(ProblemError):
        asked("rehome", record, "EXAMPLE MOBILE", "AIR-1", contract)


def test_pools_are_told_by_purchase(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked("licences", record) == 0
    assert capsys.readouterr().out.splitlines() == [
        "vpn: 2 bought, 1 held, 1 free", "vpn, R-1: 1 of 2 held, 1 free",
    ]  # fmt: skip
    asked("licences", record, "--json")
    (pool,) = json.loads(capsys.readouterr().out)["pools"]
    assert (pool["free"], pool["purchases"][0]["order"]) == (1, "PO-2")
