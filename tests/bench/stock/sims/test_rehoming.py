"""SIMs come under another contract: in one step, told once, with what they were under before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.events.desks import Workspace
from bench.events.orders import CustodyKind
from bench.events.views import ScanTone
from bench.stock.intake.queries import open_disagreements
from bench.stock.intake.settling import Which, settle
from bench.stock.sims import queries
from bench.stock.sims.rehoming import entries, rehome, untold
from tests.bench.stock.counter import Counter, counter
from tests.bench.stock.sims.sim_talk import iccid, list_sims

AT, LATER = "2026-11-24T08:00:00+00:00", "2026-11-25T08:00:00+00:00"
SUPPLIER = "EXAMPLE MOBILE"


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path) as made:
        list_sims(made, 1, 2, 3)
        list_sims(made, 4, contract="AIR-2")
        yield made


def move(at: Counter, before: str, contract: str, when: str = AT) -> int:
    with at.book.writer() as connection:
        return rehome(connection, SUPPLIER, before, contract, when)


def homes(at: Counter, number: int) -> list[str]:
    return [h.contract for h in queries.homes(at.book.connection, iccid(number).digits)]


def test_all_of_a_contract_move_and_know_where_they_were(at: Counter) -> None:
    assert move(at, "AIR-1", "AIR-3") == 3
    assert queries.sim(at.book.connection, iccid(1).digits).contract == "AIR-3"
    assert queries.sim(at.book.connection, iccid(4).digits).contract == "AIR-2"
    assert (homes(at, 1), homes(at, 4)) == (["AIR-1", "AIR-3"], [])


def test_the_record_is_told_once_and_how_many_they_were(at: Counter) -> None:
    move(at, "AIR-1", "AIR-3")
    at.append(*entries(at.book.connection))
    assert entries(at.book.connection) == ()
    (told,) = at.bodies(CustodyKind.SIMS_REHOMED)
    sims = "\n".join(sorted(iccid(n).digits for n in (1, 2, 3)))
    assert told["data"] == {
        "supplier": SUPPLIER, "before": "AIR-1", "contract": "AIR-3", "since": AT, "count": 3,
        "sims": hashlib.sha256(sims.encode()).hexdigest(),
    }  # fmt: skip


def test_there_and_back_again_are_two_movings(at: Counter) -> None:
    move(at, "AIR-1", "AIR-3")
    at.append(*entries(at.book.connection))
    move(at, "AIR-3", "AIR-1", LATER)
    (back,) = untold(at.book.connection)
    assert (back.before, back.contract, back.count) == ("AIR-3", "AIR-1", 3)
    assert homes(at, 2) == ["AIR-1", "AIR-3", "AIR-1"]


def test_what_was_cut_off_before_the_event_is_told_at_the_next_look(tmp_path: Path) -> None:
    with counter(tmp_path) as at:
        list_sims(at, 1)
        move(at, "AIR-1", "AIR-3")
    with counter(tmp_path) as at:
        assert [each.count for each in untold(at.book.connection)] == [1]


def test_a_contract_without_sims_and_one_that_is_the_same_move_nothing(at: Counter) -> None:
    assert move(at, "AIR-9", "AIR-1") == 0
    for contract in ("AIR-1", ""):
        with pytest.raises(ValueError, match="another contract"):
            move(at, "AIR-1", contract)
    assert untold(at.book.connection) == ()
    assert at.book.connection.execute("SELECT count(*) FROM import").fetchone() == (0,)


@pytest.mark.parametrize("which", Which)
def test_a_file_whose_other_contract_was_let_stand_is_told_too(at: Counter, which: Which) -> None:
    said = ("sims", iccid(1).digits, "contract", 7, "AIR-1", "AIR-5")
    at.book.connection.execute("INSERT INTO disagreement VALUES (?, ?, ?, ?, ?, ?, '')", said)
    with at.book.writer() as connection:
        settle(connection, open_disagreements(connection), which, AT)
    told = [(each.before, each.contract, each.count) for each in untold(at.book.connection)]
    assert told == ([("AIR-1", "AIR-5", 1)] if which is Which.THEIRS else [])


def test_at_the_desk_it_takes_a_key_a_name_and_a_key(at: Counter) -> None:
    at.go(Workspace.GOODS_IN, "rehome-sims")
    assert at.desk.lines[0].cells[:3] == (SUPPLIER, "AIR-1", "3")
    at.choose("0")
    at.write("AIR-1")
    assert at.answer.tone is ScanTone.BAD
    at.write("AIR-7")
    assert at.desk.prompt.startswith("3 SIMs")
    at.choose("do")
    at.work()
    assert (at.answer.tone, at.answer.answer) == (ScanTone.GOOD, "3 SIMs are under AIR-7.")
    assert len(at.bodies(CustodyKind.SIMS_REHOMED)) == 1
    at.choose("back")
    assert at.desk.title == "Goods-in"
