"""SIMs are married at the desk: by two scans, or by one key where it is not the rule."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.custody.entries import Actor, Entry, Proof
from bench.events.desks import Workspace
from bench.events.orders import CustodyKind, Json
from bench.events.views import ScanTone
from bench.stock.book.booked import Booked
from bench.stock.sims import queries
from bench.stock.sims.page import SIMS
from bench.stock.sims.queries import Holding
from bench.stock.sims.states import SimState, Why
from tests.bench.stock.counter import Counter, counter, made_up, made_up_imei
from tests.bench.stock.sims.sim_talk import eid, iccid, list_sims


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path) as made:
        counted = (Entry(CustodyKind.GOODS_IN, made_up(n, tag=n == 3)) for n in (1, 2, 3))
        made.append(*counted)
        list_sims(made, 1, 2, 3)
        made.go(Workspace.GOODS_IN, "marry-sims")
        yield made


def marry(desk: Counter, handset: int, sim: int) -> None:
    desk.scan(made_up_imei(handset))
    desk.scan(iccid(sim))


def state(desk: Counter, number: int) -> SimState:
    return queries.sim(desk.book.connection, iccid(number).digits).state


def held(desk: Counter, handset: int) -> list[str]:
    found = queries.sims_of_handset(desk.book.connection, made_up(handset).uid)
    return [sim.iccid for sim in found]


def test_a_box_and_a_sim_make_a_marriage_and_the_desk_waits_for_the_next(desk: Counter) -> None:
    marry(desk, 1, 1)
    assert (desk.answer.tone, desk.desk.done) == (ScanTone.GOOD, 1)
    marry(desk, 2, 2)
    first, second = desk.bodies(CustodyKind.SIM_MARRIED)
    assert first["data"] == {
        "sim": {"iccid": iccid(1).digits, "supplier": "EXAMPLE MOBILE", "contract": "AIR-1"}
    }
    assert held(desk, 2) == [iccid(2).digits]
    assert second["dev"]["uid"] == made_up(2).uid  # type: ignore[index,call-overload]


def test_the_sim_may_be_scanned_first(desk: Counter) -> None:
    desk.scan(iccid(1))
    desk.scan(made_up_imei(1))
    assert held(desk, 1) == [iccid(1).digits]


def test_a_handset_is_known_by_its_label_too(desk: Counter) -> None:
    desk.scan("SIM-000003")
    desk.scan(iccid(3))
    assert held(desk, 3) == [iccid(3).digits]


def test_no_event_and_no_view_has_a_telephone_number(desk: Counter) -> None:
    marry(desk, 1, 1)
    desk.scan(iccid(1))
    assert queries.msisdn(desk.book.connection, iccid(1).digits) == "07700 900001"
    said = repr(desk.bench.views) + json.dumps(desk.bodies())
    assert "900001" not in said


def test_a_sim_that_is_seen_twice_stops(desk: Counter) -> None:
    marry(desk, 1, 1)
    marry(desk, 2, 1)
    assert desk.answer.tone is ScanTone.BAD
    assert "another handset" in desk.answer.answer
    assert made_up_imei(1).tail in desk.answer.reasons[0]
    assert held(desk, 2) == []
    desk.scan(iccid(2))
    assert held(desk, 2) == [iccid(2).digits], "the handset is still in hand"


def test_the_same_pair_again_is_no_second_marriage(desk: Counter) -> None:
    marry(desk, 1, 1)
    marry(desk, 1, 1)
    assert desk.answer.tone is ScanTone.REPEATED
    assert len(desk.bodies(CustodyKind.SIM_MARRIED)) == 1


def test_a_sim_of_no_file_is_refused(desk: Counter) -> None:
    marry(desk, 1, 9)
    assert desk.answer.tone is ScanTone.BAD
    assert "No file of the operator" in desk.answer.answer
    assert desk.bodies(CustodyKind.SIM_MARRIED) == []


def test_a_handset_that_was_never_counted_in_is_refused(desk: Counter) -> None:
    desk.scan(made_up_imei(77))
    assert "knows no such handset" in desk.answer.answer


@pytest.mark.parametrize("scan", ["A1", "PALLET-7", "", "894499000000000001"])
def test_what_is_neither_handset_nor_sim_changes_nothing(desk: Counter, scan: str) -> None:
    desk.scan(made_up_imei(1))
    desk.scan(scan)
    assert desk.answer.tone is ScanTone.BAD
    desk.scan(iccid(1))
    assert held(desk, 1) == [iccid(1).digits]


def test_a_swap_asks_why_and_both_sims_know_it(desk: Counter) -> None:
    marry(desk, 1, 1)
    marry(desk, 1, 2)
    assert len(desk.bodies(CustodyKind.SIM_MARRIED)) == 1
    desk.choose(Why.FAULTY)
    assert held(desk, 1) == [iccid(2).digits]
    assert state(desk, 1) is SimState.SPENT
    said = desk.bodies(CustodyKind.SIM_MARRIED)[-1]["data"]
    assert isinstance(said, dict)
    assert (said["instead"], said["why"]) == (iccid(1).digits, "faulty")
    moves = queries.history(desk.book.connection, iccid(1).digits)
    assert [move.state for move in moves] == [SimState.MARRIED, SimState.SPENT]


def test_what_is_said_about_a_reason_can_be_erased(desk: Counter) -> None:
    marry(desk, 1, 1)
    marry(desk, 1, 2)
    desk.choose(Why.OTHER)
    assert held(desk, 1) == [iccid(1).digits], "something else takes words"
    desk.choose(Why.OTHER, "a made-up story")
    (*_, last) = desk.bodies(CustodyKind.SIM_MARRIED)
    assert "made-up" not in json.dumps(last)
    assert "note" in last["commit"]  # type: ignore[operator]
    assert state(desk, 1) is SimState.FREE


def test_a_sim_is_taken_out_by_its_handset_or_by_its_own_code(desk: Counter) -> None:
    marry(desk, 1, 1)
    desk.scan(made_up_imei(1))
    desk.choose("take")
    desk.choose(Why.RETURNED)
    assert (held(desk, 1), state(desk, 1)) == ([], SimState.FREE)
    marry(desk, 2, 1)
    desk.scan(iccid(1))
    assert made_up_imei(2).tail in desk.desk.prompt
    desk.choose("leave")
    assert held(desk, 2) == [iccid(1).digits]
    desk.scan(iccid(1))
    desk.choose(Why.LOST)
    assert (held(desk, 2), state(desk, 1)) == ([], SimState.LOST)


def test_a_lost_sim_is_married_to_nothing_until_it_is_found(desk: Counter) -> None:
    desk.scan(iccid(1))
    desk.choose(Why.LOST)
    (lost,) = desk.bodies(CustodyKind.SIM_TAKEN)
    assert "dev" not in lost
    marry(desk, 1, 1)
    assert "lost" in desk.answer.answer
    assert held(desk, 1) == []
    desk.choose("leave") if "leave" in [c.name for c in desk.desk.choices] else None
    desk.go(Workspace.GOODS_IN, "marry-sims")
    desk.scan(iccid(1))
    desk.choose(Why.FOUND)
    marry(desk, 1, 1)
    assert held(desk, 1) == [iccid(1).digits]


def test_an_esim_is_scanned_by_the_eid_of_its_chip(desk: Counter) -> None:
    list_sims(desk, 20, of=1)
    desk.scan(made_up_imei(1))
    desk.scan(eid(1))
    (married,) = desk.bodies(CustodyKind.SIM_MARRIED)
    assert married["data"]["sim"]["eid"] == eid(1).digits  # type: ignore[index,call-overload]
    desk.scan(made_up_imei(1))
    desk.scan(eid(1))
    assert desk.answer.tone is ScanTone.REPEATED


def test_an_eid_with_several_free_subscriptions_says_so_and_one_without_any_too(
    desk: Counter,
) -> None:
    list_sims(desk, 20, 21, of=1)
    desk.scan(made_up_imei(1))
    desk.scan(eid(1))
    assert "2 of them" in desk.answer.answer
    desk.scan(eid(2))
    assert "No file of the operator" in desk.answer.answer
    desk.scan(iccid(21))
    assert held(desk, 1) == [iccid(21).digits]


def test_sims_are_counted_by_contract_and_state(desk: Counter) -> None:
    list_sims(desk, 30, 31, contract="AIR-2")
    marry(desk, 1, 1)
    marry(desk, 2, 30)
    desk.scan(iccid(31))
    desk.choose(Why.FAULTY)
    one, two = queries.holdings(desk.book.connection)
    free, married, spent = SimState.FREE, SimState.MARRIED, SimState.SPENT
    assert one == Holding("EXAMPLE MOBILE", "AIR-1", {married: 1, free: 2})
    assert two == Holding("EXAMPLE MOBILE", "AIR-2", {married: 1, spent: 1, free: 0})
    assert (one.bought, two.bought) == (3, 2)


def test_the_page_of_sims_is_the_same_when_it_is_folded_again(desk: Counter) -> None:
    marry(desk, 1, 1)
    marry(desk, 1, 2)
    desk.choose(Why.LOST)
    desk.scan(iccid(3))
    desk.choose(Why.FAULTY)

    def rows() -> list[object]:
        tables = ("sim_holder", "sim_move", "sim_rehoming")
        return [desk.book.connection.execute(f"SELECT * FROM {t}").fetchall() for t in tables]

    before = rows()
    assert all(before[:2])
    desk.book.tear_out()
    desk.book.catch_up(desk.ledger.events)
    assert rows() == before


def test_every_question_about_sims_goes_over_an_index(desk: Counter) -> None:
    questions = [
        (f"{queries._LISTED} WHERE s.iccid = ?", ("1",)),
        (f"{queries._LISTED} WHERE s.eid = ? AND s.eid <> '' ORDER BY h.uid DESC", ("1",)),
        (f"{queries._HELD} WHERE h.uid = ? AND h.uid <> '' ORDER BY h.seq DESC", ("1",)),
    ]
    for question, values in questions:
        plan = desk.book.connection.execute(f"EXPLAIN QUERY PLAN {question}", values).fetchall()
        assert not [row for row in plan if str(row[-1]).startswith("SCAN")], question


def test_a_sim_that_went_with_a_handset_that_is_no_more_is_said_to_be_lost(desk: Counter) -> None:
    sim: dict[str, Json] = {"sim": {"iccid": iccid(1).digits}}
    desk.append(
        Entry(CustodyKind.SIM_MARRIED, made_up(1), data=sim),
        Entry(CustodyKind.WIPED, made_up(1)),
    )  # fmt: skip
    by, second = Actor("p-1", Proof.BADGE_PIN), Actor("p-2", Proof.BADGE_PIN)
    desk.ledger.append((Entry(CustodyKind.DISPOSED, made_up(1)),), by=by, second=second)
    desk.go(Workspace.GOODS_IN, "marry-sims")
    desk.scan(iccid(1))
    desk.choose("lost")
    assert desk.answer.tone is ScanTone.GOOD
    assert state(desk, 1) is SimState.LOST


def test_a_handset_says_first_the_sim_that_came_last_also_over_epochs(desk: Counter) -> None:
    for epoch, seq in ((1, 900), (2, 3)):
        body: dict[str, Json] = {"data": {"sim": {"iccid": iccid(epoch).digits}}}
        SIMS.fold(
            desk.book.connection, Booked(seq, CustodyKind.SIM_MARRIED.value, epoch, "uid-1", body)
        )
    found = queries.sims_of_handset(desk.book.connection, "uid-1")
    assert [each.iccid for each in found] == [iccid(2).digits, iccid(1).digits]
