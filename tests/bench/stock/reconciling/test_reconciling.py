"""The day's reconciliation: what balances to zero, and every kind of difference by name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.custody.entries import Entry
from bench.custody.phases import Phase
from bench.events.orders import CustodyKind, Json
from bench.stock.desk.turns import Task
from bench.stock.programme import queries as programme
from bench.stock.reconciling.balance import PLACES, Balance
from bench.stock.reconciling.desk import Reconciling
from tests.bench.stock.counter import made_up
from tests.bench.stock.shelf import Shelf, shelf

_K = CustodyKind
ICCID, OTHER = "8944110000000000011", "8944110000000000029"


@pytest.fixture
def stock(tmp_path: Path) -> Iterator[Shelf]:
    with shelf(tmp_path) as made:
        made.say(
            "sim", *((iccid, "", "", "EXAMPLE", "AIR-1", "PO-1", 1) for iccid in (ICCID, OTHER))
        )
        made.say("licence_purchase", ("vpn", "L-1", 1, "2026-01-01", "", "PO-1", 1))
        made.append(*(_counted(number) for number in range(1, 6)))
        yield made


def _counted(number: int) -> Entry:
    data: dict[str, Json] = {"despatch": "DN-1", "pallet": "", "source": "despatch"}
    return Entry(
        _K.GOODS_IN, made_up(number), data=data, order="PO-1", lot="CTN1", to="bench-07/stock"
    )


def _reconciled(stock: Shelf) -> Reconciling:
    begun = Reconciling(stock.means).answered("begin", "")
    task = stock.work(begun).task
    assert isinstance(task, Reconciling)
    return task


def _balance(stock: Shelf) -> Balance:
    balance = _reconciled(stock).balance
    assert balance is not None
    return balance


def _differences(stock: Shelf) -> list[tuple[str, str]]:
    imeis = {made_up(n).imeis[0].digits: f"handset {n}" for n in range(20)}
    return [
        (each.kind.value, imeis.get(each.what.partition(",")[0], each.what))
        for each in _balance(stock).differences
    ]


def test_every_phase_is_in_one_place() -> None:
    listed = [phase for phases in PLACES.values() for phase in phases]
    assert sorted(listed) == sorted(set(Phase) - {Phase.NEW})


def test_a_day_balances_to_zero(stock: Shelf) -> None:
    stock.append(Entry(_K.DOA, made_up(1)))
    stock.append(Entry(_K.QUARANTINED, made_up(2), to="bench-07/quarantine"))
    stock.append(Entry(_K.SIM_MARRIED, made_up(3), data={"sim": {"iccid": ICCID}}))
    stock.append(Entry(_K.SCANNED, made_up(3)))
    stock.append(Entry(_K.STAGED, made_up(3), data={"licences": ["vpn"]}))
    stock.append(Entry(_K.SCANNED, made_up(4)))
    found = _balance(stock)
    assert (found.counted, found.rest, found.is_balanced) == (5, 0, True)
    there = {place: count for place, count in found.places.items() if count}
    assert there == {"in stock": 1, "in work": 1, "staged": 1, "quarantine": 1,
                     "dead on arrival": 1}  # fmt: skip
    assert (found.sims.married, found.sims.free, found.sims.rest) == (1, 1, 0)
    assert [(pool.held, pool.free) for pool in found.pools] == [(1, 0)]


def test_what_is_lost_or_at_its_supplier_is_told_from_what_is_here(stock: Shelf) -> None:
    stock.append(Entry(_K.QUARANTINED, made_up(1), to="bench-07/quarantine"))
    stock.append(Entry(_K.QUARANTINED, made_up(2), data={"problem": "stolen"}, to="lost"))
    stock.append(Entry(_K.DOA, made_up(3)))
    back: dict[str, Json] = {"discrepancy": "damaged", "settlement": "returned-to-supplier"}
    stock.append(Entry(_K.DISCREPANCY, made_up(3), data=back, to="supplier:X"))
    found = _balance(stock)
    there = {place: count for place, count in found.places.items() if count}
    assert there == {"in stock": 2, "quarantine": 1, "lost or stolen": 1, "at the supplier": 1}
    assert found.is_balanced
    phases = programme.phases(stock.means.book.connection)
    assert phases == {
        "in-stock": 2, "quarantined": 1, "lost or stolen": 1, "at the supplier": 1,
    }  # fmt: skip


def test_a_handset_that_nobody_counted_in_is_named(stock: Shelf) -> None:
    stock.append(Entry(_K.SCANNED, made_up(9)))
    assert _differences(stock) == [("not-counted-in", "handset 9")]
    assert _balance(stock).rest == -1


def test_two_handsets_of_one_imei_are_named(stock: Shelf) -> None:
    twin = made_up(1)
    stock.append(Entry(_K.GOODS_IN, type(twin)("uid-of-a-twin", twin.imeis, twin.serial, "SM-A")))
    assert _differences(stock) == [("counted-twice", "handset 1")]


def test_what_was_sent_without_a_consignment_is_named(stock: Shelf) -> None:
    for kind in (_K.SCANNED, _K.STAGED, _K.PACKED, _K.SEALED, _K.DISPATCHED):
        stock.append(Entry(kind, made_up(1)))
    assert _differences(stock) == [("sent-without-consignment", "handset 1")]


def test_a_sim_of_no_file_and_one_in_what_is_gone_are_named(stock: Shelf) -> None:
    unknown = "8944110000000000037"
    stock.append(Entry(_K.SIM_MARRIED, made_up(1), data={"sim": {"iccid": unknown}}))
    stock.append(Entry(_K.SIM_MARRIED, made_up(2), data={"sim": {"iccid": ICCID}}))
    stock.append(Entry(_K.WIPED, made_up(2)))
    stock.append(Entry(_K.DISPOSED, made_up(2)))
    assert _differences(stock) == [("sim-of-no-file", unknown), ("sim-in-what-is-gone", ICCID)]


def test_more_licences_held_than_were_bought_are_named(stock: Shelf) -> None:
    for number in (1, 2):
        stock.append(Entry(_K.SCANNED, made_up(number)))
        stock.append(Entry(_K.STAGED, made_up(number), data={"licences": ["vpn"]}))
    assert _differences(stock) == [("licence-of-no-purchase", "vpn")]


def test_a_book_that_says_otherwise_than_the_record_is_named(stock: Shelf) -> None:
    book = stock.means.book.connection
    book.execute("UPDATE handset SET phase = 'staged' WHERE uid = ?", (made_up(4).uid,))
    book.execute("INSERT INTO licence_held VALUES (?, 'vpn', 0, '')", (made_up(4).uid,))
    kinds = [kind for kind, _ in _differences(stock)]
    assert kinds == ["book-and-record", "licence-book-and-record"]


def test_the_reconciliation_is_recorded_with_the_digest_of_its_sheet(stock: Shelf) -> None:
    stock.append(Entry(_K.SCANNED, made_up(9)))
    task = _reconciled(stock)
    assert task.face().lines[0].cells[0] == "Difference: not-counted-in"
    turn = stock.work(task.answered("record", ""))
    (entry,) = turn.entries
    assert (entry.data["counted"], entry.data["rest"], entry.data["balanced"]) == (5, -1, False)
    assert isinstance(entry.data["sheet"], str)
    assert len(entry.data["sheet"]) == 64
    assert turn.task is None
    stock.append(entry)


def test_a_day_of_an_empty_bench_balances(tmp_path: Path) -> None:
    with shelf(tmp_path) as empty:
        assert _balance(empty).is_balanced


def test_a_key_that_is_none_is_refused(stock: Shelf) -> None:
    task: Task = Reconciling(stock.means)
    assert task.answered("record", "").job is None
