"""The Brother client against a simulated printer, in every trouble."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bench.identity.identifiers import AssetTag
from bench.labels.content import LabelContent
from bench.labels.render import render
from bench.labels.resolution import dots_per_mm
from bench.labels.template import LabelTemplate
from bench.ports import Bitmap, PrintDoubtfulError
from bench.problems import Problem, ProblemCode, ProblemError
from hardware.printers.brother_ql.fitting import Fitting
from hardware.printers.brother_ql.media import medium_named
from hardware.printers.brother_ql.models import model_named
from hardware.printers.brother_ql.printer import BrotherPrinter
from hardware.printers.brother_ql.silent import SilentBrotherPrinter
from hardware.printers.transports.line import Connect, Line
from hardware.printers.transports.network import connect_tcp
from hardware.simulator.printer import read_back
from hardware.simulator.printer_brother import LABELS, TAPE, BrotherMachine, BrotherSession
from hardware.simulator.printer_ends import Answer, TcpEnd
from hardware.simulator.printer_raster import QL_700, QL_1110NWB, Make
from tests.hardware.printers.wired import wired

NAME = "Printer 2"
SHIPPED = Path(__file__).parents[3] / "resources" / "labels"


def label(byte: int = 0x5A, width: int = 696, height: int = 200) -> Bitmap:
    row, pads = (width + 7) // 8, -width % 8
    line = bytes([byte]) * (row - 1) + bytes([byte >> pads << pads])
    return Bitmap(width, height, line * height)


def client(
    connect: Connect, medium: str = "", patience: float = 20, printing: float = 20
) -> BrotherPrinter:
    fitting = Fitting(NAME, medium_named(medium))
    return BrotherPrinter(connect, fitting, NAME, patience=patience, deadline=20, printing=printing)


def with_printer(
    machine: BrotherMachine, story: Callable[[BrotherMachine, Connect], Awaitable[None]]
) -> None:
    async def told() -> None:
        async with wired(machine) as connect:
            await story(machine, connect)

    asyncio.run(told())


async def refused(printer: BrotherPrinter, job: Bitmap | None = None) -> Problem:
    with pytest.raises(ProblemError) as caught:
        await printer.print(job or label())
    return caught.value.problem


@pytest.mark.parametrize("make", [Make(), QL_700, QL_1110NWB], ids=["810W", "700", "1110NWB"])
def test_labels_come_out_as_they_were_drawn(make: Make) -> None:
    async def story(machine: BrotherMachine, connect: Connect) -> None:
        printer = client(connect, "62")
        assert await printer.trouble() is None
        await printer.print(label(1))
        await printer.print(label(2))
        assert machine.labels == [label(1), label(2)]
        assert machine.mistakes == []

    with_printer(BrotherMachine(make), story)


@pytest.mark.parametrize("roll", [(LABELS, 62, 29), (TAPE, 62, 0)], ids=["labels", "tape"])
def test_the_label_for_these_rolls_fits_them_and_reads_back(roll: tuple[int, int, int]) -> None:
    template = LabelTemplate.load(SHIPPED / "asset-62x29.toml", dots_per_mm(300))
    tag = AssetTag.numbered("PHN", 1)
    drawn = render(template, LabelContent(tag, "Testphone 5", "0017", 1, simulated=True))

    async def story(machine: BrotherMachine, connect: Connect) -> None:
        await client(connect).print(drawn)
        assert machine.labels == [drawn]
        assert read_back(machine.labels[0]) == "PHN-000001"

    with_printer(BrotherMachine(roll=roll), story)


def test_labels_at_once_come_out_one_by_one() -> None:
    async def story(machine: BrotherMachine, connect: Connect) -> None:
        printer = client(connect)
        async with asyncio.TaskGroup() as jobs:
            for number in range(8):
                jobs.create_task(printer.print(label(number)))
        assert machine.labels == [label(number) for number in range(8)]

    with_printer(BrotherMachine(), story)


@pytest.mark.parametrize(
    ("errors", "code"),
    [
        ((0x01, 0), ProblemCode.PRINTER_OUT_OF_PAPER),
        ((0x04, 0), ProblemCode.PRINTER_JAMMED),
        ((0x10, 0), ProblemCode.PRINTER_IN_USE),
        ((0x80, 0), ProblemCode.PRINTER_FAULTY),
        ((0, 0x10), ProblemCode.PRINTER_OPEN),
        ((0, 0x40), ProblemCode.PRINTER_JAMMED),
        ((0x08, 0), ProblemCode.PRINTER_NOT_READY),
    ],
)
def test_a_printer_that_cannot_print_gets_no_label(
    errors: tuple[int, int], code: ProblemCode
) -> None:
    async def story(machine: BrotherMachine, connect: Connect) -> None:
        printer = client(connect)
        machine.errors = errors
        trouble = await printer.trouble()
        assert trouble is not None
        assert (trouble.code, trouble.where) == (code, NAME)
        assert (await refused(printer)).code == code
        machine.errors = (0, 0)
        assert await printer.trouble() is None
        await printer.print(label())
        assert machine.labels == [label()]

    with_printer(BrotherMachine(), story)


def test_other_labels_than_the_settings_say_are_told_and_get_no_print() -> None:
    async def story(machine: BrotherMachine, connect: Connect) -> None:
        printer = client(connect, "62")
        machine.roll = (LABELS, 62, 29)
        trouble = await printer.trouble()
        assert trouble == Problem(ProblemCode.PRINTER_OTHER_LABELS, NAME, "62x29 mm")
        assert await refused(printer) == trouble
        machine.roll = (TAPE, 62, 0)
        await printer.print(label())
        assert machine.labels == [label()]

    with_printer(BrotherMachine(), story)


def test_a_roll_taken_out_is_no_labels() -> None:
    async def story(_: BrotherMachine, connect: Connect) -> None:
        trouble = await client(connect).trouble()
        assert trouble == Problem(ProblemCode.PRINTER_OUT_OF_PAPER, NAME)

    with_printer(BrotherMachine(roll=None), story)


def test_a_label_of_another_size_is_a_problem_until_a_roll_for_it_is_in() -> None:
    async def story(machine: BrotherMachine, connect: Connect) -> None:
        printer = client(connect)
        small = label(width=306)
        problem = await refused(printer, small)
        assert problem.code is ProblemCode.LABEL_MISFIT
        assert problem.detail == "306 x 200 dots, the roll has 696 x any"
        assert await printer.trouble() == problem
        assert machine.labels == []
        machine.roll = (TAPE, 29, 0)
        assert await printer.trouble() is None
        await printer.print(small)
        assert machine.labels == [small]

    with_printer(BrotherMachine(), story)


def test_a_wide_roll_in_a_narrow_printer_is_told() -> None:
    async def story(_: BrotherMachine, connect: Connect) -> None:
        trouble = await client(connect).trouble()
        assert trouble is not None
        assert trouble.code is ProblemCode.PRINTER_OTHER_LABELS

    with_printer(BrotherMachine(roll=(TAPE, 102, 0)), story)


def test_a_model_that_is_not_known_gets_no_label() -> None:
    async def story(machine: BrotherMachine, connect: Connect) -> None:
        problem = await refused(client(connect))
        assert problem == Problem(ProblemCode.PRINTER_OTHER_LANGUAGE, NAME, "Brother model 347A")
        assert machine.labels == []

    with_printer(BrotherMachine(Make(code=0x7A)), story)


def test_a_printer_that_cools_down_in_between_is_waited_for() -> None:
    async def story(machine: BrotherMachine, connect: Connect) -> None:
        machine.cools = 3
        await client(connect).print(label())
        assert machine.labels == [label()]

    with_printer(BrotherMachine(), story)


def test_cooling_down_is_waited_for_longer_than_a_label_takes() -> None:
    async def story(machine: BrotherMachine, connect: Connect) -> None:
        machine.cools, machine.pace = 5, 0.1
        await client(connect, printing=0.6).print(label())
        machine.cools = 0
        await client(connect).print(label(2))
        assert machine.labels == [label(), label(2)]

    with_printer(BrotherMachine(), story)


def test_the_end_of_the_roll_in_a_label_is_doubtful_and_then_it_is_empty() -> None:
    async def story(machine: BrotherMachine, connect: Connect) -> None:
        machine.ends = True
        printer = client(connect)
        with pytest.raises(PrintDoubtfulError):
            await printer.print(label())
        assert machine.labels != [label()]
        trouble = await printer.trouble()
        assert trouble is not None
        assert trouble.code is ProblemCode.PRINTER_OUT_OF_PAPER

    with_printer(BrotherMachine(), story)


def test_a_cutter_that_jams_behind_a_label_leaves_it_doubtful() -> None:
    async def story(machine: BrotherMachine, connect: Connect) -> None:
        machine.jams = True
        printer = client(connect)
        with pytest.raises(PrintDoubtfulError):
            await printer.print(label())
        assert machine.labels == [label()]
        trouble = await printer.trouble()
        assert trouble is not None
        assert trouble.code is ProblemCode.PRINTER_JAMMED

    with_printer(BrotherMachine(), story)


def test_a_cover_opened_before_a_label_began_is_no_doubt() -> None:
    async def story(machine: BrotherMachine, connect: Connect) -> None:
        printer = client(connect)
        status, answers = machine.status, 0

        def opened_behind_the_answer(said: int, **rest: bool) -> bytes:
            nonlocal answers
            answers += 1
            told = status(said, **rest)
            if answers == 1:
                machine.errors = (0, 0x10)
            return told

        machine.status = opened_behind_the_answer  # type: ignore[method-assign,assignment]
        assert (await refused(printer)).code is ProblemCode.PRINTER_OPEN
        while machine.holds:
            await asyncio.sleep(0.01)
        machine.errors = (0, 0)
        await printer.print(label(2))
        assert machine.labels == [label(2)]
        assert machine.mistakes == []

    with_printer(BrotherMachine(), story)


@pytest.mark.parametrize("fault", ["never_prints", "dies"])
def test_a_printer_that_takes_a_label_and_falls_silent_is_doubtful(fault: str) -> None:
    async def story(machine: BrotherMachine, connect: Connect) -> None:
        setattr(machine, fault, True)
        with pytest.raises(PrintDoubtfulError):
            await client(connect, printing=0.2).print(label())
        assert machine.labels == []

    with_printer(BrotherMachine(), story)


@pytest.mark.parametrize("cut", [850, 1200, 2000])
def test_a_line_that_breaks_in_a_label_leaves_it_doubtful(cut: int) -> None:
    async def story(machine: BrotherMachine, connect: Connect) -> None:
        machine.cut_after_bytes = cut
        with pytest.raises(PrintDoubtfulError):
            await client(connect, printing=0.2).print(label())
        assert machine.labels == []

    with_printer(BrotherMachine(), story)


def test_a_printer_that_answers_nothing_is_unreachable_and_gets_no_label() -> None:
    async def story(machine: BrotherMachine, connect: Connect) -> None:
        machine.silent = True
        printer = client(connect, patience=0.1)
        trouble = await printer.trouble()
        assert trouble is not None
        assert trouble.code is ProblemCode.PRINTER_UNREACHABLE
        assert (await refused(printer)).code is ProblemCode.PRINTER_UNREACHABLE
        machine.silent = False
        await client(connect).print(label())
        assert machine.labels == [label()]

    with_printer(BrotherMachine(), story)


@pytest.mark.parametrize("noise", [b"\x00", b"\x80\x20", b"\x80\x20B" + bytes(29), b"~HS" * 100])
def test_garbage_before_each_status_is_passed_over(noise: bytes) -> None:
    async def story(machine: BrotherMachine, connect: Connect) -> None:
        machine.noise = noise
        await client(connect).print(label())
        assert machine.labels == [label()]

    with_printer(BrotherMachine(), story)


@pytest.mark.parametrize("length", [0, 1, 3, 18, 31])
def test_a_status_cut_off_is_no_ready_printer(length: int) -> None:
    async def story(machine: BrotherMachine, connect: Connect) -> None:
        whole = machine.status(0)
        machine.status = lambda *_, **__: whole[:length]  # type: ignore[method-assign]
        problem = await refused(client(connect, patience=0.02))
        assert problem.code is ProblemCode.PRINTER_UNREACHABLE
        assert machine.labels == []

    with_printer(BrotherMachine(), story)


def test_an_endless_answer_is_no_printer() -> None:
    async def story(machine: BrotherMachine, connect: Connect) -> None:
        machine.noise = b"x" * (1 << 20)
        assert (await refused(client(connect))).code is ProblemCode.PRINTER_UNREACHABLE

    with_printer(BrotherMachine(), story)


def test_over_the_network_a_label_is_sent_whole_and_stays_doubtful() -> None:
    async def story() -> None:
        machine = BrotherMachine(silent=True)
        async with TcpEnd(machine, 0) as end:
            printer = on_the_network(end.port)
            assert await printer.trouble() is None
            for number in (1, 2):
                with pytest.raises(PrintDoubtfulError):
                    await printer.print(label(number))
            while len(machine.labels) < 2:
                await asyncio.sleep(0.01)
        assert machine.labels == [label(1), label(2)]
        assert machine.mistakes == []

    asyncio.run(story())


def test_over_the_network_a_label_that_does_not_fit_is_not_sent() -> None:
    async def story() -> None:
        machine = BrotherMachine(silent=True)
        async with TcpEnd(machine, 0) as end:
            printer = on_the_network(end.port)
            with pytest.raises(ProblemError) as caught:
                await printer.print(label(width=306))
            assert caught.value.problem.code is ProblemCode.LABEL_MISFIT
            assert await printer.trouble() == caught.value.problem
            await end.switch_off()
            trouble = await on_the_network(end.port).trouble()
            assert trouble is not None
            assert trouble.code is ProblemCode.PRINTER_UNREACHABLE
        assert machine.labels == []

    asyncio.run(story())


def on_the_network(port: int) -> SilentBrotherPrinter:
    async def connect() -> Line:
        return await connect_tcp("127.0.0.1", port)

    fitting = Fitting(NAME, medium_named("62"), model_named("QL-810W"))
    return SilentBrotherPrinter(connect, fitting, NAME)


def test_an_error_reported_before_an_answer_leaves_no_answer_for_the_next_question() -> None:
    class Reporting(BrotherMachine):
        """Reports an error that stands, and answers a while later."""

        def session(self, answer: Answer) -> BrotherSession:
            def slowly(words: bytes) -> None:
                if self.errors != (0, 0):
                    answer(self.status(2))
                asyncio.get_running_loop().call_later(0.1, answer, words)

            return BrotherSession(self, slowly)

    async def story(machine: BrotherMachine, connect: Connect) -> None:
        printer = client(connect)
        assert await printer.trouble() is None
        machine.errors = (0x01, 0)
        trouble = await printer.trouble()
        assert trouble is not None
        assert trouble.code is ProblemCode.PRINTER_OUT_OF_PAPER
        machine.errors = (0, 0)
        assert await printer.trouble() is None

    with_printer(Reporting(), story)


def test_a_printer_that_reports_an_error_and_does_not_answer_is_told_of_its_error() -> None:
    class Reporting(BrotherMachine):
        def status(self, said: int, *, printing: bool = False, notice: int = 0) -> bytes:
            reported = said or 2 * (self.errors != (0, 0))
            return super().status(reported, printing=printing, notice=notice)

    async def story(machine: BrotherMachine, connect: Connect) -> None:
        machine.errors = (0, 0x10)
        trouble = await client(connect, patience=0.5).trouble()
        assert trouble is not None
        assert trouble.code is ProblemCode.PRINTER_OPEN
        machine.errors = (0, 0)
        assert await client(connect).trouble() is None

    with_printer(Reporting(), story)
