"""Every way into management at a whole bench, and what goes wrong on the way there."""

from __future__ import annotations

from bench.events.person import RunResumed
from bench.identity.identifiers import SlotCode
from bench.problems import ProblemCode
from hardware.simulator.faults import HangShell, RestartWhileEnrolling
from hardware.simulator.intune.devices import ManagedDevice
from hardware.simulator.intune.faults import Refuse
from hardware.simulator.training_ground import FULLY_MANAGED, STAGED
from hardware.simulator.wizard.stages import Stage
from tests.peers.enrolment.enrolment_bench import METHODS, EnrolmentBench, at_an_enrolment_bench


@at_an_enrolment_bench
async def test_every_way_into_management_is_staged(bench: EnrolmentBench) -> None:
    by_code, over_adb, by_knox, staged, by_google = [await bench.enrol(slot) for slot in METHODS]
    for slot in METHODS:
        await bench.finish(slot)
        assert "enrolled" in bench.kinds(bench.handsets[slot])
    for each in (by_code, by_knox, by_google):
        assert bench.intune.devices[each.serial].compliance == "compliant"
    assert bench.intune.devices[staged.serial].name.startswith("Staging_")
    assert over_adb.device_owner == "org.example.training/.AdminReceiver"


@at_an_enrolment_bench
async def test_a_code_that_was_taken_needs_no_confirming_and_a_blink_holds_nothing(
    bench: EnrolmentBench,
) -> None:
    handset = await bench.begin("A1")
    await bench.hold_camera("A1")
    await bench.finish("A1")
    assert "held" not in bench.kinds(handset)


@at_an_enrolment_bench
async def test_handsets_that_were_not_uploaded_are_held_before_they_are_set_up(
    bench: EnrolmentBench,
) -> None:
    bench.ground.hand_in("knox", f"{bench.handsets['A5'].imeis[0]}\r\n".encode())
    for slot in ("A3", "A5"):  # what Knox was told of, zero-touch was not
        await bench.begin(slot)
        await bench.until(lambda at=slot: bench.problem(at) is ProblemCode.NOT_LISTED, "a hold")  # type: ignore[misc]
        assert bench.wizard(slot).stage is Stage.WELCOME


async def stay_held(bench: EnrolmentBench, *slots: str) -> None:
    """Wait until handsets are held as restarted; back at their home screens they are still."""
    wanted = {ProblemCode.ENROLMENT_RESTARTED}
    await bench.until(lambda: {bench.problem(slot) for slot in slots} == wanted, "them to be held")
    home = {Stage.HOME}
    await bench.until(lambda: {bench.wizard(slot).stage for slot in slots} == home, "their return")
    await bench.settle(0.6)
    assert {bench.problem(slot) for slot in slots} == wanted
    assert bench.labels() == []


@at_an_enrolment_bench
async def test_a_restart_in_the_middle_is_caught_whatever_the_service_says(
    bench: EnrolmentBench,
) -> None:
    listed = {"A1": True, "A3": True, "A4": False}
    for slot, is_listed in listed.items():
        bench.handsets[slot].faults.add(RestartWhileEnrolling(once=True, is_listed=is_listed))
        await bench.enrol(slot)
    await stay_held(bench, *listed)


@at_an_enrolment_bench
async def test_a_restart_is_caught_of_a_handset_that_the_service_lists_as_staged(
    bench: EnrolmentBench,
) -> None:
    bench.handsets["A4"].faults.add(RestartWhileEnrolling(once=True))
    await bench.enrol("A4")
    await stay_held(bench, "A4")


@at_an_enrolment_bench
async def test_a_restart_while_an_owner_is_set_is_caught_by_the_handsets_next_start(
    bench: EnrolmentBench,
) -> None:
    handset = bench.handsets["A2"]
    handset.faults.add(HangShell(word="set-device-owner", once=True))
    await bench.begin("A2")
    await bench.until_asked(handset, "set-device-owner")
    await bench.restart("A2")
    held = ProblemCode.ENROLMENT_RESTARTED
    await bench.until(lambda: bench.problem("A2") is held, "it to be held as restarted")
    assert bench.slots["A2"].word == "Looks enrolled"
    await bench.settle()
    assert (bench.problem("A2"), handset.device_owner, bench.labels()) == (held, None, [])


async def staged_reset_and_begun_anew(bench: EnrolmentBench) -> ManagedDevice:
    """Return what the service has of the handset from before its reset."""
    handset = await bench.enrol("A1")
    await bench.finish("A1")
    await bench.unplug("A1")
    await bench.reset("A1")
    await bench.plug("A1", handset)
    await bench.shows("A1", "Staged before")
    bench.post(RunResumed(SlotCode.parse("A1")))
    await bench.shows("A1", "Scan IMEI")
    await bench.scan_box(handset)
    return bench.intune.devices[handset.serial]


@at_an_enrolment_bench
async def test_an_entry_from_before_a_reset_passes_no_handset_that_is_staged_anew(
    bench: EnrolmentBench,
) -> None:
    before = await staged_reset_and_begun_anew(bench)
    await bench.until(lambda: bench.slots["A1"].code is not None, "a code")
    await bench.settle(0.6)
    assert (bench.slots["A1"].step, bench.slots["A1"].word) == (1, "Show code")
    bench.confirm("A1")
    await bench.settle(0.6)
    assert (bench.slots["A1"].step, len(bench.labels())) == (2, 1)
    assert bench.intune.devices[before.serial] == before
    assert before.compliance == "compliant", "and so it was all the time"


@at_an_enrolment_bench
async def test_a_handset_that_is_reset_and_enrolled_anew_passes_by_its_new_entry(
    bench: EnrolmentBench,
) -> None:
    before = await staged_reset_and_begun_anew(bench)
    await bench.hold_camera("A1")
    await bench.finish("A1")
    after = bench.intune.devices[before.serial]
    assert (after.id != before.id, after.compliance) == (True, "compliant")


@at_an_enrolment_bench
async def test_a_token_that_is_revoked_while_its_code_is_shown_is_said_on_the_handset(
    bench: EnrolmentBench,
) -> None:
    await bench.begin("A1")
    await bench.until(lambda: bench.slots["A1"].code is not None, "a code")
    bench.intune.revoke(FULLY_MANAGED)
    await bench.hold_camera("A1")
    await bench.tells("A1", "the token was revoked")
    assert bench.handsets["A1"].serial not in bench.intune.devices
    assert bench.labels() == []


@at_an_enrolment_bench
async def test_a_network_that_is_away_while_waiting_is_waited_for(bench: EnrolmentBench) -> None:
    network = bench.now.network
    await bench.begin("A1")
    network.reaches_out = False
    await bench.hold_camera("A1")
    bench.confirm("A1")
    await bench.tells("A1", "Can't reach the server")
    network.reaches_out = True
    await bench.finish("A1")


@at_an_enrolment_bench
async def test_a_network_that_never_associates_keeps_the_handset_from_being_staged(
    bench: EnrolmentBench,
) -> None:
    bench.now.network.associates = False
    await bench.begin("A1")
    await bench.hold_camera("A1")
    bench.confirm("A1")
    await bench.tells("A1", "Connecting to Wi-Fi")
    await bench.settle(0.3)
    assert (bench.slots["A1"].step, bench.labels()) == (2, [])
    bench.now.network.associates = True
    await bench.finish("A1")


@at_an_enrolment_bench
async def test_a_service_that_is_busy_is_asked_again(bench: EnrolmentBench) -> None:
    bench.hand_in("A3")
    await bench.begin("A3")
    for fault in (Refuse(429, retry_after=0), Refuse(503)):
        bench.intune.faults.add(fault, "*managedDevices*")
    bench.join("A3")
    await bench.finish("A3")
    assert len(bench.intune.faults) == 0


@at_an_enrolment_bench
async def test_a_handset_that_is_reset_in_the_middle_is_not_staged(bench: EnrolmentBench) -> None:
    bench.now.network.reaches_out = False
    await bench.begin("A1")
    await bench.hold_camera("A1")
    bench.confirm("A1")
    await bench.tells("A1", "Can't reach the server")
    bench.wizard("A1").reset()
    await bench.until(lambda: bench.problem("A1") is ProblemCode.ENROLMENT_RESTARTED, "a hold")
    assert bench.labels() == []


@at_an_enrolment_bench
async def test_anothers_box_holds_a_handset_that_no_step_has_touched(bench: EnrolmentBench) -> None:
    await bench.plug("A4", bench.handsets["A4"])
    await bench.shows("A4", "Scan IMEI")
    await bench.scan("SLOT-A4")
    await bench.scan(bench.handsets["A1"].imeis[0])
    await bench.until(lambda: bench.problem("A4") is ProblemCode.IMEI_MISMATCH, "a hold")
    assert [name for name, _ in bench.slots["A4"].identities] == ["box", "handset", "label"]
    assert bench.slots["A4"].code is None


@at_an_enrolment_bench
async def test_a_handset_set_up_by_hand_is_never_managed(bench: EnrolmentBench) -> None:
    await bench.begin("A1")
    await bench.until(lambda: bench.slots["A1"].code is not None, "a code")
    assert bench.wizard("A1").set_up_by_hand("somebody@mail.example")
    bench.confirm("A1")
    await bench.settle(0.4)
    assert bench.slots["A1"].step == 2
    assert bench.labels() == []


@at_an_enrolment_bench
async def test_no_secret_is_in_the_record_or_in_what_is_shown(bench: EnrolmentBench) -> None:
    secrets = [bench.ground.password.text]
    secrets += [bench.intune.token(name) for name in (FULLY_MANAGED, STAGED)]
    await bench.begin("A1")
    view = await bench.hold_camera("A1")
    await bench.finish("A1")
    await bench.begin("A2")
    await bench.finish("A2")
    kept = (bench.folder / "ledger.db").read_bytes() + repr([view, bench.record()]).encode()
    assert [secret for secret in secrets if secret.encode() in kept] == []
