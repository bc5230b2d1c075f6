"""A station on a real record, with nothing around it: facts in, orders and views out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from bench.clock import SystemClock
from bench.custody.entries import LedgerHeader
from bench.custody.key import BenchKey
from bench.custody.ledger import Ledger
from bench.custody.verification import verify_file
from bench.events.device import (
    HandsetAttached,
    HandsetIdentified,
    HandsetIdentity,
    HandsetOnline,
)
from bench.events.orders import Order, PrintLabel, StartStep
from bench.events.person import TextScanned
from bench.events.run import Fact
from bench.events.views import BenchView, SlotView
from bench.events.work import LabelPrinted, StepSucceeded
from bench.identity.identifiers import SlotCode, UsbPath
from bench.ports import Moment
from bench.staging.board import Board
from bench.staging.plan import Plan
from bench.staging.planned import PlannedByBook
from bench.staging.ports_desk import PortsDesk
from bench.staging.programme import Limits, Programme
from bench.staging.recognition import Elsewhere, Recognition
from bench.staging.shelf import Shelf
from bench.staging.showing import Show
from bench.staging.sign_in_desk import SignInDesk
from bench.staging.sign_in_rules import SignInRules
from bench.staging.slots import HubLayout
from bench.staging.station import Station
from bench.staging.stock_room import StockRoom
from bench.staging.tags import TagBlocks, Tags
from tests.bench.staging.bench_talk import PLAN, handset, imei

PATHS = tuple(UsbPath(1, (port,)) for port in range(1, 5))
A1, A2 = SlotCode("A", 1), SlotCode("A", 2)


class Wristwatch:
    """Real time for the record; for measuring, seconds that only pass when told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def moment(self) -> Moment:
        return SystemClock().moment()

    def elapsed(self) -> float:
        return self.seconds

    def today(self) -> date:
        return self.moment().at.date()


@dataclass
class Workplace:
    """A station, and everything it was heard and seen to do."""

    station: Station
    ledger: Ledger
    watch: Wristwatch
    people: SignInDesk
    orders: list[Order] = field(default_factory=list)
    views: list[BenchView] = field(default_factory=list)
    seen_at: list[int] = field(default_factory=list)

    def post(self, *facts: Fact) -> None:
        for fact in facts:
            self.station.post(fact)

    def plug(
        self, number: int, path: UsbPath = PATHS[0], who: HandsetIdentity | None = None
    ) -> None:
        self.post(
            HandsetAttached(path),
            HandsetOnline(path, number),
            HandsetIdentified(path, number, who or handset(number)),
        )

    def scan(self, text: object, source: str = "Scanner") -> None:
        self.watch.seconds += 1
        self.post(TextScanned(str(text), source))

    def slot(self, slot: SlotCode = A1) -> SlotView:
        return next(v for view in reversed(self.views) for v in view.slots if v.slot == slot)

    def steps(self) -> list[StartStep]:
        return [order for order in self.orders if isinstance(order, StartStep)]

    def labels(self) -> list[PrintLabel]:
        return [order for order in self.orders if isinstance(order, PrintLabel)]

    def stage(self, number: int, path: UsbPath = PATHS[0]) -> None:
        self.plug(number, path)
        self.scan(imei(number))
        for _ in PLAN.steps:
            self.post(StepSucceeded(self.steps()[-1].run, self.steps()[-1].ticket))
        self.post(LabelPrinted(self.labels()[-1].run, self.labels()[-1].ticket))
        self.scan(self.labels()[-1].asset_tag)


@contextmanager
def workplace(  # noqa: PLR0913 - all that a bench can have
    folder: Path,
    plan: Plan = PLAN,
    *,
    learns: bool = False,
    limits: Limits | None = None,
    others: Sequence[Plan] = (),
    elsewhere: Elsewhere | None = None,
    numbers: TagBlocks | None = None,
    rules: Callable[[Ledger], SignInRules] | None = None,
    stock: Callable[[Ledger], StockRoom] | None = None,
    looks_on_disk: bool = False,
) -> Iterator[Workplace]:
    """Put a station on the record in `folder`; `rules` is given the record, to enrol people.

    The record is verified at the end; with `looks_on_disk` at each view too.
    """
    watch = Wristwatch()
    ledger = Ledger.open(
        folder / "ledger.db", BenchKey.open(folder / "ledger.key"), LedgerHeader("bench-07", True),
        watch, app_version="1", policy_hash=plan.fingerprint,
    )  # fmt: skip
    orders: list[Order] = []
    views: list[BenchView] = []
    seen_at: list[int] = []

    def publish(view: BenchView) -> None:
        views.append(view)
        if looks_on_disk:
            seen_at.append(verify_file(folder / "ledger.db").events)

    board = Board()
    show = Show(board, publish)
    layout = HubLayout(2, 2) if learns else HubLayout.numbered(2, 2, iter(PATHS))
    recognition = Recognition(ledger, watch, elsewhere, simulated=True)
    shelf = Shelf(plan, adjusted=tuple(others))
    ports = PortsDesk(layout, board, recognition, show, shelf, learns=learns)
    people = SignInDesk(ledger, watch, show, rules(ledger) if rules else None)
    room = stock(ledger) if stock else None
    planned = PlannedByBook(room.book, watch.today) if room else None
    station = Station(
        board, ports, ledger, show, orders.append, watch, bench="bench-07",
        tags=Tags(ledger, "SIM", numbers),
        people=people, programme=Programme(ledger, board, limits or Limits(), planned),
        stock=room,
    )  # fmt: skip
    station.open()
    try:
        yield Workplace(station, ledger, watch, people, orders, views, seen_at)
        assert ledger.projections_match()
    finally:
        ledger.close()
    assert verify_file(folder / "ledger.db").verifies
