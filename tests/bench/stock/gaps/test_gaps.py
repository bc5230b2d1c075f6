"""The gap report: of all handsets, of one, and over a clock that was set in mid-shift."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bench.custody.corrections import deciding
from bench.custody.corrections.kinds import Why
from bench.custody.database import PLAIN
from bench.custody.entries import Entry
from bench.events.orders import CustodyKind
from bench.stock.gaps.desk import Accounting
from bench.stock.gaps.queries import OVERDUE_DAYS, account
from tests.bench.stock.counter import made_up
from tests.bench.stock.shelf import Shelf, shelf

_K = CustodyKind


@pytest.fixture
def stock(tmp_path: Path) -> Iterator[Shelf]:
    with shelf(tmp_path) as made:
        made.append(_arrived(1), _arrived(2))
        yield made


def _arrived(number: int) -> Entry:
    handset = made_up(number, tag=True)
    return Entry(_K.GOODS_IN, handset, from_="supplier:X", to="bench-07/stock")


def _taken_to_a_slot(number: int) -> Entry:
    handset = made_up(number, tag=True)
    return Entry(_K.SCANNED, handset, from_="bench-07/stock", to="bench-07/A1")


def _sent(stock: Shelf, number: int) -> None:
    handset = made_up(number, tag=True)
    for kind in (_K.SCANNED, _K.STAGED, _K.PACKED, _K.SEALED):
        stock.append(Entry(kind, handset))
    stock.append(Entry(_K.DISPATCHED, handset, from_="bench-07/packed", to="site:NORTH"))


def _shown(stock: Shelf, tag: str) -> list[tuple[str, str, str]]:
    task = stock.scan(Accounting(stock.means), tag).task
    assert task is not None
    return [(line.cells[0], line.cells[3], line.cells[5]) for line in task.face().lines]


def test_every_minute_of_what_is_in_stock_is_accounted_for(stock: Shelf) -> None:
    stock.watch.pass_(hours=1)
    found = account(stock.means.book.connection, round(stock.means.now().timestamp() * 1000))
    assert (found.handsets, found.time, found.is_whole) == (2, 2 * 3_600_000, True)
    assert "every one is accounted for" in Accounting(stock.means).face().remark


def test_a_scan_shows_who_had_it_from_when_to_when(stock: Shelf) -> None:
    stock.watch.pass_(minutes=10)
    stock.append(_taken_to_a_slot(1))
    stock.watch.pass_(minutes=2)
    assert _shown(stock, "SIM-000001") == [("bench-07/stock", "10", ""), ("bench-07/A1", "2", "")]


@pytest.mark.parametrize("hours", [-2, 5])
def test_a_clock_that_was_set_in_mid_shift_makes_no_gap_and_hides_no_time(
    stock: Shelf, hours: int
) -> None:
    stock.watch.pass_(minutes=10)
    stock.watch.at += timedelta(hours=hours)
    stock.append(_taken_to_a_slot(1))
    stock.watch.pass_(minutes=2)
    assert len(stock.bodies(_K.CLOCK_STEPPED)) == 1
    assert [row[1] for row in _shown(stock, "SIM-000001")] == ["10", "2"]
    found = account(stock.means.book.connection, round(stock.means.now().timestamp() * 1000))
    assert (found.time, found.is_whole) == (2 * 12 * 60_000, True)


def test_time_with_a_broken_seal_is_named_while_it_lasts_and_after(stock: Shelf) -> None:
    handset = made_up(1, tag=True)
    for kind in (_K.SCANNED, _K.STAGED, _K.PACKED, _K.SEALED, _K.UNSEALED):
        stock.append(Entry(kind, handset))
    stock.watch.pass_(minutes=30)
    assert "1 are open now" in Accounting(stock.means).face().remark
    stock.append(Entry(_K.SEALED, handset))
    assert "1 gaps of 30 minutes are named, 0 are open" in Accounting(stock.means).face().remark
    assert _shown(stock, "SIM-000001")[-1] == ("", "30", "unsealed: with bench-07/stock")


def test_what_was_sent_and_not_received_in_days_is_named(stock: Shelf) -> None:
    _sent(stock, 1)
    stock.watch.pass_(days=OVERDUE_DAYS, minutes=-1)
    assert "every one is accounted for" in Accounting(stock.means).face().remark
    stock.watch.pass_(minutes=2)
    printing = Accounting(stock.means).answered("all", "").task
    assert printing is not None
    stock.work(printing.answered("csv", ""))
    (paper,) = stock.means.papers.iterdir()
    _, row = paper.read_text(encoding="utf-8").splitlines()
    assert "on-its-way" in row
    assert "sent to site:NORTH" in row


def test_what_was_disposed_of_is_accounted_for_until_then(stock: Shelf) -> None:
    stock.watch.pass_(minutes=10)
    for kind in (_K.WIPED, _K.DISPOSED):
        stock.append(Entry(kind, made_up(1)))
    stock.watch.pass_(minutes=50)
    found = account(stock.means.book.connection, round(stock.means.now().timestamp() * 1000))
    assert found.time == (10 + 60) * 60_000


def test_what_did_not_leave_after_all_is_neither_on_its_way_nor_a_gap(stock: Shelf) -> None:
    _sent(stock, 1)
    with closing(PLAIN.read(stock.means.ledger.path)) as record:
        seq = stock.means.ledger.history(made_up(1).uid)[-1].seq
        stock.append(deciding.undo(record, seq, why=Why.NOT_DONE))
    stock.watch.pass_(days=OVERDUE_DAYS + 1)
    assert "every one is accounted for" in Accounting(stock.means).face().remark
    assert _shown(stock, "SIM-000001")[-1][0] == "bench-07/packed"


def test_a_handset_that_nobody_knows_is_refused(stock: Shelf) -> None:
    said = stock.scan(Accounting(stock.means), "SIM-009999").say
    assert said is not None
    assert "SIM-009999" in said.told


def test_the_report_says_the_same_when_the_page_is_folded_anew(stock: Shelf) -> None:
    _sent(stock, 1)
    book = stock.means.book
    asked = "SELECT * FROM keeping ORDER BY uid"
    before = book.connection.execute(asked).fetchall()
    book.tear_out()
    book.catch_up(stock.means.ledger.events)
    assert book.connection.execute(asked).fetchall() == before
