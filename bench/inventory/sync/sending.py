"""Sends all that waits, once: until it is done, a person has to act, or it took too long."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from enum import IntEnum

from bench.inventory.sync.courier import Courier
from bench.inventory.sync.engine import PASSING, Done, Look, Pause, Send, Stop
from bench.inventory.sync.inbox import Inbox
from bench.inventory.sync.site import Session
from bench.inventory.sync.standing import Standing
from bench.ports import Clock
from bench.problems import Problem, ProblemCode, ProblemError

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
    """Seconds: `try_for` while nothing is taken, `at_most` in all (None: as long as it takes)."""

    try_for: float = 60.0
    at_most: float | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of it; `freeze` is why the record of that `epoch` is to be frozen, or ""."""

    outcome: Outcome
    standing: Standing
    problem: Problem | None = None
    freeze: str = ""
    release: int | None = None
    epoch: int = 0


class Sending:
    """One sending; once `inbox` has ended, it ends, and the exchange under way with it.

    While it pauses, another may exchange the record.
    """

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
        with self._inbox.ending(self._has.cancel):
            self._send_rest()
            while (sent := self._gone_on()) is None:
                pass
        return sent

    def _gone_on(self) -> Sent | None:
        """Do what is next; return what came of all, None while it goes on."""
        step, outcome = self._courier.step, self._over()
        if outcome is not None:
            is_done = isinstance(step, Done) and not self._has.rest.is_due
            late = outcome is Outcome.PARTLY
            return self._so(Outcome.IN_STEP if is_done and late else outcome)
        match step:
            case Done() if pause := self._has.rest.pause:
                return self._paused(pause)
            case Done():
                return self._taken_down()
            case Stop(problem, freeze):
                return self._so(Outcome.STOPPED, problem, freeze)
            case Pause():
                return self._paused(step)
            case Look() | Send():
                self._exchange()
        return None

    def _send_rest(self) -> None:
        """Send what earlier epochs still have, as far as it goes."""
        rest = self._has.rest
        while rest.is_due and self._over() is None:
            before = rest.sent
            rest.go()
            if rest.sent > before:
                self._heard = self._clock.elapsed()
            self._watch(self._has.standing)

    def _exchange(self) -> None:
        self._courier.go()
        if not self._courier.failures:
            self._heard = self._clock.elapsed()
        self._watch(self._has.standing)

    def _paused(self, pause: Pause) -> Sent | None:
        """Wait; return what came of it where that is too long."""
        now = self._clock.elapsed()
        ends = [self._heard + self._limits.try_for]
        if self._limits.at_most is not None:
            ends.append(self._began + self._limits.at_most)
        left = min(ends) - now
        if now >= ends[0] or pause.asked > left:
            return self._so(Outcome.AWAY, pause.problem)
        try:
            with self._has.lock.let_go() if self._has.lock else nullcontext():
                self._inbox.take(min(pause.seconds, max(0.0, left)))
        except ProblemError as error:
            return self._so(_of(error.problem), error.problem)
        if (outcome := self._over()) is not None:
            return self._so(outcome, pause.problem)
        self._courier.resume()
        self._has.rest.resume()
        self._send_rest()
        return None

    def _over(self) -> Outcome | None:
        if self._inbox.ended:
            return Outcome.CANCELLED
        at_most = self._limits.at_most
        late = at_most is not None and self._clock.elapsed() - self._began >= at_most
        return Outcome.PARTLY if late else None

    def _taken_down(self) -> Sent:
        number: int | None = None
        if self._has.down is not None:
            try:
                number = self._has.down.take()
            except ProblemError as error:
                return self._so(self._over() or _of(error.problem), error.problem)
        return replace(self._so(Outcome.IN_STEP), release=number)

    def _so(self, outcome: Outcome, problem: Problem | None = None, freeze: str = "") -> Sent:
        epoch = self._has.header.epoch
        return Sent(outcome, self._has.standing, problem, freeze, epoch=epoch)


def _of(problem: Problem) -> Outcome:
    if problem.code is ProblemCode.SYNC_RUNNING:
        return Outcome.RUNNING
    return Outcome.AWAY if problem.code in PASSING else Outcome.STOPPED
