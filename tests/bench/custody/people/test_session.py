from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.custody.entries import Actor, Proof
from bench.custody.people.session import now, refusal, who_acts
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
    SignInOrder,
    SignInPolicy,
    Stage,
    Why,
)
from bench.events.orders import CustodyKind, Refuse
from bench.problems import ProblemCode

ANNA, BEN = "p-00000000000a", "p-00000000000b"
ANNA_IN = Actor(ANNA, Proof.BADGE_PIN)


def after(*facts: SignInFact, session: SignIn | None = None) -> tuple[SignIn, list[SignInOrder]]:
    session, done = session or SignIn(), list[SignInOrder]()
    for fact in facts:
        session, orders = now(session, fact)
        done += orders
    return session, done


def signed_in(person: str = ANNA, at: float = 0.0) -> SignIn:
    session, _ = after(BadgeTapped(person, at), PinChecked(person, is_right=True, left=5, at=at))
    return session


def refused(session: SignIn, at: float, *, moves: bool) -> ProblemCode | None:
    problem = refusal(session, at, moves_custody=moves)
    return problem.code if problem else None


def test_a_badge_and_its_pin_sign_in() -> None:
    asked, orders = after(BadgeTapped(ANNA, 1))
    assert orders == [AskPin(ANNA)]
    assert who_acts(asked) is None
    session, orders = after(PinChecked(ANNA, is_right=True, left=5, at=2), session=asked)
    assert orders == [OpenSession(ANNA_IN)]
    assert who_acts(session) == ANNA_IN


def test_a_wrong_pin_lets_nobody_in_and_can_be_typed_again() -> None:
    wrong = PinChecked(ANNA, is_right=False, left=3, at=2)
    session, orders = after(BadgeTapped(ANNA, 1), wrong)
    (refuse,) = [order for order in orders if isinstance(order, Refuse)]
    assert (refuse.problem.code, refuse.problem.detail) == (ProblemCode.PIN_WRONG, "3 tries left")
    assert who_acts(session) is None
    session, _ = after(PinChecked(ANNA, is_right=True, left=5, at=3), session=session)
    assert who_acts(session) == ANNA_IN


def test_a_pin_that_was_checked_for_whoever_tapped_before_lets_nobody_in() -> None:
    late = PinChecked(ANNA, is_right=True, left=5, at=3)
    session, orders = after(BadgeTapped(ANNA, 1), BadgeTapped(BEN, 2), late)
    assert who_acts(session) is None
    assert not [order for order in orders if isinstance(order, OpenSession)]


def test_a_pin_without_a_badge_does_nothing() -> None:
    assert after(PinChecked(ANNA, is_right=True, left=5, at=1)) == (SignIn(), [])


def test_a_security_key_signs_in_by_itself() -> None:
    session, orders = after(KeyChecked(ANNA, Proof.FIDO2, 1))
    assert orders == [OpenSession(Actor(ANNA, Proof.FIDO2))]
    assert who_acts(session) == Actor(ANNA, Proof.FIDO2)


def test_another_technician_takes_over_and_nobody_acts_in_between() -> None:
    switching, orders = after(BadgeTapped(BEN, 10), session=signed_in())
    assert orders == [AskPin(BEN)]
    assert who_acts(switching) is None
    assert refused(switching, 10, moves=False) is ProblemCode.SIGN_IN_FIRST
    session, orders = after(PinChecked(BEN, is_right=True, left=5, at=12), session=switching)
    ben = Actor(BEN, Proof.BADGE_PIN)
    assert orders == [CloseSession(ANNA_IN, Why.SWITCHED), OpenSession(ben)]
    assert who_acts(session) == ben


def test_whoever_was_there_taps_and_goes_on_when_the_other_turns_away() -> None:
    session, orders = after(BadgeTapped(BEN, 90), BadgeTapped(ANNA, 95), session=signed_in())
    assert orders == [AskPin(BEN)]
    assert who_acts(session) == ANNA_IN
    assert refused(session, 95, moves=True) is None


@pytest.mark.parametrize("away", [Idle(30), Locked(BEN)])
def test_a_badge_whose_pin_never_comes_is_not_waited_for(away: SignInFact) -> None:
    session, _ = after(BadgeTapped(BEN, 200), away, session=signed_in())
    assert who_acts(session) == ANNA_IN
    assert refused(session, 200, moves=True) is ProblemCode.TAP_AGAIN
    session, _ = after(BadgeTapped(BEN, 200), away)
    assert session == SignIn(tapped_at=0.0)


def test_after_five_minutes_idle_the_bench_locks() -> None:
    assert who_acts(after(Idle(299), session=signed_in())[0]) == ANNA_IN
    session, orders = after(Idle(300), session=signed_in())
    assert orders == [CloseSession(ANNA_IN, Why.IDLE)]
    assert (who_acts(session), session.stage) == (None, Stage.NOBODY)


def test_a_person_locked_out_meanwhile_is_out() -> None:
    session, orders = after(Locked(ANNA), session=signed_in())
    assert orders[0] == CloseSession(ANNA_IN, Why.LOCKED)
    assert who_acts(session) is None
    assert who_acts(after(Locked(BEN), session=signed_in())[0]) == ANNA_IN


def test_leaving_closes_the_session() -> None:
    assert after(SignedOut(), session=signed_in()) == (SignIn(), [CloseSession(ANNA_IN, Why.LEFT)])


def test_custody_changes_only_within_a_minute_of_a_tap() -> None:
    session = signed_in(at=100)
    assert refused(session, 160, moves=True) is None
    assert refused(session, 160.5, moves=True) is ProblemCode.TAP_AGAIN
    assert refused(session, 160.5, moves=False) is None
    assert refused(session, 99, moves=True) is ProblemCode.TAP_AGAIN
    tapped, orders = after(BadgeTapped(ANNA, 170), session=session)
    assert orders == []
    assert refused(tapped, 229, moves=True) is None


def test_how_long_is_set_by_the_force() -> None:
    policy = SignInPolicy(idle_lock=60, tap_holds=5)
    session = SignIn(policy)
    right = PinChecked(ANNA, is_right=True, left=5, at=0)
    session, _ = after(BadgeTapped(ANNA, 0), right, session=session)
    assert refused(session, 6, moves=True) is ProblemCode.TAP_AGAIN
    assert after(Idle(60), session=session)[0] == SignIn(policy)


def test_training_asks_nobody_to_prove_anything() -> None:
    training = SignIn(SignInPolicy(proof_needed=False))
    assert who_acts(training) == NOBODY
    assert refused(training, 1000, moves=True) is None


def test_what_is_recorded_of_a_session_names_nobody() -> None:
    opened, closed = OpenSession(ANNA_IN).entry, CloseSession(ANNA_IN, Why.IDLE).entry
    assert (opened.kind, opened.data) == (CustodyKind.SESSION_OPENED, {"person": ANNA})
    assert closed.kind is CustodyKind.SESSION_CLOSED
    assert closed.data == {"person": ANNA, "why": "idle"}


people = st.sampled_from([ANNA, BEN])
times = st.floats(0, 1000, allow_nan=False)
facts = st.one_of(
    st.builds(BadgeTapped, people, times),
    st.builds(PinChecked, people, st.booleans(), st.integers(0, 5), times),
    st.builds(KeyChecked, people, st.just(Proof.FIDO2), times),
    st.builds(Locked, people),
    st.builds(Idle, st.floats(0, 600)),
    st.just(SignedOut()),
)


@given(st.lists(facts, max_size=30))
def test_nobody_ever_acts_without_a_proof_of_their_own(happened: list[SignInFact]) -> None:
    session, waiting = SignIn(), ""
    open_: Actor | None = None
    for fact in happened:
        session, orders = now(session, fact)
        for order in orders:
            if isinstance(order, CloseSession):
                assert order.actor == open_
                open_ = None
            elif isinstance(order, OpenSession):
                assert open_ is None
                shown = isinstance(fact, KeyChecked) or (
                    isinstance(fact, PinChecked) and fact.is_right and fact.person == waiting
                )
                assert shown
                open_ = order.actor
            elif isinstance(order, AskPin):
                waiting = order.person
        assert who_acts(session) in (None, open_)
        assert session.actor == open_
        assert (session.stage in (Stage.PIN_ASKED, Stage.SWITCHING)) == bool(session.waiting)
