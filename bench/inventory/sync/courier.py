"""Carries events from the record to the centre, an exchange at a time, as the engine decides.

Blocking, on the thread that opened record and file; never in the window's process.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from bench.custody.entries import SealedEvent
from bench.events.central import Sighting
from bench.identity.identifiers import Imei
from bench.inventory.centre import Answer, Asks, Centre
from bench.inventory.doors.trouble import BusyError
from bench.inventory.outbox import Outbox
from bench.inventory.sync import engine, greeting, pace
from bench.inventory.sync.engine import Course, Done, Look, Own, Send, Sending, Sent, Step
from bench.inventory.sync.greeting import Hello
from bench.inventory.sync.kept import Keeping, Receipt, Watermark
from bench.inventory.sync.sightings import read_sightings
from bench.inventory.sync.standing import Standing
from bench.ports import Clock
from bench.problems import Problem, ProblemCode, ProblemError


class Courier:
    """The exchange of one record: `step` is what is next, `go` does it.

    `newest` is the newest protocol that is spoken here; `chance` draws evenly from 0 to 1. With
    `set_aside` the record is of an epoch from which another goes on. `warnings` is what does not
    stop the exchange and a person should know.
    """

    def __init__(
        self,
        outbox: Outbox,
        centre: Centre,
        kept: Keeping,
        clock: Clock,
        newest: int,
        chance: Callable[[], float] = random.random,
        *,
        set_aside: bool = False,
    ) -> None:
        self._outbox = outbox
        self._centre = centre
        self._kept = kept
        self._clock = clock
        self._newest = newest
        self._chance = chance
        self._set_aside = set_aside
        mark = kept.watermark(outbox.header)
        self._course = Course(known=mark.accepted if mark else 0)
        self._accepted = self._course.known
        self._first: int | None = None
        self._seen: datetime | None = None
        self._store = mark.store if mark else ""
        self._receipt = kept.receipt(mark.store, outbox.header) if mark else None
        self._handed_over = False
        self.warnings: dict[ProblemCode, Problem] = {}
        self.step: Step = Look()

    @property
    def failures(self) -> int:
        """How many exchanges in a row failed since events were taken, or nothing was to be sent."""
        return self._course.failures

    @property
    def standing(self) -> Standing:
        """How far it is, by what the store said last."""
        waiting = max(0, self._outbox.last - self._accepted)
        since = self._outbox.recorded_at(self._accepted + 1) if waiting else None
        sent = 0 if self._first is None else max(0, self._accepted - self._first)
        receipt = self._receipt.seq if self._receipt else None
        unconfirmed = self._accepted - (receipt or 0) if self._handed_over else 0
        return Standing(sent, waiting, since, self._seen, self._store, receipt, unconfirmed)

    @property
    def left(self) -> tuple[int, int]:
        """The numbers of the first and the last event that the store has not."""
        return self._accepted + 1, self._outbox.last

    def resume(self) -> None:
        """Go on after a pause: ask the store where it stands."""
        if isinstance(self.step, engine.Pause):
            self.step = Look()

    def look_again(self) -> None:
        """Ask the store where it stands, whatever was next, and begin anew from there."""
        self._course = replace(self._course, accepted=None, refused=0, contradicted="")
        self.step = Look()

    def wake(self) -> None:
        """Look whether the record has more than the store, where it had not."""
        if isinstance(self.step, Done):
            self.step = engine.next_step(self._course, self._outbox.last)

    def go(self) -> Step:
        """Do one exchange, where one is next; return what is next then."""
        if isinstance(self.step, Look | Send):
            self._exchange(self.step, Asks(hello=True))
        return self.step

    def ask(self, imeis: tuple[Imei, ...]) -> tuple[Sighting, ...]:
        """Return where other benches have these, now; `ProblemError` where that is not said."""
        asks = Asks(hello=True, imeis=tuple(imei.digits for imei in imeis))
        answer = self._exchange(Look(), asks)
        if isinstance(self.step, engine.Pause | engine.Stop):
            raise ProblemError(self.step.problem)
        assert answer is not None, "what failed leaves a pause or a stop"
        return read_sightings(answer.answers, imeis)

    def _exchange(self, sending: Sending, asks: Asks) -> Answer | None:
        """Bring what is to be brought, and decide by what comes of it."""
        began, sent = self._clock.elapsed(), Sent(1, 0, 0.0)
        try:
            events = self._events(sending)
            first = events[0].seq if events else 1
            sent = Sent(first, len(events), 0.0)
            answer = self._centre.exchange(self._outbox.header.epoch, first, events, asks)
        except ProblemError as error:
            self._trouble(sent, error)
            return None
        self._hear(replace(sent, seconds=self._clock.elapsed() - began), answer)
        return answer

    def _events(self, sending: Sending) -> tuple[SealedEvent, ...]:
        match sending:
            case Look():
                return ()
            case Send(after, most):
                return self._outbox.waiting(after, most, pace.MOST_BYTES)

    def _trouble(self, sent: Sent, error: ProblemError) -> None:
        asked = error.retry_after or 0.0 if isinstance(error, BusyError) else 0.0
        self._course, self.step = engine.troubled(
            self._course, sent, error.problem, self._chance(), asked
        )
        self._centre.close()
        self._kept.keep_badly(self._now(), error.problem)

    def _hear(self, sent: Sent, answer: Answer) -> None:
        hello, before = greeting.read_hello(answer.answers), self._course
        accepted = answer.accepted_through
        leaf = self._outbox.leaf(accepted) if accepted else None
        own = Own(
            self._outbox.header, self._outbox.last, leaf, self._newest, set_aside=self._set_aside
        )
        self._course, self.step = engine.heard(before, sent, answer, hello, own)
        self._seen = self._now()
        if isinstance(self.step, engine.Stop):
            self._kept.keep_badly(self._seen, self.step.problem)
            if self.step.problem.code is ProblemCode.CENTRE_FROZEN and accepted is not None:
                self._accepted = accepted
        elif hello is not None and self._course.accepted is not None:
            self._keep(before, answer, hello)

    def _keep(self, before: Course, answer: Answer, hello: Hello) -> None:
        accepted, header, now = self._course.accepted, self._outbox.header, self._now()
        leaf = answer.head_hash
        assert accepted is not None
        assert leaf is not None, "a head has its hash, or the exchange was stopped"
        self._look_for_warnings(before, accepted, hello, now)
        given = self._given(answer, hello, accepted, leaf)
        is_new = given is not None and given.seq != (self._receipt.seq if self._receipt else None)
        if is_new or before.accepted != accepted or accepted != self._accepted:
            mark = Watermark(hello.name, header.bench, header.epoch, accepted, leaf, now)
            self._kept.keep(mark, given)
        self._accepted, self._store = accepted, hello.name
        self._receipt = given or self._receipt
        self._first = accepted if self._first is None else min(self._first, accepted)
        if isinstance(self.step, Done):
            self._kept.keep_well(now)

    def _given(self, answer: Answer, hello: Hello, accepted: int, leaf: bytes) -> Receipt | None:
        """Return the receipt that an answer is; of a drop, what the centre confirmed by then."""
        epoch, carried = self._outbox.header.epoch, greeting.read_carried(answer.answers)
        self._handed_over = carried is not None
        if carried is None:
            return Receipt(hello.name, epoch, accepted, leaf, hello.now) if accepted else None
        its = self._outbox.leaf(carried.confirmed)
        if its is None or carried.at is None or carried.confirmed > accepted:
            return None
        return Receipt(hello.name, epoch, carried.confirmed, its, carried.at)

    def _look_for_warnings(
        self, before: Course, accepted: int, hello: Hello, now: datetime
    ) -> None:
        if accepted < before.known:
            detail = f"{before.known} before, {accepted} now"
            self._warn(Problem(ProblemCode.CENTRE_FORGOT, hello.name, detail))
            self._course = replace(self._course, known=accepted)
        elif isinstance(self.step, Done):
            self.warnings.pop(ProblemCode.CENTRE_FORGOT, None)
        self.warnings.pop(ProblemCode.CLOCKS_APART, None)
        if detail := greeting.clocks_apart(hello, now):
            self._warn(Problem(ProblemCode.CLOCKS_APART, hello.name, detail))

    def _warn(self, problem: Problem) -> None:
        self.warnings[problem.code] = problem

    def _now(self) -> datetime:
        return self._clock.moment().at.astimezone(UTC)
