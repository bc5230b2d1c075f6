"""Handsets from their box in a simulated hub, read by what reads them at a real bench."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from bench.events.device import HandsetAttached, HandsetDetached
from bench.events.modem import ModemAnswered, ModemGone
from bench.events.run import Fact
from bench.identity.identifiers import UsbPath
from hardware.samsung.modem import Patience
from hardware.samsung.reading import Reading
from hardware.samsung.watcher import Rhythm, SamsungModems
from hardware.simulator.handset import SimulatedHandset, make_handset
from hardware.simulator.hub import SimulatedHub
from hardware.usb.modes import Mode, mode

PATHS = tuple(UsbPath.parse(f"1-1.{port}") for port in (1, 2, 3))
FIRST, SECOND, THIRD = PATHS


class OwnServer:
    """An adb server that is told of handsets, and knows none by itself."""

    def __init__(self) -> None:
        self.told: list[str] = []

    async def connect(self, address: str) -> None:
        self.told.append(address)

    async def disconnect(self, address: str) -> None:
        self.told.remove(address)

    async def devices(self) -> Sequence[None]:
        return ()


class Desk:
    """A hub whose handsets are watched."""

    def __init__(self, folder: Path) -> None:
        self.server = OwnServer()
        self.hub = SimulatedHub(self.server, PATHS, folder)  # type: ignore[arg-type]
        self.facts: list[Fact] = []

    def answers(self, path: UsbPath) -> list[ModemAnswered]:
        return [one for one in self.facts if isinstance(one, ModemAnswered) and one.path == path]

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not condition():
                await asyncio.sleep(0.005)


@asynccontextmanager
async def desk(folder: Path) -> AsyncIterator[Desk]:
    there = Desk(folder)
    hub = there.hub
    reading = Reading(hub.usb, Patience(), nodes=folder)
    modems = SamsungModems(hub.usb, reading, lambda _: True, Rhythm(look=0.02, settle=0.0))
    following = [asyncio.create_task(each.follow(there.facts.append)) for each in (hub, modems)]
    await asyncio.sleep(0)
    try:
        yield there
    finally:
        for path in PATHS:
            if hub.handset_at(path):
                await hub.unplug(path)
        for task in following:
            task.cancel()
        await asyncio.wait(following)


def boxed(number: int) -> SimulatedHandset:
    handset = make_handset(number)
    handset.debugging = False
    return handset


def test_a_handset_from_its_box_says_who_it_is_and_adb_hears_nothing(tmp_path: Path) -> None:
    async def run() -> None:
        async with desk(tmp_path) as bench:
            await bench.hub.plug(FIRST, boxed(1))
            await bench.until(lambda: bool(bench.answers(FIRST)))
            (said,) = bench.answers(FIRST)
            assert bench.facts[0] == HandsetAttached(FIRST)
            assert (str(said.identity.serial), str(said.identity.imei)) == (
                "R58N00001XY", make_handset(1).imeis[0],
            )  # fmt: skip
            assert (said.identity.model, said.identity.sales_code) == ("SM-A325F", "EUX")
            assert bench.server.told == []

    asyncio.run(run())


def test_a_handset_with_debugging_is_left_to_adb(tmp_path: Path) -> None:
    async def run() -> None:
        async with desk(tmp_path) as bench:
            await bench.hub.plug(FIRST, make_handset(1))
            await bench.hub.plug(SECOND, boxed(2))
            await bench.until(lambda: bool(bench.answers(SECOND)))
            assert bench.answers(FIRST) == []
            assert len(bench.server.told) == 1
            with_adb, without = bench.hub.usb.device(FIRST), bench.hub.usb.device(SECOND)
            assert with_adb is not None
            assert without is not None
            assert (mode(with_adb), mode(without)) == (Mode.ADB, Mode.FILES)

    asyncio.run(run())


def test_a_handset_that_leaves_the_bus_is_read_anew_when_it_comes_back(tmp_path: Path) -> None:
    async def run() -> None:
        async with desk(tmp_path) as bench:
            handset = boxed(1)
            await bench.hub.plug(FIRST, handset)
            await bench.until(lambda: bool(bench.answers(FIRST)))
            await handset.bus.leave()
            await bench.until(lambda: ModemGone(FIRST) in bench.facts)
            assert bench.hub.usb.plugged() == {}
            assert bench.hub.handset_at(FIRST) is handset
            await handset.bus.come_back()
            await bench.until(lambda: len(bench.answers(FIRST)) == 2)
            moves = [f for f in bench.facts if isinstance(f, HandsetAttached | HandsetDetached)]
            assert moves == [HandsetAttached(FIRST), HandsetDetached(FIRST), HandsetAttached(FIRST)]

    asyncio.run(run())


def test_a_handset_that_is_off_the_bus_shows_once_it_is_back(tmp_path: Path) -> None:
    async def run() -> None:
        async with desk(tmp_path) as bench:
            handset = boxed(1)
            await handset.bus.leave()
            await bench.hub.plug(FIRST, handset)
            assert bench.facts == []
            await bench.hub.unplug(FIRST)
            await handset.bus.come_back()
            assert bench.facts == []
            await bench.hub.plug(FIRST, handset)
            assert bench.facts == [HandsetAttached(FIRST)]

    asyncio.run(run())


def test_a_handset_with_debugging_that_restarts_leaves_adb_too(tmp_path: Path) -> None:
    async def run() -> None:
        async with desk(tmp_path) as bench:
            handset = make_handset(1)
            await bench.hub.plug(FIRST, handset)
            await handset.bus.leave()
            assert bench.server.told == []
            await handset.bus.come_back()
            assert len(bench.server.told) == 1
            handset.debugging = False
            await handset.bus.leave()
            await handset.bus.come_back()
            assert bench.server.told == []
            await bench.until(lambda: bool(bench.answers(FIRST)))

    asyncio.run(run())


def test_a_hub_without_terminals_hides_modems() -> None:
    async def run() -> None:
        hub = SimulatedHub(OwnServer(), PATHS)  # type: ignore[arg-type]
        await hub.plug(FIRST, boxed(1))
        device = hub.usb.device(FIRST)
        assert device is not None
        assert device.tty is None
        assert hub.usb.device(THIRD) is None
        await hub.unplug(FIRST)
        assert hub.usb.device(FIRST) is None

    asyncio.run(run())
