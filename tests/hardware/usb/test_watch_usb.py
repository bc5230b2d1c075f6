"""What udev and sysfs tell of handsets: real pyudev on an emulated /sys.

Run as a program, this file plays its scenes under umockdev; each test is about one of them.
"""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import pytest

from bench.events.device import ProblemCleared, ProblemRaised
from bench.events.run import Fact
from bench.events.usb import PortsPaired
from bench.identity.identifiers import UsbPath
from bench.problems import ProblemCode
from hardware.usb import arrivals, watch
from hardware.usb.device import UsbDevice
from hardware.usb.ports import UsbPorts
from hardware.usb.watch import UsbHandsets
from tests.hardware.usb.blobs import COMPOSITE, DOWNLOAD, FASTBOOT, Part
from tests.hardware.usb.emulated import LIMIT, EmulatedUsb, Told, emulated_usb
from tests.peers.testbed import run_in_testbed

_KEYBOARD = ((Part((3, 1, 1)),),)


def test_usb_is_unwatched_where_udev_does_not_run_until_it_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "_RETRY_EVERY", 0.01)
    control = tmp_path / "control"
    facts: asyncio.Queue[Fact] = asyncio.Queue()

    async def run() -> tuple[Fact, Fact]:
        async with asyncio.timeout(LIMIT):
            task = asyncio.create_task(UsbHandsets(control).follow(facts.put_nowait))
            raised = await facts.get()
            control.touch()
            cleared = await facts.get()
            task.cancel()
            await asyncio.wait([task])
            return raised, cleared

    raised, cleared = asyncio.run(run())
    assert isinstance(raised, ProblemRaised)
    assert raised.problem.code == ProblemCode.USB_UNWATCHED
    assert cleared == ProblemCleared(ProblemCode.USB_UNWATCHED, raised.problem.where)


@pytest.fixture(scope="module")
def told() -> Mapping[str, list[str]]:
    """What was told in every scene."""
    scenes: dict[str, list[str]] = {}
    for line in run_in_testbed(Path(__file__)):
        scene, _, words = line.partition(": ")
        scenes.setdefault(scene, []).append(words)
    return scenes


def test_handsets_come_and_go_and_nothing_else_is_told(told: Mapping[str, list[str]]) -> None:
    assert told["come and go"] == [
        "attached 1-1.2",
        "attached 1-1.1", "detached 1-1.1", "attached 1-1.1",
        "detached 1-1.1", "attached 1-1.1",
    ]  # fmt: skip


def test_a_wrong_mode_is_told_and_ends_when_the_handset_restarts(
    told: Mapping[str, list[str]],
) -> None:
    assert told["wrong modes"] == [
        "attached 1-4", "in-download-mode 1-4", "detached 1-4",
        "attached 1-4", "in-bootloader 1-4", "detached 1-4",
        "attached 1-4",
    ]  # fmt: skip


def test_a_changed_configuration_is_seen_with_its_modem_port(
    told: Mapping[str, list[str]],
) -> None:
    assert told["configurations"] == [
        "attached 1-1", "1 None", "2 ttyACM7", "not-configured 1-1", "attached 1-1"
    ]  # fmt: skip


def test_a_hub_that_is_plugged_in_tells_its_twin_ports(told: Mapping[str, list[str]]) -> None:
    assert told["a hub"] == [
        *(f"paired 1-2.{port} 2-2.{port}" for port in range(1, 5)), "attached 2-2.1"
    ]  # fmt: skip


def test_what_happened_while_events_were_lost_is_found(told: Mapping[str, list[str]]) -> None:
    assert told["lost"] == [
        "attached 1-1", "attached 1-2", "attached 1-3",
        "detached 1-2", "detached 1-1", "attached 1-1", "attached 1-4",
    ]  # fmt: skip


def test_what_no_event_told_of_is_found_by_counting(told: Mapping[str, list[str]]) -> None:
    assert told["counted"] == ["attached 1-1", "detached 1-1", "attached 1-2"]


def test_a_handset_swapped_while_the_computer_slept_is_another(
    told: Mapping[str, list[str]],
) -> None:
    assert told["slept"] == ["attached 1-1", "detached 1-1", "attached 1-1"]


def test_a_monitor_that_breaks_is_set_up_again(told: Mapping[str, list[str]]) -> None:
    assert told["broke"] == ["attached 1-1", "attached 1-2", "attached 1-3"]


def test_a_handset_that_may_not_be_opened_is_told_until_it_may(
    told: Mapping[str, list[str]],
) -> None:
    assert told["rights"] == ["attached 1-1", "no-permission 1-1", "attached 1-1"]


def test_a_computer_that_is_short_of_files_has_its_handsets_still(
    told: Mapping[str, list[str]],
) -> None:
    assert told["short"] == [
        "attached 1-1", "usb-unwatched USB", "cleared usb-unwatched USB", "attached 1-2"
    ]  # fmt: skip


@dataclass
class _Bench:
    """A bench that watches: its USB, what it was told, and how it sees the world."""

    usb: EmulatedUsb
    told: Told = field(default_factory=Told)
    pairs: list[str] = field(default_factory=list)
    may_open: bool = True
    slept: float = 0.0

    def __post_init__(self) -> None:
        ports = UsbPorts(may_open=lambda _: self.may_open)
        self.handsets = UsbHandsets(Path("/sys"), ports, slept=lambda: self.slept)

    def post(self, fact: Fact) -> None:
        if isinstance(fact, PortsPaired):
            self.pairs.append(f"paired {fact.path} {fact.twin}")
        self.told.post(fact)

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[Told]:
        following = asyncio.create_task(self.handsets.follow(self.post))
        yield self.told
        following.cancel()
        await asyncio.wait([following])


async def _come_and_go(bench: _Bench) -> list[str]:
    usb = bench.usb
    usb.tree.hub("1-1")
    usb.tree.device("1-1.2")
    async with bench.watching() as told:
        lines = await told.next()
        usb.plug("1-1.1")
        lines += await told.next()
        usb.plug("1-1.4", _KEYBOARD, vendor="046d")
        usb.pull("1-1.4")
        usb.pull("1-1.1")
        lines += await told.next()
        usb.plug("1-1.1")
        lines += await told.next()
        usb.tree.remove("1-1.1")  # the event of its leaving is lost
        usb.plug("1-1.1")
        lines += await told.next(2)
        await told.then_nothing()
    return lines


async def _wrong_modes(bench: _Bench) -> list[str]:
    lines: list[str] = []
    async with bench.watching() as told:
        for mode in (DOWNLOAD, ((FASTBOOT,),)):
            bench.usb.plug("1-4", mode)
            lines += await told.next(2)
            bench.usb.pull("1-4")
            lines += await told.next()
        bench.usb.plug("1-4")
        lines += await told.next()
        await told.then_nothing()
    return lines


async def _configurations(bench: _Bench) -> list[str]:
    """The kernel tells of the interfaces that come, and of the device nothing."""
    shown: asyncio.Queue[str] = asyncio.Queue()

    def on_device(_: UsbPath, device: UsbDevice | None) -> None:
        if device and device.configuration:
            shown.put_nowait(f"{device.configuration} {device.tty}")

    bench.usb.tree.device("1-1")
    blind = bench.handsets.observe(on_device)
    async with bench.watching() as told, asyncio.timeout(LIMIT):
        lines = await told.next() + [await shown.get()]
        bench.usb.choose("1-1", 2, "ttyACM7")
        lines.append(await shown.get())
        blind()
        await told.then_nothing()
        bench.usb.tree.choose("1-1", 0, COMPOSITE)
        bench.usb.event("change", "1-1")
        lines += await told.next()
        bench.usb.choose("1-1", 1)
        lines += await told.next()
    return lines


async def _a_hub(bench: _Bench) -> list[str]:
    bench.usb.tree.device("1-1")
    async with bench.watching() as told:
        await told.next()
        bench.pairs.clear()
        bench.usb.hub("1-2")
        bench.usb.hub("2-2")
        await told.then_nothing()
        bench.usb.plug("2-2.1")
        return bench.pairs + await told.next()


async def _lost(bench: _Bench) -> list[str]:
    tree = bench.usb.tree
    for path in ("1-1", "1-2", "1-3"):
        tree.device(path)
    async with bench.watching() as told:
        lines = await told.next(3)
        tree.remove("1-1")
        tree.device("1-1")
        tree.remove("1-2")
        tree.device("1-4")
        await told.then_nothing()
        bench.handsets._lose()
        lines += await told.next(4)
        await told.then_nothing()
    return lines


async def _counted(bench: _Bench) -> list[str]:
    """No event ever comes, and no word that one was lost."""
    bench.usb.tree.device("1-1")
    every, watch._COUNT_EVERY = watch._COUNT_EVERY, 0.1
    async with bench.watching() as told:
        lines = await told.next()
        bench.usb.tree.remove("1-1")
        lines += await told.next()
        bench.usb.tree.device("1-2")
        lines += await told.next()
    watch._COUNT_EVERY = every
    return lines


async def _slept(bench: _Bench) -> list[str]:
    bench.usb.tree.device("1-1")
    async with bench.watching() as told:
        lines = await told.next()
        bench.usb.tree.remove("1-1")
        bench.usb.tree.device("1-1")
        await told.then_nothing()
        bench.slept += 3600.0
        lines += await told.next(2)
        await told.then_nothing()
    return lines


async def _broke(bench: _Bench) -> list[str]:
    bench.usb.tree.device("1-1")
    async with bench.watching() as told:
        lines = await told.next()
        bench.handsets._break()
        bench.usb.tree.device("1-2")
        lines += await told.next()
        bench.usb.plug("1-3")
        lines += await told.next()
        await told.then_nothing()
    return lines


async def _rights(bench: _Bench) -> list[str]:
    bench.may_open = False
    async with bench.watching() as told:
        bench.usb.plug("1-1")
        lines = await told.next(2)
        await told.then_nothing()
        bench.may_open = True
        return lines + await told.next()


async def _short(bench: _Bench) -> list[str]:
    bench.usb.tree.device("1-1")
    async with bench.watching() as told:
        lines = await told.next()
        with _no_files_to_read_with():
            bench.handsets._lose()
            lines += await told.next()
            await told.then_nothing()
        bench.usb.tree.device("1-2")
        return lines + await told.next(2)


@contextmanager
def _no_files_to_read_with() -> Iterator[None]:
    """Let reading fail as it does without descriptors; the emulation in this process needs its own.

    What reading really does then is tried where nothing is emulated (`test_sysfs`).
    """

    def out_of_files(*_: object) -> NoReturn:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(watch, "look_around", out_of_files)
        yield


_SCENES: Mapping[str, Callable[[_Bench], Awaitable[list[str]]]] = {
    "come and go": _come_and_go,
    "wrong modes": _wrong_modes,
    "configurations": _configurations,
    "a hub": _a_hub,
    "lost": _lost,
    "counted": _counted,
    "slept": _slept,
    "broke": _broke,
    "rights": _rights,
    "short": _short,
}


async def _play() -> None:
    for name, scene in _SCENES.items():
        with emulated_usb() as usb:
            for line in await scene(_Bench(usb)):
                print(f"{name}: {line}")  # noqa: T201 - the scene's answer to the test


if __name__ == "__main__":
    watch._RETRY_EVERY = 0.05
    watch._TICK, watch._SOON, watch._COUNT_EVERY, arrivals.GRACE = 0.05, 0.1, 3600.0, 0.3
    asyncio.run(_play())
