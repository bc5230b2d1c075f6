"""Closing with less than was announced, deciding later, dead on arrival, and the page's truth."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.custody.corrections import deciding
from bench.custody.corrections.kinds import Why
from bench.custody.database import PLAIN
from bench.custody.entries import Actor, Entry, Proof
from bench.custody.phases import Phase
from bench.events.desks import Workspace
from bench.events.orders import CustodyKind
from bench.events.views import ScanTone
from bench.stock.goods_in import closing, reports
from bench.stock.goods_in.kinds import Odd
from tests.bench.staging.bench_talk import imei
from tests.bench.stock.counter import Counter, counter, made_up_imei
from tests.bench.stock.goods_in.deliveries import (
    begin,
    count,
    discrepancies,
    order,
    two_cartons,
)

ODD = CustodyKind.DISCREPANCY


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path) as made:
        two_cartons(made)
        yield made


def _named(desk: Counter) -> list[object]:
    asked = "SELECT imei FROM discrepancy WHERE imei <> '' ORDER BY seq"
    return [imei for (imei,) in desk.book.connection.execute(asked)]


def test_closing_a_carton_names_each_missing_handset(desk: Counter) -> None:
    begin(desk, "C-1")
    count(desk, 1, 2)
    desk.choose("close")
    tails = [line.cells[0][-4:] for line in desk.desk.lines]
    assert tails == [made_up_imei(3).tail, made_up_imei(4).tail]
    desk.choose("comes-later")
    assert _named(desk) == [made_up_imei(3).digits, made_up_imei(4).digits]
    assert discrepancies(desk) == [("short", "awaited", "comes-later", 1, "")] * 2
    assert "pallet P-1" in desk.desk.title
    assert desk.desk.lines[0].cells == ("Pallet P-1", "2", "7", "3")


def test_nothing_is_closed_when_counting_goes_on(desk: Counter) -> None:
    begin(desk, "C-1")
    desk.choose("close")
    desk.choose("on")
    count(desk, 1)
    assert (desk.bodies(ODD), desk.desk.done) == ([], 1)


def test_missing_handsets_are_settled_one_by_one(desk: Counter) -> None:
    begin(desk, "C-1")
    count(desk, 1, 2)
    desk.choose("close")
    desk.choose("singly")
    desk.choose("credited")
    desk.choose("lost")
    assert discrepancies(desk) == [
        ("short", "accepted", "credited", 0, ""), ("short", "written-off", "lost", 0, ""),
    ]  # fmt: skip


def test_what_was_awaited_and_comes_is_settled_by_its_box(desk: Counter) -> None:
    begin(desk, "C-1")
    count(desk, 1, 2, 3)
    desk.choose("close")
    desk.choose("comes-later")
    begin(desk, "C-1")
    assert desk.desk.lines[0].cells == ("Carton C-1", "3", "4", "0")
    count(desk, 4)
    assert discrepancies(desk) == [("short", "awaited", "comes-later", 0, "counted")]
    assert desk.answer.tone is ScanTone.GOOD
    assert desk.desk.lines[0].cells == ("Pallet P-1", "4", "7", "3")


def test_an_order_without_a_list_is_closed_by_number(desk: Counter) -> None:
    order(desk, "PO-6", 3)
    begin(desk, "PO-6")
    count(desk, 70)
    desk.choose("close")
    desk.choose("credited")
    (body,) = desk.bodies(ODD)
    assert body["data"] == {"discrepancy": "short", "settlement": "accepted", "count": 2}
    assert desk.desk.lines[0].cells == ("Order PO-6", "1", "3", "0")


def test_a_delivery_that_has_not_come_is_not_closed_as_a_whole(
    desk: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.stock.goods_in.counting.MOST_MISSING", 6)
    begin(desk, "D-1")
    desk.choose("close")
    assert "7 are still to come" in desk.answer.answer
    count(desk, 1)
    desk.choose("close")
    assert len(desk.desk.lines) == 6 <= closing.MOST_MISSING


# ── decided on later ────────────────────────────────────────────────────────────────────────────
def test_what_is_open_is_decided_on_later_by_its_key(desk: Counter) -> None:
    begin(desk, "C-2")
    count(desk, 5, 6)
    desk.choose("close")
    desk.choose("comes-later")
    desk.go(Workspace.GOODS_IN, "open")
    desk.choose(desk.desk.choices[0].name)
    desk.choose("lost")
    assert discrepancies(desk) == [
        ("short", "awaited", "comes-later", 0, "settled"), ("short", "written-off", "lost", 0, ""),
    ]  # fmt: skip
    assert "Nothing is awaited" in desk.desk.prompt


def test_what_is_open_is_found_by_scanning_its_box(desk: Counter) -> None:
    begin(desk, "C-1")
    for number in (98, 99):
        count(desk, number)
        desk.choose("supplier-asked")
    desk.go(Workspace.GOODS_IN, "open")
    count(desk, 99)
    desk.choose("not-ours")
    assert [row[3] for row in discrepancies(desk)] == [1, 0, 0]
    count(desk, 1)
    assert desk.answer.tone is ScanTone.BAD


def test_a_second_box_with_one_number_stays_open_when_a_third_is_set_aside(desk: Counter) -> None:
    begin(desk, "C-1")
    count(desk, 1)
    for _ in range(2):
        count(desk, 1)
        desk.choose("another")
        desk.choose("supplier-asked")
    assert [row[3] for row in discrepancies(desk)] == [1, 1]
    desk.go(Workspace.GOODS_IN, "open")
    desk.choose(desk.desk.choices[0].name)
    desk.choose("not-ours")
    assert [row[3] for row in discrepancies(desk)] == [0, 1, 0]


def test_nine_and_more_open_ones_are_paged(desk: Counter) -> None:
    begin(desk, "D-1")
    for number in range(90, 100):
        count(desk, number)
        desk.choose("supplier-asked")
    desk.go(Workspace.GOODS_IN, "open")
    assert len(desk.desk.choices) == 9
    desk.choose("more")
    assert len(desk.desk.choices) == 3
    desk.choose("more")
    assert len(desk.desk.choices) == 9


# ── dead on arrival ─────────────────────────────────────────────────────────────────────────────
def test_a_handset_that_does_not_switch_on_is_dead_on_arrival(desk: Counter) -> None:
    begin(desk, "C-1")
    count(desk, 1)
    desk.go(Workspace.GOODS_IN, "dead-on-arrival")
    count(desk, 1)
    desk.choose("no-power")
    known = desk.ledger.device_by_imei(made_up_imei(1))
    assert known is not None
    assert known.phase is Phase.DEAD_ON_ARRIVAL
    (body,) = desk.bodies(CustodyKind.DOA)
    assert body["data"] == {"problem": "no-power", "detail": "It does not switch on"}
    assert (body["from"], body["to"]) == ("bench-07/stock", "bench-07/quarantine")


def test_what_was_not_counted_in_cannot_be_dead_on_arrival(desk: Counter) -> None:
    desk.go(Workspace.GOODS_IN, "dead-on-arrival")
    count(desk, 1)
    assert (desk.answer.tone, desk.bodies(CustodyKind.DOA)) == (ScanTone.BAD, [])


def test_a_handset_in_a_slot_is_not_dead_on_arrival_before_its_run_ends(desk: Counter) -> None:
    desk.bench.plug(1)
    desk.bench.scan(imei(1))
    desk.go(Workspace.GOODS_IN, "dead-on-arrival")
    desk.scan(imei(1))
    assert "end its run first" in desk.answer.answer


# ── the book is folded from the record ──────────────────────────────────────────────────────────
def test_the_page_is_the_same_when_it_is_folded_again(desk: Counter) -> None:
    begin(desk, "C-1")
    count(desk, 1, 2, 99)
    desk.choose("supplier-confirmed")
    desk.choose("close")
    desk.choose("comes-later")
    count(desk, 4)
    asked = ("SELECT * FROM counted", "SELECT * FROM discrepancy")
    before = [desk.book.connection.execute(each).fetchall() for each in asked]
    desk.book.tear_out()
    assert desk.book.connection.execute(asked[0]).fetchall() == []
    desk.book.catch_up(desk.ledger.events)
    assert [desk.book.connection.execute(each).fetchall() for each in asked] == before


def test_a_count_that_is_taken_back_is_to_be_counted_again(desk: Counter) -> None:
    begin(desk, "C-1")
    count(desk, 1, 2, 3)
    desk.choose("close")
    desk.choose("comes-later")
    count(desk, 4)
    last = desk.ledger.tail().seq
    reading = PLAIN.read(desk.ledger.path)
    undo = deciding.undo(reading, last, why=Why.WRONG_HANDSET)
    reading.close()
    second = Actor("p-2", Proof.BADGE_PIN)
    desk.ledger.append((undo,), by=Actor("p-1", Proof.BADGE_PIN), second=second)
    begin(desk, "C-1")
    assert desk.desk.done == 3
    assert discrepancies(desk) == [("short", "awaited", "comes-later", 1, "")]
    count(desk, 4)
    assert (desk.desk.done, discrepancies(desk)[0][3:]) == (4, (0, "counted"))


def test_a_handset_that_is_released_from_quarantine_leaves_nothing_open(desk: Counter) -> None:
    begin(desk, "C-1")
    desk.choose("damaged")
    count(desk, 1)
    desk.choose("handset-damaged")
    desk.go(Workspace.GOODS_IN, "open")
    count(desk, 1)
    assert "its release or disposal settles it" in desk.answer.answer
    assert discrepancies(desk)[0][3] == 1
    known = desk.ledger.device_by_imei(made_up_imei(1))
    assert known is not None
    second = Actor("p-2", Proof.BADGE_PIN)
    entry = Entry(CustodyKind.RELEASED, known.ref)
    desk.ledger.append((entry,), by=Actor("p-1", Proof.BADGE_PIN), second=second)
    desk.book.catch_up(desk.ledger.events)
    assert discrepancies(desk)[0][3:] == (0, "settled")


# ── reports ─────────────────────────────────────────────────────────────────────────────────────
def test_orders_and_cartons_are_told_as_expected_against_counted(desk: Counter) -> None:
    begin(desk, "C-1")
    count(desk, 1, 2, 99)
    desk.choose("supplier-confirmed")
    desk.choose("close")
    desk.choose("comes-later")
    book = desk.book.connection
    assert reports.orders(book) == [("PO-1", "Example Mobile", "2026-01-02", 7, 7, 3, 2)]
    assert reports.parts(book, "D-1") == [
        ("D-1", "P-1", "C-1", 4, 2, 2, 0, 1), ("D-1", "P-1", "C-2", 3, 0, 0, 3, 0),
    ]  # fmt: skip
    assert reports.parts(book, "PO-1") == reports.parts(book, "P-1")
    assert reports.parts(book, "nothing") == []


def test_every_discrepancy_is_a_row_of_the_report(
    desk: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.stock.goods_in.reports._PAGE", 2)
    begin(desk, "D-1")
    count(desk, 99)
    desk.choose("not-ours")
    desk.choose("close")
    desk.choose("comes-later")
    book = desk.book.connection
    rows = list(reports.discrepancies(book))
    assert [row.kind for row in rows] == ["unknown", *["short"] * 7]
    assert reports.discrepancy_count(book) == 8
    assert reports.by_kind(book) == [
        (Odd.SHORT, "awaited", 7, 7), (Odd.UNKNOWN, "returned-to-supplier", 1, 0),
    ]  # fmt: skip
