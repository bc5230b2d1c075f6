"""Who is at the bench: `now(session, fact) -> (session, orders)`. Pure; time comes with the facts.

A tap names a person, a PIN or key shows that it is they. While someone else's badge waits for its
PIN nobody may act, so that nothing is put down to the wrong one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from bench.custody.entries import Actor, Proof
from bench.custody.people.sign_in import (
    NOBODY,
    AskPin,
    BadgeTapped,
    CloseSession,
    Idle,
    KeyChecked,
    Locked,
    OpenSession,
    PinChecked,
    SignedOut,
    SignIn,
    SignInFact,
    Stage,
    Step,
    Why,
)
from bench.events.orders import Refuse
from bench.problems import Problem, ProblemCode

# Any: each handler names its own fact; the table pairs the two.
Handler: TypeAlias = Callable[[SignIn, Any], Step]


def now(session: SignIn, fact: SignInFact) -> Step:
    """Return who is at the bench after the fact, and what has to be done for it."""
    handler = TABLE.get((session.stage, type(fact)))
    return handler(session, fact) if handler else (session, ())


def who_acts(session: SignIn) -> Actor | None:
    """Return who acts now; None while nobody may."""
    if session.stage is Stage.SIGNED_IN:
        return session.actor
    return None if session.policy.proof_needed else NOBODY


def refusal(session: SignIn, at: float, *, moves_custody: bool) -> Problem | None:
    """Return why nothing may be done at this time; None when it may.

    What changes who has a handset takes a tap within the last `tap_holds` seconds.
    """
    if not session.policy.proof_needed:
        return None
    if session.stage is not Stage.SIGNED_IN:
        return Problem(ProblemCode.SIGN_IN_FIRST)
    is_fresh = 0 <= at - session.tapped_at <= session.policy.tap_holds
    return Problem(ProblemCode.TAP_AGAIN) if moves_custody and not is_fresh else None


# ── answers ─────────────────────────────────────────────────────────────────────────────────────
def _ask(session: SignIn, fact: BadgeTapped) -> Step:
    stage = Stage.SWITCHING if session.actor else Stage.PIN_ASKED
    return replace(session, stage=stage, waiting=fact.person), (AskPin(fact.person),)


def _tap(session: SignIn, fact: BadgeTapped) -> Step:
    if session.actor is None or fact.person != session.actor.id:
        return _ask(session, fact)
    return replace(session, stage=Stage.SIGNED_IN, waiting="", tapped_at=fact.at), ()


def _pin(session: SignIn, fact: PinChecked) -> Step:
    if fact.person != session.waiting:
        return session, ()
    if fact.is_right:
        return _enter(session, Actor(fact.person, Proof.BADGE_PIN), fact.at)
    problem = Problem(ProblemCode.PIN_WRONG, detail=f"{fact.left} tries left")
    return session, (Refuse(problem),)


def _key(session: SignIn, fact: KeyChecked) -> Step:
    return _enter(session, Actor(fact.person, fact.how), fact.at)


def _enter(session: SignIn, actor: Actor, at: float) -> Step:
    before = session.actor
    entered = replace(session, stage=Stage.SIGNED_IN, actor=actor, waiting="", tapped_at=at)
    if before is None:
        return entered, (OpenSession(actor),)
    return entered, (CloseSession(before, Why.SWITCHED), OpenSession(actor))


def _lock(session: SignIn, fact: Locked) -> Step:
    refused = Refuse(Problem(ProblemCode.PERSON_LOCKED, fact.person))
    if session.actor is not None and fact.person == session.actor.id:
        left, orders = _leave(session, Why.LOCKED)
        return left, (*orders, refused)
    return (_back(session), (refused,)) if fact.person == session.waiting else (session, ())


def _idle(session: SignIn, fact: Idle) -> Step:
    if fact.seconds >= session.policy.idle_lock:
        return _leave(session, Why.IDLE)
    if session.waiting and fact.seconds >= session.policy.pin_wait:
        return _back(session), ()
    return session, ()


def _left(session: SignIn, _: SignedOut) -> Step:
    return _leave(session, Why.LEFT)


def _leave(session: SignIn, why: Why) -> Step:
    gone = SignIn(session.policy)
    return gone, (CloseSession(session.actor, why),) if session.actor else ()


def _back(session: SignIn) -> SignIn:
    """Give up waiting for a PIN; whoever was signed in still is, and taps to go on with custody."""
    stage = Stage.SIGNED_IN if session.actor else Stage.NOBODY
    return replace(session, stage=stage, waiting="")


_S = Stage
_ALWAYS: Mapping[type, Handler] = {BadgeTapped: _tap, KeyChecked: _key}
_WAITING: Mapping[type, Handler] = {PinChecked: _pin, Locked: _lock, Idle: _idle, SignedOut: _left}

TABLE: Mapping[tuple[Stage, type], Handler] = {
    **{(stage, fact): answer for stage in Stage for fact, answer in _ALWAYS.items()},
    **{
        (stage, fact): answer
        for stage in (_S.PIN_ASKED, _S.SWITCHING)
        for fact, answer in _WAITING.items()
    },
    (_S.SIGNED_IN, Locked): _lock,
    (_S.SIGNED_IN, Idle): _idle,
    (_S.SIGNED_IN, SignedOut): _left,
}
"""The whole state machine: what is not in here changes nothing."""
