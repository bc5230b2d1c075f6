"""The station: the one that decides and the only one that writes.

A fact comes into the inbox, `advance` decides, the record is committed, and only then are orders
carried out and views published: what a person can see or hear is on the disk. Plain synchronous
code on the bench's loop; no locks, because nobody else writes.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import TypeAlias, assert_never

from bench.custody.entries import Entry
from bench.custody.ledger import Ledger
from bench.events.device import (
    HandsetAttached,
    HandsetDetached,
    HandsetIdentified,
    HandsetOnline,
    HandsetUnauthorised,
    HandsetUnreachable,
    IdentityUnread,
    ProblemCleared,
    ProblemRaised,
)
from bench.events.orders import (
    CustodyKind,
    Order,
    Readmit,
    Record,
    Refuse,
)
from bench.events.person import (
    CopyRequested,
    PersonFact,
    RunHeld,
    RunResumed,
    RunVoided,
    TextScanned,
)
from bench.events.run import (
    Fact,
    ImeiScanned,
    LabelScanned,
    RunFact,
)
from bench.events.views import ScanTone, ScanView
from bench.events.work import (
    LabelDoubtful,
    LabelPrinted,
    StepErrored,
    StepFailed,
    StepProgressed,
    StepSucceeded,
    WorkFact,
)
from bench.identity.plain import plain
from bench.ports import Clock
from bench.problems import Problem, ProblemCode, ProblemError
from bench.staging.advance import advance
from bench.staging.board import Board
from bench.staging.folding import restored
from bench.staging.ports_desk import PortsDesk
from bench.staging.recording import entries_of
from bench.staging.run import Plan, StagingRun, State
from bench.staging.scan_desk import BoxHeard, LabelHeard, ScanDesk, refused
from bench.staging.showing import Show

CarryOut: TypeAlias = Callable[[Order], None]
"""Begins an order; returns at once."""

_TRY_AGAIN = 1.0
"""Seconds until a record that could not be written is tried again."""


class Station:
    """Holds the runs. Everything here is for the bench's loop only."""

    def __init__(
        self,
        board: Board,
        ports: PortsDesk,
        ledger: Ledger,
        show: Show,
        carry_out: CarryOut,
        clock: Clock,
        *,
        bench: str,
        tag_prefix: str,
    ) -> None:
        self._board = board
        self._ports = ports
        self._ledger = ledger
        self._show = show
        self._carry_out = carry_out
        self._clock = clock
        self._bench = bench
        self._tag_prefix = tag_prefix
        self._scans = ScanDesk(board)
        self._inbox: deque[Fact] = deque()
        self._draining = False
        self._unwritten: Problem | None = None
        self._again: asyncio.TimerHandle | None = None
        self._heard_at = clock.elapsed()

    def open(self, plan: Plan) -> None:
        """Fold the open runs out of the record, note that a session began, and show all slots."""
        entries = [Entry(CustodyKind.SESSION_OPENED)]
        for kept in self._ledger.open_runs():
            run = restored(kept, plan)
            self._board.put(run)
            kind = CustodyKind.HELD if run.is_open else CustodyKind.TAKEN_OUT
            records = [Record(kind, {"restart": True}, "the program was started again")]
            entries += entries_of(run, records, self._bench)
        self._ledger.append(entries)
        for slot in self._ports.layout.slots():
            self._board.touch(slot)
        self._show.now()

    def post(self, fact: Fact) -> None:
        """Take a fact in: it is decided on, committed and shown before this returns.

        A fact posted while another is being decided on waits its turn. While the record cannot be
        written, facts of hardware wait in order; a person is told at once that nothing was changed.
        """
        if self._unwritten and self._inbox and isinstance(fact, TextScanned | PersonFact):
            self._refuse(fact, self._unwritten)
            self._show.now()
            return
        self._inbox.append(fact)
        self._heard_at = self._clock.elapsed()
        self._drain()

    def quiet_for(self) -> float:
        """Return for how many seconds nothing has happened."""
        return self._clock.elapsed() - self._heard_at

    def _drain(self) -> None:
        if self._draining:
            return
        self._draining = True
        try:
            shown = [not isinstance(fact, StepProgressed) for fact in self._taken()]
        finally:
            self._draining = False
        if any(shown):
            self._show.now()

    def _taken(self) -> list[Fact]:
        taken = []
        while self._inbox:
            taken.append(self._inbox[0])
            if not self._wrote(self._inbox[0]):
                break
            self._inbox.popleft()
        return taken

    def _wrote(self, fact: Fact) -> bool:
        """Take one fact; False when the record could not be written and the fact has to wait."""
        try:
            self._take(fact)
        except ProblemError as error:
            return self._could_not_write(fact, error.problem)
        return True

    def _could_not_write(self, fact: Fact, problem: Problem) -> bool:
        self._unwritten = problem
        self._show.stand(problem)
        if self._again is not None:
            self._again.cancel()
        self._again = asyncio.get_running_loop().call_later(_TRY_AGAIN, self._drain)
        if isinstance(fact, TextScanned | PersonFact):
            self._refuse(fact, problem)
            return True
        return False

    def _could_write(self) -> None:
        if self._unwritten:
            self._show.clear(self._unwritten.code, self._unwritten.where)
            self._unwritten = None

    def _take(self, fact: Fact) -> None:
        match fact:
            case TextScanned():
                self._scanned(fact)
            case RunHeld() | RunResumed() | RunVoided() | CopyRequested():
                self._decided(fact)
            case ProblemRaised():
                self._show.stand(fact.problem)
            case ProblemCleared():
                self._show.clear(fact.code, fact.where)
            case (
                StepProgressed() | StepSucceeded() | StepFailed() | StepErrored() | LabelPrinted()
                | LabelDoubtful()
            ):  # fmt: skip
                self._worked(fact)
            case (
                HandsetAttached() | HandsetDetached() | HandsetUnauthorised() | HandsetOnline()
                | HandsetUnreachable() | HandsetIdentified() | IdentityUnread()
            ):  # fmt: skip
                for run, what in self._ports.reached(fact):
                    self._apply(run, what)
            case _:
                assert_never(fact)

    def _apply(self, run: StagingRun, fact: RunFact) -> StagingRun:
        """Decide, commit, and only then let it be seen and done."""
        after, orders = advance(run, fact)
        records = [order for order in orders if isinstance(order, Record)]
        if records:
            self._ledger.append(entries_of(after, records, self._bench))
            self._could_write()
        self._board.put(after)
        self._show.moved(run, after)
        for order in orders:
            self._begin(order)
        return after

    def _begin(self, order: Order) -> None:
        match order:
            case Record():
                pass
            case Readmit():
                self._inbox.append(HandsetAttached(order.path))
                self._inbox.append(HandsetOnline(order.path, order.session))
            case Refuse():
                self._show.answer(ScanView("", "bench", ScanTone.BAD, str(order.problem)))
            case _:
                self._carry_out(order)

    def _worked(self, fact: WorkFact) -> None:
        run = self._board.with_id(fact.run)
        if run and isinstance(fact, StepProgressed) and run.is_working_on(fact.ticket):
            self._show.progress(run, fact.share)
        elif run:
            self._apply(run, fact)

    def _decided(self, fact: PersonFact) -> None:
        run = self._board.at(fact.slot)
        if run is None:
            self._refuse(fact, Problem(ProblemCode.SLOT_EMPTY, str(fact.slot)))
        else:
            self._apply(run, fact)

    def _scanned(self, scan: TextScanned) -> None:
        heard = self._scans.hear(scan, self._clock.elapsed())
        self._show.bounced(self._scans.bounced)
        match heard:
            case BoxHeard():
                tag = self._ledger.next_asset_tag(self._tag_prefix)
                self._answered(scan, heard.run, ImeiScanned(heard.imei, tag))
            case LabelHeard():
                self._answered(scan, heard.run, LabelScanned(heard.tag))
            case ScanView():
                self._show.answer(heard)
            case None:
                pass

    def _answered(self, scan: TextScanned, run: StagingRun, fact: RunFact) -> None:
        after = self._apply(run, fact)
        raw = plain(scan.text)
        if after.state is State.HELD and after.hold:
            held = Problem(after.hold.code, str(after.slot), after.hold.detail)
            self._show.answer(refused(scan, raw, held))
        elif after != run:
            answer = f"{after.slot}: {_ANSWERS.get(after.state, 'taken')}."
            self._show.answer(ScanView(raw, scan.source, ScanTone.GOOD, answer))

    def _refuse(self, fact: TextScanned | PersonFact, problem: Problem) -> None:
        text, source = (fact.text, fact.source) if isinstance(fact, TextScanned) else ("", "bench")
        self._show.answer(ScanView(plain(text), source, ScanTone.BAD, str(problem)))


_ANSWERS = {
    State.STAGING: "box and handset agree, staging starts",
    State.LABELLING: "box and handset agree, the label is printed",
    State.STAGED: "label, box and handset agree, done",
}
