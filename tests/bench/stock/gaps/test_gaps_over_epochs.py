"""Who had a handset over two epochs of a record, each with a clock that was set."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bench.command_line.late_stock import opened
from bench.custody.entries import Entry, LedgerHeader
from bench.custody.epochs.beginning import Decision, Why, open_epoch
from bench.custody.epochs.salvage import salvage
from bench.custody.key import BenchKey
from bench.custody.ledger import Ledger
from bench.events.orders import CustodyKind
from bench.stock.desk.means import Means
from bench.stock.gaps.desk import Accounting
from bench.stock.gaps.queries import account
from tests.bench.custody.epochs.set_aside import FIRST, SECOND, SOFTWARE
from tests.bench.stock.counter import made_up
from tests.bench.stock.shelf import Shelf, Watch

_K = CustodyKind


@dataclass
class Bench:
    folder: Path
    watch: Watch

    @property
    def header(self) -> LedgerHeader:
        return LedgerHeader("bench-07", simulated=True)

    def first(self) -> Ledger:
        return Ledger.open(
            self.folder / "ledger.db", BenchKey.open(self.folder / "bench.key"), self.header,
            self.watch, app_version="0", policy_hash="0" * 64,
        )  # fmt: skip

    def second(self) -> Ledger:
        key = BenchKey.open(self.folder / "bench.key")
        found = salvage(self.folder / "ledger.db", public_key=key.public)
        decision = Decision(Why.REIMAGED, FIRST, SECOND)
        return open_epoch(
            self.folder / "ledger.db", key, self.header, self.watch, found, decision, SOFTWARE
        )


def moved(ledger: Ledger, to: str) -> None:
    kind = _K.GOODS_IN if to.endswith("stock") else _K.SCANNED
    from_ = "supplier:X" if to.endswith("stock") else "bench-07/stock"
    ledger.append([Entry(kind, made_up(1, tag=True), from_=from_, to=to)])


def rows(shelf: Shelf) -> list[tuple[str, str, str]]:
    task = shelf.scan(Accounting(shelf.means), "SIM-000001").task
    assert task is not None
    return [(line.cells[0], line.cells[3], line.cells[5]) for line in task.face().lines]


@pytest.mark.parametrize("set_by", [timedelta(hours=-2), timedelta(hours=3)])
def test_all_its_time_is_accounted_for_over_both(tmp_path: Path, set_by: timedelta) -> None:
    bench = Bench(tmp_path, Watch())
    with closing(bench.first()) as ledger:
        moved(ledger, "bench-07/stock")
        bench.watch.pass_(minutes=10)
        bench.watch.at += set_by
        ledger.append([Entry(_K.LABELLED, made_up(1, tag=True))])
    with closing(bench.second()) as ledger, closing(opened(ledger)) as book:
        bench.watch.pass_(minutes=5)
        moved(ledger, "bench-07/A1")
        bench.watch.pass_(minutes=2)
        bench.watch.at -= set_by
        ledger.append([Entry(_K.LABELLED, made_up(1, tag=True))])
        book.catch_up(ledger.events)
        shelf = Shelf(
            Means(
                book=book, ledger=ledger, bench="bench-07", simulated=True,
                now=lambda: bench.watch.moment().at, papers=tmp_path, fonts=tmp_path,
            ),
            bench.watch,
        )  # fmt: skip
        assert rows(shelf) == [("bench-07/stock", "15", ""), ("bench-07/A1", "2", "")]
        now = round(bench.watch.at.timestamp() * 1000)
        assert account(book.connection, now).time == 17 * 60_000
