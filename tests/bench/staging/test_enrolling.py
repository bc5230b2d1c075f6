"""A handset that comes as it left its box: met by its modem, shown a code, watched, waited for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.enrolment.profiles.profile import Method, Traps
from bench.events.condition import HandsetCondition
from bench.events.device import (
    HandsetAttached,
    HandsetDetached,
    HandsetIdentity,
    HandsetOnline,
    HandsetUnauthorised,
    HandsetUnreachable,
    SaidBy,
)
from bench.events.modem import ModemAnswered, ModemGone, ModemIdentity, ModemSilent
from bench.events.orders import CancelWork, Identify, Order, Record, StartStep, WatchGap
from bench.events.person import ProfileChosen, RunHeld, RunResumed, StepConfirmed
from bench.events.run import (
    HandsetReattached,
    HandsetRecognised,
    ImeiScanned,
    LabelScanned,
    RunFact,
)
from bench.events.work import GapEnded, LabelPrinted, StepErrored, StepFailed, StepSucceeded
from bench.identity.identifiers import SerialNumber
from bench.problems import CATALOGUE, Clears, Problem, ProblemCode
from bench.staging.advance import advance
from bench.staging.folding import position, restored
from bench.staging.plan import Plan, PlannedStep
from bench.staging.run import StagingRun, State
from bench.staging.transitions.answers import QUARANTINES
from bench.staging.view import view_of
from tests.bench.staging.bench_talk import (
    A1,
    B4,
    OTHER_PORT,
    PLAN,
    PORT,
    TAG,
    box,
    foreseen,
    handset,
    imei,
    kept,
    recognised,
)

QR = Plan(
    (
        PlannedStep("Show the code", over_adb=False, asks="The handset took the code", shows=True),
        PlannedStep("Compliant", over_adb=False),
        PlannedStep("Looked at", over_adb=False, asks="The launcher is there"),
    ),
    scan_back=True,
    fingerprint="e" * 64,
    name="A32 QR",
    version=2,
    method=Method.QR,
    before_setup=True,
    reads_modem=True,
    enrolling=range(2),
    licences=("vpn",),
)
MET = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def by_modem(number: int = 1) -> HandsetIdentity:
    return replace(handset(number, imeis=(imei(number),)), said_by=SaidBy.MODEM)


def met(number: int = 1, who: HandsetIdentity | None = None) -> HandsetRecognised:
    return HandsetRecognised(PORT, None, who or by_modem(number), f"uid{number}", at=MET)


def walk(run: StagingRun, *facts: RunFact) -> tuple[StagingRun, tuple[Order, ...]]:
    done: list[Order] = []
    for fact in facts:
        run, orders = advance(run, fact)
        done += orders
    return run, tuple(done)


def kinds(orders: tuple[Order, ...]) -> list[str]:
    return [order.kind.value for order in orders if isinstance(order, Record)]


def results(orders: tuple[Order, ...]) -> list[object]:
    records = [order for order in orders if isinstance(order, Record)]
    return [record.data.get("result") for record in records if record.kind == "step_finished"]


def fresh(plan: Plan = QR) -> StagingRun:
    return StagingRun("run1", A1, PORT, plan, offers=(QR, PLAN))


def awaiting_scan(plan: Plan = QR) -> StagingRun:
    return walk(fresh(plan), HandsetAttached(PORT), ModemAnswered(PORT, foreseen()), met())[0]


def showing() -> StagingRun:
    return walk(awaiting_scan(), box())[0]


def waiting() -> StagingRun:
    """A run whose code was taken, and whose management is waited for."""
    return walk(showing(), StepConfirmed(A1, 1))[0]


def code_of(run: StagingRun) -> ProblemCode | None:
    return run.hold.code if run.hold else None


def test_a_handset_is_met_by_its_modem_and_staged_without_any_connection() -> None:
    run, orders = walk(
        awaiting_scan(), box(), StepConfirmed(A1, 1), StepSucceeded("run1", 2, "compliant"),
        StepConfirmed(A1, 3), LabelPrinted("run1", 3),
    )  # fmt: skip
    assert run.state is State.AWAITING_LABEL
    assert kinds(orders) == [
        "scanned", "step_finished", "step_finished", "enrolled", "step_finished", "label_queued",
        "labelled",
    ]  # fmt: skip
    steps = [order for order in orders if isinstance(order, StartStep)]
    assert [(order.session, order.step, order.since) for order in steps] == [
        (None, 0, MET), (None, 1, MET),
    ]  # fmt: skip
    (scanned, *_) = [order for order in orders if isinstance(order, Record)]
    assert scanned.data == {"box": str(imei(1)), "said_by": "modem"}


def test_a_code_that_was_taken_is_shown_no_longer() -> None:
    _, orders = advance(showing(), StepConfirmed(A1, 1))
    assert CancelWork("run1") in orders
    assert view_of(showing()).word == "Show code"
    assert view_of(showing()).confirms == "The handset took the code"
    assert view_of(waiting()).confirms == ""


def test_a_question_waits_for_a_person_and_orders_nothing() -> None:
    asked, orders = advance(waiting(), StepSucceeded("run1", 2))
    assert not any(isinstance(order, StartStep) for order in orders)
    assert (view_of(asked).word, view_of(asked).confirms) == ("Confirm", "The launcher is there")


def test_a_blink_while_a_handset_is_enrolled_is_no_restart() -> None:
    away, orders = advance(waiting(), HandsetDetached(PORT))
    assert away.state is State.STAGING
    assert WatchGap("run1", 1, QR.blink) in orders
    back, more = walk(away, HandsetAttached(PORT), GapEnded("run1", 1))
    assert back.state is State.STAGING
    assert more == ()
    assert back.busy, "what waits for its management goes on"


def test_a_handset_that_stays_away_while_it_is_enrolled_is_held_for_a_supervisor() -> None:
    away, _ = advance(waiting(), HandsetDetached(PORT))
    held, orders = advance(away, GapEnded("run1", 1))
    assert code_of(held) is ProblemCode.ENROLMENT_RESTARTED
    assert kinds(orders) == ["held"]
    assert CancelWork("run1") in orders
    assert view_of(held).word == "Looks enrolled"
    assert CATALOGUE[ProblemCode.ENROLMENT_RESTARTED].clears is Clears.BY_SUPERVISOR


def test_coming_back_does_not_let_a_restarted_handset_go_on() -> None:
    held, _ = walk(waiting(), HandsetDetached(PORT), GapEnded("run1", 1))
    back, orders = walk(held, HandsetAttached(PORT), ModemAnswered(PORT, foreseen()), met(), box(1))
    assert code_of(back) is ProblemCode.ENROLMENT_RESTARTED
    assert kinds(orders) == []
    passed, _ = advance(back, RunResumed(A1))
    assert (passed.state, passed.step) == (State.STAGING, 1)


def test_the_end_of_an_earlier_gap_says_nothing_of_a_later_one() -> None:
    twice, _ = walk(waiting(), HandsetDetached(PORT), HandsetAttached(PORT), HandsetDetached(PORT))
    assert advance(twice, GapEnded("run1", 1)) == (twice, ())
    held, _ = advance(twice, GapEnded("run1", 2))
    assert code_of(held) is ProblemCode.ENROLMENT_RESTARTED


def test_a_handset_that_was_seen_enrolled_while_it_was_away_is_only_unplugged() -> None:
    plan = replace(QR, steps=QR.steps[:2])
    run = walk(awaiting_scan(plan), box(), StepConfirmed(A1, 1), HandsetDetached(PORT))[0]
    held, _ = walk(run, StepSucceeded("run1", 2), GapEnded("run1", 1))
    assert code_of(held) is ProblemCode.UNPLUGGED


def test_a_handset_of_another_start_is_caught_over_adb_too() -> None:
    plan = replace(PLAN, enrolling=range(1, 2), method=Method.ADB)
    first = with_boot(handset(), "11111111-2222-4333-8444-555555555555")
    other = with_boot(handset(), "99999999-2222-4333-8444-555555555555")
    run, _ = walk(
        StagingRun("run1", A1, PORT, plan), HandsetOnline(PORT, 1),
        HandsetRecognised(PORT, 1, first, "uid1"), box(), StepSucceeded("run1", 1),
        HandsetDetached(PORT), HandsetAttached(PORT), HandsetOnline(PORT, 2),
    )  # fmt: skip
    assert code_of(run) is ProblemCode.UNPLUGGED
    same, _ = advance(run, HandsetRecognised(PORT, 2, first, "uid1"))
    assert same.state is State.STAGING
    caught, orders = advance(run, HandsetRecognised(PORT, 2, other, "uid1"))
    assert code_of(caught) is ProblemCode.ENROLMENT_RESTARTED
    assert kinds(orders) == ["held"]


def with_boot(identity: HandsetIdentity, boot: str) -> HandsetIdentity:
    return replace(identity, condition=replace(identity.condition, boot_id=boot))


def test_android_that_answers_during_enrolment_takes_no_step_away_and_says_all_imeis() -> None:
    online, orders = advance(waiting(), HandsetOnline(PORT, 5))
    assert (online.state, online.busy) == (State.STAGING, True)
    assert Identify(PORT, 5) in orders
    known, _ = advance(online, replace(recognised(1, 5), at=MET))
    assert known.identity == handset()
    assert known.proven
    gone, _ = advance(known, HandsetUnreachable(PORT, Problem(ProblemCode.LINK_LOST)))
    assert (gone.state, gone.busy, gone.session) == (State.STAGING, True, None)


def test_another_handset_that_answers_during_enrolment_holds_the_run() -> None:
    online, _ = advance(waiting(), HandsetOnline(PORT, 5))
    held, _ = advance(online, recognised(2, 5))
    assert code_of(held) is ProblemCode.FOREIGN_HANDSET


def test_a_handset_that_only_its_screen_can_name_is_scanned_twice() -> None:
    plan = replace(QR, reads_modem=False)
    run, _ = advance(fresh(plan), HandsetAttached(PORT))
    assert view_of(run).word == "Scan slot, box"
    boxed, orders = advance(run, box())
    assert (boxed.state, boxed.boxed, orders) == (State.ATTACHED, imei(1), ())
    assert view_of(boxed).word == "Scan screen"
    who = HandsetIdentity(SerialNumber(""), (imei(1),), "", said_by=SaidBy.SCREEN)
    claimed, orders = walk(boxed, met(1, who), box())
    assert claimed.state is State.STAGING
    assert orders[0] == Record(orders[0].kind, {"box": str(imei(1)), "said_by": "screen"})  # type: ignore[union-attr]


def test_a_screen_that_differs_from_its_box_holds_the_handset_with_both_values() -> None:
    boxed, _ = walk(fresh(), ModemSilent(PORT, Problem(ProblemCode.MODEM_WAITS)), box(1))
    held, _ = advance(boxed, box(2))
    assert code_of(held) is ProblemCode.IMEI_MISMATCH
    assert view_of(held).identities[:2] == (("box", str(imei(1))), ("screen", str(imei(2))))
    again, _ = advance(held, RunResumed(A1))
    assert (again.state, again.boxed) == (State.ATTACHED, None)


def test_a_wrong_box_shows_all_three_values() -> None:
    held, _ = advance(awaiting_scan(), box(2))
    assert view_of(held).identities == (
        ("box", str(imei(2))), ("handset", str(imei(1))), ("label", "not read yet"),
    )  # fmt: skip
    right, orders = advance(held, box(1))
    assert right.state is State.STAGING
    assert kinds(orders) == ["resumed", "scanned"]


def test_a_box_code_that_names_another_serial_or_second_imei_holds_the_handset() -> None:
    by_adb = walk(StagingRun("run1", A1, PORT, PLAN), HandsetOnline(PORT, 1), recognised())[0]
    other = SerialNumber("R58N99999XY")
    for also in ((other,), (imei(77),), (imei(500_001), other)):
        held, orders = advance(by_adb, ImeiScanned(imei(1), TAG, also))
        assert code_of(held) is ProblemCode.BOX_CONTRADICTS
        assert kinds(orders) == ["held"]
    fine, _ = advance(by_adb, ImeiScanned(imei(1), TAG, (imei(500_001), handset().serial)))
    assert fine.state is State.STAGING


def test_a_modem_that_cannot_name_its_second_imei_contradicts_no_box() -> None:
    claimed, _ = advance(awaiting_scan(), ImeiScanned(imei(1), TAG, (imei(500_001),)))
    assert claimed.state is State.STAGING


# ── traps ───────────────────────────────────────────────────────────────────────────────────────
TRAPS = Traps(
    models=("SM-A325F",), tacs=("00440000",), sales_codes=("EUX",),
    patch_from=date(2023, 1, 1), supported_until=date(2027, 3, 1),
)  # fmt: skip
GOOD = replace(handset(), patch="2023-06-01", condition=HandsetCondition(sales_code="EUX"))
CAUGHT = {
    ProblemCode.NO_IMEI: replace(GOOD, imeis=()),
    ProblemCode.WRONG_MODEL: replace(GOOD, model="SM-A135F"),
    ProblemCode.WRONG_REGION: replace(GOOD, condition=HandsetCondition(sales_code="XSG")),
    ProblemCode.FUSE_BLOWN: replace(GOOD, condition=HandsetCondition(knox_tripped=True)),
    ProblemCode.PATCH_TOO_OLD: replace(GOOD, patch="2022-12-31"),
}


def caught(identity: HandsetIdentity, traps: Traps = TRAPS, **told: object) -> StagingRun:
    plan = replace(PLAN, traps=traps)
    online, _ = advance(StagingRun("run1", A1, PORT, plan), HandsetOnline(PORT, 1))
    fact = HandsetRecognised(PORT, 1, identity, "uid1", at=MET, **told)  # type: ignore[arg-type]
    run, orders = advance(online, fact)
    assert kinds(orders) == (["quarantined"] if run.hold else [])
    return run


@pytest.mark.parametrize("code", CAUGHT)
def test_each_trap_sets_the_handset_aside(code: ProblemCode) -> None:
    assert code_of(caught(CAUGHT[code])) is code
    assert code in QUARANTINES
    assert CATALOGUE[code].clears is Clears.BY_SUPERVISOR


def test_a_handset_that_is_as_ordered_passes_every_trap() -> None:
    assert caught(GOOD).state is State.AWAITING_SCAN
    silent = replace(handset(), model="")
    assert caught(silent).state is State.AWAITING_SCAN, "what is not said is no contradiction"


def test_a_tac_of_another_model_is_caught_by_either_imei() -> None:
    other = replace(GOOD, imeis=(imei(1), type(imei(1)).with_check_digit("00440099000001")))
    assert code_of(caught(other)) is ProblemCode.WRONG_MODEL


def test_a_copy_of_a_known_imei_and_one_known_elsewhere_are_set_aside() -> None:
    assert code_of(caught(GOOD, doubles="R58N00777XY")) is ProblemCode.DUPLICATE_IMEI
    assert code_of(caught(GOOD, elsewhere="bench-03")) is ProblemCode.KNOWN_ELSEWHERE


def test_the_day_the_makers_support_ends_nothing_passes() -> None:
    day = replace(TRAPS, supported_until=MET.date())
    assert code_of(caught(GOOD, day)) is ProblemCode.SUPPORT_ENDED


def test_the_lock_of_an_earlier_owner_is_heard_from_the_modem() -> None:
    locked = replace(foreseen(), reactivation_locked=True)
    run, _ = walk(fresh(), HandsetAttached(PORT), ModemAnswered(PORT, locked), met())
    assert code_of(run) is ProblemCode.LOCKED_BY_OWNER


def test_a_released_handset_is_not_caught_by_the_same_trap_again() -> None:
    held = caught(CAUGHT[ProblemCode.WRONG_REGION])
    freed, orders = advance(held, RunResumed(A1))
    assert kinds(orders) == ["released"]
    assert orders[-1] == Identify(PORT, 1)
    assert freed.since is None, "what a service saw before is no news of it"
    strange = CAUGHT[ProblemCode.WRONG_REGION]
    again, _ = advance(freed, HandsetRecognised(PORT, 1, strange, "uid1", at=MET))
    assert again.state is State.AWAITING_SCAN
    later, _ = walk(
        again, HandsetOnline(PORT, 2), HandsetRecognised(PORT, 2, strange, "uid1", at=MET)
    )
    assert later.state is State.AWAITING_SCAN


def test_a_released_handset_is_caught_by_its_other_faults() -> None:
    condition = HandsetCondition(sales_code="XSG", knox_tripped=True)
    both = replace(GOOD, condition=condition, patch="2020-01-01")
    run, passed = caught(both), []
    while run.hold:
        passed.append(run.hold.code)
        freed, _ = advance(run, RunResumed(A1))
        run, _ = advance(freed, HandsetRecognised(PORT, 1, both, "uid1", at=MET))
    assert passed == [
        ProblemCode.WRONG_REGION, ProblemCode.FUSE_BLOWN, ProblemCode.PATCH_TOO_OLD,
    ]  # fmt: skip


def test_what_android_says_later_of_a_handset_met_by_its_modem_is_looked_at_too() -> None:
    plan = replace(QR, traps=TRAPS)
    run, _ = walk(awaiting_scan(plan), box(), StepConfirmed(A1, 1), HandsetOnline(PORT, 5))
    told = replace(GOOD, condition=HandsetCondition(knox_tripped=True))
    held, orders = advance(run, HandsetRecognised(PORT, 5, told, "uid1", at=MET))
    assert code_of(held) is ProblemCode.FUSE_BLOWN
    assert kinds(orders) == ["quarantined"]


def test_a_lock_that_the_modem_tells_after_android_is_a_trap_too() -> None:
    by_adb = walk(StagingRun("run1", A1, PORT, PLAN), HandsetOnline(PORT, 1), recognised())[0]
    locked = replace(foreseen(), reactivation_locked=True)
    held, _ = advance(by_adb, ModemAnswered(PORT, locked))
    assert code_of(held) is ProblemCode.LOCKED_BY_OWNER


def test_what_was_set_aside_before_is_so_until_two_persons_release_it() -> None:
    held = walk_in_quarantine()
    assert code_of(held) is ProblemCode.IN_QUARANTINE
    assert "XSG" in str(view_of(held).problem)


def walk_in_quarantine() -> StagingRun:
    online, _ = advance(StagingRun("run1", A1, PORT, PLAN), HandsetOnline(PORT, 1))
    run, orders = advance(
        online, HandsetRecognised(PORT, 1, GOOD, "uid1", quarantined="wrong-region: XSG, not EUX")
    )
    assert orders == ()
    return run


# ── another profile ─────────────────────────────────────────────────────────────────────────────
def test_a_technician_chooses_another_profile_until_the_box_is_scanned() -> None:
    chosen, _ = advance(awaiting_scan(), ProfileChosen(A1, PLAN.fingerprint))
    assert (chosen.plan, chosen.state, chosen.identity) == (PLAN, State.ATTACHED, None)
    assert chosen.notice is not None
    assert chosen.notice.code is ProblemCode.NOT_SET_UP
    back, _ = advance(chosen, ProfileChosen(A1, QR.fingerprint))
    assert (back.plan, back.notice) == (QR, None)
    same, orders = advance(showing(), ProfileChosen(A1, PLAN.fingerprint))
    assert same.plan is QR
    assert len(orders) == 1


def test_a_profile_that_this_bench_does_not_have_is_not_chosen() -> None:
    same, _ = advance(awaiting_scan(), ProfileChosen(A1, "0" * 64))
    assert same.plan is QR


# ── after a restart of the bench ────────────────────────────────────────────────────────────────
def test_an_enrolment_that_was_cut_short_is_found_again_with_all_it_needs() -> None:
    again = restored(kept(waiting()), PLAN, (PLAN, QR))
    assert again.plan is QR
    assert code_of(again) is ProblemCode.INTERRUPTED
    assert (again.step, again.since, again.proven) == (1, MET, False)
    back, _ = walk(again, HandsetAttached(PORT), ModemAnswered(PORT, foreseen()), met())
    resumed, _ = advance(back, RunResumed(A1))
    assert (resumed.state, resumed.step, resumed.busy) == (State.STAGING, 1, True)


def test_the_values_of_a_mismatch_and_what_was_waived_are_kept() -> None:
    held, _ = advance(awaiting_scan(), box(2))
    assert held.hold is not None
    assert restored(kept(held), QR, (QR,)).hold == held.hold
    waived = replace(waiting(), waived=(ProblemCode.WRONG_REGION,))
    assert position(waived)["waived"] == ["wrong-region"]
    assert restored(kept(waived), QR, (QR,)).waived == waived.waived


FACTS = (
    HandsetAttached(PORT), HandsetDetached(PORT), ModemAnswered(PORT, foreseen(1)),
    ModemAnswered(PORT, foreseen(2)), met(1), met(2), box(1), box(2), StepConfirmed(A1, 1),
    StepConfirmed(A1, 3), ModemGone(PORT), LabelScanned(TAG),
    GapEnded("run1", 1), GapEnded("run1", 2), StepSucceeded("run1", 1), StepSucceeded("run1", 2),
    StepFailed("run1", 1, "no"), StepErrored("run1", 2, Problem(ProblemCode.SERVICE_REFUSED)),
    RunHeld(A1), RunResumed(A1), HandsetOnline(PORT, 4), recognised(1, 4), recognised(2, 4),
    LabelPrinted("run1", 3), ProfileChosen(A1, QR.fingerprint),
)  # fmt: skip


@settings(max_examples=300)
@given(st.lists(st.sampled_from(FACTS), max_size=30))
def test_whatever_happens_nothing_is_staged_unenrolled(facts: list[RunFact]) -> None:
    run, passed = fresh(), 0
    for fact in facts:
        before = run
        run, orders = advance(run, fact)
        passed = 0 if "scanned" in kinds(orders) else passed
        passed += results(orders).count("pass")
        assert (run.state is State.HELD) == (run.hold is not None)
        if run.state in (State.LABELLING, State.AWAITING_LABEL):
            assert run.step == len(QR.steps)
            assert passed >= len(QR.steps)
        if run.state is State.STAGED:
            assert run.proven
            assert run.identity is not None
            assert run.imei in run.identity.imeis
        if "labelled" in kinds(orders):
            assert before.state in (State.LABELLING, State.HELD)
        assert run.boxed is None or run.identity is None or run.state is State.HELD


def test_what_a_modem_says_of_another_handset_is_never_taken_for_this_one() -> None:
    identity = ModemIdentity(handset(2).serial, imei(2))
    away, _ = walk(waiting(), HandsetDetached(PORT), HandsetAttached(PORT))
    run, _ = walk(away, ModemAnswered(PORT, identity), met(2))
    assert code_of(run) is ProblemCode.FOREIGN_HANDSET


# ── what must not pass ──────────────────────────────────────────────────────────────────────────
def back(run: StagingRun, number: int | None = None) -> tuple[StagingRun, tuple[Order, ...]]:
    """A handset is in the slot again: silent, or one whose modem says who it is."""
    run, orders = advance(run, HandsetAttached(PORT))
    if number is None:
        return run, orders
    run, more = walk(run, ModemAnswered(PORT, foreseen(number)), met(number))
    return run, (*orders, *more)


def at_the_question() -> StagingRun:
    return walk(waiting(), StepSucceeded("run1", 2))[0]


def test_a_handset_that_is_not_there_is_not_confirmed() -> None:
    away, _ = advance(showing(), HandsetDetached(PORT))
    same, orders = advance(away, StepConfirmed(A1, 1))
    assert same == away
    assert kinds(orders) == []


def test_one_answer_is_none_to_the_next_question() -> None:
    plan = replace(QR, steps=(*QR.steps, PlannedStep("Again", over_adb=False, asks="Is it so?")))
    run = walk(awaiting_scan(plan), box(), StepConfirmed(A1, 1), StepSucceeded("run1", 2))[0]
    once, _ = advance(run, StepConfirmed(A1, 3))
    twice, _ = advance(once, StepConfirmed(A1, 3))
    assert (once.step, twice.step) == (3, 3)


def test_a_silent_handset_in_the_slot_of_a_held_run_is_not_taken_for_its_own() -> None:
    held, _ = advance(at_the_question(), HandsetDetached(PORT))
    assert code_of(held) is ProblemCode.UNPLUGGED
    silent, _ = back(held)
    same, _ = advance(silent, RunResumed(A1))
    assert same.state is State.HELD
    proven, orders = advance(silent, box(1))
    assert proven.state is State.STAGING
    assert kinds(orders) == ["resumed"]


def test_a_label_passes_no_handset_that_nothing_has_proven() -> None:
    plan = replace(QR, steps=QR.steps[:2], enrolling=range(2))
    run = walk(awaiting_scan(plan), box(), StepConfirmed(A1, 1))[0]
    run, _ = walk(run, HandsetDetached(PORT), HandsetAttached(PORT), StepSucceeded("run1", 2))
    waits, _ = advance(run, LabelPrinted("run1", 3))
    assert view_of(waits).word == "Scan IMEI"
    same, _ = advance(waits, LabelScanned(TAG))
    assert same.state is State.AWAITING_LABEL
    staged, _ = walk(waits, box(1), LabelScanned(TAG))
    assert staged.state is State.STAGED


def test_a_restart_while_the_run_is_held_is_caught_too() -> None:
    held, _ = advance(waiting(), StepFailed("run1", 2, "not done"))
    away, orders = advance(held, HandsetDetached(PORT))
    assert WatchGap("run1", 1, QR.blink) in orders
    caught, recorded = advance(away, GapEnded("run1", 1))
    assert code_of(caught) is ProblemCode.ENROLMENT_RESTARTED
    assert kinds(recorded) == ["held"]


def test_a_hold_in_the_gap_hides_no_restart() -> None:
    caught, _ = walk(waiting(), HandsetDetached(PORT), RunHeld(A1), GapEnded("run1", 1))
    assert code_of(caught) is ProblemCode.ENROLMENT_RESTARTED


def test_a_restart_is_seen_in_whatever_slot_the_handset_comes_back() -> None:
    plan = replace(PLAN, enrolling=range(1, 2), method=Method.ADB)
    first = with_boot(handset(), "11111111-2222-4333-8444-555555555555")
    other = with_boot(handset(), "99999999-2222-4333-8444-555555555555")
    run, _ = walk(
        StagingRun("run1", A1, PORT, plan), HandsetOnline(PORT, 1),
        HandsetRecognised(PORT, 1, first, "uid1"), box(), StepSucceeded("run1", 1),
        HandsetDetached(PORT),
    )  # fmt: skip
    moved = HandsetReattached(B4, HandsetRecognised(OTHER_PORT, 9, other, "uid1"))
    caught, _ = advance(run, moved)
    assert (caught.slot, code_of(caught)) == (B4, ProblemCode.ENROLMENT_RESTARTED)


def test_a_handset_moved_to_another_slot_for_a_moment_goes_on_there() -> None:
    away, _ = advance(waiting(), HandsetDetached(PORT))
    moved, orders = advance(away, HandsetReattached(B4, replace(met(1), path=OTHER_PORT)))
    assert (moved.slot, moved.state, moved.step) == (B4, State.STAGING, 1)
    assert kinds(orders) == ["held", "held", "resumed"]
    assert isinstance(orders[-1], StartStep)


def test_the_box_scanned_once_more_does_not_mend_a_screen_that_differs() -> None:
    plan = replace(QR, reads_modem=False)
    held, orders = walk(fresh(plan), HandsetAttached(PORT), box(1), box(2))
    assert code_of(held) is ProblemCode.IMEI_MISMATCH
    assert kinds(orders) == ["held"], "who it is nobody knows, that it was is on the record"
    again, _ = advance(held, box(1))
    assert again.state is State.HELD


def test_a_hold_before_a_handset_is_met_gets_it_past_no_trap() -> None:
    plan = replace(PLAN, traps=TRAPS)
    run, _ = walk(StagingRun("run1", A1, PORT, plan), HandsetOnline(PORT, 1), RunHeld(A1))
    strange = CAUGHT[ProblemCode.WRONG_MODEL]
    run, orders = walk(run, HandsetRecognised(PORT, 1, strange, "uid1", at=MET), RunResumed(A1))
    assert (run.state, run.identity) == (State.ATTACHED, None)
    assert orders[-1] == Identify(PORT, 1)
    caught_, _ = advance(run, HandsetRecognised(PORT, 1, strange, "uid1", at=MET))
    assert code_of(caught_) is ProblemCode.WRONG_MODEL


def test_a_screen_without_a_serial_is_the_handset_that_android_names() -> None:
    who = HandsetIdentity(SerialNumber(""), (imei(1),), "", said_by=SaidBy.SCREEN)
    run = walk(fresh(), HandsetAttached(PORT), box(), met(1, who), box(), StepConfirmed(A1, 1))[0]
    known, _ = walk(run, HandsetOnline(PORT, 5), recognised(1, 5))
    assert known.identity == handset()
    by_modem_, _ = walk(run, ModemAnswered(PORT, foreseen(1)), met(1))
    assert by_modem_.identity is not None
    assert by_modem_.identity.serial == handset().serial


def test_an_imei_that_android_leaves_out_is_not_forgotten() -> None:
    both = replace(by_modem(), imeis=(imei(1), imei(500_001)))
    run = walk(fresh(), HandsetAttached(PORT), met(1, both), box(500_001))[0]
    one = replace(handset(), imeis=(imei(1),))
    known, _ = walk(run, HandsetOnline(PORT, 5), HandsetRecognised(PORT, 5, one, "uid1"))
    assert known.identity is not None
    assert known.identity.imeis == (imei(1), imei(500_001))
    assert position(known)["box"] == 2


def test_what_a_modem_said_is_forgotten_with_its_handset() -> None:
    held, _ = walk(waiting(), RunHeld(A1), HandsetDetached(PORT))
    assert held.foreseen is None
    gone, _ = advance(awaiting_scan(), ModemGone(PORT))
    assert gone.foreseen is None


def test_choosing_a_profile_leaves_what_the_handset_asks_for() -> None:
    asks, _ = advance(fresh(PLAN), HandsetUnauthorised(PORT))
    chosen, _ = advance(asks, ProfileChosen(A1, QR.fingerprint))
    assert chosen.plan is QR
    assert chosen.state is State.UNAUTHORISED
    assert view_of(chosen).word == "Tap Allow"


def test_a_handset_without_imei_stays_the_one_that_was_released() -> None:
    held = caught(CAUGHT[ProblemCode.NO_IMEI])
    freed, _ = advance(held, RunResumed(A1))
    nameless = HandsetRecognised(PORT, 1, CAUGHT[ProblemCode.NO_IMEI], "another name", at=MET)
    again, _ = advance(freed, nameless)
    assert (again.state, again.device) == (State.AWAITING_SCAN, "uid1")
    foreign, _ = advance(freed, HandsetRecognised(PORT, 1, handset(2), "uid2", at=MET))
    assert code_of(foreign) is ProblemCode.FOREIGN_HANDSET


def test_a_label_read_back_while_a_handset_is_asked_who_it_is_counts_when_it_has_said_so() -> None:
    plan = replace(PLAN, steps=())
    run = walk(
        StagingRun("run1", A1, PORT, plan), HandsetOnline(PORT, 1), recognised(), box(),
        LabelPrinted("run1", 1), HandsetOnline(PORT, 2),
    )[0]  # fmt: skip
    waits, orders = advance(run, LabelScanned(TAG))
    assert (waits.state, orders) == (State.AWAITING_LABEL, ())
    staged, recorded = advance(waits, recognised(1, 2))
    assert staged.state is State.STAGED
    assert kinds(recorded) == ["staged"]
    foreign, _ = advance(waits, recognised(2, 2))
    assert code_of(foreign) is ProblemCode.FOREIGN_HANDSET
    gone, _ = advance(waits, HandsetDetached(PORT))
    assert gone.read is None
