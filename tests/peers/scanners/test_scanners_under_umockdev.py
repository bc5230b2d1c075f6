"""Scanners as the kernel shows them: found in sysfs, opened, grabbed, read, pulled out."""

from __future__ import annotations

import asyncio

import pytest
import pyudev
from serial.tools import list_ports

from hardware.simulator.strokes import TAB, pressed, typed
from tests.peers.scanners.counter import Counter, awake
from tests.peers.scenes import Played, play, scene

NO_SCANNER = "Scanner"


@pytest.fixture(scope="module")
def played(request: pytest.FixtureRequest) -> Played:
    return play("tests.peers.scanners.counter", request.module.__name__)


@scene
async def test_a_keyboard_of_a_scanner_maker_is_grabbed_and_heard(counter: Counter) -> None:
    keyboard = await counter.keyboard("1-1.4")
    async with counter.watchers() as watchers:
        while not keyboard.is_grabbed:
            await asyncio.sleep(0.01)
        for text in ("PHN-000001", "]d2010004400000000018\x1d21R00TEST0001", "a b~|Z?"):
            await keyboard.press(typed(text))
            assert await watchers.next("Zebra 1-1.4") == ["scan", "Zebra 1-1.4", text]
        other = await counter.keyboard("1-1.5")
        while not other.is_grabbed:
            await asyncio.sleep(0.01)
        await other.press(typed("PHN-000002", end=TAB))
        assert await watchers.next("Zebra 1-1.5") == ["scan", "Zebra 1-1.5", "PHN-000002"]
    while keyboard.is_grabbed:
        await asyncio.sleep(0.01)


@scene
async def test_a_persons_keyboard_is_never_touched(counter: Counter) -> None:
    person = await counter.keyboard("1-2", "046d:c31c")
    scanner = await counter.keyboard("1-3", "0c2e:0b61")
    async with counter.watchers() as watchers:
        while not scanner.is_grabbed:
            await asyncio.sleep(0.01)
        await person.press(typed("SECRET"))
        await scanner.press(typed("PHN-000001"))
        assert await watchers.next("Honeywell 1-3") == ["scan", "Honeywell 1-3", "PHN-000001"]
        assert not person.is_grabbed
        assert person.opened == 0


@scene
async def test_a_keyboard_pulled_out_and_put_back_is_picked_up_by_itself(counter: Counter) -> None:
    keyboard = await counter.keyboard("1-1.4")
    async with counter.watchers() as watchers:
        while not keyboard.is_grabbed:
            await asyncio.sleep(0.01)
        for _ in range(2):
            await keyboard.press(typed("PHN-0000", end=None))
            keyboard.pull()
            lost = await watchers.next("Zebra 1-1.4")
            assert lost == ["raised", "Zebra 1-1.4", "scanner-lost"]
            keyboard = await counter.keyboard("1-1.4")
            assert (await watchers.next("Zebra 1-1.4"))[0] == "cleared"
            await keyboard.press(typed("PHN-000001"))
            assert await watchers.next("Zebra 1-1.4") == ["scan", "Zebra 1-1.4", "PHN-000001"]


@scene
async def test_a_keyboard_that_somebody_else_has_grabbed_is_in_use(counter: Counter) -> None:
    keyboard = await counter.keyboard("1-1.4")
    async with counter.watchers():
        while not keyboard.is_grabbed:
            await asyncio.sleep(0.01)
        async with counter.watchers() as others:
            assert await others.next("Zebra 1-1.4") == ["raised", "Zebra 1-1.4", "scanner-busy"]


@scene
async def test_what_this_account_may_not_open_is_said_for_either_kind(counter: Counter) -> None:
    keyboard = await counter.keyboard("1-1.4", mode=0o000)
    # root without its privilege over files: another account may be unable to read this program
    powers = "-dac_override,-dac_read_search"
    bound = ("setpriv", f"--bounding-set={powers}", f"--inh-caps={powers}")
    async with counter.watchers(*bound) as watchers:
        told = await watchers.next("Zebra 1-1.4")
        assert told == ["raised", "Zebra 1-1.4", "scanner-no-permission"]
        assert not keyboard.is_grabbed


@scene
async def test_a_key_that_says_nothing_drops_the_scan_and_says_so(counter: Counter) -> None:
    keyboard = await counter.keyboard("1-1.4")
    async with counter.watchers() as watchers:
        while not keyboard.is_grabbed:
            await asyncio.sleep(0.01)
        await keyboard.press(typed("00440", end=None) + pressed(88) + typed("0000000018"))
        assert await watchers.next("Zebra 1-1.4") == ["raised", "Zebra 1-1.4", "scanner-garbled"]
        await keyboard.press(typed("004400000000018"))
        assert await watchers.next("Zebra 1-1.4") == ["cleared", "Zebra 1-1.4", "scanner-garbled"]
        assert (await watchers.next("Zebra 1-1.4"))[2] == "004400000000018"


@scene
async def test_serial_and_keyboard_scanners_are_read_side_by_side(counter: Counter) -> None:
    async with counter.watchers() as watchers:
        assert (await watchers.next(NO_SCANNER))[2] == "scanner-missing"
        counter.serial("ttyACM0", "1-5", "04e8:6860")
        serial = counter.serial("ttyACM1", "1-6")
        assert (await watchers.next(NO_SCANNER))[0] == "cleared"
        await awake(watchers, serial, "Zebra 1-6")
        keyboard = await counter.keyboard("1-1.4")
        while not keyboard.is_grabbed:
            await asyncio.sleep(0.01)
        for number in range(28):
            serial.send(b"\x02SER-%06d\r" % number)
            await keyboard.press(typed(f"KEY-{number:06d}"))
        names = ("Zebra 1-1.4", "Zebra 1-6")
        heard = [await watchers.next(*names) for _ in range(56)]
        for name, prefix in zip(names, ("KEY", "SER"), strict=True):
            texts = [text for kind, source, text in heard if (kind, source) == ("scan", name)]
            assert texts == [f"{prefix}-{number:06d}" for number in range(28)]


@scene
async def test_a_serial_scanner_comes_back_under_another_number(counter: Counter) -> None:
    scanner = counter.serial("ttyACM0", "1-6.1")
    async with counter.watchers() as watchers:
        await awake(watchers, scanner, "Zebra 1-6.1")
        counter.pull(scanner, "1-6.1")
        assert (await watchers.next("Zebra 1-6.1"))[2] == "scanner-lost"
        counter.serial("ttyACM0", "1-5", "04e8:6860")
        scanner = counter.serial("ttyACM3", "1-6.1")
        assert (await watchers.next("Zebra 1-6.1"))[0] == "cleared"
        scanner.scan("PHN-000001")
        assert await watchers.next("Zebra 1-6.1") == ["scan", "Zebra 1-6.1", "PHN-000001"]


@scene
async def test_the_simulated_scanners_are_what_other_programs_see_too(counter: Counter) -> None:
    counter.serial("ttyACM0", "1-6")
    await counter.keyboard("1-1.4")
    (port,) = list_ports.comports()
    assert (port.device, port.vid, port.pid) == ("/dev/ttyACM0", 0x05E0, 0x1701)
    context = pyudev.Context()
    (tty,) = context.list_devices(subsystem="tty")
    assert tty.find_parent("usb").attributes.get("bInterfaceClass") == b"02"
    (event,) = (d for d in context.list_devices(subsystem="input") if d.device_node)
    assert event.device_node == "/dev/input/event5"
    assert event.find_parent("usb", "usb_device").attributes.get("idProduct") == b"1200"
