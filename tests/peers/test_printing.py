"""What the label printer's troubles do to a handset at its label: nothing but make it wait."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from bench.events.person import (
    CopyRequested,
    RunHeld,
    RunResumed,
    RunVoided,
)
from bench.identity.identifiers import SlotCode
from bench.problems import ProblemCode
from hardware.simulator.handset import make_handset
from hardware.simulator.printer import SimulatedPrinter
from tests.peers.workbench import Workbench, at_the_bench

A1 = SlotCode("A", 1)


@dataclass(frozen=True)
class Trouble:
    code: ProblemCode
    begin: Callable[[SimulatedPrinter], Awaitable[None]]
    mend: Callable[[SimulatedPrinter], Awaitable[None]]


def state(name: str, code: ProblemCode) -> Trouble:
    """Describe a trouble that is a state of the printer."""

    async def begin(printer: SimulatedPrinter) -> None:
        setattr(printer, name, True)

    async def mend(printer: SimulatedPrinter) -> None:
        setattr(printer, name, False)

    return Trouble(code, begin, mend)


TROUBLES = {
    "off": Trouble(
        ProblemCode.PRINTER_UNREACHABLE, SimulatedPrinter.switch_off, SimulatedPrinter.switch_on
    ),
    "out of paper": state("paper_out", ProblemCode.PRINTER_OUT_OF_PAPER),
    "paused": state("paused", ProblemCode.PRINTER_PAUSED),
    "open": state("head_open", ProblemCode.PRINTER_OPEN),
    "without ribbon": state("ribbon_out", ProblemCode.PRINTER_RIBBON_OUT),
    "silent": state("silent", ProblemCode.PRINTER_UNREACHABLE),
}


@pytest.mark.parametrize("name", TROUBLES)
@at_the_bench
async def test_a_label_waits_for_its_printer_and_prints_by_itself(
    bench: Workbench, name: str
) -> None:
    trouble, handset = TROUBLES[name], make_handset(1)
    await trouble.begin(bench.printer)
    await bench.take_in("A1", handset)
    await bench.until(lambda: bench.stands(trouble.code), f"a printer that is {name}")
    assert bench.slots["A1"].word == "Printing"
    assert bench.labels() == []
    await trouble.mend(bench.printer)
    await bench.finish("A1")
    assert not bench.shown.problems
    assert bench.labels() == ["SIM-000001"]
    assert "held" not in bench.kinds(handset)


@at_the_bench
async def test_labels_of_several_handsets_wait_for_a_new_roll(bench: Workbench) -> None:
    bench.printer.labels_left = 1
    for number, slot in enumerate(("A1", "A2", "B1"), 1):
        await bench.take_in(slot, make_handset(number))
    await bench.until(lambda: bench.stands(ProblemCode.PRINTER_OUT_OF_PAPER), "the end of the roll")
    bench.printer.labels_left = None
    bench.printer.paper_out = False
    for slot in ("A1", "A2", "B1"):
        await bench.shows(slot, "Scan label")
    await bench.until(lambda: len({*bench.labels()}) == 3, "three labels")


@pytest.mark.parametrize("came_out", [False, True], ids=["not printed", "printed"])
@at_the_bench
async def test_a_label_that_was_cut_off_is_doubtful_and_a_scan_decides(
    bench: Workbench, *, came_out: bool
) -> None:
    handset = make_handset(1)
    if came_out:
        bench.printer.cut_after_label = True
    else:
        bench.printer.cut_after_bytes = 200
    await bench.take_in("A1", handset)
    await bench.shows("A1", "Scan label")
    assert bench.problem("A1") is ProblemCode.LABEL_DOUBTFUL
    assert bench.record(handset)[-1]["data"]["label"]["state"] == "doubtful"
    assert len(bench.labels()) == came_out
    if not came_out:
        bench.post(CopyRequested(A1))
        await bench.until(lambda: bench.labels() == ["SIM-000001"], "the copy")
        await bench.until(lambda: bench.kinds(handset)[-1] == "labelled", "the copy's record")
        assert bench.record(handset)[-1]["data"]["label"]["copy"] == 2
    await bench.finish("A1")


@at_the_bench
async def test_half_a_label_is_doubtful_and_a_copy_makes_it_good(bench: Workbench) -> None:
    handset = make_handset(1)
    bench.printer.half_label = True
    await bench.take_in("A1", handset)
    await bench.shows("A1", "Scan label")
    assert bench.problem("A1") is ProblemCode.LABEL_DOUBTFUL
    assert bench.labels() != ["SIM-000001"]
    bench.printer.paper_out = False
    bench.post(CopyRequested(A1))
    await bench.until(lambda: bench.labels()[1:] == ["SIM-000001"], "the copy")
    await bench.until(lambda: bench.kinds(handset)[-1] == "labelled", "the copy's record")
    await bench.finish("A1")


@at_the_bench
async def test_a_label_asked_for_again_is_copy_number_two(bench: Workbench) -> None:
    handset = make_handset(1)
    await bench.take_in("A1", handset)
    await bench.shows("A1", "Scan label")
    bench.post(CopyRequested(A1))
    await bench.until(lambda: len(bench.labels()) == 2, "the copy")
    await bench.finish("A1")
    first, second = bench.printer.labels
    assert first != second
    copies = [b["data"]["copy"] for b in bench.record(handset) if b["type"] == "labelled"]
    assert copies == [1, 2]


@at_the_bench
async def test_a_label_of_a_run_that_was_voided_while_it_waited_is_not_printed(
    bench: Workbench,
) -> None:
    bench.printer.paper_out = True
    await bench.take_in("A1", make_handset(1))
    await bench.take_in("A2", make_handset(2))
    for slot in ("A1", "A2"):
        await bench.shows(slot, "Printing")
    bench.post(RunVoided(A1, "set aside"))
    bench.printer.paper_out = False
    await bench.finish("A2")
    await bench.settle()
    assert bench.labels() == ["SIM-000002"]


@at_the_bench
async def test_a_run_held_by_hand_while_its_label_waits_prints_once_it_is_resumed(
    bench: Workbench,
) -> None:
    bench.printer.paper_out = True
    await bench.take_in("A1", make_handset(1))
    await bench.shows("A1", "Printing")
    bench.post(RunHeld(A1))
    bench.printer.paper_out = False
    await bench.settle()
    assert bench.labels() == []
    bench.post(RunResumed(A1))
    await bench.finish("A1")
