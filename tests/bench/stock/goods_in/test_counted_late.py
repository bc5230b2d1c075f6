"""Handsets that were put to work before their delivery was counted; and counts taken back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bench.custody.corrections import deciding
from bench.custody.corrections.kinds import Why
from bench.custody.database import PLAIN
from bench.custody.entries import Actor, Entry, Proof, RunPosition
from bench.custody.phases import Phase
from bench.events.desks import Workspace
from bench.events.orders import CustodyKind, Json
from bench.events.views import ScanTone
from bench.stock.book.booked import Booked
from bench.stock.goods_in.page import COUNTED
from bench.stock.programme.page import PROGRAMME
from bench.stock.reconciling import queries
from tests.bench.stock.counter import Counter, counter, made_up, made_up_imei
from tests.bench.stock.goods_in.deliveries import (
    Announced,
    announce,
    begin,
    count,
    discrepancies,
    two_cartons,
)

_COUNTED = "SELECT imei, imei2, model, number, carton, late, undone FROM counted"
_K = CustodyKind


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path) as made:
        two_cartons(made)
        yield made


def _staged(desk: Counter, number: int) -> None:
    desk.append(Entry(_K.SCANNED, made_up(number), to="bench-07/slot 3"))
    desk.append(Entry(_K.STAGED, made_up(number)))


def _rows(desk: Counter, asked: str = _COUNTED) -> list[tuple[object, ...]]:
    return desk.book.connection.execute(asked).fetchall()


def _undo(desk: Counter, seq: int) -> int:
    """Take an event back, as two persons do; return the event that does."""
    with closing(PLAIN.read(desk.ledger.path)) as reading:
        entry = deciding.undo(reading, seq, why=Why.WRONG_HANDSET)
    by, second = Actor("p-1", Proof.BADGE_PIN), Actor("p-2", Proof.BADGE_PIN)
    (event,) = desk.ledger.append((entry,), by=by, second=second)
    desk.book.catch_up(desk.ledger.events)
    return event.seq


def test_a_handset_that_is_staged_is_counted_and_stays_where_it_is(desk: Counter) -> None:
    _staged(desk, 1)
    begin(desk, "C-1")
    count(desk, 1)
    assert desk.answer.tone is ScanTone.GOOD
    assert desk.answer.answer.endswith("Its handset is staged and stays so.")
    assert desk.desk.done == 1
    known = desk.ledger.device_by_imei(made_up_imei(1))
    assert known is not None
    assert known.phase is Phase.STAGED
    assert _rows(desk, "SELECT phase, place, carton FROM handset") == [
        ("staged", "bench-07/slot 3", "C-1")
    ]
    assert _rows(desk) == [(made_up_imei(1).digits, "", "Galaxy A32", "PO-1", "C-1", 1, 0)]


def test_it_is_counted_as_what_was_ordered_whatever_it_calls_itself(desk: Counter) -> None:
    _staged(desk, 1)
    begin(desk, "C-1")
    count(desk, 1, 2)
    asked = "SELECT number, model, n FROM programme_received"
    assert _rows(desk, asked) == [("PO-1", "Galaxy A32", 2)]
    assert PROGRAMME in desk.book.pages


def test_a_handset_whose_numbers_are_the_other_way_round_is_the_announced_one(
    desk: Counter,
) -> None:
    one, other = made_up_imei(31), made_up_imei(32)
    row = (one.digits, other.digits, "", "Galaxy A32", "PO-1", "D-1", "P-1", "C-1")
    desk.book.connection.execute(
        "INSERT INTO expected VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'despatch', '', '', 1)", row
    )
    desk.append(Entry(_K.SCANNED, replace(made_up(31), imeis=(other, one))))
    begin(desk, "C-1")
    desk.scan(one)
    assert desk.desk.done == 1
    begin(desk, "C-1")
    assert desk.desk.done == 1
    assert _rows(desk)[0][:2] == (one.digits, other.digits)


def test_what_is_taken_out_of_a_slot_uncounted_is_in_stock_and_is_counted(desk: Counter) -> None:
    desk.append(Entry(_K.SCANNED, made_up(1)))
    desk.append(Entry(_K.TAKEN_OUT, made_up(1)))
    begin(desk, "C-1")
    count(desk, 1)
    assert (desk.answer.tone, desk.desk.done) == (ScanTone.GOOD, 1)


def test_a_late_count_lets_the_day_balance(desk: Counter) -> None:
    _staged(desk, 1)
    with closing(PLAIN.read(desk.ledger.path)) as record:
        day = desk.means.now().date()
        before = queries.read(desk.book.connection, record, day)
        begin(desk, "C-1")
        count(desk, 1)
        after = queries.read(desk.book.connection, record, day)
    assert [each.kind for each in before.differences] == ["not-counted-in"]
    assert (after.counted, after.differences) == (1, ())


def test_a_damaged_box_of_a_handset_in_a_slot_waits_for_its_run(desk: Counter) -> None:
    begin(desk, "C-1")
    count(desk, 1)
    known = desk.ledger.device_by_imei(made_up_imei(1))
    assert known is not None
    run = RunPosition("run-1", "B4", "staging", open=True)
    desk.append(Entry(_K.SCANNED, known.ref, run=run))
    desk.choose("damaged")
    count(desk, 1)
    assert "end its run first" in desk.answer.answer
    assert desk.bodies(_K.QUARANTINED) == []


def test_a_handset_at_work_goes_into_quarantine_from_wherever_it_is(desk: Counter) -> None:
    _staged(desk, 1)
    begin(desk, "C-1")
    desk.choose("damaged")
    count(desk, 1)
    desk.choose("handset-damaged")
    (body,) = desk.bodies(_K.QUARANTINED)
    assert "from" not in body
    assert _rows(desk, "SELECT phase FROM handset") == [("quarantined",)]
    assert _rows(desk, "SELECT * FROM gap WHERE kind = 'given-by-another'") == []


# ── taken back ──────────────────────────────────────────────────────────────────────────────────
def test_a_late_count_is_taken_back_whatever_came_after_and_again_counted(desk: Counter) -> None:
    begin(desk, "C-1")
    desk.choose("close")
    desk.choose("comes-later")
    _staged(desk, 1)
    count(desk, 1)
    counted = desk.ledger.tail().seq
    desk.append(Entry(_K.PACKED, made_up(1)))
    undone = _undo(desk, counted)
    assert _rows(desk, "SELECT phase FROM handset") == [("packed",)]
    assert _rows(desk)[0][-1] == undone
    assert sum(row[3] == 1 for row in discrepancies(desk)) == 4
    _undo(desk, undone)
    assert _rows(desk)[0][-1] == 0
    assert sum(row[3] == 1 for row in discrepancies(desk)) == 3
    _refolds(desk)


def test_a_discrepancy_is_taken_back_and_stands_again(desk: Counter) -> None:
    begin(desk, "C-1")
    desk.choose("damaged")
    count(desk, 1)
    desk.choose("box-only")
    (noted,) = (Booked.of(each) for each in desk.ledger.events(0, 99) if _is_odd(Booked.of(each)))
    undone = _undo(desk, noted.seq)
    condition = "SELECT condition FROM counted"
    assert (discrepancies(desk)[0][3:], _rows(desk, condition)) == ((0, "undone"), [("ok",)])
    assert desk.desk.lines[0].cells == ("Carton C-1", "1", "4", "3")
    _undo(desk, undone)
    assert (discrepancies(desk)[0][3:], _rows(desk, condition)) == ((0, ""), [("damaged",)])
    _refolds(desk)


def _is_odd(event: Booked) -> bool:
    return event.kind == _K.DISCREPANCY.value


def _refolds(desk: Counter) -> None:
    asked = ("SELECT * FROM counted", "SELECT * FROM discrepancy")
    before = [_rows(desk, each) for each in asked]
    desk.book.tear_out()
    desk.book.catch_up(desk.ledger.events)
    assert [_rows(desk, each) for each in asked] == before


# ── what is no matter of the delivery ───────────────────────────────────────────────────────────
def test_what_is_missing_at_a_site_is_not_decided_on_at_goods_in(desk: Counter) -> None:
    begin(desk, "C-1")
    count(desk, 1)
    data = {"discrepancy": "short", "settlement": "awaited"}
    desk.append(Entry(_K.DISCREPANCY, made_up(1), data=data, docket="D-7", reason="not-there"))
    desk.go(Workspace.GOODS_IN, "open")
    assert desk.desk.prompt == "Nothing is awaited or set aside."
    count(desk, 1)
    assert desk.answer.tone is ScanTone.BAD


def test_two_events_of_one_number_in_two_epochs_are_two_discrepancies(desk: Counter) -> None:
    announce(desk, Announced("C-8", range(41, 43)))
    connection = desk.book.connection
    for epoch, number in ((1, 41), (2, 42)):
        imei = made_up_imei(number).digits
        data: dict[str, Json] = {"discrepancy": "short", "imei": imei, "settlement": "awaited"}
        body: dict[str, Json] = {"epoch": epoch, "type": "discrepancy", "data": data}
        COUNTED.fold(connection, Booked(7, "discrepancy", 1_000 * epoch, "", body))
    assert len(discrepancies(desk)) == 2
    desk.go(Workspace.GOODS_IN, "open")
    second = desk.desk.choices[1]
    assert second.text.startswith(f"…{made_up_imei(42).tail}")
    desk.choose(second.name)
    desk.choose("lost")
    assert [row[1:4:2] for row in discrepancies(desk)] == [
        ("awaited", 1), ("awaited", 0), ("written-off", 0),
    ]  # fmt: skip
