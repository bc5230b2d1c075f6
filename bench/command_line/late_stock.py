"""The stock of a bench, opened beside its record."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.clock import SystemClock
from bench.command_line.earlier_epochs import read_earlier
from bench.custody import queries
from bench.custody.ledger import Ledger
from bench.problems import Problem, ProblemError
from bench.staging.sign_in_rules import SignInRules
from bench.staging.stock_room import StockRoom
from bench.stock.book.book import Book, beside, catch_up_apart
from bench.stock.desk.means import Means
from bench.stock.rooms import PAGES, offers, owed

if TYPE_CHECKING:
    from bench.enrolment.profiles.profile import EnrolmentProfile

_SOON = 1000
"""Events that are folded before the bench opens: half a second's worth at the most."""


@dataclass(frozen=True)
class LateStock:
    """The stock of the bench of that name; `papers` is where its reports and manifests are kept."""

    bench: str
    simulated: bool
    papers: Path
    fonts: Path
    profiles: Mapping[str, EnrolmentProfile]
    takes_unknown_sims: bool = False

    @asynccontextmanager
    async def open(self, ledger: Ledger, rules: SignInRules) -> AsyncIterator[StockRoom | Problem]:
        """Open the book, or say why it cannot be; a long backlog is read while the bench works."""
        try:
            book = opened(ledger)
        except ProblemError as error:
            yield error.problem
            return
        with closing(book):
            means = Means(
                book=book,
                ledger=ledger,
                bench=self.bench,
                simulated=self.simulated,
                now=lambda: SystemClock().moment().at,
                papers=self.papers,
                fonts=self.fonts,
                profiles=self.profiles,
                pepper=rules.pepper or b"",
                takes_unknown_sims=self.takes_unknown_sims,
            )
            reading = asyncio.create_task(_read_up(book, ledger))
            try:
                yield StockRoom(
                    book,
                    offers(means),
                    owed=lambda: owed(book.connection),
                    takes_unknown_sims=self.takes_unknown_sims,
                )
            finally:
                reading.cancel()
                await asyncio.wait({reading})


def opened(ledger: Ledger) -> Book:
    """Open the book of an open record; what was folded from another record is folded anew."""
    book = Book.open(beside(ledger.path), PAGES, ledger.header.origin, ledger.opener)
    at = book.read_to()
    if at and not book.fits(next(iter(ledger.events(at - 1, 1)), None)):
        book.tear_out()
    if not book.read_to():
        read_earlier(book, ledger)
    return book


async def _read_up(book: Book, ledger: Ledger) -> None:
    """Fold a long backlog on a thread; a short one is folded by whoever needs it first."""
    if book.backlog(ledger.tail().seq) <= _SOON:
        return
    stopped = threading.Event()

    def work() -> None:
        with book.writer() as connection, closing(ledger.opener.read(ledger.path)) as record:
            events = partial(queries.events, record)
            catch_up_apart(connection, book.pages, book.origin, events, stopped.is_set)

    reading = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        await asyncio.shield(reading)
    except asyncio.CancelledError:
        stopped.set()
        await asyncio.wait({reading})
        raise
