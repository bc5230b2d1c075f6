"""The state machine: every state against every fact, and the walk of a handset through it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.events.central import Sighting, SightingsHeard
from bench.events.device import (
    HandsetAttached,
    HandsetDetached,
    HandsetOnline,
    HandsetUnauthorised,
    HandsetUnreachable,
    IdentityUnread,
)
from bench.events.enrolment import CodeReady, CodeSpent, ShownCode
from bench.events.modem import ModemAnswered, ModemGone, ModemSilent
from bench.events.orders import (
    CancelWork,
    CustodyKind,
    Identify,
    Order,
    PrintLabel,
    Record,
    Refuse,
    StartStep,
)
from bench.events.person import (
    CopyRequested,
    HiddenText,
    PersonFact,
    ProfileChosen,
    RunHeld,
    RunResumed,
    RunVoided,
    StepConfirmed,
)
from bench.events.run import (
    ConflictFound,
    LabelScanned,
    RunFact,
    SimScanned,
)
from bench.events.work import (
    GapEnded,
    LabelDoubtful,
    LabelPrinted,
    StepErrored,
    StepFailed,
    StepProgressed,
    StepSucceeded,
)
from bench.identity.identifiers import AssetTag
from bench.problems import Problem, ProblemCode
from bench.staging.advance import TABLE, advance
from bench.staging.folding import restored
from bench.staging.run import StagingRun, State
from bench.staging.view import view_of
from tests.bench.staging.bench_talk import (
    A1,
    B4,
    OTHER_PORT,
    PLAN,
    PORT,
    TAG,
    awaiting_scan,
    box,
    foreseen,
    fresh,
    imei,
    in_state,
    kept,
    labelling,
    reattached,
    recognised,
    staging,
    start_step,
)

LINK_LOST = Problem(ProblemCode.LINK_LOST)
NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
SHOWN = ShownCode((b"\x01",), HiddenText("made up"), "M", 1)
FACTS: tuple[RunFact, ...] = (
    HandsetAttached(PORT),
    HandsetDetached(PORT),
    HandsetUnauthorised(PORT),
    HandsetOnline(PORT, 2),
    HandsetUnreachable(PORT, LINK_LOST),
    recognised(1, 1),
    recognised(1, 2),
    recognised(2, 2),
    recognised(1, 2, imeis=()),
    recognised(1, 1, staged=True),
    reattached(3),
    IdentityUnread(PORT, 1, Problem(ProblemCode.IDENTITY_UNREAD)),
    ConflictFound(Problem(ProblemCode.DUPLICATE_IMEI)),
    ConflictFound(Problem(ProblemCode.NOT_REAL)),
    box(1),
    box(2),
    LabelScanned(TAG),
    LabelScanned(AssetTag("AST", "000999")),
    SimScanned({"iccid": "made up"}),
    SimScanned({"iccid": "made up"}, trouble=Problem(ProblemCode.SIM_ELSEWHERE)),
    RunHeld(A1),
    RunResumed(A1),
    RunVoided(A1, "broken glass"),
    CopyRequested(A1),
    *(
        kind("run1", ticket)
        for kind in (StepSucceeded, LabelPrinted, LabelDoubtful)
        for ticket in (1, 2)
    ),
    *(StepFailed("run1", ticket, "no") for ticket in (1, 2)),
    *(StepErrored("run1", ticket, LINK_LOST) for ticket in (1, 2)),
    StepProgressed("run1", 1, 0.5),
    CodeReady("run1", 1, SHOWN),
    CodeSpent("run1", 1),
    GapEnded("run1", 0),
    GapEnded("run1", 1),
    StepConfirmed(A1, 1),
    StepConfirmed(A1, 2),
    ProfileChosen(A1, PLAN.fingerprint),
    ProfileChosen(A1, "0" * 64),
    ModemAnswered(PORT, foreseen(1)),
    ModemAnswered(PORT, foreseen(2)),
    ModemSilent(PORT, Problem(ProblemCode.MODEM_WAITS)),
    ModemGone(PORT),
    SightingsHeard("run1", ()),
    SightingsHeard("run1", (Sighting(imei(1), "bench-02", "at-bench", NOW),)),
)


def records(orders: tuple[Order, ...]) -> list[CustodyKind]:
    return [order.kind for order in orders if isinstance(order, Record)]


def walk(run: StagingRun, *facts: RunFact) -> tuple[StagingRun, list[Order]]:
    done: list[Order] = []
    for fact in facts:
        run, orders = advance(run, fact)
        done += orders
    return run, done


def test_every_fact_of_the_union_is_tried() -> None:
    assert {type(fact) for fact in FACTS} == set(get_args(RunFact))


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: type(fact).__name__)
def test_every_state_answers_every_fact(state: State, fact: RunFact) -> None:
    run = in_state(state)
    after, orders = advance(run, fact)
    assert after.run == run.run
    if (state, type(fact)) not in TABLE:
        assert after == run
        person = isinstance(fact, PersonFact)
        assert [type(order) for order in orders] == ([Refuse] if person else [])


@settings(max_examples=400)
@given(st.lists(st.sampled_from(FACTS), max_size=40))
def test_whatever_happens_the_run_keeps_its_rules(facts: list[RunFact]) -> None:
    run, closed = fresh(), False
    for fact in facts:
        before = run
        run, orders = advance(run, fact)
        closed = closed or before.state is State.GONE
        kinds = [type(order) for order in orders]
        assert not closed or run.state is State.GONE
        assert (run.state is State.HELD) == (run.hold is not None)
        assert run.ticket >= before.ticket
        assert not run.busy or run.is_claimed
        assert run.state is not State.STAGED or run.is_claimed
        assert run.state is not State.STAGING or (run.busy and run.session is not None)
        assert not (run.is_claimed and not run.recorded)
        assert kinds == sorted(kinds, key=lambda kind: kind is not Record), "records stand first"
        if run.recorded and (run.state, run.step, run.copy) != (
            before.state,
            before.step,
            before.copy,
        ):
            assert Record in kinds, f"{before.state} -> {run.state} left no trace"
        if any(isinstance(order, Record) for order in orders):
            assert run.identity is not None, "the record needs to name the handset"
        view_of(run)


@settings(max_examples=200)
@given(st.lists(st.sampled_from(FACTS), max_size=40))
def test_a_run_is_found_again_in_the_record_as_it_was_left(facts: list[RunFact]) -> None:
    run, _ = walk(fresh(), *facts)
    found = restored(kept(run), PLAN)
    assert (found.identity, found.imei, found.asset_tag) == (run.identity, run.imei, run.asset_tag)
    assert (found.step, found.copy, found.slot) == (run.step, run.copy, run.slot)
    assert not found.busy
    assert not found.present
    assert found.state in (State.ATTACHED, State.UNAUTHORISED, State.HELD, State.GONE)


def test_a_handset_goes_from_plug_to_staged() -> None:
    run, orders = walk(
        fresh(),
        HandsetUnauthorised(PORT),
        HandsetOnline(PORT, 1),
        recognised(),
        box(),
        StepSucceeded("run1", 1),
        StepSucceeded("run1", 2),
        LabelPrinted("run1", 3),
        LabelScanned(TAG),
    )
    assert run.state is State.STAGED
    assert records(tuple(orders)) == [
        "scanned", "step_finished", "step_finished", "label_queued", "labelled", "staged",
    ]  # fmt: skip
    assert [o for o in orders if not isinstance(o, Record)] == [
        Identify(PORT, 1),
        start_step(1, 1, 0),
        start_step(2, 1, 1),
        PrintLabel("run1", 3, A1, TAG, imei(1), "SM-A325F", 1, PLAN.fingerprint),
    ]


def test_a_fail_is_tried_again_as_often_as_the_profile_says_and_then_held() -> None:
    again, orders = advance(staging(), StepFailed("run1", 1, "no space"))
    assert (again.state, again.ticket) == (State.STAGING, 2)
    assert start_step(2, 1, 0) in orders
    held, _ = advance(again, StepFailed("run1", 2, "no space"))
    assert held.hold is not None
    assert (held.hold.code, held.hold.detail) == (ProblemCode.STEP_FAILED, "install: no space")


def test_an_error_is_never_repeated_at_the_handset() -> None:
    held, orders = advance(staging(), StepErrored("run1", 1, Problem(ProblemCode.ADB_SERVER_LOST)))
    assert held.state is State.HELD
    assert records(orders) == ["step_finished", "held"]
    assert not any(isinstance(order, StartStep) for order in orders)


def test_an_answer_that_comes_too_late_changes_nothing() -> None:
    run = staging()
    assert advance(run, StepSucceeded("run1", 7)) == (run, ())
    held, _ = advance(run, RunHeld(A1))
    assert advance(held, StepSucceeded("run1", 1)) == (held, ())


def test_a_handset_unplugged_while_staging_is_held_and_goes_on_when_it_is_back() -> None:
    away, stopped = advance(staging(), HandsetDetached(PORT))
    assert CancelWork("run1") in stopped
    assert not away.present
    back, orders = walk(away, HandsetAttached(PORT), HandsetOnline(PORT, 2), recognised(1, 2))
    assert back.state is State.STAGING
    assert records(tuple(orders)) == ["resumed"]
    assert orders[-1] == start_step(2, 2, 0)


def test_a_held_handset_that_moved_goes_on_in_its_new_slot() -> None:
    away, _ = advance(staging(), HandsetDetached(PORT))
    moved, orders = advance(away, reattached(9))
    assert (moved.slot, moved.path, moved.state) == (B4, OTHER_PORT, State.STAGING)
    assert orders[0] == Record(CustodyKind.HELD, {"from_slot": "A1", "problem": "unplugged"})
    assert orders[-1] == start_step(2, 9, 0)


def test_a_foreign_handset_on_a_held_slot_is_refused() -> None:
    away, _ = advance(staging(), HandsetDetached(PORT))
    foreign, orders = walk(away, HandsetAttached(PORT), HandsetOnline(PORT, 2), recognised(2, 2))
    assert foreign.hold == away.hold
    assert records(tuple(orders)) == []
    notice = view_of(foreign).problem
    assert notice is not None
    assert notice.code is ProblemCode.FOREIGN_HANDSET
    own, _ = walk(foreign, HandsetDetached(PORT), HandsetOnline(PORT, 3), recognised(1, 3))
    assert own.state is State.STAGING


def test_another_handset_in_place_of_one_that_waits_for_its_label_is_noticed() -> None:
    waiting, _ = advance(labelling(), LabelPrinted("run1", 1))
    held, _ = walk(waiting, HandsetOnline(PORT, 2), recognised(2, 2))
    assert held.hold is not None
    assert held.hold.code is ProblemCode.FOREIGN_HANDSET
    same, _ = walk(waiting, HandsetOnline(PORT, 2), recognised(1, 2))
    assert same.state is State.AWAITING_LABEL


def test_the_wrong_box_holds_with_both_values_and_the_right_one_goes_on() -> None:
    held, orders = advance(awaiting_scan(), box(2))
    assert held.hold is not None
    assert held.hold.code is ProblemCode.IMEI_MISMATCH
    assert str(imei(1)) in held.hold.detail
    assert str(imei(2)) in held.hold.detail
    assert records(orders) == ["held"]
    right, orders = advance(held, box(1))
    assert right.state is State.STAGING
    assert records(orders) == ["resumed", "scanned"]


def test_a_handset_without_imei_is_held() -> None:
    online, _ = advance(fresh(), HandsetOnline(PORT, 1))
    held, orders = advance(online, recognised(imeis=()))
    assert held.hold is not None
    assert held.hold.code is ProblemCode.NO_IMEI
    assert records(orders) == ["quarantined"]


def test_a_handset_staged_before_needs_a_decision_and_leaves_no_trace_without_one() -> None:
    online, _ = advance(fresh(), HandsetOnline(PORT, 1))
    held, orders = advance(online, recognised(staged=True))
    assert view_of(held).word == "Staged before"
    assert orders == ()
    gone, orders = advance(held, HandsetDetached(PORT))
    assert (gone.state, orders) == (State.GONE, ())
    assert advance(held, RunResumed(A1))[0].state is State.AWAITING_SCAN


def test_a_real_handset_in_training_is_never_recorded() -> None:
    held, orders = advance(awaiting_scan(), ConflictFound(Problem(ProblemCode.NOT_REAL)))
    assert held.state is State.HELD
    assert orders == ()


def test_a_handset_staged_and_taken_out_leaves_its_slot_empty() -> None:
    staged, _ = walk(labelling(), LabelPrinted("run1", 1), LabelScanned(TAG))
    gone, orders = advance(staged, HandsetDetached(PORT))
    assert gone.state is State.GONE
    assert records(orders) == ["taken_out"]


def test_without_scan_back_a_printed_label_is_enough() -> None:
    plan = replace(PLAN, scan_back=False)
    staged, orders = advance(labelling(plan), LabelPrinted("run1", 1))
    assert staged.state is State.STAGED
    assert records(orders) == ["labelled", "staged"]


def test_a_doubtful_label_must_be_read_back_even_without_scan_back() -> None:
    doubtful, orders = advance(labelling(replace(PLAN, scan_back=False)), LabelDoubtful("run1", 1))
    assert doubtful.state is State.AWAITING_LABEL
    assert orders == (Record(CustodyKind.LABELLED, {"copy": 1, "doubtful": True}),)
    copy, orders = advance(doubtful, CopyRequested(A1))
    assert copy.copy == 2
    assert orders[-1] == PrintLabel("run1", 2, A1, TAG, imei(1), "SM-A325F", 2, PLAN.fingerprint)


def test_a_label_scanned_before_the_printer_says_so_counts() -> None:
    staged, orders = advance(labelling(), LabelScanned(TAG))
    assert staged.state is State.STAGED
    assert records(orders) == ["labelled", "staged"]


def test_a_label_is_still_printed_while_its_handset_is_unplugged() -> None:
    away, orders = advance(labelling(), HandsetDetached(PORT))
    assert CancelWork("run1") not in orders
    printed, orders = advance(away, LabelPrinted("run1", 1))
    assert records(orders) == ["labelled"]
    back, _ = walk(printed, HandsetAttached(PORT), HandsetOnline(PORT, 2), recognised(1, 2))
    assert back.state is State.AWAITING_LABEL


def test_somebody_elses_label_holds_the_handset_with_all_three_values() -> None:
    waiting, _ = advance(labelling(), LabelPrinted("run1", 1))
    held, orders = advance(waiting, LabelScanned(AssetTag("AST", "000999")))
    assert held.hold is not None
    assert held.hold.code is ProblemCode.LABEL_MISMATCH
    assert held.hold.values == (
        ("box", str(imei(1))),
        ("handset", f"{imei(1)} {imei(500_001)}"),
        ("label", "AST-000999"),
    )
    assert records(orders) == ["held"]
    again, _ = walk(held, RunResumed(A1), LabelScanned(TAG))
    assert again.state is State.STAGED


def test_a_run_put_on_hold_by_hand_stays_so_when_the_cable_is_pulled_and_pressed_home() -> None:
    held, _ = advance(staging(), RunHeld(A1))
    back, _ = walk(
        held, HandsetDetached(PORT), HandsetAttached(PORT), HandsetOnline(PORT, 2), recognised(1, 2)
    )
    assert back.state is State.HELD
    assert advance(back, RunResumed(A1))[0].state is State.STAGING


def test_what_usb_found_wrong_is_forgotten_when_it_is_right_and_nothing_else_is() -> None:
    denied, _ = walk(fresh(), HandsetUnreachable(PORT, Problem(ProblemCode.NO_PERMISSION)))
    assert denied.notice == Problem(ProblemCode.NO_PERMISSION, "A1")
    assert walk(denied, HandsetAttached(PORT))[0].notice is None
    asks, _ = walk(fresh(), HandsetUnauthorised(PORT), HandsetAttached(PORT))
    assert asks.notice == Problem(ProblemCode.UNAUTHORISED, "A1")


def test_a_held_run_says_why_its_handset_cannot_be_worked_with_and_goes_on_all_the_same() -> None:
    held, _ = walk(staging(), HandsetDetached(PORT), HandsetAttached(PORT))
    stuck, _ = walk(held, HandsetUnreachable(PORT, Problem(ProblemCode.WRONG_MODE)))
    assert stuck.notice == Problem(ProblemCode.WRONG_MODE, "A1")
    back, _ = walk(stuck, HandsetOnline(PORT, 2), recognised(1, 2))
    assert (back.state, back.notice) == (State.STAGING, None)


def test_a_handset_that_says_over_its_modem_who_it_is_waits_for_its_set_up() -> None:
    run, orders = walk(fresh(), ModemAnswered(PORT, foreseen(1)))
    assert (run.state, run.foreseen, orders) == (State.ATTACHED, foreseen(1), [])
    assert run.notice == Problem(ProblemCode.NOT_SET_UP, "A1")
    run, _ = walk(run, HandsetOnline(PORT, 1), recognised(1, 1))
    assert (run.state, run.notice) == (State.AWAITING_SCAN, None)


def test_a_handset_whose_modem_and_android_differ_is_held() -> None:
    run, _ = walk(fresh(), ModemAnswered(PORT, foreseen(2)), HandsetOnline(PORT, 1), recognised())
    assert run.hold is not None
    assert run.hold.code is ProblemCode.IDENTITY_CHANGED
    assert imei(2).tail in run.hold.detail


def test_two_persons_can_let_a_handset_go_on_whose_modem_and_android_differ() -> None:
    run, _ = walk(fresh(), ModemAnswered(PORT, foreseen(2)), HandsetOnline(PORT, 1), recognised())
    again, orders = walk(run, RunResumed(A1))
    assert [type(order) for order in orders if not isinstance(order, Record)] == [Identify]
    assert walk(again, recognised(1, 1))[0].state is State.AWAITING_SCAN


def test_a_modem_that_answers_after_android_is_compared_all_the_same() -> None:
    same, _ = walk(awaiting_scan(), ModemAnswered(PORT, foreseen(1)))
    assert same.state is State.AWAITING_SCAN
    other, _ = walk(awaiting_scan(), ModemAnswered(PORT, foreseen(2)))
    assert other.hold is not None
    assert other.hold.code is ProblemCode.IDENTITY_CHANGED


def test_why_a_modem_is_silent_gives_way_to_what_android_asks_for() -> None:
    silent = ModemSilent(PORT, Problem(ProblemCode.MODEM_WAITS))
    run, _ = walk(fresh(), silent)
    assert run.notice == Problem(ProblemCode.MODEM_WAITS, "A1")
    told, _ = walk(run, ModemAnswered(PORT, foreseen(1)))
    assert told.notice == Problem(ProblemCode.NOT_SET_UP, "A1")
    asks, _ = walk(run, HandsetUnauthorised(PORT), silent)
    assert asks.notice == Problem(ProblemCode.UNAUTHORISED, "A1")
    asks, _ = walk(asks, ModemAnswered(PORT, foreseen(1)))
    assert (asks.state, asks.notice) == (
        State.UNAUTHORISED,
        Problem(ProblemCode.UNAUTHORISED, "A1"),
    )


def test_what_a_modem_said_is_forgotten_with_its_handset() -> None:
    run, _ = walk(fresh(), ModemAnswered(PORT, foreseen(1)), ModemGone(PORT))
    assert (run.foreseen, run.notice) == (None, None)


def test_a_held_run_is_not_resumed_without_its_handset() -> None:
    away, _ = advance(staging(), HandsetDetached(PORT))
    same, orders = advance(away, RunResumed(A1))
    assert same == away
    assert isinstance(orders[0], Refuse)


def test_a_void_run_keeps_its_reason_and_its_slot_until_the_handset_is_out() -> None:
    void, orders = advance(staging(), RunVoided(A1, "broken glass"))
    assert void.state is State.VOIDED
    assert orders == (
        Record(CustodyKind.VOIDED, reason="broken glass"),
        CancelWork("run1"),
    )
    assert advance(void, HandsetDetached(PORT))[0].state is State.GONE


def test_a_void_run_whose_handset_is_away_leaves_its_slot_at_once() -> None:
    away, _ = advance(staging(), HandsetDetached(PORT))
    assert advance(away, RunVoided(A1, "lost"))[0].state is State.GONE


def test_a_step_in_flight_when_the_program_stopped_is_held_as_interrupted() -> None:
    run = staging()
    found = restored(kept(run), PLAN)
    assert found.hold is not None
    assert (found.hold.code, found.hold.was) == (ProblemCode.INTERRUPTED, State.STAGING)
    back, orders = walk(found, HandsetAttached(PORT), HandsetOnline(PORT, 5), recognised(1, 5))
    assert back.state is State.HELD
    assert not any(isinstance(order, StartStep) for order in orders)
    again, _ = advance(back, RunResumed(A1))
    assert again.state is State.STAGING


def test_a_run_begun_under_another_profile_starts_again_from_its_first_step() -> None:
    run = replace(staging(), step=1)
    found = restored(kept(run), replace(PLAN, fingerprint="0" * 64))
    assert found.hold is not None
    assert found.hold.code is ProblemCode.INTERRUPTED
    assert found.step == 0


def test_a_handset_put_on_hold_before_it_said_who_it_is_can_still_say_it() -> None:
    online, _ = advance(fresh(), HandsetOnline(PORT, 1))
    held, _ = walk(online, RunHeld(A1), recognised())
    assert held.identity is None
    resumed, orders = advance(held, RunResumed(A1))
    assert (resumed.state, orders[-1]) == (State.ATTACHED, Identify(PORT, 1))
    assert advance(resumed, recognised())[0].state is State.AWAITING_SCAN
