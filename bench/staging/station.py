"""The station: the one that decides and the only one that writes.

A fact comes into the inbox, `advance` decides, the record is committed, and only then are orders
carried out and views published: what a person can see or hear is on the disk. Plain synchronous
code on the bench's loop; no locks, because nobody else writes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias, get_args

from bench.custody.entries import Entry
from bench.custody.ledger import Ledger
from bench.events.central import CentralFact, CentreHeard, SyncRequested
from bench.events.desks import DeskFact
from bench.events.device import (
    BenchFact,
    DeviceFact,
    HandsetAttached,
    HandsetOnline,
    ProblemCleared,
    ProblemRaised,
)
from bench.events.enrolment import CodeReady, CodeSpent
from bench.events.modem import ModemFact
from bench.events.orders import (
    CustodyKind,
    Order,
    Readmit,
    Record,
    Refuse,
    SyncNow,
)
from bench.events.person import (
    AccessFact,
    PersonFact,
    TextScanned,
)
from bench.events.run import (
    Fact,
    HubFact,
    RunFact,
)
from bench.events.views import ScanTone, ScanView
from bench.events.work import (
    StepProgressed,
    WorkFact,
)
from bench.identity.identifiers import SlotCode
from bench.ports import Clock
from bench.problems import Problem, ProblemCode, ProblemError
from bench.staging.board import Board
from bench.staging.deeds import Deeds
from bench.staging.folding import decided_meanwhile, restored
from bench.staging.hub_desk import HubDesk
from bench.staging.inbox import Inbox
from bench.staging.ports_desk import PortsDesk
from bench.staging.programme import Programme
from bench.staging.reception import Reception
from bench.staging.recording import entries_of, policies
from bench.staging.run import StagingRun, State
from bench.staging.scanning import Scanning
from bench.staging.second_person import SignedOff
from bench.staging.showing import Show
from bench.staging.sign_in_desk import SignInDesk
from bench.staging.sim_desk import SimDesk
from bench.staging.stock_desk import StockDesk
from bench.staging.stock_room import StockRoom
from bench.staging.tags import Tags
from bench.staging.warnings import Warnings

CarryOut: TypeAlias = Callable[[Order], None]
"""Begins an order; returns at once."""
Taker: TypeAlias = Callable[[Any], None]
"""Takes facts of its kinds; a test sees to it that there is one for each kind."""


def _no_matter() -> None:
    """Tell nobody of a commit."""


class Station:
    """Holds the runs. Everything here is for the bench's loop only."""

    def __init__(  # noqa: PLR0913 - all that a fact can reach
        self,
        board: Board,
        ports: PortsDesk,
        ledger: Ledger,
        show: Show,
        carry_out: CarryOut,
        clock: Clock,
        *,
        bench: str,
        tags: Tags,
        people: SignInDesk | None = None,
        programme: Programme | None = None,
        committed: Callable[[], None] | None = None,
        stock: StockRoom | None = None,
    ) -> None:
        self._board = board
        self._ports = ports
        self._ledger = ledger
        self._show = show
        self._carry_out = carry_out
        self._clock = clock
        self._bench = bench
        self._people = people or SignInDesk(ledger, clock, show)
        self._programme = programme or Programme(ledger, board)
        self._tags = tags
        self._committed = committed or _no_matter
        self._inbox = Inbox(self._take, self._refuse, show, clock)
        self._hub = HubDesk(ports, board, show, self._people, carry_out, self._inbox.put)
        self._deeds = Deeds(board, ledger, show, self._people, bench, self._begin, self._wrote)
        self._warnings = Warnings(show, tags, self._programme)
        self._reception = self._receives(stock)
        self._takers = self._by_kind()

    def _receives(self, stock: StockRoom | None) -> Reception:
        sims = desk = None
        if stock:
            sims = SimDesk(stock.book, self._ledger, takes_unknown=stock.takes_unknown_sims)
            desk = StockDesk(
                stock, self._ledger, self._show, self._people, self._clock, self._wrote
            )
        scanning = Scanning(
            self._board, self._ports, self._tags, self._show, self._people, self._programme,
            self._deeds, self._clock, sims=sims,
        )  # fmt: skip
        return Reception(scanning, self._people, desk, self._signed)

    def _by_kind(self) -> Mapping[type, Taker]:
        takers: tuple[tuple[Any, Taker], ...] = (
            (TextScanned, self._reception.scanned),
            (DeskFact, self._reception.answered),
            (PersonFact, self._decided),
            (AccessFact, self._reception.showed),
            (HubFact, self._hub.take),
            (CentralFact, self._heard),
            (BenchFact, self._troubled),
            (WorkFact, self._worked),
            (DeviceFact, self._reached),
            (ModemFact, self._reached),
        )
        return {kind: taker for facts, taker in takers for kind in get_args(facts) or (facts,)}

    def open(self) -> None:
        """Fold the open runs out of the record, note that a session began, and show all slots."""
        shelf = self._ports.shelf
        entries = [Entry(CustodyKind.SESSION_OPENED, data={"policies": policies(shelf.plans)})]
        for kept in self._ledger.open_runs():
            slot = SlotCode.parse(kept.position.slot)
            run = self._as_decided(restored(kept, shelf.plan_for(slot), shelf.plans))
            self._board.put(run)
            kind = CustodyKind.HELD if run.is_open else CustodyKind.TAKEN_OUT
            records = [Record(kind, {"restart": True}, "the program was started again")]
            entries += entries_of(run, records, self._bench)
        self._ledger.append(
            entries, by=self._people.book.stands_for({entry.kind for entry in entries})
        )
        for slot in self._ports.layout.slots():
            self._board.touch(slot)
        self._warnings.begin()
        self._show.offer(shelf.views())
        self._people.show()
        self._show.now()

    def _as_decided(self, run: StagingRun) -> StagingRun:
        known = self._ledger.device(run.device) if run.device else None
        return decided_meanwhile(run, known.phase) if known else run

    def post(self, fact: Fact) -> None:
        """Take a fact in: it is decided on, committed and shown before this returns.

        A fact posted while another is being decided on waits its turn. While the record cannot be
        written, facts of hardware wait in order; a person is told at once that nothing was changed.
        """
        self._inbox.post(fact)

    def quiet_for(self) -> float:
        """Return for how many seconds nothing has happened."""
        return self._inbox.quiet_for()

    def mind_time(self) -> None:
        """Lock the bench, or stop waiting for a PIN, when it is time: call it every second."""
        owed = self._people.book.owes
        try:
            changed = self._people.mind_time()
        except ProblemError as error:
            self._inbox.could_not_write(error.problem)
            changed = True
        else:
            if owed:
                self._inbox.could_write()
        if self._reception.follow() or changed or owed:
            self._people.show()
            self._show.now()

    def close(self) -> None:
        """Record, if that is possible, that whoever is signed in no longer is."""
        self._people.close()

    def _take(self, fact: Fact) -> None:
        self._takers[type(fact)](fact)

    def _reached(self, fact: DeviceFact | ModemFact) -> None:
        for run, what in self._ports.reached(fact):
            self._deeds.apply(run, what)
        self._hub.offer()

    def _troubled(self, fact: BenchFact) -> None:
        match fact:
            case ProblemRaised():
                where = self._ports.place(fact.problem.where)
                self._show.stand(replace(fact.problem, where=where))
            case ProblemCleared():
                for where in {fact.where, self._ports.place(fact.where)}:
                    self._show.clear(fact.code, where)

    def _heard(self, fact: CentralFact) -> None:
        match fact:
            case CentreHeard():
                self._show.centre(fact.view)
            case SyncRequested():
                self._carry_out(SyncNow())

    def _signed(self, signed: SignedOff) -> None:
        self._look_again(self._deeds.override(signed))

    def _begin(self, order: Order) -> None:
        match order:
            case Record():
                pass
            case Readmit():
                self._inbox.put(HandsetAttached(order.path))
                self._inbox.put(HandsetOnline(order.path, order.session))
            case Refuse():
                self._show.answer(ScanView("", "bench", ScanTone.BAD, str(order.problem)))
            case _:
                self._carry_out(order)

    def _worked(self, fact: WorkFact) -> None:
        run = self._board.with_id(fact.run)
        if run is None:
            return
        match fact:
            case StepProgressed() | CodeReady() | CodeSpent() if not run.is_working_on(fact.ticket):
                pass
            case StepProgressed():
                self._show.progress(run, fact.share)
            case CodeReady():
                self._show.code(run, fact.code)
            case CodeSpent():
                self._show.code(run, None)
            case _:
                self._deeds.apply(run, fact)

    def _decided(self, fact: PersonFact) -> None:
        self._people.book.present()
        run = self._board.at(fact.slot)
        if run is None:
            raise ProblemError(Problem(ProblemCode.SLOT_EMPTY, str(fact.slot)))
        after = self._by_hand(run, fact)
        if after is not run:
            self._look_again(after)

    def _look_again(self, run: StagingRun) -> None:
        """Take a modem's word anew for a handset that begins anew: Android says its own again."""
        if run.state is State.ATTACHED:
            for each, what in self._ports.foreseen(run, run.foreseen):
                self._deeds.apply(each, what)

    def _wrote(self, entries: Sequence[Entry]) -> None:
        self._inbox.could_write()
        self._programme.note(entries)
        self._tags.note(entries)
        self._warnings.note(entries)
        self._reception.wrote()
        self._committed()

    def _by_hand(self, run: StagingRun, fact: RunFact) -> StagingRun:
        try:
            return self._deeds.by_hand(run, fact)
        finally:
            self._people.show()

    def _refuse(self, fact: Fact, problem: Problem) -> None:
        text, source = "", "bench"
        if isinstance(fact, TextScanned):
            text, source = self._people.shown(fact.text), fact.source
        self._show.answer(ScanView(text, source, ScanTone.BAD, str(problem)))
