"""The printer client against a simulated printer on a real socket, in every trouble."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bench.identity.identifiers import AssetTag
from bench.labels.content import LabelContent
from bench.labels.render import render
from bench.labels.template import LabelTemplate
from bench.ports import Bitmap, PrintDoubtfulError
from bench.problems import Problem, ProblemCode, ProblemError
from hardware.printers.graphic import to_zpl
from hardware.printers.zpl import ZplPrinter
from hardware.simulator.printer import SimulatedPrinter, read_back

TEMPLATE = LabelTemplate.load(Path(__file__).parents[3] / "resources/labels/asset-50x25.toml")


def label(number: int = 1) -> Bitmap:
    tag = AssetTag.numbered("PHN", number)
    return render(TEMPLATE, LabelContent(tag, "Testphone 5", "0017", 1, simulated=True))


def client(port: int, patience: float = 0.05, deadline: float = 0.3) -> ZplPrinter:
    return ZplPrinter("127.0.0.1", port, "Printer 2", patience=patience, deadline=deadline)


def patient(printer: SimulatedPrinter) -> ZplPrinter:
    """A client for what must succeed, however busy the machine is."""
    return client(printer.port, patience=20, deadline=20)


def with_printer(story: Callable[[SimulatedPrinter], Awaitable[None]]) -> None:
    async def told() -> None:
        async with SimulatedPrinter() as printer:
            await story(printer)

    asyncio.run(told())


async def refused(zpl: ZplPrinter) -> Problem:
    with pytest.raises(ProblemError) as caught:
        await zpl.print(label())
    return caught.value.problem


def test_a_label_comes_out_as_it_was_drawn_and_reads_back() -> None:
    async def story(printer: SimulatedPrinter) -> None:
        zpl = patient(printer)
        assert await zpl.trouble() is None
        await zpl.print(label())
        assert printer.labels == [label()]
        assert read_back(printer.labels[0]) == "PHN-000001"
        assert printer.strays == b""

    with_printer(story)


def test_sixteen_labels_at_once_come_out_one_by_one() -> None:
    async def story(printer: SimulatedPrinter) -> None:
        zpl = patient(printer)
        async with asyncio.TaskGroup() as jobs:
            for number in range(16):
                jobs.create_task(zpl.print(label(number)))
        assert [read_back(done) for done in printer.labels] == [
            f"PHN-{number:06d}" for number in range(16)
        ]

    with_printer(story)


def test_a_printer_that_is_off_is_unreachable_and_back_when_it_is_on() -> None:
    async def story(printer: SimulatedPrinter) -> None:
        zpl = patient(printer)
        await printer.switch_off()
        trouble = await zpl.trouble()
        assert trouble is not None
        assert (trouble.code, trouble.where) == (ProblemCode.PRINTER_UNREACHABLE, "Printer 2")
        assert (await refused(zpl)).code == ProblemCode.PRINTER_UNREACHABLE
        await printer.switch_on()
        assert await zpl.trouble() is None
        await zpl.print(label())
        assert len(printer.labels) == 1

    with_printer(story)


@pytest.mark.parametrize(
    ("fault", "code", "detail"),
    [
        ("paper_out", ProblemCode.PRINTER_OUT_OF_PAPER, ""),
        ("head_open", ProblemCode.PRINTER_NOT_READY, "head open"),
        ("paused", ProblemCode.PRINTER_NOT_READY, "paused"),
    ],
)
def test_a_printer_that_cannot_print_gets_no_label(
    fault: str, code: ProblemCode, detail: str
) -> None:
    async def story(printer: SimulatedPrinter) -> None:
        zpl = client(printer.port, deadline=20)
        setattr(printer, fault, True)
        assert await zpl.trouble() == Problem(code, "Printer 2", detail)
        assert await refused(zpl) == Problem(code, "Printer 2", detail)
        setattr(printer, fault, False)
        assert printer.labels == []
        assert await patient(printer).trouble() is None

    with_printer(story)


def test_a_printer_that_takes_all_and_says_nothing_is_unreachable_and_gets_no_label() -> None:
    async def story(printer: SimulatedPrinter) -> None:
        printer.silent = True
        zpl = client(printer.port)
        trouble = await zpl.trouble()
        assert trouble is not None
        assert trouble.code == ProblemCode.PRINTER_UNREACHABLE
        assert (await refused(zpl)).code == ProblemCode.PRINTER_UNREACHABLE
        assert printer.labels == []

    with_printer(story)


@pytest.mark.parametrize("cut", [0, 1, 100, 1000])
def test_a_label_cut_off_in_the_middle_is_doubtful_and_the_next_one_prints(cut: int) -> None:
    async def story(printer: SimulatedPrinter) -> None:
        zpl = patient(printer)
        printer.cut_after_bytes = cut
        with pytest.raises(PrintDoubtfulError):
            await zpl.print(label())
        assert printer.labels == []
        await zpl.print(label(2))
        assert [read_back(done) for done in printer.labels] == ["PHN-000002"]

    with_printer(story)


def test_a_label_cut_off_at_its_end_is_doubtful_though_it_was_printed() -> None:
    async def story(printer: SimulatedPrinter) -> None:
        printer.cut_after_label = True
        with pytest.raises(PrintDoubtfulError):
            await patient(printer).print(label())
        assert printer.labels == [label()]

    with_printer(story)


def test_the_last_label_of_a_roll_is_doubtful_and_then_the_roll_is_empty() -> None:
    async def story(printer: SimulatedPrinter) -> None:
        printer.labels_left = 2
        await patient(printer).print(label(1))
        zpl = client(printer.port, patience=0.3, deadline=1)
        with pytest.raises(PrintDoubtfulError):
            await zpl.print(label(2))
        assert len(printer.labels) == 2
        assert await zpl.trouble() == Problem(ProblemCode.PRINTER_OUT_OF_PAPER, "Printer 2")

    with_printer(story)


def test_a_label_given_up_leaves_the_printer_to_the_next() -> None:
    async def story(printer: SimulatedPrinter) -> None:
        printer.silent = True
        zpl = patient(printer)
        job = asyncio.create_task(zpl.print(label()))
        await asyncio.sleep(0.05)
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job
        printer.silent = False
        await zpl.print(label(2))
        assert [read_back(done) for done in printer.labels] == ["PHN-000002"]

    with_printer(story)


@pytest.mark.parametrize(
    "answer",
    [b"", b"HTTP/1.0 400 Bad Request\r\n\r\n", b"\x02a\x03\x02b\x03\x02c\x03", b"x" * 200_000],
)
def test_what_is_no_zpl_printer_is_unreachable_and_gets_no_label(answer: bytes) -> None:
    taken = bytearray()

    async def other(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken.extend(await reader.read(100))
        writer.write(answer)
        writer.close()
        taken.extend(await reader.read())

    async def story() -> None:
        server = await asyncio.start_server(other, "127.0.0.1", 0)
        async with server:
            zpl = client(server.sockets[0].getsockname()[1])
            trouble = await zpl.trouble()
            assert trouble is not None
            assert trouble.code == ProblemCode.PRINTER_UNREACHABLE
            assert (await refused(zpl)).code == ProblemCode.PRINTER_UNREACHABLE

    asyncio.run(story())
    assert b"^XA" not in taken


def test_a_slow_printer_is_ready_by_the_second_question() -> None:
    printed = bytearray()

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        status = SimulatedPrinter()
        assert await reader.readexactly(3) == b"~HS"
        assert await reader.readexactly(5) == b"~HQES"
        writer.write(status._host_status() + status._error_status())
        printed.extend(await reader.readuntil(b"^XZ"))
        assert await reader.readexactly(3) == b"~HS"
        writer.write(status._host_status())
        await reader.read()
        writer.close()

    async def story() -> None:
        server = await asyncio.start_server(slow, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            await client(port, deadline=20).print(label())

    asyncio.run(story())
    assert printed == to_zpl(label())


def test_a_host_that_cannot_be_one_is_unreachable() -> None:
    async def story() -> None:
        trouble = await ZplPrinter("a..b").trouble()
        assert trouble is not None
        assert trouble.code == ProblemCode.PRINTER_UNREACHABLE

    asyncio.run(story())
