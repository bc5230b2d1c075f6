"""A bench with its desks on the window's bench thread: a real record, a real book, a real station.

Handsets are put into slots and taken out by whoever tests, and their steps end well; all else that
happens goes through the window.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import TypeVar

from bench.clock import SystemClock
from bench.custody.entries import LedgerHeader
from bench.custody.key import BenchKey
from bench.custody.ledger import Ledger
from bench.events.device import (
    HandsetAttached,
    HandsetDetached,
    HandsetIdentified,
    HandsetIdentity,
    HandsetOnline,
)
from bench.events.orders import Order, PrintLabel, StartStep
from bench.events.run import Fact
from bench.events.views import BenchView
from bench.events.work import LabelPrinted, StepSucceeded
from bench.identity.identifiers import SerialNumber, UsbPath
from bench.ports import Post
from bench.staging.board import Board
from bench.staging.ports_desk import PortsDesk
from bench.staging.recognition import NowhereElse, Recognition
from bench.staging.shelf import Shelf
from bench.staging.showing import Show
from bench.staging.sign_in_desk import SignInDesk
from bench.staging.slots import HubLayout
from bench.staging.station import Station
from bench.staging.stock_room import StockRoom
from bench.staging.tags import Tags
from bench.stock.book.book import Book, beside
from bench.stock.desk.means import Means
from bench.stock.rooms import PAGES, offers
from tests.bench.staging.bench_talk import PLAN
from tests.peers.rollout.supplier import MODEL, imei, serial

FONTS = Path("resources/fonts")
_PATHS = tuple(UsbPath(1, (1 + n // 7, 1 + n % 7)) for n in range(16))
_T = TypeVar("_T")


@dataclass
class Line:
    """The bench; record, book and papers lie in `folder`. `taken` counts the window's facts."""

    folder: Path
    name: str = "bench-07"
    simulated: bool = True
    layout: HubLayout = field(default_factory=lambda: HubLayout.numbered(4, 4, iter(_PATHS)))
    taken: int = 0

    def __post_init__(self) -> None:
        self._orders: list[Order] = []
        self._session = 0
        self._free = cycle(_PATHS)

    async def run(
        self, publish: Callable[[BenchView], None], ready: Callable[[Post], None]
    ) -> None:
        """Work until cancelled."""
        self._loop = asyncio.get_running_loop()
        with ExitStack() as ending:
            self.ledger = self._open_ledger()
            ending.callback(self.ledger.close)
            self.book = Book.open(beside(self.ledger.path), PAGES, self.ledger.header.origin)
            ending.callback(self.book.close)
            stock = StockRoom(self.book, offers(self._means()))
            self.station = self._station(stock, publish)
            self.station.open()
            jobs = asyncio.create_task(stock.jobs.work(self.station.post))
            ready(self._take)
            try:
                await asyncio.Event().wait()
            finally:
                jobs.cancel()
                with suppress(asyncio.CancelledError):
                    await jobs

    # ── for whoever tests, on another thread ────────────────────────────────────────────────────
    def ask(self, what: Callable[[], _T]) -> _T:
        """Do something on the bench's loop, and return what came of it."""

        async def done() -> _T:
            return what()

        return asyncio.run_coroutine_threadsafe(done(), self._loop).result(30)

    def plug(self, number: int) -> UsbPath:
        """Put a handset into the next slot."""
        path, self._session = next(self._free), self._session + 1
        who = HandsetIdentity(SerialNumber(serial(number)), (imei(number),), MODEL)
        facts = (
            HandsetAttached(path),
            HandsetOnline(path, self._session),
            HandsetIdentified(path, self._session, who),
        )
        self.ask(lambda: self._post(facts))
        return path

    def finish_steps(self) -> str:
        """Let the steps of the run that was claimed last end well; return the tag on its label."""
        return self.ask(self._finish)

    def unplug(self, path: UsbPath) -> None:
        """Take a handset out of its slot."""
        self.ask(lambda: self.station.post(HandsetDetached(path)))

    def _post(self, facts: Sequence[Fact]) -> None:
        for fact in facts:
            self.station.post(fact)

    def _finish(self) -> str:
        for _ in PLAN.steps:
            step = next(o for o in reversed(self._orders) if isinstance(o, StartStep))
            self.station.post(StepSucceeded(step.run, step.ticket))
        label = next(o for o in reversed(self._orders) if isinstance(o, PrintLabel))
        self.station.post(LabelPrinted(label.run, label.ticket))
        return str(label.asset_tag)

    # ── on the bench's thread ───────────────────────────────────────────────────────────────────
    def _take(self, fact: Fact) -> None:
        self.station.post(fact)
        self.taken += 1

    def _open_ledger(self) -> Ledger:
        key = BenchKey.open(self.folder / "ledger.key")
        return Ledger.open(
            self.folder / "ledger.db", key, LedgerHeader(self.name, self.simulated), SystemClock(),
            app_version="1", policy_hash=PLAN.fingerprint,
        )  # fmt: skip

    def _means(self) -> Means:
        return Means(
            book=self.book, ledger=self.ledger, bench=self.name, simulated=self.simulated,
            now=lambda: SystemClock().moment().at, papers=self.folder / "papers", fonts=FONTS,
            pepper=bytes(range(32)),
        )  # fmt: skip

    def _station(self, stock: StockRoom, publish: Callable[[BenchView], None]) -> Station:
        clock, board, ledger = SystemClock(), Board(), self.ledger
        show = Show(board, publish)
        recognition = Recognition(ledger, clock, NowhereElse(), simulated=True)
        ports = PortsDesk(self.layout, board, recognition, show, Shelf(PLAN), learns=False)
        return Station(
            board, ports, ledger, show, self._orders.append, clock, bench=self.name,
            tags=Tags(ledger, "SIM"), people=SignInDesk(ledger, clock, show), stock=stock,
        )  # fmt: skip
