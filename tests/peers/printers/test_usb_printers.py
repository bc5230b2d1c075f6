"""Label printers as the kernel's usblp driver shows them: found, opened, asked, pulled out."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from bench.ports import Bitmap, LabelPrinter, PrintDoubtfulError
from bench.problems import ProblemCode, ProblemError
from hardware.printers.address import PrinterAddress, UsbPlace
from hardware.printers.brother_ql.fitting import Fitting
from hardware.printers.brother_ql.printer import BrotherPrinter
from hardware.printers.connecting import connect
from hardware.printers.device_id import Language, UsbPrinter, usb_printers
from hardware.printers.opening import open_printer
from hardware.printers.transports.line import PortStatus
from hardware.printers.transports.usb_device import open_usb_device
from hardware.printers.zpl.printer import ZplPrinter
from hardware.simulator.printer_brother import BrotherMachine
from hardware.simulator.printer_devices import SimulatedUsbPrinter
from hardware.simulator.printer_raster import QL_800
from hardware.simulator.printer_zpl import ZplMachine
from tests.peers.scenes import ROOT, Played, play, scene
from tests.peers.testbed import Testbed

QL_ID = "MFG:Brother;CMD:PT-CBP;MDL:QL-800;CLS:PRINTER;"
LABEL = Bitmap(696, 300, bytes(number * 7 & 0xFF for number in range(87 * 300)))
SIMPLE = Bitmap(16, 2, b"\xaa\x55\x0f\xf0")


def printer(language: Language, address: str = "usb:auto") -> LabelPrinter:
    return open_printer(PrinterAddress.parse(address), language, "Printer 2")


def hasty(language: Language) -> LabelPrinter:
    """A printer that is not waited for as long."""
    line = partial(connect, UsbPlace(), language, "Printer 2")
    if language is Language.ZPL:
        return ZplPrinter(line, "Printer 2", patience=0.1, deadline=0.1)
    return BrotherPrinter(line, Fitting("Printer 2", None), "Printer 2", patience=0.2)


def brother(machine: BrotherMachine, testbed: Testbed, number: int) -> SimulatedUsbPrinter:
    return SimulatedUsbPrinter(machine, testbed, number, device_id=QL_ID, vendor="04f9")


async def trouble(one: LabelPrinter) -> ProblemCode | None:
    problem = await one.trouble()
    return problem.code if problem else None


@pytest.fixture(scope="module")
def played(request: pytest.FixtureRequest) -> Played:
    return play("tests.peers.printers.printer_room", request.module.__name__)


@scene
async def test_each_language_finds_its_printer_and_prints_dot_for_dot(testbed: Testbed) -> None:
    zebra, ql = ZplMachine(), BrotherMachine(QL_800)
    with SimulatedUsbPrinter(zebra, testbed, 0), brother(ql, testbed, 1):
        assert usb_printers() == [
            UsbPrinter("/dev/usb/lp0", "ZTC ZD421-203dpi ZPL", Language.ZPL),
            UsbPrinter("/dev/usb/lp1", "QL-800", Language.BROTHER_QL),
        ]
        for number, language in enumerate(Language):
            one = printer(language)
            assert await one.trouble() is None, language
            await one.print(LABEL)
            await printer(language, f"usb:/dev/usb/lp{number}").print(LABEL)
    assert zebra.labels == ql.labels == [LABEL, LABEL]
    assert zebra.strays == b""
    assert ql.mistakes == []


@scene
async def test_a_printer_that_does_not_speak_is_told_by_its_port(testbed: Testbed) -> None:
    machine = ZplMachine()
    machine.silent = True
    with SimulatedUsbPrinter(machine, testbed) as usb:
        for status, code in (
            (0x30, ProblemCode.PRINTER_OUT_OF_PAPER),
            (0x00, ProblemCode.PRINTER_NOT_READY),
            (0x18, ProblemCode.PRINTER_UNREACHABLE),
            (None, ProblemCode.PRINTER_UNREACHABLE),
        ):
            usb.port_status = status
            assert await trouble(hasty(Language.ZPL)) is code, status


@scene
async def test_the_port_is_asked_beside_the_language(testbed: Testbed) -> None:
    with SimulatedUsbPrinter(ZplMachine(), testbed) as usb:
        line = await open_usb_device(usb.device)
        assert await line.port_status() == PortStatus(paper_out=False, offline=False, error=False)
        usb.port_status = None
        assert await line.port_status() is None
        await line.close()


@scene
async def test_a_printer_of_another_language_is_sent_nothing(testbed: Testbed) -> None:
    machine = BrotherMachine(QL_800)
    with brother(machine, testbed, 0):
        for address in ("usb:auto", "usb:/dev/usb/lp0"):
            one = printer(Language.ZPL, address)
            assert await trouble(one) is ProblemCode.PRINTER_OTHER_LANGUAGE
            with pytest.raises(ProblemError):
                await one.print(SIMPLE)
    assert machine.mistakes == []


@scene
async def test_a_printer_plugged_in_late_is_found_by_itself(testbed: Testbed) -> None:
    one, machine = printer(Language.ZPL), ZplMachine()
    assert await trouble(one) is ProblemCode.PRINTER_UNREACHABLE
    with SimulatedUsbPrinter(machine, testbed):
        assert await one.trouble() is None
        await one.print(SIMPLE)
    assert await trouble(one) is ProblemCode.PRINTER_UNREACHABLE
    with SimulatedUsbPrinter(machine, testbed, 3):
        await one.print(LABEL)
    assert machine.labels == [SIMPLE, LABEL]


@scene
async def test_a_printer_pulled_out_in_a_label_leaves_it_doubtful(testbed: Testbed) -> None:
    for machine, language in (
        (ZplMachine(), Language.ZPL),
        (BrotherMachine(), Language.BROTHER_QL),
    ):
        machine.never_prints = True
        usb = (
            SimulatedUsbPrinter(machine, testbed)
            if isinstance(machine, ZplMachine)
            else brother(machine, testbed, 0)
        )
        with usb:
            one = printer(language)
            job = asyncio.create_task(one.print(LABEL))
            while not has_taken_a_label(machine):
                await asyncio.sleep(0.01)
            assert not job.done()
            usb.pull()
            with pytest.raises(PrintDoubtfulError):
                await job
            assert await trouble(one) is ProblemCode.PRINTER_UNREACHABLE


def has_taken_a_label(machine: ZplMachine | BrotherMachine) -> bool:
    return bool(machine._waiting if isinstance(machine, ZplMachine) else machine.taken)


@scene
async def test_a_slow_printer_takes_a_label_in_many_pieces(testbed: Testbed) -> None:
    machine = BrotherMachine(QL_800)
    with brother(machine, testbed, 0) as usb:
        one = printer(Language.BROTHER_QL)
        assert usb._printer is not None
        loop, end = asyncio.get_running_loop(), usb._printer
        job = asyncio.create_task(one.print(LABEL))
        while not job.done():
            loop.remove_reader(end._descriptor)
            await asyncio.sleep(0.005)
            end._receive()
        await job
    assert machine.labels == [LABEL]


@scene
async def test_a_printer_that_this_account_may_not_open_is_told_so(testbed: Testbed) -> None:
    with SimulatedUsbPrinter(ZplMachine(), testbed) as usb:
        usb.allow(0)
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", _UNPRIVILEGED, cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        said, _ = await child.communicate()
    assert said.decode().split() == ["printer-no-permission"]


_UNPRIVILEGED = """
import asyncio, os
from hardware.printers.address import PrinterAddress, UsbPlace
from hardware.printers.brother_ql.fitting import Fitting
from hardware.printers.brother_ql.printer import BrotherPrinter
from hardware.printers.connecting import connect
from hardware.printers.device_id import Language
from hardware.printers.opening import open_printer
if os.geteuid() == 0:
    os.setuid(65534)
one = open_printer(PrinterAddress.parse("usb:/dev/usb/lp0"), Language.ZPL)
problem = asyncio.run(one.trouble())
print(problem.code if problem else "none")
"""


@scene
async def test_an_answer_of_an_earlier_label_is_not_taken_for_one_of_this(
    testbed: Testbed,
) -> None:
    machine = ZplMachine()
    with SimulatedUsbPrinter(machine, testbed):
        one = printer(Language.ZPL)
        machine.ways.slow = 0.05
        for _ in range(3):
            job = asyncio.create_task(one.print(SIMPLE))
            await asyncio.sleep(0.02)
            job.cancel()
            with suppress(asyncio.CancelledError):
                await job
        machine.ways.slow = 0.0
        machine.never_prints = True
        held = asyncio.create_task(one.print(LABEL))
        await asyncio.sleep(0.5)
        assert not held.done()
        machine.never_prints = False
        await held
    assert machine.labels[-1:] == [LABEL]


@scene
async def test_a_hundred_questions_leave_no_descriptor_behind(testbed: Testbed) -> None:
    with SimulatedUsbPrinter(ZplMachine(), testbed):
        one = printer(Language.ZPL)
        await one.trouble()
        before = open_descriptors()
        for _ in range(100):
            await one.trouble()
        async with asyncio.timeout(10):  # the driver's end is closed by a thread of its own
            while open_descriptors() > before:
                await asyncio.sleep(0.01)


def open_descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())
