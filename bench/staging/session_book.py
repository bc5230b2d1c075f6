"""The session at the bench: who acts, and that it is in the record when it begins and ends."""

from __future__ import annotations

from collections.abc import Collection

from bench.custody.entries import Actor
from bench.custody.ledger import Ledger
from bench.custody.people.roles import may
from bench.custody.people.session import now, refusal, who_acts
from bench.custody.people.sign_in import (
    AskPin,
    CloseSession,
    Idle,
    OpenSession,
    SignIn,
    SignInFact,
    SignInOrder,
    SignInPolicy,
    Why,
)
from bench.events.orders import CustodyKind, Refuse
from bench.ports import Clock
from bench.problems import Problem, ProblemCode, ProblemError
from bench.staging.greeting import Greeting
from bench.staging.pin_desk import BENCH

_WORDS = {
    Why.LEFT: "The bench is locked.",
    Why.IDLE: "The bench is locked: nobody did anything for a while.",
}


class SessionBook:
    """Holds the session and carries out what it orders. On the bench's loop only."""

    def __init__(
        self, ledger: Ledger, clock: Clock, policy: SignInPolicy, greeting: Greeting
    ) -> None:
        self._ledger = ledger
        self._clock = clock
        self._policy = policy
        self._greeting = greeting
        self._owed: list[CloseSession] = []
        self._acted_at = clock.elapsed()
        self.session = SignIn(policy)

    @property
    def actor(self) -> Actor | None:
        """Who acts now; None while nobody may."""
        return who_acts(self.session)

    @property
    def owes(self) -> bool:
        """Whether the end of a session is still to be recorded."""
        return bool(self._owed)

    def stale(self) -> Problem | None:
        """Return why custody may not change hands now; None when it may."""
        return refusal(self.session, self._clock.elapsed(), moves_custody=True)

    def present(self) -> Actor:
        """Return who acts, and note that they are here; `ProblemError` SIGN_IN_FIRST."""
        at = self._clock.elapsed()
        problem = refusal(self.session, at, moves_custody=False)
        if problem:
            raise ProblemError(problem)
        self._acted_at = at
        return self.actor or BENCH

    def refuse_unfit(self, by: Actor, kinds: Collection[CustodyKind]) -> None:
        """Raise `ProblemError` NOT_THEIR_TASK unless that person's role may do all of it."""
        face = self._greeting.face(by.id)
        if face and (denied := next((kind for kind in kinds if not may(face.role, kind)), None)):
            raise ProblemError(Problem(ProblemCode.NOT_THEIR_TASK, face.called, denied.value))

    def stands_for(self, kinds: Collection[CustodyKind]) -> Actor:
        """Return who stands for what hardware did: who is signed in and may, or the bench."""
        actor = self.actor or BENCH
        try:
            self.refuse_unfit(actor, kinds)
        except ProblemError:
            return BENCH
        return actor

    def step(self, fact: SignInFact, source: str = "bench") -> None:
        """Take a fact; `ProblemError` when the record cannot be written.

        A session that begins is on the disk first. One that ends is over at once: a full disk keeps
        nobody signed in.
        """
        before = self.session
        after, orders = now(before, fact)
        self._greeting.told = ""
        for order in orders:
            self._begin(order, source)
        self.session = after
        if after.tapped_at != before.tapped_at:
            self._acted_at = after.tapped_at

    def settle(self) -> None:
        """Record the sessions that ended while that could not be done."""
        while self._owed:
            self._ledger.append((self._owed[0].entry,), by=self._owed[0].actor)
            del self._owed[0]

    def is_left_alone(self) -> bool:
        """Whether somebody is signed in who has done nothing for too long."""
        away = self._clock.elapsed() - self._acted_at
        return self.session.actor is not None and away >= self._policy.idle_lock

    def lock_idle(self) -> None:
        """Sign out whoever has done nothing for too long."""
        self.step(Idle(self._clock.elapsed() - self._acted_at))

    def _begin(self, order: SignInOrder, source: str) -> None:
        match order:
            case AskPin():
                self._greeting.welcome(order.person, "type your PIN.", source)
            case OpenSession():
                self.settle()
                self._ledger.append((order.entry,), by=order.actor)
                self._greeting.welcome(order.actor.id, "signed in.")
            case CloseSession():
                self.session = SignIn(self._policy)
                self._owed.append(order)
                self._greeting.told = _WORDS.get(order.why, "")
                self.settle()
            case Refuse():
                self._greeting.refuse(str(order.problem))
