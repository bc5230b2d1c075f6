"""A handset may be pulled out of its slot at any moment; what it was in the middle of is known."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bench.events.person import RunHeld, RunResumed, RunVoided
from bench.events.views import Category
from bench.identity.identifiers import SlotCode
from bench.problems import ProblemCode
from bench.staging.run import State
from hardware.simulator.faults import HangShell
from hardware.simulator.handset import SimulatedHandset, make_handset
from tests.peers.workbench import Workbench, at_the_bench, stuck_handset

A1 = SlotCode("A", 1)


@dataclass(frozen=True)
class Case:
    """What the slot shows in a state, when unplugged, and when plugged in again; and the record."""

    shown: str
    unplugged: str
    recorded: tuple[str, ...]
    again: str


CASES = {
    State.ATTACHED: Case("Attached", "Empty", (), "Scan IMEI"),
    State.UNAUTHORISED: Case("Tap Allow", "Empty", (), "Tap Allow"),
    State.AWAITING_SCAN: Case("Scan IMEI", "Empty", (), "Scan IMEI"),
    State.STAGING: Case("Step 2/5", "Unplugged", ("held",), "Scan label"),
    State.LABELLING: Case("Printing", "Unplugged", ("held",), "Printing"),
    State.AWAITING_LABEL: Case("Scan label", "Unplugged", ("held",), "Scan label"),
    State.STAGED: Case("Done", "Empty", ("taken_out",), "Staged before"),
    State.HELD: Case("On hold", "On hold", (), "On hold"),
    State.VOIDED: Case("Void", "Empty", ("taken_out",), "Scan IMEI"),
}
HELD_CASES = [State.STAGING, State.LABELLING, State.AWAITING_LABEL, State.HELD]


def handset_for(state: State) -> SimulatedHandset:
    match state:
        case State.ATTACHED:
            return make_handset(1, faults=[HangShell(word="getprop", once=True)])
        case State.UNAUTHORISED:
            return make_handset(1, secure=True)
        case State.STAGING | State.HELD | State.VOIDED:
            return stuck_handset(1)
        case _:
            return make_handset(1)


async def bring(bench: Workbench, state: State) -> SimulatedHandset:
    """Bring a handset in A1 into that state."""
    handset = handset_for(state)
    if state is State.LABELLING:
        bench.printer.paper_out = True
    if state in (State.ATTACHED, State.UNAUTHORISED, State.AWAITING_SCAN):
        await bench.plug("A1", handset)
    elif state is State.STAGED:
        await bench.stage("A1", handset)
    else:
        await bench.take_in("A1", handset)
    match state:
        case State.ATTACHED:
            await bench.until_asked(handset, "getprop")
        case State.STAGING:
            await bench.until_asked(handset, "stayon")
        case State.HELD:
            await bench.until_asked(handset, "stayon")
            bench.post(RunHeld(A1))
        case State.VOIDED:
            await bench.until_asked(handset, "stayon")
            bench.post(RunVoided(A1, "set aside"))
    await bench.shows("A1", CASES[state].shown)
    return handset


@pytest.mark.parametrize("state", CASES, ids=str)
@at_the_bench
async def test_a_handset_unplugged_in_any_state_is_shown_recorded_and_taken_again(
    bench: Workbench, state: State
) -> None:
    case = CASES[state]
    handset = await bring(bench, state)
    before = bench.kinds(handset)
    await bench.unplug("A1")
    view = await bench.shows("A1", case.unplugged)
    assert bench.kinds(handset) == [*before, *case.recorded]
    if case.unplugged == "Unplugged":
        assert (view.category, bench.problem("A1")) == (Category.HELD, ProblemCode.UNPLUGGED)
    if state is State.HELD:
        await bench.settle()
    await bench.plug("A1", handset)
    await bench.shows("A1", case.again)


async def finish_held(bench: Workbench, slot: str, state: State) -> None:
    if state is State.HELD:
        await bench.shows(slot, "On hold")
        await bench.until(lambda: can_resume(bench, slot), "the handset to answer")
    bench.printer.paper_out = False
    await bench.finish(slot)


def can_resume(bench: Workbench, slot: str) -> bool:
    bench.post(RunResumed(SlotCode.parse(slot)))
    return bench.slots[slot].word != "On hold"


@pytest.mark.parametrize("state", HELD_CASES, ids=str)
@pytest.mark.parametrize("slot", ["A1", "B2"])
@at_the_bench
async def test_a_held_run_goes_on_in_whatever_slot_its_handset_comes_back(
    bench: Workbench, state: State, slot: str
) -> None:
    handset = await bring(bench, state)
    await bench.unplug("A1")
    await bench.shows("A1", CASES[state].unplugged)
    await bench.plug(slot, handset)
    await finish_held(bench, slot, state)
    if slot != "A1":
        await bench.shows("A1", "Empty")
    kinds = bench.kinds(handset)
    assert (kinds.count("label_queued"), kinds.count("staged")) == (1, 1)
    assert bench.labels() == ["SIM-000001"]


@at_the_bench
async def test_a_label_that_comes_out_while_its_handset_is_away_is_not_printed_again(
    bench: Workbench,
) -> None:
    handset = await bring(bench, State.LABELLING)
    await bench.unplug("A1")
    await bench.shows("A1", "Unplugged")
    bench.printer.paper_out = False
    await bench.until(lambda: bench.kinds(handset)[-1] == "labelled", "the label")
    await bench.plug("A1", handset)
    await bench.finish("A1")
    assert bench.labels() == ["SIM-000001"]


@pytest.mark.parametrize("state", HELD_CASES, ids=str)
@at_the_bench
async def test_a_foreign_handset_on_a_held_slot_is_refused_and_the_run_waits_for_its_own(
    bench: Workbench, state: State
) -> None:
    handset, foreign = await bring(bench, state), make_handset(2)
    await bench.unplug("A1")
    await bench.shows("A1", CASES[state].unplugged)
    recorded = bench.kinds(handset)
    await bench.plug("A1", foreign)
    await bench.until(
        lambda: bench.problem("A1") is ProblemCode.FOREIGN_HANDSET, "a foreign handset refused"
    )
    bench.post(RunResumed(A1))
    answer = await bench.scan_box(foreign)
    await bench.settle()
    assert answer.tone == "bad"
    assert bench.slots["A1"].imei_tail == handset.imeis[0][-4:]
    assert (bench.kinds(handset), bench.kinds(foreign)) == (recorded, [])
    assert not any("svc" in line for line in foreign.log)
    await bench.unplug("A1")
    await bench.plug("A1", handset)
    await finish_held(bench, "A1", state)


@at_the_bench
async def test_a_held_run_leaves_the_slot_that_a_foreign_handset_took(bench: Workbench) -> None:
    handset, foreign = await bring(bench, State.STAGING), make_handset(2)
    await bench.unplug("A1")
    await bench.plug("A1", foreign)
    await bench.until(
        lambda: bench.problem("A1") is ProblemCode.FOREIGN_HANDSET, "a foreign handset refused"
    )
    await bench.plug("A2", handset)
    await bench.finish("A2")
    assert bench.kinds(foreign) == []
    await bench.unplug("A1")
    await bench.stage("A1", foreign)


@at_the_bench
async def test_a_foreign_handset_that_has_not_said_who_it_is_is_not_worked_on(
    bench: Workbench,
) -> None:
    await bring(bench, State.STAGING)
    foreign = make_handset(2, faults=[HangShell(word="getprop", once=True)])
    await bench.unplug("A1")
    await bench.plug("A1", foreign)
    await bench.until_asked(foreign, "getprop")
    bench.post(RunResumed(A1))
    await bench.settle()
    assert bench.slots["A1"].word == "Unplugged"
    assert not any("svc" in line for line in foreign.log)


@at_the_bench
async def test_a_held_handset_that_asks_again_shows_tap_allow(bench: Workbench) -> None:
    handset = stuck_handset(1)
    handset.secure = True
    await bench.plug("A1", handset)
    await bench.until(lambda: handset.accept_dialog(remember=False), "the question on the screen")
    await bench.shows("A1", "Scan IMEI")
    await bench.scan_box(handset)
    await bench.until_asked(handset, "stayon")
    await bench.unplug("A1")
    await bench.plug("A1", handset)
    await bench.until(lambda: bench.problem("A1") is ProblemCode.UNAUTHORISED, "Tap Allow")
    assert handset.accept_dialog()
    await bench.finish("A1")


@at_the_bench
async def test_a_handset_that_still_starts_is_asked_until_it_has_started(bench: Workbench) -> None:
    handset = make_handset(1, properties={"sys.boot_completed": "0"})
    await bench.plug("A1", handset)
    await bench.until_asked(handset, "boot_completed")
    await bench.settle()
    assert bench.slots["A1"].word == "Attached"
    handset.properties["sys.boot_completed"] = "1"
    await bench.shows("A1", "Scan IMEI")
