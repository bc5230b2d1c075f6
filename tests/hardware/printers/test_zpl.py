"""The printer client against a simulated printer on a real socket, in every trouble."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Self

import pytest

from bench.ports import Bitmap, PrintDoubtfulError
from bench.problems import Problem, ProblemCode, ProblemError
from hardware.printers.transports.line import Line
from hardware.printers.transports.network import connect_tcp
from hardware.printers.zpl.printer import ZplPrinter
from hardware.simulator.printer import SimulatedPrinter, read_back
from hardware.simulator.printer_ends import Answer
from hardware.simulator.printer_zpl import ZplMachine
from tests.hardware.printers.wired import wired
from tests.hardware.printers.zpl_clients import client, label, patient, with_printer


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
        ("head_open", ProblemCode.PRINTER_OPEN, ""),
        ("ribbon_out", ProblemCode.PRINTER_RIBBON_OUT, ""),
        ("too_hot", ProblemCode.PRINTER_HOT, "head"),
        ("too_cold", ProblemCode.PRINTER_COLD, ""),
        ("paused", ProblemCode.PRINTER_PAUSED, ""),
        ("buffer_full", ProblemCode.PRINTER_BUSY, "memory full"),
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
        zpl = client(printer.port, patience=0.3, deadline=0.5)
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
    async def story(printer: SimulatedPrinter) -> None:
        printer.ways.slow = 0.1
        await client(printer.port, deadline=20, printing=20).print(label())
        assert printer.labels == [label()]
        assert printer.strays == b""

    with_printer(story)


def test_a_label_that_takes_a_while_is_waited_for() -> None:
    async def story(printer: SimulatedPrinter) -> None:
        printer.label_seconds = 0.3
        await patient(printer).print(label())
        assert printer.labels == [label()]

    with_printer(story)


@pytest.mark.parametrize("counts", [True, False], ids=["counts", "does not count"])
def test_a_printer_that_keeps_a_label_and_prints_it_not_is_doubtful(*, counts: bool) -> None:
    async def story(printer: SimulatedPrinter) -> None:
        printer.ways.counts = counts
        printer.never_prints = True
        with pytest.raises(PrintDoubtfulError):
            await client(printer.port, deadline=20).print(label())
        assert printer.labels == []

    with_printer(story)


def test_half_a_label_is_doubtful_and_then_the_roll_is_empty() -> None:
    async def story(printer: SimulatedPrinter) -> None:
        printer.half_label = True
        zpl = client(printer.port, patience=0.3, deadline=0.5)
        with pytest.raises(PrintDoubtfulError):
            await zpl.print(label())
        assert printer.labels != [label()]
        assert await zpl.trouble() == Problem(ProblemCode.PRINTER_OUT_OF_PAPER, "Printer 2")

    with_printer(story)


@pytest.mark.parametrize("state", ["cutter_jammed", "paused", "head_open"])
def test_a_printer_that_stops_with_a_label_in_it_is_doubtful(state: str) -> None:
    async def story(printer: SimulatedPrinter) -> None:
        printer.label_seconds = 0.2
        job = asyncio.create_task(client(printer.port, patience=5, deadline=1).print(label()))
        while not printer._waiting:
            await asyncio.sleep(0.01)
        setattr(printer, state, True)
        with pytest.raises(PrintDoubtfulError):
            await job
        assert printer.labels == []

    with_printer(story)


def test_a_printer_that_takes_one_connection_prints_for_many() -> None:
    async def story(printer: SimulatedPrinter) -> None:
        printer.end.one_line = True
        zpl = patient(printer)
        async with asyncio.TaskGroup() as jobs:
            for number in range(4):
                jobs.create_task(zpl.print(label(number)))
                jobs.create_task(zpl.trouble())
        assert len(printer.labels) == 4

    with_printer(story)


def test_a_printer_that_somebody_else_holds_gets_no_label() -> None:
    async def story(printer: SimulatedPrinter) -> None:
        printer.end.one_line = True
        reader, writer = await asyncio.open_connection(printer.host, printer.port)
        writer.write(b"~HS")
        await reader.readuntil(b"\x03")
        assert (await refused(client(printer.port))).code == ProblemCode.PRINTER_UNREACHABLE
        writer.close()
        await writer.wait_closed()
        assert printer.labels == []

    with_printer(story)


def test_every_answer_cut_off_at_every_byte_ends_as_a_problem_or_a_doubt() -> None:
    ready = SimulatedPrinter().answer_to(b"~HS")

    async def story() -> None:
        end = ready.rindex(b"\x03")
        for length in range(end + 1):
            code = await asked_of_a_stranger(ready[:length])
            assert code is ProblemCode.PRINTER_UNREACHABLE, ready[:length]
        assert await asked_of_a_stranger(ready[: end + 1]) is None

    asyncio.run(story())


async def asked_of_a_stranger(answer: bytes) -> ProblemCode | None:
    async def stranger(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(3)
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(stranger, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        trouble = await client(port, patience=5, deadline=5).trouble()
        return trouble.code if trouble else None


def test_an_answer_behind_a_label_that_is_cut_off_is_doubtful() -> None:
    async def story(printer: SimulatedPrinter) -> None:
        printer.ways.counts = False
        ready = printer.answer_to(b"~HS")
        for length in range(0, len(ready) - 2, 13):
            zpl = client(printer.port, patience=5, deadline=5)
            zpl._counter._answers = False
            printer.answer_to = AnswersOnce(printer, ready[:length])  # type: ignore[method-assign]
            with pytest.raises(PrintDoubtfulError):
                await zpl.print(label())
            await printer.switch_on()
        assert len(printer.labels) == len(range(0, len(ready) - 2, 13))

    with_printer(story)


class AnswersOnce:
    """It answers the first question whole and the second in part, and dies."""

    def __init__(self, printer: SimulatedPrinter, part: bytes) -> None:
        self._printer = printer
        self._part = part
        self._asked = 0

    def __call__(self, question: bytes) -> bytes:
        self._asked += 1
        if self._asked == 1:
            return SimulatedPrinter().answer_to(question)
        asyncio.get_running_loop().call_later(0.01, self._die)
        return self._part

    def _die(self) -> None:
        self._task = asyncio.create_task(self._printer.switch_off())


@pytest.mark.parametrize("noise", [b"\x00\xff\r\n", b"\x02\x02ERRORS", b"~HS^XA^XZ"])
def test_garbage_before_each_answer_is_passed_over(noise: bytes) -> None:
    async def story(printer: SimulatedPrinter) -> None:
        printer.ways.noise = noise
        await patient(printer).print(label())
        assert printer.labels == [label()]

    with_printer(story)


@pytest.mark.parametrize("noise", [b"\x03", b"\x02half\x03", b"x" * (1 << 20)])
def test_garbage_that_looks_like_answers_is_no_ready_printer(noise: bytes) -> None:
    async def story(printer: SimulatedPrinter) -> None:
        printer.ways.noise = noise
        assert (await refused(client(printer.port, 5, 5))).code == ProblemCode.PRINTER_UNREACHABLE
        assert printer.labels == []

    with_printer(story)


def test_a_host_that_cannot_be_one_is_unreachable() -> None:
    async def connect() -> Line:
        return await connect_tcp("a..b", 9100)

    trouble = asyncio.run(ZplPrinter(connect).trouble())
    assert trouble is not None
    assert trouble.code == ProblemCode.PRINTER_UNREACHABLE


def test_a_printer_that_drops_dead_with_a_label_in_it_is_doubtful_and_then_off() -> None:
    async def story(printer: SimulatedPrinter) -> None:
        printer.label_seconds = 60
        zpl = client(printer.port, patience=20, deadline=20, printing=20)
        job = asyncio.create_task(zpl.print(label()))
        while not printer._waiting:
            await asyncio.sleep(0.01)
        await printer.switch_off()
        with pytest.raises(PrintDoubtfulError):
            await job
        assert (await refused(zpl)).code == ProblemCode.PRINTER_UNREACHABLE
        assert printer.labels == []

    with_printer(story)


def test_a_label_given_up_in_its_middle_does_not_spoil_the_next() -> None:
    huge = Bitmap(2000, 2000, Random(1).randbytes(500_000))
    machine, stopped = ZplMachine(), Stopped()

    async def story() -> None:
        async with wired(stopped.before(machine)) as connect:
            zpl = ZplPrinter(connect, patience=20, deadline=20, printing=20)
            job = asyncio.create_task(zpl.print(huge))
            await stopped.has_begun.wait()
            job.cancel()
            with pytest.raises(asyncio.CancelledError):
                await job
            await zpl.print(label())

    asyncio.run(story())
    assert machine.labels == [label()]


class Stopped:
    """Tells when a label has begun to come in."""

    def __init__(self) -> None:
        self.has_begun = asyncio.Event()

    def before(self, machine: ZplMachine) -> Self:
        self._machine = machine
        return self

    def session(self, answer: Answer) -> Self:
        self._session = self._machine.session(answer)
        return self

    def receive(self, data: bytes) -> bool:
        if b"^XA" in data:
            self.has_begun.set()
        return self._session.receive(data)

    def end(self) -> None:
        self._session.end()

    def forget(self) -> None:
        self._machine.forget()
