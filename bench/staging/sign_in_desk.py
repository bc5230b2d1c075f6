"""Who is at the bench: badges and PINs come in as facts, and what is to be seen goes to the show.

A bench that asks nobody for proof has such a desk too: there everybody may do everything.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from bench.custody.entries import Actor, Proof
from bench.custody.ledger import Ledger
from bench.custody.people.pin import LONGEST, SHORTEST
from bench.custody.people.sign_in import (
    BadgeTapped,
    Idle,
    Locked,
    PinChecked,
    SignedOut,
    SignInFact,
)
from bench.custody.people.sign_off import check_sign_off
from bench.events.person import HiddenText, PinAnswered, PinUnchecked, TextScanned
from bench.events.run import RunFact
from bench.identity.scans import read_scan
from bench.ports import Clock, Post
from bench.problems import Problem, ProblemCode, ProblemError
from bench.staging.badges import SHOWN
from bench.staging.enrolled import Enrolled, Face
from bench.staging.greeting import Greeting
from bench.staging.pin_desk import PinDesk
from bench.staging.second_person import DeskSigned, DeskWaiting, SignedOff, Waiting
from bench.staging.session_book import SessionBook
from bench.staging.showing import Show
from bench.staging.sign_in_rules import SignInRules

_NO_PIN = f"A PIN has {SHORTEST} to {LONGEST} digits; this was not counted as a try."


class SignInDesk:
    """Takes badges and PINs, and holds what waits for a second person. On the bench's loop only.

    `book` holds the session.
    """

    def __init__(
        self, ledger: Ledger, clock: Clock, show: Show, rules: SignInRules | None = None
    ) -> None:
        self._clock = clock
        self._rules = rules or SignInRules()
        self._enrolled = Enrolled(ledger)
        self._pins = PinDesk(ledger, clock, self._rules.pepper)
        self._greeting = Greeting(show)
        self.book = SessionBook(ledger, clock, self._rules.policy, self._greeting)
        self._second: Waiting | DeskWaiting | None = None
        self._pin_wait = self._rules.policy.pin_wait
        self._asked_at = clock.elapsed()

    async def work(self, post: Post) -> None:
        """Have PINs checked until cancelled."""
        await self._pins.work(post)

    # ── who acts ────────────────────────────────────────────────────────────────────────────────
    @property
    def asks(self) -> bool:
        """Whether nothing is done before somebody has shown who they are."""
        return self._rules.policy.proof_needed

    def is_badge(self, text: str) -> bool:
        """Whether a scan is a badge; then its text is nobody's to see."""
        return self._rules.badges.is_badge(text)

    def badge_text(self, text: str) -> str:
        """Return what a badge says, without what this bench's badges have around it."""
        return self._rules.badges.bare(text)

    @property
    def waits_for_somebody(self) -> bool:
        """Whether a second person's badge or PIN is waited for."""
        return self._second is not None

    def shown(self, text: str) -> str:
        """Return what may be shown of a scan."""
        return SHOWN if self.is_badge(text) else read_scan(text).raw

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
        waiting, actor = self._second, self.book.session.actor
        if waiting and face.id != waiting.first.id:
            self._ask_second(waiting, face, scan.source)
            return
        self._step(BadgeTapped(face.id, self._asked_at), scan.source)
        if waiting:
            self._refuse_second(waiting, Actor(face.id, Proof.BADGE_PIN))
        elif actor and actor == self.book.actor:
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

    def answered(self, fact: PinAnswered) -> SignedOff | DeskSigned | None:
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
        self._step(Idle(self._pin_wait))
        if asked:
            self._greeting.told = "Nothing was changed."

    def lock(self) -> None:
        """Sign out whoever is here; also where that cannot be recorded yet."""
        self._step(SignedOut())

    def mind_time(self) -> bool:
        """Lock, or stop waiting for a PIN, when it is time; whether anything changed.

        Raises `ProblemError` when the record cannot be written.
        """
        self.book.settle()
        if self.book.is_left_alone():
            self._second = None
            self.book.lock_idle()
        elif self._whose_pin() and self._clock.elapsed() - self._asked_at >= self._pin_wait:
            self._stop_waiting()
        else:
            return False
        return True

    def close(self) -> None:
        """Record, if that is possible, that whoever is signed in no longer is."""
        with suppress(ProblemError):
            self.lock()
            self.book.settle()

    # ── the second person ───────────────────────────────────────────────────────────────────────
    def wait_for_second(self, waiting: Waiting | DeskWaiting) -> None:
        """Ask for the badge of somebody who may sign that off; it takes the place of any before."""
        self._second = waiting
        self._greeting.told = ""

    @property
    def waits_for_second(self) -> RunFact | None:
        """What a second person is asked for, None while nothing is."""
        return self._second.fact if self._second else None

    def _ask_second(self, waiting: Waiting | DeskWaiting, face: Face, source: str) -> None:
        self._refuse_second(waiting, Actor(face.id, Proof.BADGE_PIN))
        self._second = replace(waiting, person=face.id)
        self._greeting.welcome(face.id, "type your PIN to sign off.", source)

    def _second_answered(
        self, waiting: Waiting | DeskWaiting, fact: PinAnswered
    ) -> SignedOff | DeskSigned | None:
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
        if isinstance(waiting, DeskWaiting):
            return DeskSigned(waiting, second)
        return SignedOff(waiting, second)

    def _refuse_second(self, waiting: Waiting | DeskWaiting, second: Actor) -> None:
        roles = self._enrolled.roles()
        first, override = waiting.first, waiting.is_override
        check_sign_off(waiting.kind, first, second, roles, override=override)

    # ── the session ─────────────────────────────────────────────────────────────────────────────
    def _step(self, fact: SignInFact, source: str = "bench") -> None:
        """Let the session go on; what waits for a second person is dropped with the first."""
        try:
            self.book.step(fact, source)
        finally:
            if self._second and self._second.first != self.book.actor:
                self._second = None

    def _stop_waiting(self) -> None:
        if self._second:
            self._second = replace(self._second, person="")
        else:
            self._step(Idle(self._pin_wait))
        self._greeting.told = "No PIN came: nothing was changed."

    # ── what is shown ───────────────────────────────────────────────────────────────────────────
    def show(self) -> None:
        """Show who is here; on a bench where nobody signs in, nothing."""
        if self._rules.pepper:
            asked, checking = self._whose_pin(), self._pins.is_checking
            self._greeting.show(self.book.session, self._second, asked, checking=checking)

    def _whose_pin(self) -> str:
        return self._second.person if self._second else self.book.session.waiting
