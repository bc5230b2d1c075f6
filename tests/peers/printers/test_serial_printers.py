"""Label printers at a serial port: a pseudo terminal, opened by its path as a real one is."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest
from serial import Serial

from bench.ports import Bitmap, LabelPrinter, PrintDoubtfulError
from bench.problems import ProblemCode
from hardware.printers.address import PrinterAddress
from hardware.printers.device_id import Language
from hardware.printers.opening import open_printer
from hardware.printers.transports import serial_port
from hardware.simulator.printer_brother import BrotherMachine
from hardware.simulator.printer_devices import SimulatedPort
from hardware.simulator.printer_zpl import ZplMachine

LABEL = Bitmap(696, 300, bytes(number * 7 & 0xFF for number in range(87 * 300)))


def printer(port: SimulatedPort, language: Language = Language.ZPL) -> LabelPrinter:
    address = PrinterAddress.parse(f"serial:{port.device}@115200,rtscts")
    return open_printer(address, language, "Printer 2")


async def trouble(one: LabelPrinter) -> ProblemCode | None:
    problem = await one.trouble()
    return problem.code if problem else None


@pytest.fixture
def place() -> Path:
    """A path below /dev, where a serial port is."""
    return Path(tempfile.mkdtemp(prefix="staging-bench-", dir="/dev/shm"), "tty")


def at(
    place: Path,
    machine: ZplMachine | BrotherMachine,
    story: Callable[[SimulatedPort], Awaitable[None]],
) -> None:
    async def told() -> None:
        with SimulatedPort(machine, place) as port:
            await story(port)

    try:
        asyncio.run(told())
    finally:
        place.parent.rmdir()


@pytest.mark.parametrize("language", Language)
def test_labels_come_out_dot_for_dot(place: Path, language: Language) -> None:
    machine = ZplMachine() if language is Language.ZPL else BrotherMachine()

    async def story(port: SimulatedPort) -> None:
        one = printer(port, language)
        assert await one.trouble() is None
        await one.print(LABEL)
        await one.print(LABEL)

    at(place, machine, story)
    assert machine.labels == [LABEL, LABEL]


def test_a_port_that_another_program_holds_is_in_use(place: Path) -> None:
    machine = ZplMachine()

    async def story(port: SimulatedPort) -> None:
        one = printer(port)
        with closing(Serial(port.device, exclusive=True)):
            assert await trouble(one) is ProblemCode.PRINTER_IN_USE
        assert await one.trouble() is None

    at(place, machine, story)


def test_a_port_pulled_out_in_a_label_leaves_it_doubtful_and_is_then_off(place: Path) -> None:
    machine = ZplMachine()
    machine.never_prints = True

    async def story(port: SimulatedPort) -> None:
        one = printer(port)
        job = asyncio.create_task(one.print(LABEL))
        while not machine._waiting:
            await asyncio.sleep(0.01)
        port.pull()
        with pytest.raises(PrintDoubtfulError):
            await job
        assert await trouble(one) is ProblemCode.PRINTER_UNREACHABLE

    at(place, machine, story)


def test_a_handset_plugged_in_under_the_name_of_a_printer_is_sent_nothing(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine, looks = ZplMachine(), iter((False, True))
    monkeypatch.setattr(serial_port, "is_of_handset", lambda _: next(looks))

    async def story(port: SimulatedPort) -> None:
        with pytest.raises(OSError, match="handset"):
            await serial_port.open_serial_port(port.device, 115200, serial_port.Handshake.NONE)
        with closing(Serial(port.device, exclusive=True)):
            """It was let go."""

    at(place, machine, story)
    assert machine.strays == b""


def test_what_is_no_terminal_is_no_printer() -> None:
    address = PrinterAddress.parse("serial:/dev/null")
    problem = asyncio.run(open_printer(address, Language.ZPL).trouble())
    assert problem is not None
    assert problem.code is ProblemCode.PRINTER_UNREACHABLE


def test_a_printer_that_takes_no_more_bytes_does_not_stop_the_bench(place: Path) -> None:
    machine = ZplMachine()

    async def story(port: SimulatedPort) -> None:
        assert port._printer is not None
        one = printer(port)
        assert await one.trouble() is None
        port._printer.leave()
        job = asyncio.create_task(one.print(LABEL))
        await asyncio.sleep(0.2)
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job

    at(place, machine, story)
    assert machine.labels == []
