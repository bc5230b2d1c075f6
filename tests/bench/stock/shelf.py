"""A record, its book and a clock that passes when told to: for tasks that are asked directly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.custody.chain import parse
from bench.custody.entries import Actor, Entry, LedgerHeader, Proof
from bench.custody.key import BenchKey
from bench.custody.ledger import Ledger
from bench.events.orders import CustodyKind, Json
from bench.identity.scans import read_scan
from bench.ports import Moment
from bench.stock.book.book import Book, beside
from bench.stock.desk.means import Means
from bench.stock.desk.turns import Task, Turn
from bench.stock.rooms import PAGES

FIRST, SECOND = Actor("p-1", Proof.BADGE_PIN), Actor("p-2", Proof.BADGE_PIN)


@dataclass
class Watch:
    """A clock of one boot; `at` can be set, time passes all the same."""

    at: datetime = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    passed: int = 0

    def moment(self) -> Moment:
        boot = "00000000-0000-4000-8000-000000000007"
        return Moment(self.at, boot, self.passed, unsynchronised=False, max_error=900)

    def elapsed(self) -> float:
        return self.passed / 1000

    def pass_(self, **time: float) -> None:
        self.at += timedelta(**time)
        self.passed += round(timedelta(**time).total_seconds() * 1000)


@dataclass
class Shelf:
    """What is on it: `means` is what tasks have, `watch` what time it is."""

    means: Means
    watch: Watch

    def append(self, *entries: Entry) -> None:
        self.means.ledger.append(entries, by=FIRST, second=SECOND)
        self.means.book.catch_up(self.means.ledger.events)

    def say(self, table: str, *rows: Sequence[str | int]) -> None:
        """Write what a file said."""
        for row in rows:
            marks = ", ".join("?" * len(row))
            self.means.book.connection.execute(f"INSERT INTO {table} VALUES ({marks})", row)

    def scan(self, task: Task, text: str) -> Turn:
        """Let a task hear a scan."""
        return task.heard(read_scan(text), text)

    def work(self, turn: Turn) -> Turn:
        """Do the job of a turn, and let its task have what came of it."""
        assert turn.job is not None
        assert turn.task is not None
        return turn.task.worked(turn.job.work(lambda _: None, lambda: False))

    def bodies(self, kind: CustodyKind) -> list[dict[str, Json]]:
        bodies = [parse(event.body) for event in self.means.ledger.events(0, 100_000)]
        return [body for body in bodies if body["type"] == kind]


@contextmanager
def shelf(folder: Path) -> Iterator[Shelf]:
    """Put up an empty one."""
    watch = Watch()
    ledger = Ledger.open(
        folder / "custody.ledger", BenchKey.open(folder / "custody.key"),
        LedgerHeader("bench-07", simulated=True), watch,
        app_version="0", policy_hash="0" * 64,
    )  # fmt: skip
    with (
        closing(ledger),
        closing(Book.open(beside(ledger.path), PAGES, ledger.header.origin)) as book,
    ):
        book.catch_up(ledger.events)
        yield Shelf(
            Means(
                book=book, ledger=ledger, bench="bench-07", simulated=True,
                now=lambda: watch.moment().at, papers=folder / "papers",
                fonts=Path("resources/fonts"),
            ),
            watch,
        )  # fmt: skip
