"""Sends all that waits, once: until it is done, a person has to act, or it took too long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from bench.inventory.sync.courier import Courier, Standing
from bench.inventory.sync.engine import PASSING, Done, Look, Pause, Send, Stop
from bench.inventory.sync.inbox import Inbox
from bench.inventory.sync.site import Session
from bench.ports import Clock
from bench.problems import Problem, ProblemError

Watch = Callable[[Standing], None]


class Outcome(IntEnum):
    """How it went; the numbers are exit statuses, which monitors know: they never change."""

    IN_STEP = 0
    AWAY = 1
    """The centre was away or busy: it is tried again next time."""
    SETTINGS = 2
    STOPPED = 3
    """A person has to do something."""
    RUNNING = 4
    """Another exchange of this record is under way."""
    PARTLY = 5
    """The time was up; the rest waits."""
    CANCELLED = 130


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: `try_for` without an answer, `at_most` in all (None: as long as it takes)."""

    try_for: float = 60.0
    at_most: float | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of it; `freeze` is why the record is to be frozen, or ""."""

    outcome: Outcome
    standing: Standing
    problem: Problem | None = None
    freeze: str = ""
    release: int | None = None


class Sending:
    """One sending; it ends after the exchange under way once `inbox` has ended."""

    def __init__(
        self, has: Session, clock: Clock, limits: Limits, watch: Watch, inbox: Inbox
    ) -> None:
        self._has = has
        self._courier: Courier = has.courier
        self._clock = clock
        self._limits = limits
        self._watch = watch
        self._inbox = inbox
        self._began = self._heard = clock.elapsed()

    def send(self) -> Sent:
        """Send all that waits, then take down what the centre has for this bench."""
        while True:
            if (outcome := self._over()) is not None:
                return self._so(outcome)
            match self._courier.step:
                case Done():
                    return self._taken_down()
                case Stop(problem, freeze):
                    return self._so(Outcome.STOPPED, problem, freeze)
                case Pause(seconds, problem):
                    if not self._waited(seconds):
                        return self._so(self._over() or Outcome.AWAY, problem)
                case Look() | Send():
                    self._exchange()

    def _exchange(self) -> None:
        if not isinstance(self._courier.go(), Pause):
            self._heard = self._clock.elapsed()
        self._watch(self._courier.standing)

    def _waited(self, seconds: float) -> bool:
        """Wait, and return whether it is to be tried again."""
        now = self._clock.elapsed()
        ends = [self._heard + self._limits.try_for]
        if self._limits.at_most is not None:
            ends.append(self._began + self._limits.at_most)
        if now >= self._heard + self._limits.try_for:
            return False
        self._inbox.take(min(seconds, max(0.0, min(ends) - now)))
        self._courier.resume()
        return self._over() is None

    def _over(self) -> Outcome | None:
        if self._inbox.ended:
            return Outcome.CANCELLED
        at_most = self._limits.at_most
        late = at_most is not None and self._clock.elapsed() - self._began >= at_most
        return Outcome.PARTLY if late else None

    def _taken_down(self) -> Sent:
        if self._has.down is None:
            return self._so(Outcome.IN_STEP)
        try:
            number = self._has.down.take()
        except ProblemError as error:
            return self._so(_of(error.problem), error.problem)
        return Sent(Outcome.IN_STEP, self._courier.standing, release=number)

    def _so(self, outcome: Outcome, problem: Problem | None = None, freeze: str = "") -> Sent:
        return Sent(outcome, self._courier.standing, problem, freeze)


def _of(problem: Problem) -> Outcome:
    return Outcome.AWAY if problem.code in PASSING else Outcome.STOPPED
