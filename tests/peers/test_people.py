"""People at a whole bench: badges through a real scanner line, PINs checked beside the work."""

from __future__ import annotations

import asyncio
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bench.custody.people import audit, roster
from bench.custody.people.sign_in import SignInPolicy
from bench.custody.verification import verify_file
from bench.events.access import AccessView
from bench.events.person import HiddenText, PinTyped
from bench.events.views import ScanTone
from bench.onlooker import Onlooker
from bench.problems import ProblemCode, ProblemError
from bench.staging.access import Access
from bench.staging.badges import SHOWN, BadgeFormat
from bench.staging.enrolled import asked
from bench.staging.trainees import Trainee, enrol_trainees
from hardware.simulator.handset import make_handset
from hardware.simulator.mishaps import Mishap
from hardware.simulator.signing_in import BadgeHolder
from hardware.simulator.timing import Timing
from hardware.simulator.training import Exercise, training_equipment
from tests.peers.workbench import Workbench, numbered_layout, open_record, training_bench

PEPPER = bytes(range(32))
ASKING = Access(lambda: PEPPER, SignInPolicy())


def enrolled(folder: Path) -> tuple[Trainee, Trainee]:
    ledger = open_record(folder)
    try:
        return enrol_trainees(ledger, PEPPER, BadgeFormat(), date(2026, 11, 2))
    finally:
        ledger.close()


def who(bench: Workbench) -> AccessView:
    assert bench.shown.access is not None
    return bench.shown.access


async def sign_in(bench: Workbench, trainee: Trainee) -> None:
    answer = await bench.scan(trainee.badge.text)
    assert (answer.text, answer.tone) == (SHOWN, ScanTone.GOOD)
    bench.post(PinTyped(trainee.pin))
    await bench.until(lambda: bool(who(bench).who), "somebody to be signed in")


def tries(bench: Workbench, trainee: Trainee) -> int:
    return asked(bench.ledger, lambda c: roster.person(c, trainee.person)).tries


def faults(folder: Path) -> tuple[audit.Fault, ...]:
    ledger = open_record(folder)
    try:
        return audit.faults(ledger.events(0, 100_000))
    finally:
        ledger.close()


def test_a_handset_is_staged_by_whoever_is_signed_in_and_the_bench_locks_by_itself(
    tmp_path: Path,
) -> None:
    hand, _ = enrolled(tmp_path)
    policy = SignInPolicy(idle_lock=3, pin_wait=2)

    async def day() -> None:
        async with Workbench(tmp_path, access=Access(lambda: PEPPER, policy)) as bench:
            handset = make_handset(1)
            await bench.plug("A1", handset)
            await bench.shows("A1", "Scan IMEI")
            assert (await bench.scan_box(handset)).tone is ScanTone.BAD
            await sign_in(bench, hand)
            await bench.scan_box(handset)
            await bench.finish("A1")
            await bench.until(lambda: not who(bench).who, "the bench to lock by itself")
            (scanned,) = (b for b in bench.record(handset) if b["type"] == "scanned")
            assert scanned["actor"] == {"id": hand.person, "how": "badge+pin"}
            assert bench.record()[-1]["data"]["why"] == "idle"

    asyncio.run(day())
    assert faults(tmp_path) == ()


def test_a_bench_that_ends_signs_out_whoever_is_there(tmp_path: Path) -> None:
    hand, _ = enrolled(tmp_path)

    async def day() -> None:
        async with Workbench(tmp_path, access=ASKING) as bench:
            await sign_in(bench, hand)

    asyncio.run(day())
    ledger = open_record(tmp_path)
    bodies: list[dict[str, Any]] = [json.loads(e.body) for e in ledger.events(0, 100_000)]
    ledger.close()
    closed = bodies[-1]
    assert (closed["type"], closed["actor"]["id"]) == ("session_closed", hand.person)


def test_a_pin_that_is_being_checked_when_the_bench_ends_stays_a_try(tmp_path: Path) -> None:
    hand, _ = enrolled(tmp_path)

    async def day() -> None:
        async with Workbench(tmp_path, access=ASKING) as bench:
            await bench.scan(hand.badge.text)
            bench.post(PinTyped(HiddenText("735281")))
            await bench.until(lambda: tries(bench, hand) == 1, "the try to be counted")

    asyncio.run(day())

    async def next_day() -> None:
        async with Workbench(tmp_path, access=ASKING) as bench:
            await bench.scan(hand.badge.text)
            bench.post(PinTyped(HiddenText("735281")))
            await bench.until(lambda: bool(who(bench).told), "an answer")
            assert "3 tries left" in who(bench).told

    asyncio.run(next_day())


def test_a_bench_where_people_are_enrolled_does_not_run_without_the_pepper(tmp_path: Path) -> None:
    enrolled(tmp_path)

    async def day() -> None:
        async with Workbench(tmp_path, access=Access(policy=SignInPolicy())):
            pass

    with pytest.raises(ProblemError) as refused:
        asyncio.run(day())
    assert refused.value.problem.code is ProblemCode.KEY_UNUSABLE


def test_where_nobody_is_enrolled_the_pepper_is_not_even_asked_for(tmp_path: Path) -> None:
    def no_pepper() -> bytes:
        raise AssertionError("the pepper was asked for")

    async def day() -> None:
        async with Workbench(tmp_path, access=Access(no_pepper, SignInPolicy())) as bench:
            await bench.stage("A1", make_handset(1))
            assert bench.shown.access is None

    asyncio.run(day())


@pytest.mark.parametrize("mishap", [None, Mishap.SCANNER_LOST, Mishap.WRONG_BOX], ids=str)
def test_the_technician_of_an_exercise_signs_in_and_taps_again_when_asked(
    tmp_path: Path, mishap: Mishap | None
) -> None:
    trainees = enrolled(tmp_path)
    holders = tuple(BadgeHolder(each.badge, each.pin) for each in trainees)
    layout = numbered_layout()
    exercise = Exercise(
        ports=layout.ports,
        mishaps=() if mishap is None else (mishap,),
        timing=Timing(answer_s=0.02),
        holders=holders,
    )
    access = Access(lambda: PEPPER, SignInPolicy(tap_holds=0.2))
    seen = Onlooker()
    bench = training_bench(
        tmp_path, layout, lambda: training_equipment(exercise), lambda _: None, access
    )

    async def day() -> None:
        async with asyncio.timeout(60):
            await bench.run(seen.see, lambda _: None)

    asyncio.run(day())
    assert seen.tally.staged == 4
    assert verify_file(tmp_path / "ledger.db").verifies
    assert faults(tmp_path) == ()
