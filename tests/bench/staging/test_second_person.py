"""What takes two persons at the bench, and what the record will not take at all."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from bench.custody.entries import Entry
from bench.custody.people import audit, changes, pin
from bench.custody.people.badge import Badge
from bench.custody.people.changes import Enrolment
from bench.custody.people.pin import Pin
from bench.custody.people.roles import Role
from bench.events.device import HandsetDetached, HandsetIdentified, HandsetIdentity
from bench.events.orders import CustodyKind
from bench.events.person import (
    BenchLocked,
    HiddenText,
    PinWithdrawn,
    RunHeld,
    RunResumed,
    RunVoided,
)
from bench.events.views import Category, ScanTone
from bench.identity.identifiers import Imei
from bench.staging.enrolled import asked
from bench.staging.trainees import Trainee
from tests.bench.staging.bench_talk import handset, imei
from tests.bench.staging.manned import PEPPER, POLICY, Manned, at_a_manned_bench, manned
from tests.bench.staging.workplace import A1, PATHS, Workplace, workplace


async def staged_before(bench: Manned) -> None:
    """Have the technician signed in, before a handset that was staged already."""
    await bench.sign_in(bench.hand)
    bench.bench.stage(1)
    bench.bench.post(HandsetDetached(PATHS[0]))
    bench.bench.plug(1)
    assert bench.bench.slot().word == "Staged before"


def dispatch(bench: Workplace, number: Imei) -> None:
    """Record that the handset was sent away, which nobody at this bench knows."""
    device = bench.ledger.device_by_imei(number)
    assert device is not None
    kinds = (CustodyKind.PACKED, CustodyKind.SEALED, CustodyKind.DISPATCHED)
    bench.ledger.append([Entry(kind, device.ref) for kind in kinds])


async def sent_away(bench: Manned) -> None:
    """Have a handset at the bench that the record has elsewhere, and two who let it be resumed."""
    await bench.sign_in(bench.hand)
    bench.bench.stage(1)
    bench.bench.post(HandsetDetached(PATHS[0]))
    dispatch(bench.bench, imei(1))
    bench.bench.plug(1)
    await sign_off_resuming(bench)


async def sign_off_resuming(bench: Manned) -> None:
    bench.bench.post(RunResumed(A1))
    bench.tap(bench.boss)
    await bench.type(bench.boss.pin)


def last_two(bench: Manned) -> tuple[dict[str, Any], dict[str, Any]]:
    *_, event, sign_off = bench.bodies()
    return event, sign_off


@at_a_manned_bench
async def test_a_handset_staged_before_is_resumed_by_two_in_one_transaction(bench: Manned) -> None:
    await staged_before(bench)
    bench.bench.post(RunResumed(A1))
    assert "takes two persons" in bench.answer.answer
    assert bench.access.purpose == "A1: resumed although staged before"
    assert bench.bench.slot().word == "Staged before"
    bench.tap(bench.boss)
    assert bench.access.asks == "Training supervisor"
    await bench.type(bench.boss.pin)
    event, sign_off = last_two(bench)
    assert (event["type"], event["actor"]["id"]) == ("resumed", bench.hand.person)
    assert event["override"] == "resumed although staged before"
    assert sign_off["type"] == "signed_off"
    assert sign_off["second"] == {"id": bench.boss.person, "how": "badge+pin"}
    assert sign_off["data"]["of"] == [bench.bench.ledger.events(event["seq"] - 1, 1)[0].hash.hex()]
    assert bench.bench.slot().word == "Scan IMEI"
    assert (bench.access.who, bench.access.purpose) == ("Training technician", "")
    bench.bench.scan(imei(1))
    assert bench.kinds()[-1] == ("scanned", "hand")
    assert audit.faults(bench.bench.ledger.events(0, 10_000)) == ()


@at_a_manned_bench
async def test_nobody_signs_off_their_own_and_no_technician_anybodys(bench: Manned) -> None:
    await staged_before(bench)
    bench.bench.post(RunResumed(A1))
    before = bench.bench.ledger.tail()
    bench.tap(bench.hand)
    assert "same person" in bench.answer.answer
    bench.tap(bench.other_hand)
    assert "not a technician's" in bench.answer.answer
    assert bench.access.asks == ""
    assert bench.access.purpose
    assert {kind for kind, _ in bench.kinds()[before.seq :]} == {"person_enrolled"}
    assert bench.bench.slot().word == "Staged before"


@at_a_manned_bench
async def test_a_supervisor_needs_another_supervisor(bench: Manned) -> None:
    await bench.sign_in(bench.boss)
    bench.bench.stage(1)
    bench.bench.post(HandsetDetached(PATHS[0]))
    bench.bench.plug(1)
    bench.bench.post(RunResumed(A1))
    bench.tap(bench.boss)
    assert "same person" in bench.answer.answer
    bench.tap(bench.other_boss)
    await bench.type(bench.other_boss.pin)
    assert bench.bench.slot().word == "Scan IMEI"


@at_a_manned_bench
async def test_two_handsets_of_one_imei_are_let_go_on_by_two(bench: Manned) -> None:
    await bench.sign_in(bench.hand)
    bench.bench.plug(1, PATHS[0])
    bench.bench.scan(imei(1))
    twin = HandsetIdentity(handset(2).serial, handset(1).imeis, "SM-A325F")
    bench.bench.plug(2, PATHS[1], twin)
    assert bench.bench.slot(A1).word == "Duplicate IMEI"
    bench.bench.post(HandsetDetached(PATHS[1]))
    await sign_off_resuming(bench)
    bench.bench.post(HandsetIdentified(PATHS[0], 1, handset(1)))
    assert bench.bench.slot(A1).word == "Scan IMEI"
    assert bench.bodies()[-1]["type"] == "signed_off"


@at_a_manned_bench
async def test_the_technician_alone_may_void_it(bench: Manned) -> None:
    await staged_before(bench)
    bench.bench.post(RunVoided(A1, "set aside"))
    assert bench.kinds()[-1] == ("voided", "hand")


@at_a_manned_bench
async def test_a_wrong_pin_of_the_second_person_lets_nothing_go_on(bench: Manned) -> None:
    await staged_before(bench)
    bench.bench.post(RunResumed(A1))
    bench.tap(bench.boss)
    for _ in range(4):
        await bench.type(bench.wrong(bench.boss))
    assert "1 tries left" in bench.access.told
    await bench.type(bench.wrong(bench.boss))
    assert "locked out" in bench.access.told
    assert (bench.access.asks, bench.access.role) == ("", "technician")
    assert bench.bench.slot().word == "Staged before"


@at_a_manned_bench
async def test_a_sign_off_that_is_left_or_comes_too_late_changes_nothing(bench: Manned) -> None:
    await staged_before(bench)
    bench.bench.post(RunResumed(A1))
    bench.bench.post(PinWithdrawn())
    assert bench.access.purpose == ""
    bench.bench.post(RunResumed(A1))
    bench.tap(bench.boss)
    bench.pass_time(31)
    assert (bench.access.asks, bool(bench.access.purpose)) == ("", True)
    bench.tap(bench.boss)
    bench.bench.post(HandsetDetached(PATHS[0]))
    bench.bench.plug(2)
    await bench.type(bench.boss.pin)
    assert "not possible now" in bench.answer.answer
    assert bench.bench.slot().word == "Scan IMEI"


@at_a_manned_bench
async def test_what_waits_is_dropped_with_whoever_asked_for_it(bench: Manned) -> None:
    await staged_before(bench)
    bench.bench.post(RunResumed(A1), BenchLocked())
    assert bench.access.purpose == ""
    await bench.sign_in(bench.boss)
    assert bench.access.role == "supervisor"
    assert bench.bench.slot().word == "Staged before"


@at_a_manned_bench
async def test_a_run_that_cannot_be_resumed_asks_nobody(bench: Manned) -> None:
    await bench.sign_in(bench.hand)
    bench.bench.plug(1, PATHS[0])
    bench.bench.scan(imei(1))
    twin = HandsetIdentity(handset(2).serial, handset(1).imeis, "SM-A325F")
    bench.bench.plug(2, PATHS[1], twin)
    bench.bench.post(HandsetDetached(PATHS[0]), RunResumed(A1))
    assert "not possible now" in bench.answer.answer
    assert bench.access.purpose == ""


@at_a_manned_bench
async def test_a_box_that_the_record_has_elsewhere_is_scanned_by_two(bench: Manned) -> None:
    await sent_away(bench)
    bench.bench.scan(imei(1))
    assert (bench.answer.text, bench.answer.tone) == (str(imei(1)), ScanTone.BAD)
    assert "elsewhere" in bench.answer.answer
    assert bench.bench.views[-1].problems == ()
    assert bench.access.purpose == "A1: scanned while dispatched"
    bench.tap(bench.boss)
    await bench.type(bench.boss.pin)
    event, sign_off = last_two(bench)
    assert (event["type"], event["override"]) == ("scanned", "scanned while dispatched")
    assert (sign_off["type"], sign_off["second"]["id"]) == ("signed_off", bench.boss.person)
    assert bench.bench.slot().category is Category.WORKING


def test_a_box_that_the_record_has_elsewhere_is_refused_once_in_training(tmp_path: Path) -> None:
    with workplace(tmp_path) as bench:
        bench.stage(1)
        bench.post(HandsetDetached(PATHS[0]))
        dispatch(bench, imei(1))
        bench.plug(1)
        bench.post(RunResumed(A1))
        bench.scan(imei(1))
        view = bench.views[-1]
        assert view.scan is not None
        assert (view.scan.text, view.scan.tone) == (str(imei(1)), ScanTone.BAD)
        assert "elsewhere" in view.scan.answer
        assert view.problems == ()
        bench.plug(2, PATHS[1])
        bench.scan(imei(2))
        assert bench.views[-1].scan is not view.scan
        assert len(bench.steps()) == 3


def test_in_training_without_proof_a_technician_resumes_alone(tmp_path: Path) -> None:
    async def day() -> None:
        async with manned(tmp_path, replace(POLICY, proof_needed=False)) as bench:
            await staged_before(bench)
            bench.bench.post(RunResumed(A1))
            assert bench.bench.slot().word == "Scan IMEI"
            assert "signed_off" not in [kind for kind, _ in bench.kinds()]

    asyncio.run(day())


def auditor(bench: Manned) -> Trainee:
    ledger, badge = bench.bench.ledger, Badge.parse("04A2000000000A")
    encoded = pin.encode(Pin.parse("482915"), PEPPER)
    enrolment = Enrolment("Training auditor", Role.AUDITOR, badge, encoded)
    change = asked(ledger, lambda c: changes.enrol(c, enrolment, PEPPER, date(2026, 11, 2)))
    ledger.append(change.entries, by=bench.boss.signed_in, besides=change.write)
    shown = HiddenText(f"BADGE:{badge.uid}")
    return Trainee(enrolment.person, Role.AUDITOR, shown, HiddenText("482915"))


@at_a_manned_bench
async def test_an_auditor_who_is_signed_in_stages_nothing(bench: Manned) -> None:
    who = auditor(bench)
    bench.bench.plug(1)
    await bench.sign_in(who)
    bench.bench.scan(imei(1))
    assert "may not do that" in bench.answer.answer
    assert bench.bench.slot().word == "Scan IMEI"
    bench.bench.post(RunHeld(A1))
    assert "may not do that" in bench.answer.answer
    bench.bench.post(HandsetDetached(PATHS[0]))
    assert bench.bench.slot().category is Category.EMPTY


@at_a_manned_bench
async def test_what_hardware_does_is_never_an_auditors(bench: Manned) -> None:
    await bench.sign_in(bench.hand)
    bench.bench.plug(1)
    bench.bench.scan(imei(1))
    await bench.sign_in(auditor(bench))
    bench.bench.post(HandsetDetached(PATHS[0]))
    assert bench.kinds()[-1] == ("held", "bench")
    assert audit.faults(bench.bench.ledger.events(0, 10_000)) == ()
