"""A serial port that comes and goes, alone and beside others."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import termios
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import TypeAlias

import pytest

from bench.events.device import ProblemCleared, ProblemRaised
from bench.events.person import TextScanned
from bench.events.run import Fact
from bench.ports import Watcher
from bench.problems import ProblemCode
from hardware.scanners.census import Census
from hardware.scanners.framing import Suffix
from hardware.scanners.keyboard import KeyboardScanners, keyboards
from hardware.scanners.line import IDLE, Reading
from hardware.scanners.serial import SerialScanner, SerialScanners, serial_ports
from hardware.scanners.sysfs import Places
from hardware.simulator.scanner import SimulatedScanner

Queue: TypeAlias = asyncio.Queue[Fact]


# ── the port ────────────────────────────────────────────────────────────────────────────────────
def followed(
    device: str, name: str = "Scanner", idle: float = IDLE
) -> AbstractAsyncContextManager[Queue]:
    return followed_by(SerialScanner(device, name, Reading(retry=0.02, idle=idle)))


@asynccontextmanager
async def followed_by(scanner: Watcher) -> AsyncIterator[Queue]:
    facts: Queue = asyncio.Queue()
    task = asyncio.create_task(scanner.follow(facts.put_nowait))
    for _ in range(3):  # its first turns open the port
        await asyncio.sleep(0)
    try:
        yield facts
    finally:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def trouble(facts: Queue) -> tuple[ProblemCode, str]:
    fact = await facts.get()
    assert isinstance(fact, ProblemRaised), fact
    return fact.problem.code, fact.problem.where


@contextmanager
def somebody_else(device: str) -> Iterator[None]:
    """Be an account that is not root, to whom the device belongs."""
    assert os.geteuid() == 0, "run this as root: only root can become somebody else"
    nobody = 65534
    os.chown(device, nobody, nobody)
    os.seteuid(nobody)
    try:
        yield
    finally:
        os.seteuid(0)


def test_scans_arrive_whole_and_in_pieces(tmp_path: Path) -> None:
    scanner = SimulatedScanner(tmp_path / "scanner")

    async def story() -> None:
        async with followed(scanner.device, idle=20) as facts:
            for number in range(20):
                scanner.scan(f"PHN-{number:06d}")
            for number in range(20):
                assert await facts.get() == TextScanned(f"PHN-{number:06d}", "Scanner")
            await scanner.scan_in_pieces("PHN-000099", 3)
            assert await facts.get() == TextScanned("PHN-000099", "Scanner")

    asyncio.run(story())
    scanner.unplug()


def test_a_scanner_without_a_suffix_is_heard(tmp_path: Path) -> None:
    scanner = SimulatedScanner(tmp_path / "scanner")

    async def story() -> None:
        async with followed(scanner.device) as facts:
            scanner.send(b"PHN-000001")
            assert await facts.get() == TextScanned("PHN-000001", "Scanner")

    asyncio.run(story())
    scanner.unplug()


def test_a_code_of_several_lines_is_one_scan_once_the_suffix_is_learned(tmp_path: Path) -> None:
    scanner = SimulatedScanner(tmp_path / "scanner")
    box = "004400000000018\n004400000000026\nR00TEST0001"

    async def story() -> None:
        async with followed(scanner.device) as facts:
            for _ in range(2):
                for text in ("PHN-000001", box):
                    scanner.scan(text)
                    assert await facts.get() == TextScanned(text, "Scanner")
                scanner.unplug()  # and another one comes, which is learned anew
                assert await trouble(facts) == (ProblemCode.SCANNER_LOST, "Scanner")
                scanner.replug()
                assert await facts.get() == ProblemCleared(ProblemCode.SCANNER_LOST, "Scanner")
                scanner.send(b"PHN-000001\n" + box.replace("\n", "\r").encode() + b"\n")
                assert await facts.get() == TextScanned("PHN-000001", "Scanner")
                assert await facts.get() == TextScanned(box.replace("\n", "\r"), "Scanner")
                scanner.unplug()
                assert await trouble(facts) == (ProblemCode.SCANNER_LOST, "Scanner")
                scanner.replug()
                assert await facts.get() == ProblemCleared(ProblemCode.SCANNER_LOST, "Scanner")

    asyncio.run(story())
    scanner.unplug()


def test_a_pause_in_the_first_scan_does_not_halve_it(tmp_path: Path) -> None:
    scanner = SimulatedScanner(tmp_path / "scanner")

    async def story() -> None:
        reading = Reading(idle=0.01, patience=20)
        async with followed_by(SerialScanner(scanner.device, "Scanner", reading)) as facts:
            scanner.send(b"004400000000018")
            await asyncio.sleep(0.1)
            assert facts.empty()
            scanner.send(b"1234\r")
            assert await facts.get() == TextScanned("0044000000000181234", "Scanner")

    asyncio.run(story())
    scanner.unplug()


def test_a_scanner_known_to_send_no_suffix_is_waited_for_no_longer(tmp_path: Path) -> None:
    scanner = SimulatedScanner(tmp_path / "scanner")

    async def story() -> None:
        reading = Reading(idle=0.01, patience=0.4)
        async with followed_by(SerialScanner(scanner.device, "Scanner", reading)) as facts:
            for number in range(20):  # each of them 0.4 s would be too long
                scanner.send(b"PHN-%06d" % number)
                async with asyncio.timeout(4):
                    assert await facts.get() == TextScanned(f"PHN-{number:06d}", "Scanner")

    asyncio.run(story())
    scanner.unplug()


def test_a_late_wake_up_does_not_cut_a_scan_in_two(tmp_path: Path) -> None:
    scanner = SimulatedScanner(tmp_path / "scanner")

    async def story() -> None:
        async with followed(scanner.device) as facts:
            for _ in range(5):
                scanner.send(b"PHN-")
                await asyncio.sleep(0.01)
                scanner.send(b"000001\r")
                time.sleep(2 * IDLE)  # noqa: ASYNC251 - a busy bench
                assert await facts.get() == TextScanned("PHN-000001", "Scanner")

    asyncio.run(story())
    scanner.unplug()


def test_a_scanner_pulled_out_is_a_problem_until_it_is_back(tmp_path: Path) -> None:
    scanner = SimulatedScanner(tmp_path / "scanner")

    async def story() -> None:
        async with followed(scanner.device) as facts:
            for _ in range(3):
                scanner.send(b"half a sc")
                scanner.unplug()
                assert await trouble(facts) == (ProblemCode.SCANNER_LOST, "Scanner")
                await asyncio.sleep(0.1)
                assert facts.empty()
                scanner.replug()
                assert await facts.get() == ProblemCleared(ProblemCode.SCANNER_LOST, "Scanner")
                scanner.scan("PHN-000001")
                assert await facts.get() == TextScanned("PHN-000001", "Scanner")

    asyncio.run(story())
    scanner.unplug()


def test_a_scanner_that_is_not_there_is_missing_once_until_it_is(tmp_path: Path) -> None:
    scanner = SimulatedScanner(tmp_path / "scanner")
    scanner.unplug()

    async def story() -> None:
        async with followed(scanner.device) as facts:
            missing = await facts.get()
            assert isinstance(missing, ProblemRaised)
            assert missing.problem.code == ProblemCode.SCANNER_MISSING
            assert "No such file" in missing.problem.detail
            await asyncio.sleep(0.1)
            assert facts.empty()
            scanner.replug()
            assert await facts.get() == ProblemCleared(ProblemCode.SCANNER_MISSING, "Scanner")
            scanner.scan("PHN-000001")
            assert await facts.get() == TextScanned("PHN-000001", "Scanner")

    asyncio.run(story())
    scanner.unplug()


def test_what_is_no_serial_port_is_a_missing_scanner(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("not a scanner")

    async def story() -> None:
        async with followed(str(path)) as facts:
            missing = await facts.get()
            assert isinstance(missing, ProblemRaised)
            assert missing.problem.code == ProblemCode.SCANNER_MISSING

    asyncio.run(story())


def test_a_port_that_another_program_reads_is_not_shared(tmp_path: Path) -> None:
    scanner = SimulatedScanner(tmp_path / "scanner")

    async def story() -> None:
        async with followed(scanner.device) as facts:
            async with followed(scanner.device, "Second") as others:
                assert await trouble(others) == (ProblemCode.SCANNER_BUSY, "Second")
            scanner.scan("PHN-000001")
            assert await facts.get() == TextScanned("PHN-000001", "Scanner")

    asyncio.run(story())
    scanner.unplug()


def test_a_port_in_exclusive_mode_is_in_use_until_it_is_let_go(tmp_path: Path) -> None:
    scanner = SimulatedScanner(tmp_path / "scanner")

    device = os.path.realpath(scanner.device)

    async def story() -> None:
        other = os.open(device, os.O_RDWR | os.O_NOCTTY)
        fcntl.ioctl(other, termios.TIOCEXCL)
        with somebody_else(device):  # root is let in all the same
            async with followed(device) as facts:
                assert await trouble(facts) == (ProblemCode.SCANNER_BUSY, "Scanner")
                fcntl.ioctl(other, termios.TIOCNXCL)
                assert await facts.get() == ProblemCleared(ProblemCode.SCANNER_BUSY, "Scanner")
        os.close(other)

    asyncio.run(story())
    scanner.unplug()


def test_a_port_this_account_may_not_open_is_told_and_works_once_it_may(tmp_path: Path) -> None:
    scanner = SimulatedScanner(tmp_path / "scanner")

    device = os.path.realpath(scanner.device)
    allow, code = Path(device).chmod, ProblemCode.SCANNER_NO_PERMISSION

    async def story() -> None:
        with somebody_else(device):
            allow(0)
            async with followed(device) as facts:
                assert await trouble(facts) == (code, "Scanner")
                allow(0o600)
                assert await facts.get() == ProblemCleared(code, "Scanner")
                scanner.scan("PHN-000001")
                assert await facts.get() == TextScanned("PHN-000001", "Scanner")

    asyncio.run(story())
    scanner.unplug()


def test_a_port_that_udev_is_still_setting_up_is_no_trouble(tmp_path: Path) -> None:
    scanner = SimulatedScanner(tmp_path / "scanner")
    device = os.path.realpath(scanner.device)
    allow = Path(device).chmod

    async def story() -> None:
        with somebody_else(device):
            allow(0)
            one = SerialScanner(device, "Scanner", Reading(retry=0.3))
            async with followed_by(one) as facts:
                allow(0o600)
                await asyncio.sleep(0.4)
                scanner.scan("PHN-000001")
                assert await facts.get() == TextScanned("PHN-000001", "Scanner")

    asyncio.run(story())
    scanner.unplug()


def test_half_a_scan_is_dropped_and_said_until_one_comes_whole(tmp_path: Path) -> None:
    scanner = SimulatedScanner(tmp_path / "scanner")

    async def story() -> None:
        reading = Reading(Suffix.CR, patience=0.02)
        async with followed_by(SerialScanner(scanner.device, "Scanner", reading)) as facts:
            scanner.send(b"PHN-0000")
            assert await trouble(facts) == (ProblemCode.SCANNER_GARBLED, "Scanner")
            scanner.scan("PHN-000001")
            assert await facts.get() == ProblemCleared(ProblemCode.SCANNER_GARBLED, "Scanner")
            assert await facts.get() == TextScanned("PHN-000001", "Scanner")

    asyncio.run(story())
    scanner.unplug()


def test_a_mebibyte_between_two_scans_is_dropped_and_they_are_not(tmp_path: Path) -> None:
    scanner = SimulatedScanner(tmp_path / "scanner")

    async def story() -> None:
        async with followed(scanner.device) as facts:
            scanner.scan("PHN-000001")
            assert await facts.get() == TextScanned("PHN-000001", "Scanner")
            for _ in range(1024):
                scanner.send(b"x" * 1024)
                await asyncio.sleep(0.0002)
            scanner.send(b"\rPHN-000002\r")
            assert await trouble(facts) == (ProblemCode.SCANNER_GARBLED, "Scanner")
            assert await facts.get() == ProblemCleared(ProblemCode.SCANNER_GARBLED, "Scanner")
            assert await facts.get() == TextScanned("PHN-000002", "Scanner")

    asyncio.run(story())
    scanner.unplug()


def test_two_scanners_at_once_are_told_apart(tmp_path: Path) -> None:
    one, two = (SimulatedScanner(tmp_path / name) for name in ("one", "two"))

    async def story() -> None:
        async with followed(one.device, "One") as ones, followed(two.device, "Two") as twos:
            for number in range(50):
                one.send(b"ONE-%06d" % number)
                two.send(b"TWO-%06d\r" % number)
                one.send(b"\r")
            for number in range(50):
                assert await ones.get() == TextScanned(f"ONE-{number:06d}", "One")
                assert await twos.get() == TextScanned(f"TWO-{number:06d}", "Two")

    asyncio.run(story())
    one.unplug()
    two.unplug()


# ── every scanner that there is ─────────────────────────────────────────────────────────────────
class Machine:
    """A sysfs and a /dev of files, with serial ports whose devices say what they are."""

    def __init__(self, folder: Path) -> None:
        self.sysfs, self.dev = folder / "sys", folder / "dev"
        (self.sysfs / "class" / "tty").mkdir(parents=True)
        self.dev.mkdir()
        self.plugged: dict[str, SimulatedScanner] = {}

    def plug(
        self,
        node: str,
        port: str,
        usb: str = "05e0:1701",
        interfaces: tuple[str, ...] = ("020201",),
    ) -> SimulatedScanner:
        scanner = SimulatedScanner(self.dev / node)
        device = self.sysfs / "devices" / "usb1" / port
        device.mkdir(parents=True)
        for name, value in zip(("idVendor", "idProduct"), usb.split(":"), strict=True):
            (device / name).write_text(value + "\n")
        for number, said in enumerate(interfaces):
            place = device / f"{port}:1.{number}"
            place.mkdir()
            for name, at in (("Class", 0), ("SubClass", 2), ("Protocol", 4)):
                (place / f"bInterface{name}").write_text(said[at : at + 2] + "\n")
        tty = device / f"{port}:1.0" / "tty" / node
        tty.mkdir(parents=True)
        (self.sysfs / "class" / "tty" / node).symlink_to(tty)
        self.plugged[node] = scanner
        return scanner

    def pull(self, node: str) -> None:
        link = self.sysfs / "class" / "tty" / node
        device = link.resolve().parents[2]
        link.unlink()
        shutil.rmtree(device)
        self.plugged.pop(node).unplug()

    @property
    def ports(self) -> Places:
        return serial_ports(sysfs=self.sysfs, dev=self.dev)

    @property
    def scanners(self) -> SerialScanners:
        return SerialScanners(self.ports, None, Reading(retry=0.02))


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(tmp_path)
    yield machine
    for scanner in machine.plugged.values():
        scanner.unplug()


def test_the_ports_of_scanner_makers_are_scanners_and_a_handsets_modem_is_not(
    machine: Machine,
) -> None:
    machine.plug("ttyACM0", "1-1", "04e8:6860")
    machine.plug("ttyACM1", "1-2", "1eab:1306")
    machine.plug("ttyACM2", "1-3.4", "05e0:1701")
    machine.plug("ttyACM3", "1-5", "05e0:2105", ("020201", "ff4201"))  # a maker's own handheld
    machine.plug("ttyUSB0", "1-6", "0c2e:0720", ("ff0000",))
    machine.plug("ttyS0", "1-7", "05e0:1701")
    machine.plug("ttyUSB1", "1-8", "1a86:7523", ("ff0102",))
    found = {name: device for name, (device, _) in machine.ports.present().items()}
    assert found == {
        "Newland 1-2": str(machine.dev / "ttyACM1"),
        "Zebra 1-3.4": str(machine.dev / "ttyACM2"),
        "Honeywell 1-6": str(machine.dev / "ttyUSB0"),
    }
    named = serial_ports([(0x1A86, 0x7523)], sysfs=machine.sysfs, dev=machine.dev)
    assert "Scanner 1-8" in named.present()


def test_ports_that_are_pulled_out_while_they_are_listed_are_none(machine: Machine) -> None:
    machine.plug("ttyACM0", "1-1")
    shutil.rmtree(machine.sysfs / "devices")
    assert machine.ports.present() == {}
    shutil.rmtree(machine.sysfs)
    assert machine.ports.present() == {}


def test_two_scanners_are_read_at_once_and_each_scan_says_which_it_was(machine: Machine) -> None:
    one, two = machine.plug("ttyACM0", "1-1"), machine.plug("ttyACM1", "1-2", "0c2e:0b6a")

    async def story() -> None:
        async with followed_by(machine.scanners) as facts:
            await asyncio.sleep(0.01)
            for number in range(20):
                one.send(b"ONE-%06d" % number)
                two.send(b"TWO-%06d\r" % number)
                one.send(b"\r")
            heard = [await facts.get() for _ in range(40)]
            for name, prefix in (("Zebra 1-1", "ONE"), ("Honeywell 1-2", "TWO")):
                said = [fact for fact in heard if getattr(fact, "source", "") == name]
                assert said == [TextScanned(f"{prefix}-{n:06d}", name) for n in range(20)]

    asyncio.run(story())


def test_a_scanner_that_comes_back_under_another_number_keeps_its_name(machine: Machine) -> None:
    machine.plug("ttyACM0", "1-1")

    async def story() -> None:
        async with followed_by(machine.scanners) as facts:
            for node, after in (("ttyACM0", "ttyACM7"), ("ttyACM7", "ttyACM1")):
                machine.pull(node)
                assert await trouble(facts) == (ProblemCode.SCANNER_LOST, "Zebra 1-1")
                back = machine.plug(after, "1-1")
                assert await facts.get() == ProblemCleared(ProblemCode.SCANNER_LOST, "Zebra 1-1")
                back.scan("PHN-000001")
                assert await facts.get() == TextScanned("PHN-000001", "Zebra 1-1")

    asyncio.run(story())


def test_a_scanner_moved_to_another_port_is_no_longer_missed_at_the_first(machine: Machine) -> None:
    machine.plug("ttyACM0", "1-1")
    other = machine.plug("ttyACM1", "1-2", "1eab:1306")

    async def story() -> None:
        async with followed_by(machine.scanners) as facts:
            machine.pull("ttyACM0")
            assert await trouble(facts) == (ProblemCode.SCANNER_LOST, "Zebra 1-1")
            moved = machine.plug("ttyACM0", "1-4")
            assert await facts.get() == ProblemCleared(ProblemCode.SCANNER_LOST, "Zebra 1-1")
            await asyncio.sleep(0.05)  # as long as nobody needs to pull a trigger
            moved.scan("PHN-000001")
            assert await facts.get() == TextScanned("PHN-000001", "Zebra 1-4")
            other.scan("PHN-000002")
            assert await facts.get() == TextScanned("PHN-000002", "Newland 1-2")

    asyncio.run(story())


def test_a_bench_without_a_scanner_misses_one_until_it_comes(machine: Machine) -> None:
    async def story() -> None:
        async with followed_by(machine.scanners) as facts:
            assert await trouble(facts) == (ProblemCode.SCANNER_MISSING, "Scanner")
            machine.plug("ttyACM0", "1-1", "04e8:6860")
            await asyncio.sleep(0.06)
            assert facts.empty()
            machine.plug("ttyACM1", "1-2")
            assert await facts.get() == ProblemCleared(ProblemCode.SCANNER_MISSING, "Scanner")

    asyncio.run(story())


def test_keyboards_by_themselves_miss_none(machine: Machine) -> None:
    async def story() -> None:
        places = keyboards(sysfs=machine.sysfs, dev=machine.dev)
        async with followed_by(KeyboardScanners(places, None, Reading(retry=0.01))) as facts:
            await asyncio.sleep(0.05)
            assert facts.empty()

    asyncio.run(story())


def test_nothing_is_missed_before_every_watcher_has_looked() -> None:
    facts: list[Fact] = []
    census = Census(2)
    census.count("serial", facts.append, found=False)
    assert facts == []
    census.count("keyboards", facts.append, found=True)
    census.count("keyboards", facts.append, found=False)
    census.count("serial", facts.append, found=False)
    assert facts == []
