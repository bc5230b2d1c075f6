"""A whole bench on the window's bench thread: record, book, desks, people, slots; real peers.

The ADB server is Debian's, the printer a socket; handsets are the simulator's and reached over TCP.
They are put into slots and taken out by whoever tests; all else goes through the window.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from bench.clock import SystemClock
from bench.command_line.late_stock import LateStock
from bench.custody.entries import LedgerHeader
from bench.custody.key import BenchKey
from bench.custody.ledger import Ledger
from bench.custody.people.sign_in import SignInPolicy
from bench.enrolment.profiles.load import load_profile
from bench.events.run import Fact
from bench.events.views import BenchView
from bench.identity.identifiers import SlotCode, UsbPath
from bench.labels.template import LabelTemplate
from bench.ports import Equipment, Post
from bench.problems import Problem
from bench.staging.access import Access
from bench.staging.badges import BadgeFormat
from bench.staging.bench import Bench
from bench.staging.sign_in_rules import SignInRules
from bench.staging.slots import HubLayout
from bench.staging.stock_room import StockRoom
from bench.staging.trainees import Trainee, enrol_trainees
from bench.stock.book.book import Book
from hardware.adb.client import AdbClient
from hardware.adb.handsets import AdbHandsets
from hardware.adb.server import AdbServer, free_port
from hardware.printers.opening import zpl_over_tcp
from hardware.simulator.handset import SimulatedHandset
from hardware.simulator.hub import SimulatedHub
from hardware.simulator.printer import SimulatedPrinter

RESOURCES = Path("resources")
FONTS = RESOURCES / "fonts"
PROFILE = Path(__file__).with_name("roll-out.toml")
_PEPPER = bytes(range(32))
_HOUR = 3600
_POLICY = SignInPolicy(idle_lock=_HOUR, tap_holds=_HOUR, pin_wait=30)
_PATHS = tuple(UsbPath(1, (1 + n // 7, 1 + n % 7)) for n in range(16))
_PATIENCE = 60
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
        self.profile = load_profile(PROFILE)
        ledger = self._open_ledger()
        self.technician, self.supervisor = enrol_trainees(
            ledger, _PEPPER, BadgeFormat(), date(2026, 11, 2)
        )
        ledger.close()
        self._client = AdbClient(port := free_port())
        self._server = AdbServer(port, home=self.folder / "home")
        self._hub = SimulatedHub(self._client, _PATHS)
        self.ledger: Ledger
        self.book: Book

    @property
    def people(self) -> tuple[Trainee, Trainee]:
        """Whoever works here, and whoever signs off."""
        return self.technician, self.supervisor

    async def run(
        self, publish: Callable[[BenchView], None], ready: Callable[[Post], None]
    ) -> None:
        """Work until cancelled."""
        self._loop = asyncio.get_running_loop()

        def begun(post: Post) -> None:
            def take(fact: Fact) -> None:
                post(fact)
                self.taken += 1

            ready(take)

        await self._bench().run(publish, begun)

    # ── for whoever tests, on another thread ────────────────────────────────────────────────────
    def ask(self, what: Callable[[], _T]) -> _T:
        """Do something on the bench's loop, and return what came of it."""

        async def done() -> _T:
            return what()

        return self._begun(done()).result(_PATIENCE)

    def plug(self, slot: SlotCode, handset: SimulatedHandset) -> None:
        """Put a handset into a slot."""
        self._begun(self._hub.plug(self._path(slot), handset)).result(_PATIENCE)

    def unplug(self, slot: SlotCode) -> None:
        """Take the handset out of a slot."""
        self._begun(self._hub.unplug(self._path(slot))).result(_PATIENCE)

    def _begun(self, doing: Coroutine[Any, Any, _T]) -> Future[_T]:
        return asyncio.run_coroutine_threadsafe(doing, self._loop)

    def _path(self, slot: SlotCode) -> UsbPath:
        return next(path for path, other in self.layout.ports.items() if other == slot)

    # ── on the bench's thread ───────────────────────────────────────────────────────────────────
    def _bench(self) -> Bench:
        return Bench(
            name=self.name,
            simulated=self.simulated,
            layout=self.layout,
            profile=self.profile,
            template=LabelTemplate.load(RESOURCES / "labels" / "asset-50x25.toml"),
            clock=SystemClock(),
            tag_prefix="SIM",
            learns_ports=False,
            open_ledger=self._open_ledger,
            equipment=self._equipment,
            access=Access(lambda: _PEPPER, _POLICY),
            stock=self._stock,
        )

    def _open_ledger(self) -> Ledger:
        self.ledger = Ledger.open(
            self.folder / "ledger.db", BenchKey.open(self.folder / "ledger.key"),
            LedgerHeader(self.name, self.simulated), SystemClock(), app_version="1",
            policy_hash=self.profile.fingerprint,
        )  # fmt: skip
        return self.ledger

    @asynccontextmanager
    async def _stock(
        self, ledger: Ledger, rules: SignInRules
    ) -> AsyncIterator[StockRoom | Problem | None]:
        stock = LateStock(
            self.name, self.simulated, self.folder / "papers", FONTS,
            {self.profile.fingerprint: self.profile},
        )  # fmt: skip
        async with stock.open(ledger, rules) as room:
            assert isinstance(room, StockRoom), room
            self.book = room.book
            yield room

    def _equipment(self) -> AbstractAsyncContextManager[Equipment]:
        return self._equipped()

    @asynccontextmanager
    async def _equipped(self) -> AsyncIterator[Equipment]:
        async with SimulatedPrinter() as printer, self._hub:
            try:
                await self._server.ensure()
                handsets = AdbHandsets(self._server, self._client, self._hub.locate)
                labels = zpl_over_tcp(printer.host, printer.port)
                yield Equipment(handsets, labels, (self._hub, handsets))
            finally:
                await self._server.stop()
