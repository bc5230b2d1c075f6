"""The bench put together and run: equipment, record, station and crew on one asyncio loop.

The same coroutine runs on the window's bench thread, under `asyncio.run` for a command, and in the
tests. It opens the record on the thread it runs on, because that is the only one that may use it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import (
    AbstractAsyncContextManager,
    asynccontextmanager,
    closing,
    nullcontext,
    suppress,
)
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeAlias

from bench.custody.ledger import Ledger
from bench.enrolment.profiles.profile import EnrolmentProfile
from bench.events.views import BenchView
from bench.labels.template import LabelTemplate
from bench.ports import Clock, Equipment, Post, Watcher
from bench.problems import Problem, ProblemError
from bench.staging.access import Access
from bench.staging.board import Board
from bench.staging.crew import Crew, Services
from bench.staging.label_desk import LabelDesk
from bench.staging.outpost import Either, OpenOutpost, Outpost, by_itself
from bench.staging.planned import PlannedByBook
from bench.staging.ports_desk import PortsDesk
from bench.staging.power_desk import PowerDesk
from bench.staging.programme import Limits, Planned, Programme
from bench.staging.recognition import Elsewhere, NowhereElse, Recognition
from bench.staging.shelf import shelf_of, whole
from bench.staging.showing import Publish, Show
from bench.staging.sign_in_desk import SignInDesk
from bench.staging.sign_in_rules import SignInRules
from bench.staging.slots import HubLayout
from bench.staging.station import Station
from bench.staging.stock_room import OpenStock, StockRoom, no_stock
from bench.staging.tags import Tags

Upkeep: TypeAlias = (
    "Callable[[Ledger, Post, Callable[[], float]], AbstractAsyncContextManager[Any]]"
)
"""Looks after the record from when a session has begun until the last fact is in; is given the
record, the station's door, and for how many seconds nothing has happened."""
_PAUSE = 1.0
"""Seconds without a fact that make a pause."""
_TICK = 1.0
"""Seconds between two looks at who has been away too long."""


_EVERYBODY = Access()
OpenServices: TypeAlias = "Callable[[Equipment], AbstractAsyncContextManager[Services]]"
"""Opens what steps may ask besides handsets, and closes it again."""


@asynccontextmanager
async def _no_services(_: Equipment) -> AsyncIterator[Services]:
    yield Services()


@dataclass(frozen=True, slots=True)
class Hands:
    """What is worked with: the equipment, whom the bench may ask, what it has of the centre."""

    equipment: Equipment
    services: Services
    outpost: Outpost | None
    stock: StockRoom | Problem | None = None

    @property
    def watchers(self) -> tuple[Watcher, ...]:
        """Whatever posts facts while the bench works."""
        return (*self.equipment.watchers, *((self.outpost,) if self.outpost else ()))


@dataclass(frozen=True)
class Bench:
    """A bench that can be run once. `equipment` sets it up and takes it down again."""

    name: str
    simulated: bool
    layout: HubLayout
    profile: EnrolmentProfile
    template: LabelTemplate
    clock: Clock
    tag_prefix: str
    learns_ports: bool
    open_ledger: Callable[[], Ledger]
    equipment: Callable[[], AbstractAsyncContextManager[Equipment]]
    upkeep: Upkeep = lambda *_: nullcontext()
    access: Access = _EVERYBODY
    placed: Mapping[str, EnrolmentProfile] = field(default_factory=dict)
    """Profiles of single slots (`B3`) or rows (`B`); `profile` is that of all others."""
    templates: Mapping[str, LabelTemplate] = field(default_factory=dict)
    """Labels of single profiles, by their fingerprint."""
    services: OpenServices = _no_services
    """What steps may ask besides handsets, opened once the equipment stands."""
    limits: Limits = field(default_factory=Limits)
    elsewhere: Elsewhere = field(default_factory=NowhereElse)
    outpost: OpenOutpost = by_itself
    """What this bench has of the centre."""
    stock: OpenStock = no_stock
    """What it has of orders, consignments and the roll-out."""

    async def run(self, publish: Publish, ready: Callable[[Post], None]) -> None:
        """Run until cancelled, or until the technician has finished.

        Raises:
            ProblemError: the record cannot be opened.
        """
        with closing(self.open_ledger()) as ledger:
            with suppress(ProblemError):  # on a full disk commits take longer, and that is all
                ledger.lay_out()
            async with self.outpost(ledger) as outpost:
                rules = await self.access.rules(ledger, simulated=self.simulated)
                async with (
                    self.stock(ledger, rules) as stock,
                    self.equipment() as equipment,
                    self.services(equipment) as services,
                ):
                    hands = Hands(equipment, replace(services, central=outpost), outpost, stock)
                    await self._staffed(hands, ledger, rules, publish, ready)

    async def _staffed(
        self,
        hands: Hands,
        ledger: Ledger,
        rules: SignInRules,
        publish: Publish,
        ready: Callable[[Post], None],
    ) -> None:
        equipment, technician = hands.equipment, hands.equipment.technician

        def show(view: BenchView) -> None:
            publish(view)
            if technician:
                technician.see(view)

        desk = LabelDesk(equipment.printer, self.template, self.templates, simulated=self.simulated)
        profiles = {each.fingerprint: each for each in whole(self.profile, self.placed)}
        power = PowerDesk(equipment.power)
        crew = Crew(equipment.handsets, profiles, desk, power, hands.services)
        board = Board()
        face = Show(board, show)
        if isinstance(hands.stock, Problem):  # the slots are worked at all the same
            face.stand(hands.stock)
        people = SignInDesk(ledger, self.clock, face, rules)
        station = self._station(board, ledger, face, crew, people, hands)
        station.open()
        upkeep = self.upkeep(ledger, station.post, station.quiet_for)
        async with upkeep, _signed_out(station), asyncio.TaskGroup() as group:
            work = [_fail_loudly(), crew.work(station.post), people.work(station.post)]
            work += [_tidy(ledger, station), _mind_time(station)]
            if isinstance(hands.stock, StockRoom):
                work.append(hands.stock.jobs.work(station.post))
            tasks = [group.create_task(each) for each in work]
            await asyncio.sleep(0)  # the crew stands ready before the first order
            ready(station.post)
            tasks += [group.create_task(w.follow(station.post)) for w in hands.watchers]
            if technician:
                await technician.work(station.post)
                for task in tasks:
                    task.cancel()

    def _station(
        self,
        board: Board,
        ledger: Ledger,
        show: Show,
        crew: Crew,
        people: SignInDesk,
        hands: Hands,
    ) -> Station:
        outpost = hands.outpost
        stock = hands.stock if isinstance(hands.stock, StockRoom) else None
        elsewhere = Either(self.elsewhere, outpost) if outpost else self.elsewhere
        recognition = Recognition(ledger, self.clock, elsewhere, simulated=self.simulated)
        shelf = shelf_of(self.profile, self.placed)
        ports = PortsDesk(self.layout, board, recognition, show, shelf, learns=self.learns_ports)
        return Station(
            board,
            ports,
            ledger,
            show,
            crew.carry_out,
            self.clock,
            bench=self.name,
            tags=Tags(ledger, self.tag_prefix, outpost),
            committed=outpost.wake if outpost else None,
            people=people,
            programme=Programme(ledger, board, self.limits, self._planned(stock)),
            stock=stock,
        )

    def _planned(self, stock: StockRoom | None) -> Planned | None:
        if stock is None:
            return None
        return PlannedByBook(stock.book, self._today)

    def _today(self) -> date:
        return self.clock.moment().at.date()


async def _tidy(ledger: Ledger, station: Station) -> None:
    """Do the record's housekeeping in the pauses, so that no scan waits for it."""
    while True:
        await asyncio.sleep(_PAUSE)
        if station.quiet_for() >= _PAUSE:
            with suppress(ProblemError):  # a disk that is full is told of where something is lost
                ledger.tidy()


async def _mind_time(station: Station) -> None:
    """Let the station see how long nobody has been there."""
    while True:
        await asyncio.sleep(_TICK)
        station.mind_time()


@asynccontextmanager
async def _signed_out(station: Station) -> AsyncIterator[None]:
    """Have whoever is signed in leave when the work is over."""
    try:
        yield
    finally:
        station.close()


async def _fail_loudly() -> None:
    """Wait for a fault in a callback of the loop, and raise it: nothing fails unseen."""
    loop = asyncio.get_running_loop()
    fault: asyncio.Future[None] = loop.create_future()

    def met(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception") or RuntimeError(context["message"])
        if not fault.done():
            fault.set_exception(error)

    loop.set_exception_handler(met)
    await fault
