"""Who acts at the bench: nothing is done before somebody signed in, and all of it is theirs."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from bench.custody.people import audit
from bench.custody.people.sign_in import SignInPolicy
from bench.events.device import HandsetDetached
from bench.events.person import (
    BenchLocked,
    HiddenText,
    PinTyped,
    PinWithdrawn,
    RunHeld,
    RunVoided,
    TextScanned,
)
from bench.events.views import Category, ScanTone
from bench.events.work import StepSucceeded
from bench.problems import ProblemCode
from bench.staging.badges import SHOWN
from bench.staging.sign_in_rules import SignInRules
from tests.bench.staging.bench_talk import imei
from tests.bench.staging.manned import PEPPER, POLICY, Manned, at_a_manned_bench, manned
from tests.bench.staging.test_station import FullDisk
from tests.bench.staging.workplace import A1, PATHS, workplace


@at_a_manned_bench
async def test_before_anybody_signs_in_no_scan_and_no_decision_is_taken(bench: Manned) -> None:
    bench.bench.plug(1)
    before = bench.bench.ledger.tail()
    bench.bench.scan(imei(1))
    assert bench.answer.text == str(imei(1))
    assert "Nobody is signed in" in bench.answer.answer
    for fact in (RunHeld(A1), RunVoided(A1, "wet")):
        bench.bench.post(fact)
        assert "Nobody is signed in" in bench.answer.answer
    assert bench.bench.ledger.tail() == before
    assert bench.bench.slot().word == "Scan IMEI"


@at_a_manned_bench
async def test_whoever_signed_in_is_who_acts(bench: Manned) -> None:
    bench.bench.plug(1)
    await bench.sign_in(bench.hand)
    assert (bench.access.who, bench.access.role) == ("Training technician", "technician")
    bench.bench.scan(imei(1))
    assert bench.kinds()[-2:] == [("session_opened", "hand"), ("scanned", "hand")]
    assert bench.bodies()[-1]["actor"]["how"] == "badge+pin"


@at_a_manned_bench
async def test_what_hardware_does_is_the_benchs_while_nobody_is_signed_in(bench: Manned) -> None:
    bench.bench.plug(1)
    await bench.sign_in(bench.hand)
    bench.bench.scan(imei(1))
    step = bench.bench.steps()[-1]
    bench.bench.post(StepSucceeded(step.run, step.ticket))
    assert bench.kinds()[-1] == ("step_finished", "hand")
    bench.bench.post(BenchLocked(), HandsetDetached(PATHS[0]))
    assert bench.kinds()[-2:] == [("session_closed", "hand"), ("held", "bench")]


@at_a_manned_bench
async def test_neither_badge_nor_pin_is_shown_recorded_or_logged(bench: Manned) -> None:
    logging.getLogger().setLevel(logging.DEBUG)
    bench.bench.plug(1)
    await bench.sign_in(bench.hand)
    bench.bench.scan("BADGE:nobody's badge")
    await bench.type(bench.hand.pin)
    everything = bench.text_of_everything()
    assert bench.hand.badge.text.removeprefix("BADGE:") not in everything
    assert bench.hand.pin.text not in everything
    assert "nobody's" not in everything
    assert SHOWN in everything


def test_no_fact_says_in_its_repr_what_was_scanned_or_typed() -> None:
    facts = (TextScanned("BADGE:04A2", "Scanner"), PinTyped(HiddenText("482915")))
    for fact in facts:
        assert "04A2" not in repr(fact)
        assert "4829" not in f"{fact} {fact!r}"


@at_a_manned_bench
async def test_a_wrong_pin_says_how_many_tries_are_left_and_the_fifth_locks(bench: Manned) -> None:
    bench.tap(bench.hand)
    assert bench.access.asks == "Training technician"
    for left in (4, 3, 2, 1):
        await bench.type(bench.wrong(bench.hand))
        assert f"{left} tries left" in bench.access.told
        assert bench.answer.tone is ScanTone.BAD
    await bench.type(bench.wrong(bench.hand))
    assert "locked out" in bench.access.told
    assert bench.access.asks == ""
    assert bench.kinds()[-1] == ("person_changed", "bench")
    bench.tap(bench.hand)
    assert "locked out" in bench.answer.answer
    assert bench.access.asks == ""


@at_a_manned_bench
async def test_what_cannot_be_a_pin_costs_no_try(bench: Manned) -> None:
    bench.tap(bench.hand)
    for typed in ("", "12345", "1234567890123", "48291a", "\uff14\uff18\uff12\uff19\uff11\uff15"):
        await bench.type(typed)
        assert "6 to 12 digits" in bench.access.told
    await bench.type(bench.wrong(bench.hand))
    assert "4 tries left" in bench.access.told


@at_a_manned_bench
async def test_a_pin_without_a_badge_and_a_second_pin_at_once_do_nothing(bench: Manned) -> None:
    await bench.type(bench.hand.pin)
    assert bench.access.who == ""
    bench.tap(bench.hand)
    bench.bench.post(PinTyped(HiddenText(bench.wrong(bench.hand))))
    await bench.type(bench.hand.pin)
    assert "4 tries left" in bench.access.told


@at_a_manned_bench
async def test_a_question_that_is_left_changes_nothing(bench: Manned) -> None:
    bench.tap(bench.hand)
    bench.bench.post(PinWithdrawn())
    assert (bench.access.asks, bench.access.who) == ("", "")
    await bench.type(bench.hand.pin)
    assert bench.access.who == ""
    await bench.sign_in(bench.hand)
    bench.tap(bench.boss)
    bench.bench.post(PinWithdrawn())
    assert (bench.access.asks, bench.access.role) == ("", "technician")


@at_a_manned_bench
async def test_a_badge_of_nobody_is_refused_and_changes_nothing(bench: Manned) -> None:
    for text in ("BADGE:04AAAAAAAAAAAA", "badge:04aaaaaaaaaaaa", "BADGE:", "]C0BADGE:#"):
        bench.bench.scan(text)
        assert (bench.answer.text, bench.answer.tone) == (SHOWN, ScanTone.BAD)
        assert "belongs to nobody" in bench.answer.answer
    assert bench.access.asks == ""


@at_a_manned_bench
async def test_custody_changes_hands_only_after_a_fresh_tap(bench: Manned) -> None:
    bench.bench.plug(1)
    await bench.sign_in(bench.hand)
    bench.pass_time(61)
    bench.bench.scan("SLOT-A1")
    bench.bench.scan(imei(1))
    assert "Tap your badge again" in bench.answer.answer
    assert bench.bench.slot().word == "Scan IMEI"
    bench.tap(bench.hand)
    assert bench.answer.tone is ScanTone.GOOD
    bench.bench.scan(imei(1))
    assert bench.bench.slot().category is Category.WORKING


@at_a_manned_bench
async def test_what_moves_no_custody_needs_no_fresh_tap(bench: Manned) -> None:
    bench.bench.plug(1)
    await bench.sign_in(bench.hand)
    bench.pass_time(61)
    bench.bench.post(RunHeld(A1))
    assert bench.kinds()[-1] == ("held", "hand")


@at_a_manned_bench
async def test_a_slot_that_was_chosen_stays_chosen_over_the_tap(bench: Manned) -> None:
    bench.bench.plug(1, PATHS[0])
    bench.bench.plug(2, PATHS[1])
    await bench.sign_in(bench.hand)
    bench.pass_time(61)
    bench.bench.scan("SLOT-A1")
    bench.bench.scan(imei(2))
    bench.tap(bench.hand)
    bench.bench.scan(imei(2))
    held = bench.bench.slot(A1).problem
    assert held is not None
    assert held.code is ProblemCode.IMEI_MISMATCH


@at_a_manned_bench
async def test_a_bench_that_is_left_alone_locks_after_its_time(bench: Manned) -> None:
    await bench.sign_in(bench.hand)
    bench.pass_time(299)
    assert bench.access.who
    bench.pass_time(2)
    assert (bench.access.who, bench.kinds()[-1]) == ("", ("session_closed", "hand"))
    assert bench.bodies()[-1]["data"]["why"] == "idle"
    assert "nobody did anything" in bench.access.told


@at_a_manned_bench
async def test_work_keeps_the_bench_open_and_somebody_elses_badge_does_not(bench: Manned) -> None:
    bench.bench.plug(1)
    await bench.sign_in(bench.hand)
    bench.pass_time(200)
    bench.bench.scan("SLOT-A1")
    bench.pass_time(200)
    assert bench.access.who
    for _ in range(4):
        bench.tap(bench.boss)
        bench.pass_time(28)
    assert bench.access.who == ""


@at_a_manned_bench
async def test_a_pin_is_waited_for_only_a_while_also_after_a_long_pause(bench: Manned) -> None:
    bench.pass_time(10_000)
    bench.tap(bench.hand)
    bench.pass_time(29)
    assert bench.access.asks
    bench.pass_time(2)
    assert bench.access.asks == ""
    assert "No PIN came" in bench.access.told


@at_a_manned_bench
async def test_another_badge_and_its_pin_switch_at_once(bench: Manned) -> None:
    bench.bench.plug(1)
    await bench.sign_in(bench.hand)
    bench.tap(bench.other_hand)
    bench.bench.scan(imei(1))
    assert "Nobody is signed in" in bench.answer.answer
    await bench.type(bench.other_hand.pin)
    assert bench.kinds()[-2:] == [("session_closed", "hand"), ("session_opened", "other hand")]
    bench.bench.scan(imei(1))
    assert bench.kinds()[-1] == ("scanned", "other hand")


@at_a_manned_bench
async def test_the_record_of_the_day_is_in_order_for_an_auditor(bench: Manned) -> None:
    await bench.sign_in(bench.hand)
    bench.bench.stage(1)
    bench.bench.post(BenchLocked())
    events = bench.bench.ledger.events(0, 10_000)
    assert audit.faults(events) == ()


@at_a_manned_bench
async def test_a_full_disk_keeps_nobody_signed_in(bench: Manned) -> None:
    bench.bench.plug(1)
    await bench.sign_in(bench.hand)
    bench.bench.ledger.__class__ = FullDisk
    FullDisk.full = True
    bench.bench.post(BenchLocked())
    assert bench.access.who == ""
    assert [p.code for p in bench.bench.views[-1].problems] == [ProblemCode.LEDGER_FULL]
    FullDisk.full = False
    bench.pass_time(1)
    assert bench.kinds()[-1] == ("session_closed", "hand")
    assert bench.bench.views[-1].problems == ()
    await bench.sign_in(bench.other_hand)
    assert bench.kinds()[-1] == ("session_opened", "other hand")


@at_a_manned_bench
async def test_a_badge_scanned_while_the_disk_is_full_is_not_shown(bench: Manned) -> None:
    await bench.sign_in(bench.hand)
    bench.bench.plug(1)
    bench.bench.scan(imei(1))
    bench.bench.ledger.__class__ = FullDisk
    FullDisk.full = True
    step = bench.bench.steps()[-1]
    bench.bench.post(StepSucceeded(step.run, step.ticket))
    bench.tap(bench.boss)
    assert (bench.answer.text, bench.answer.tone) == (SHOWN, ScanTone.BAD)
    bench.bench.post(BenchLocked())
    assert bench.access.who == ""
    FullDisk.full = False


def test_who_is_signed_in_at_the_end_is_signed_out_in_the_record(tmp_path: Path) -> None:
    async def day() -> None:
        async with manned(tmp_path) as bench:
            await bench.sign_in(bench.hand)
            bench.bench.station.close()
            assert bench.kinds()[-1] == ("session_closed", "hand")
            before = bench.bench.ledger.tail()
            bench.bench.station.close()
            assert bench.bench.ledger.tail() == before

    asyncio.run(day())


def test_in_training_nobody_has_to_sign_in_and_whoever_does_is_who_acts(tmp_path: Path) -> None:
    async def day() -> None:
        async with manned(tmp_path, replace(POLICY, proof_needed=False)) as bench:
            bench.bench.plug(1, PATHS[0])
            bench.bench.scan(imei(1))
            assert bench.kinds()[-1] == ("scanned", "technician")
            assert bench.access.needed is False
            await bench.sign_in(bench.hand)
            bench.pass_time(100)
            bench.bench.plug(2, PATHS[1])
            bench.bench.scan(imei(2))
            assert bench.kinds()[-1] == ("scanned", "hand")

    asyncio.run(day())


def test_where_nobody_is_enrolled_nothing_of_it_is_shown_not_even_a_badge(tmp_path: Path) -> None:
    with workplace(tmp_path) as bench:
        bench.scan("BADGE:04A21BFFCCDDEE")
        view = bench.views[-1]
        assert view.access is None
        assert view.scan is not None
        assert (view.scan.text, view.scan.tone) == (SHOWN, ScanTone.BAD)
        bench.post(BenchLocked(), PinWithdrawn(), PinTyped(HiddenText("482915")))
        bench.station.mind_time()
        assert bench.ledger.counts().events == 2


@pytest.mark.parametrize(
    "policy",
    [SignInPolicy(idle_lock=20, pin_wait=30), SignInPolicy(pin_wait=0), SignInPolicy(tap_holds=0)],
)
def test_times_that_make_no_sense_are_refused(policy: SignInPolicy) -> None:
    with pytest.raises(ValueError, match="Wait for a PIN"):
        SignInRules(policy, pepper=PEPPER)
