"""Facts one after another, each taken whole before the next; what waits while the disk is full.

A record that cannot be written stands as a problem. While that may pass, hardware's facts wait in
order, and a person is told at once. What the record does not take is told once, and dropped.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from bench.events.desks import Answered, DeskOpened, FileChosen, JobCancelled, SignatureDrawn
from bench.events.person import (
    BenchLocked,
    CopyRequested,
    PinAnswered,
    PinTyped,
    PinUnchecked,
    PinWithdrawn,
    PowerCycleRequested,
    ProfileChosen,
    RunHeld,
    RunResumed,
    RunVoided,
    StepConfirmed,
    TextScanned,
)
from bench.events.run import Fact
from bench.events.work import StepProgressed
from bench.ports import Clock
from bench.problems import Fault, Problem, ProblemCode, ProblemError
from bench.staging.showing import Show

_TRY_AGAIN = 1.0
"""Seconds until a record that could not be written is tried again."""
PASSES = (ProblemCode.LEDGER_FULL, ProblemCode.EPOCH_FROZEN)
"""What keeps the record from being written now. Of all else, trying again changes nothing, and a
fact that the record never takes must not stand before those that it does."""
_OF_A_PERSON = (
    TextScanned, RunHeld, RunResumed, RunVoided, CopyRequested, StepConfirmed, ProfileChosen,
    PowerCycleRequested,
    PinTyped, PinWithdrawn, BenchLocked, PinAnswered, PinUnchecked,
    DeskOpened, Answered, FileChosen, SignatureDrawn, JobCancelled,
)  # fmt: skip
_AT_ONCE = (PinWithdrawn, BenchLocked, PinAnswered, PinUnchecked, DeskOpened, JobCancelled)
"""What waits for nothing: a bench can be locked, and a question left, while the disk is full."""


class Inbox:
    """Gives each fact to `take`, and to `refuse` one that could not be taken, with the reason."""

    def __init__(
        self,
        take: Callable[[Fact], None],
        refuse: Callable[[Fact, Problem], None],
        show: Show,
        clock: Clock,
    ) -> None:
        self._take = take
        self._refuse = refuse
        self._show = show
        self._clock = clock
        self._facts: deque[Fact] = deque()
        self._draining = False
        self._unwritten: Problem | None = None
        self._again: asyncio.TimerHandle | None = None
        self._heard_at = clock.elapsed()

    def post(self, fact: Fact) -> None:
        """Take a fact in; one that comes while another is being taken waits its turn."""
        if self._unwritten and self._facts and isinstance(fact, _OF_A_PERSON):
            self._answer(fact, self._unwritten)
            self._show.now()
            return
        self._facts.append(fact)
        self._heard_at = self._clock.elapsed()
        self._drain()

    def put(self, fact: Fact) -> None:
        """Put a fact behind the one that is being taken."""
        self._facts.append(fact)

    def quiet_for(self) -> float:
        """Return for how many seconds nothing has happened."""
        return self._clock.elapsed() - self._heard_at

    def could_write(self) -> None:
        """Note that the record was written."""
        if self._unwritten:
            self._show.clear(self._unwritten.code, self._unwritten.where)
            self._unwritten = None

    def could_not_write(self, problem: Problem) -> None:
        """Let it stand that the record cannot be written, and try what waits again soon."""
        self._unwritten = problem
        self._show.stand(problem)
        if self._again is not None:
            self._again.cancel()
        self._again = asyncio.get_running_loop().call_later(_TRY_AGAIN, self._drain)

    def _answer(self, fact: Fact, unwritten: Problem) -> None:
        if isinstance(fact, _AT_ONCE):
            self._wrote(fact)
        else:
            self._refuse(fact, unwritten)

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
        while self._facts:
            taken.append(self._facts[0])
            if not self._wrote(self._facts[0]):
                break
            self._facts.popleft()
        return taken

    def _wrote(self, fact: Fact) -> bool:
        """Take one fact; False when the record could not be written and the fact has to wait."""
        try:
            self._take(fact)
        except ProblemError as error:
            problem = error.problem
            if problem.advice.fault is Fault.BENCH:
                self.could_not_write(problem)
            if problem.code in PASSES and not isinstance(fact, _OF_A_PERSON):
                return False
            self._refuse(fact, problem)
        return True
