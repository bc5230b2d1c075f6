"""Who is at the bench: carries out what the session decides, and says who acts.

Badges and PINs come in as facts, sessions go into the record, and what is to be seen to the show.
A bench that asks nobody for proof has such a desk too: there everybody may do everything.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace

from bench.custody.entries import Actor, Proof
from bench.custody.ledger import Ledger
from bench.custody.people.pin import LONGEST, SHORTEST
from bench.custody.people.roles import may
from bench.custody.people.session import now, refusal, who_acts
from bench.custody.people.sign_in import (
    AskPin,
    BadgeTapped,
    CloseSession,
    Idle,
    Locked,
    OpenSession,
    PinChecked,
    SignedOut,
    SignIn,
    SignInFact,
    SignInOrder,
    Why,
)
from bench.custody.people.sign_off import check_sign_off
from bench.events.orders import CustodyKind, Refuse
from bench.events.person import HiddenText, PinAnswered, PinUnchecked, TextScanned
from bench.identity.plain import plain
from bench.ports import Clock, Post
from bench.problems import Problem, ProblemCode, ProblemError
from bench.staging.badges import SHOWN
from bench.staging.enrolled import Enrolled, Face
from bench.staging.greeting import Greeting
from bench.staging.pin_desk import BENCH, PinDesk
from bench.staging.second_person import SignedOff, Waiting
from bench.staging.showing import Show
from bench.staging.sign_in_rules import SignInRules

_NO_PIN = f"A PIN has {SHORTEST} to {LONGEST} digits; this was not counted as a try."
_WORDS = {
    Why.LEFT: "The bench is locked.",
    Why.IDLE: "The bench is locked: nobody did anything for a while.",
}


class SignInDesk:
    """Holds the session, and what waits for a second person. On the bench's loop only."""

    def __init__(
        self, ledger: Ledger, clock: Clock, show: Show, rules: SignInRules | None = None
    ) -> None:
        self._ledger = ledger
        self._clock = clock
        self._rules = rules or SignInRules()
        self._enrolled = Enrolled(ledger)
        self._pins = PinDesk(ledger, clock, self._rules.pepper)
        self._session = SignIn(self._rules.policy)
        self._greeting = Greeting(show)
        self._second: Waiting | None = None
        self._owed: list[CloseSession] = []
        self._acted_at = self._asked_at = clock.elapsed()

    async def work(self, post: Post) -> None:
        """Have PINs checked until cancelled."""
        await self._pins.work(post)

    # ── who acts ────────────────────────────────────────────────────────────────────────────────
    @property
    def asks(self) -> bool:
        """Whether nothing is done before somebody has shown who they are."""
        return self._rules.policy.proof_needed

    @property
    def owes(self) -> bool:
        """Whether the end of a session is still to be recorded."""
        return bool(self._owed)

    def is_badge(self, text: str) -> bool:
        """Whether a scan is a badge; then its text is nobody's to see."""
        return self._rules.badges.is_badge(text)

    def shown(self, text: str) -> str:
        """Return what may be shown of a scan."""
        return SHOWN if self.is_badge(text) else plain(text)

    def stale(self) -> Problem | None:
        """Return why custody may not change hands now; None when it may."""
        return refusal(self._session, self._clock.elapsed(), moves_custody=True)

    def present(self) -> Actor:
        """Return who acts, and note that they are here; `ProblemError` SIGN_IN_FIRST."""
        at = self._clock.elapsed()
        problem = refusal(self._session, at, moves_custody=False)
        if problem:
            raise ProblemError(problem)
        self._acted_at = at
        return who_acts(self._session) or BENCH

    def refuse_unfit(self, by: Actor, kinds: Collection[CustodyKind]) -> None:
        """Raise `ProblemError` NOT_THEIR_TASK unless that person's role may do all of it."""
        face = self._greeting.face(by.id)
        if face and (denied := next((kind for kind in kinds if not may(face.role, kind)), None)):
            raise ProblemError(Problem(ProblemCode.NOT_THEIR_TASK, face.called, denied.value))

    def stands_for(self, kinds: Collection[CustodyKind]) -> Actor:
        """Return who stands for what hardware did: who is signed in and may, or the bench."""
        actor = who_acts(self._session)
        if actor is None:
            return BENCH
        try:
            self.refuse_unfit(actor, kinds)
        except ProblemError:
            return BENCH
        return actor

    # ── badges, PINs, time ──────────────────────────────────────────────────────────────────────
    def badge(self, scan: TextScanned) -> None:
        """Take a badge: of whoever signs in, is here again, or signs off.

        Raises `ProblemError`: BADGE_UNKNOWN, PERSON_LOCKED, NEEDS_SECOND_PERSON, or as the record.
        """
        badge = self._rules.badges.read(scan.text)
        if not self._rules.pepper:
            raise ProblemError(Problem(ProblemCode.BADGE_UNKNOWN))
        face = self._enrolled.holder(badge, self._rules.pepper)
        self._greeting.meet(face)
        self._asked_at = self._clock.elapsed()
        waiting, actor = self._second, self._session.actor
        if waiting and face.id != waiting.first.id:
            self._ask_second(waiting, face, scan.source)
            return
        self._step(BadgeTapped(face.id, self._asked_at), scan.source)
        if waiting:
            self._refuse_second(waiting, Actor(face.id, Proof.BADGE_PIN))
        elif actor and actor == who_acts(self._session):
            self._greeting.welcome(face.id, "here.", scan.source)

    def typed(self, pin: HiddenText) -> None:
        """Have a PIN checked for whoever was asked for it."""
        whose = self._whose_pin()
        self._asked_at = self._clock.elapsed()
        if not whose:
            return
        if SHORTEST <= len(pin.text) <= LONGEST and pin.text.isascii() and pin.text.isdigit():
            self._greeting.told = ""
            self._pins.check(whose, pin)
        else:
            self._greeting.refuse(_NO_PIN)

    def answered(self, fact: PinAnswered) -> SignedOff | None:
        """Take what became of a PIN; return what that signed off.

        Raises `ProblemError` NEEDS_SECOND_PERSON, or as the record.
        """
        self._asked_at = self._clock.elapsed()
        waiting = self._second
        if waiting and waiting.person == fact.person:
            return self._second_answered(waiting, fact)
        if not fact.is_right and not fact.left:
            self._step(Locked(fact.person))
        else:
            at = self._asked_at
            self._step(PinChecked(fact.person, fact.is_right, fact.left, at))
        return None

    def unchecked(self, fact: PinUnchecked) -> None:
        """Say why a PIN could not be checked; whoever is locked out is no longer waited for."""
        if self._second:
            self._second = replace(self._second, person="")
        if fact.problem.code is ProblemCode.PERSON_LOCKED:
            self._step(Locked(fact.person))
        self._greeting.refuse(str(fact.problem))

    def withdraw(self) -> None:
        """Leave the question for a badge or PIN; whoever was signed in still is."""
        asked = self._whose_pin() or self._second
        self._second = None
        self._step(Idle(self._rules.policy.pin_wait))
        if asked:
            self._greeting.told = "Nothing was changed."

    def lock(self) -> None:
        """Sign out whoever is here; also where that cannot be recorded yet."""
        self._step(SignedOut())

    def mind_time(self) -> bool:
        """Lock, or stop waiting for a PIN, when it is time; whether anything changed."""
        policy, at = self._rules.policy, self._clock.elapsed()
        if self._owed:
            self._settle()
        if self._session.actor and at - self._acted_at >= policy.idle_lock:
            self._step(Idle(at - self._acted_at))
        elif self._whose_pin() and at - self._asked_at >= policy.pin_wait:
            self._stop_waiting()
        else:
            return False
        return True

    def close(self) -> None:
        """Record, if that is possible, that whoever is signed in no longer is."""
        with suppress(ProblemError):
            self.lock()

    # ── the second person ───────────────────────────────────────────────────────────────────────
    def wait_for_second(self, waiting: Waiting) -> None:
        """Ask for the badge of somebody who may sign that off; it takes the place of any before."""
        self._second = waiting
        self._greeting.told = ""

    def _ask_second(self, waiting: Waiting, face: Face, source: str) -> None:
        self._refuse_second(waiting, Actor(face.id, Proof.BADGE_PIN))
        self._second = replace(waiting, person=face.id)
        self._greeting.welcome(face.id, "type your PIN to sign off.", source)

    def _second_answered(self, waiting: Waiting, fact: PinAnswered) -> SignedOff | None:
        if not fact.is_right:
            code = ProblemCode.PIN_WRONG if fact.left else ProblemCode.PERSON_LOCKED
            detail = f"{fact.left} tries left" if fact.left else ""
            self._second = waiting if fact.left else replace(waiting, person="")
            self._greeting.refuse(str(Problem(code, self._greeting.called(fact.person), detail)))
            return None
        second = Actor(fact.person, Proof.BADGE_PIN)
        self._second = None
        self._refuse_second(waiting, second)
        self._greeting.welcome(second.id, f"signed off {waiting.purpose}.")
        return SignedOff(waiting, second)

    def _refuse_second(self, waiting: Waiting, second: Actor) -> None:
        roles = self._enrolled.roles()
        check_sign_off(waiting.kind, waiting.first, second, roles, override=True)

    # ── the session ─────────────────────────────────────────────────────────────────────────────
    def _step(self, fact: SignInFact, source: str = "bench") -> None:
        before = self._session
        after, orders = now(before, fact)
        self._greeting.told = ""
        for order in orders:
            self._begin(order, source)
        self._session = after
        if after.tapped_at != before.tapped_at:
            self._acted_at = after.tapped_at
        if self._second and self._second.first != who_acts(after):
            self._second = None

    def _begin(self, order: SignInOrder, source: str) -> None:
        match order:
            case AskPin():
                self._greeting.welcome(order.person, "type your PIN.", source)
            case OpenSession():
                self._settle()
                self._ledger.append((order.entry,), by=order.actor)
                self._greeting.welcome(order.actor.id, "signed in.")
            case CloseSession():
                self._session, self._second = SignIn(self._rules.policy), None
                self._owed.append(order)
                self._greeting.told = _WORDS.get(order.why, "")
                self._settle()
            case Refuse():
                self._greeting.refuse(str(order.problem))

    def _settle(self) -> None:
        """Record the sessions that ended; a full disk keeps nobody signed in."""
        while self._owed:
            self._ledger.append((self._owed[0].entry,), by=self._owed[0].actor)
            del self._owed[0]

    def _stop_waiting(self) -> None:
        if self._second:
            self._second = replace(self._second, person="")
        else:
            self._step(Idle(self._rules.policy.pin_wait))
        self._greeting.told = "No PIN came: nothing was changed."

    # ── what is shown ───────────────────────────────────────────────────────────────────────────
    def show(self) -> None:
        """Show who is here; on a bench where nobody signs in, nothing."""
        if self._rules.pepper:
            asked, checking = self._whose_pin(), self._pins.is_checking
            self._greeting.show(self._session, self._second, asked, checking=checking)

    def _whose_pin(self) -> str:
        return self._second.person if self._second else self._session.waiting
