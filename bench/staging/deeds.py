"""What is done to a run: decided, committed, and only then seen and begun.

What a person does is put down to them, what hardware does to whoever is signed in or to the bench.
What takes a second person waits for one, and is then done by both in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bench.custody.entries import Entry
from bench.custody.ledger import Ledger
from bench.events.orders import Order, Record
from bench.events.person import (
    CopyRequested,
    ProfileChosen,
    RunHeld,
    RunResumed,
    RunVoided,
    StepConfirmed,
)
from bench.events.run import ImeiScanned, LabelScanned, RunFact, SimScanned
from bench.problems import Problem, ProblemCode, ProblemError
from bench.staging.advance import advance
from bench.staging.board import Board
from bench.staging.recording import entries_of
from bench.staging.run import StagingRun
from bench.staging.second_person import (
    SignedOff,
    Waiting,
    clears_by_supervisor,
    confirms_by_two,
    may_be_overridden,
    why_confirmed,
    why_overridden,
    why_resumed,
)
from bench.staging.showing import Show
from bench.staging.sign_in_desk import SignInDesk
from bench.staging.transitions.elsewhere import questions

_BY_HAND = (
    RunHeld, RunResumed, RunVoided, CopyRequested, ImeiScanned, LabelScanned, StepConfirmed,
    ProfileChosen, SimScanned,
)  # fmt: skip
"""What a run meets by somebody's hands; all else is hardware's."""


class Deeds:
    """Applies facts to runs; `begin` is given each order, `wrote` what each commit wrote."""

    def __init__(
        self,
        board: Board,
        ledger: Ledger,
        show: Show,
        people: SignInDesk,
        bench: str,
        begin: Callable[[Order], None],
        wrote: Callable[[Sequence[Entry]], None],
    ) -> None:
        self._board = board
        self._ledger = ledger
        self._show = show
        self._people = people
        self._bench = bench
        self._begin = begin
        self._wrote = wrote

    def apply(self, run: StagingRun, fact: RunFact, signed: SignedOff | None = None) -> StagingRun:
        """Decide, commit, and only then let it be seen and done."""
        after, orders = advance(run, fact)
        if records := [order for order in orders if isinstance(order, Record)]:
            entries = entries_of(after, records, self._bench)
            self._record(entries, fact, signed)
            self._wrote(entries)
        self._board.put(after)
        self._show.moved(run, after)
        for order in (*questions(run, after), *orders):
            self._begin(order)
        return after

    def by_hand(self, run: StagingRun, fact: RunFact) -> StagingRun:
        """Do what a person does; `ProblemError` where it takes a second one, who is then asked."""
        if isinstance(fact, RunResumed) and self._people.asks and clears_by_supervisor(run):
            return self._done_by_two(run, fact, why_resumed(run))
        if isinstance(fact, StepConfirmed) and self._people.asks and confirms_by_two(run):
            return self._done_by_two(run, fact, why_confirmed(run))
        try:
            return self.apply(run, fact)
        except ProblemError as error:
            illegal = error.problem.code is ProblemCode.ILLEGAL_TRANSITION
            if illegal and self._people.asks and may_be_overridden(fact):
                self._wait(run, fact, why_overridden(error.problem))
            raise

    def override(self, signed: SignedOff) -> StagingRun:
        """Do what waited, and return the run.

        `ProblemError` NOT_POSSIBLE_NOW when the run has changed meanwhile.
        """
        waited = signed.waited
        run = self._board.with_id(waited.run.run)
        if run is None or not waited.still_fits(run):
            raise ProblemError(Problem(ProblemCode.NOT_POSSIBLE_NOW, str(waited.run.slot)))
        return self.apply(_known(run), waited.fact, signed)

    def _done_by_two(self, run: StagingRun, fact: RunFact, why: str) -> StagingRun:
        """Ask for the second person, unless two could not do it either."""
        _, orders = advance(_known(run), fact)
        if not any(isinstance(order, Record) for order in orders):
            return self.apply(run, fact)
        self._wait(run, fact, why)
        raise ProblemError(Problem(ProblemCode.NEEDS_SECOND_PERSON, str(run.slot)))

    def _wait(self, run: StagingRun, fact: RunFact, why: str) -> None:
        self._people.wait_for_second(Waiting(run, fact, why, self._people.book.present()))

    def _record(self, entries: Sequence[Entry], fact: RunFact, signed: SignedOff | None) -> None:
        kinds = {entry.kind for entry in entries}
        if signed:
            by, second = signed.waited.first, signed.second
            self._ledger.append(signed.overridden(entries), by=by, second=second)
        elif isinstance(fact, _BY_HAND):
            by = self._people.book.present()
            self._people.book.refuse_unfit(by, kinds)
            self._ledger.append(entries, by=by)
        else:
            self._ledger.append(entries, by=self._people.book.stands_for(kinds))


def _known(run: StagingRun) -> StagingRun:
    """Return the run as one that the record knows: what two persons decide is always recorded."""
    return replace(run, recorded=True)
