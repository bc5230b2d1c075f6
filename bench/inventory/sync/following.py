"""Follows a record: sends what is committed as it is, and answers what the bench asks meanwhile.

Runs in a process of its own until its input ends. Whatever is in the way is said, and looked at
again: by itself after a while, at once when that is wanted.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from math import inf

from bench.inventory.sync.engine import FOR_GOOD, Done, Look, Pause, Send, Stop
from bench.inventory.sync.inbox import Inbox
from bench.inventory.sync.lines import (
    Answered,
    Ask,
    Freeze,
    LookNow,
    ReleaseTaken,
    Unanswered,
    Wake,
    Wanted,
)
from bench.inventory.sync.site import Session, Site, session
from bench.inventory.sync.standing import not_opened, view_of
from bench.inventory.sync.telling import Teller
from bench.problems import Problem, ProblemCode, ProblemError

LOOK_AGAIN = 300.0
"""Seconds until the centre is asked again where it stands, though nothing is to be sent."""
NOT_OPENED = 5.0
"""Seconds until what could not be opened is tried again, and until a pause may be broken."""
_NO_RECORD = Problem(ProblemCode.LEDGER_UNUSABLE, detail="there is no record yet")


class _EndedError(Exception):
    """What is being taken down is wanted by nobody any more."""


@dataclass(slots=True)
class _Times:
    """When things are due next, in monotonic seconds."""

    look: float = 0.0
    failed: float = 0.0
    down: float = 0.0
    rest: float = 0.0


class Following:
    """One following; `interval` is every how many seconds the record is looked at unasked."""

    def __init__(self, site: Site, inbox: Inbox, teller: Teller, interval: float) -> None:
        self._site = site
        self._inbox = inbox
        self._teller = teller
        self._interval = interval
        self._open = ExitStack()
        self._has: Session | None = None
        self._release: datetime | None = None
        self._release_problem: Problem | None = None
        self._unopened = _NO_RECORD
        self._frozen: set[int] = set()
        self._times = _Times()

    def follow(self) -> None:
        """Go on until the inbox has ended; the exchange under way ends with it."""
        with self._open, self._inbox.ending(self._cut):
            while not self._inbox.ended:
                self._round()

    def _round(self) -> None:
        """Do the one thing that is next, or wait for what is wanted."""
        self._reopen_if_other()
        has = self._has or self._opened()
        wait = self._interval if has is None else self._next(has)
        for wanted in self._inbox.take(wait):
            self._do(wanted)

    def _cut(self) -> None:
        if self._has is not None:
            self._has.cancel()

    # ── the exchange ────────────────────────────────────────────────────────────────────────────
    def _next(self, has: Session) -> float:
        """Do what is next; return for how many seconds nothing is."""
        wait = 0.0
        match has.courier.step:
            case _ if has.rest.is_due:
                self._send_rest(has)
            case Look() | Send():
                has.courier.go()
                self._heard(has)
            case Done():
                wait = self._rest(has)
            case Pause():
                wait = self._until_again(has)
            case Stop():
                wait = self._until_again(has)
        return wait

    def _send_rest(self, has: Session) -> None:
        """Send events of an epoch before this one; what is in the way there does not stop it."""
        has.rest.go()
        if has.rest.pause:
            self._times.rest = self._site.clock.elapsed() + has.rest.pause.seconds
        if has.rest.is_sending:
            self._show(has)

    def _heard(self, has: Session) -> None:
        now, step = self._site.clock.elapsed(), has.courier.step
        match step:
            case Pause(seconds):
                self._times.look, self._times.failed = now + seconds, now
            case Stop(problem, freeze):
                self._times.look = now + (inf if problem.code in FOR_GOOD else LOOK_AGAIN)
                self._freeze(has, freeze)
            case Done():
                self._times.look = now + LOOK_AGAIN
            case Look() | Send():
                pass
        self._show(has)

    def _rest(self, has: Session) -> float:
        """Look whether something was committed; return for how long there is time."""
        has.courier.wake()
        now = self._site.clock.elapsed()
        left = self._times.look - now
        if left <= 0:
            has.courier.look_again()
            has.rest.begin_again()
        elif has.rest.pause and now >= self._times.rest:
            has.rest.resume()
        elif isinstance(has.courier.step, Done) and now >= self._times.down:
            self._take_down(has)
        self._show(has)
        return min(self._interval, max(left, 0.0)) if isinstance(has.courier.step, Done) else 0.0

    def _until_again(self, has: Session) -> float:
        left = self._times.look - self._site.clock.elapsed()
        if left <= 0:
            has.courier.resume()
            if isinstance(has.courier.step, Stop):
                has.courier.look_again()
            return 0.0
        self._show(has)
        return min(self._interval, left)

    def _freeze(self, has: Session, reason: str) -> None:
        epoch = has.header.epoch
        if reason and epoch not in self._frozen and not has.frozen:
            self._frozen.add(epoch)
            self._teller.say(Freeze(epoch, reason))

    def _take_down(self, has: Session) -> None:
        """Take down what there is, now and then; questions are answered between its parts."""
        self._times.down = self._site.clock.elapsed() + LOOK_AGAIN
        if has.down is None:
            return
        try:
            number = has.down.take(self._between)
            self._release_problem = None
        except ProblemError as error:
            self._release_problem = error.problem
            return
        except _EndedError:
            return
        if number is not None:
            self._teller.say(ReleaseTaken(number))
            self._release = has.down.made_at()

    def _between(self) -> None:
        """Do what is wanted meanwhile; end where there is nobody any more who wants it."""
        for wanted in self._inbox.take(0):
            self._do(wanted)
        if self._inbox.ended:
            raise _EndedError

    # ── what is wanted ──────────────────────────────────────────────────────────────────────────
    def _do(self, wanted: Wanted) -> None:
        match wanted:
            case Ask():
                self._answer(wanted)
            case LookNow():
                self._times = _Times()
                if self._has is not None:
                    self._has.courier.look_again()
                    self._has.rest.begin_again()
            case Wake():
                pass  # the record is looked at in any case

    def _answer(self, ask: Ask) -> None:
        has, problem = self._has, self._why_not()
        if has is None or problem is not None:
            self._teller.say(Unanswered(ask.number, problem or self._unopened))
            return
        try:
            self._teller.say(Answered(ask.number, has.courier.ask(ask.imeis)))
        except ProblemError as error:
            self._teller.say(Unanswered(ask.number, error.problem))
        self._heard(has)

    def _why_not(self) -> Problem | None:
        """Return why nobody is asked just now: who was away a moment ago still is."""
        step = self._has.courier.step if self._has else None
        recently = self._site.clock.elapsed() - self._times.failed < NOT_OPENED
        return step.problem if isinstance(step, Pause) and recently else None

    # ── opening ─────────────────────────────────────────────────────────────────────────────────
    def _reopen_if_other(self) -> None:
        """Let go of a record in whose place there is another: a new epoch began."""
        if self._has is not None and self._has.identity != self._site.identity:
            self._open.close()
            self._has = None
            self._times = _Times()

    def _opened(self) -> Session | None:
        now = self._site.clock.elapsed()
        if self._site.identity is None or now < self._times.look:
            return None
        try:
            self._has = self._open.enter_context(session(self._site))
            self._release = self._has.down.made_at() if self._has.down else None
        except ProblemError as error:
            self._times.look, self._unopened = now + NOT_OPENED, error.problem
            is_trouble = error.problem.code is not ProblemCode.SYNC_RUNNING
            self._teller.troubles([error.problem] if is_trouble else [])
            self._teller.show(not_opened(error.problem))
        return self._has

    def _show(self, has: Session) -> None:
        step = has.courier.step
        problems = [
            each.problem for each in (has.rest.pause, step) if isinstance(each, Pause | Stop)
        ]
        problems += has.warnings
        problems += [self._release_problem] if self._release_problem else []
        self._teller.troubles(problems)
        self._teller.show(view_of(has.step, has.standing, self._release))
