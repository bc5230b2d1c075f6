"""What happens to handsets on an emulated USB while the product's watcher runs in another process.

A program for umockdev: each story has a port of its own; it prints, as JSON, what the watcher said
of that port, which configurations were chosen there, and what was written to the modem.
"""

from __future__ import annotations

import asyncio
import errno
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections import defaultdict
from collections.abc import Awaitable, Callable
from pathlib import Path

import pyudev

from bench.identity.identifiers import UsbPath
from hardware.simulator.handset import make_handset
from hardware.simulator.modem_cable import HIDDEN, ModemCable
from hardware.simulator.usbfs.descriptors import ADB, MODEM, MTP, Described
from tests.peers.testbed import Testbed

_LIMIT = 20.0
_STILL = 0.6
"""Seconds in which a watcher that looks each 0.02 would have said something."""


class Room:
    def __init__(self, testbed: Testbed, watching: Process) -> None:
        self.testbed = testbed
        self._watching = watching
        self._number = 20
        self._said: dict[str, list[str]] = defaultdict(list)
        self._news = asyncio.Condition()
        self.cables: list[ModemCable] = []

    def cable(self, number: int, device: Described | None = None) -> ModemCable:
        """A handset for port 1-`number`; the same handset for the same port."""
        self._number += 1
        cable = ModemCable(
            self.testbed, make_handset(number), UsbPath(1, (number,)), self._number,
            tty=f"ttyACM{self._number}", device=device,
        )  # fmt: skip
        self.cables.append(cable)
        return cable

    async def hear(self) -> None:
        assert self._watching.stdout is not None
        while line := await self._watching.stdout.readline():
            path, _, said = line.decode().strip().partition(" ")
            async with self._news:
                self._said[path].append(said)
                self._news.notify_all()

    async def until(self, cable: ModemCable, *said: str) -> None:
        """Wait until this was said of its port, last of all."""
        heard = self._said[str(cable.path)]
        async with asyncio.timeout(_LIMIT), self._news:
            await self._news.wait_for(
                lambda: (
                    len(heard) >= len(said) and all(map(str.startswith, heard[-len(said) :], said))
                )
            )

    def report(self) -> dict[str, object]:
        return {
            str(path): {
                "said": self._said[str(path)],
                "chosen": [c for cable in cables for c in cable.chosen],
                "written": b"".join(bytes(cable.modem.written) for cable in cables).decode(),
            }
            for path in dict.fromkeys(cable.path for cable in self.cables)
            if (cables := [cable for cable in self.cables if cable.path == path])
        }


async def fresh_from_the_box(room: Room) -> None:
    cable = room.cable(1)
    await cable.plug()
    await room.until(cable, "answered")
    while cable.configuration != 1:
        await asyncio.sleep(0.01)
    await asyncio.sleep(_STILL)
    cable.pull()
    await room.until(cable, "gone")


async def debugging_is_on_and_the_port_is_there(room: Room) -> None:
    cable = room.cable(2, Described(configurations=((*MTP, *MODEM, *ADB),)))
    await cable.plug()
    terminal = pyudev.Devices.from_name(pyudev.Context(), "tty", f"ttyACM{cable.number}")
    parent = terminal.find_parent("usb", "usb_device")
    assert parent is not None
    assert parent.sys_name == "1-2"
    await room.until(cable, "answered")
    cable.pull()
    await room.until(cable, "gone")


async def debugging_is_on_and_the_port_is_hidden(room: Room) -> None:
    cable = room.cable(3, Described(configurations=((*MTP, *ADB), (*MTP, *MODEM, *ADB))))
    await cable.plug()
    await asyncio.sleep(_STILL)
    cable.pull()


async def locked_and_then_unlocked(room: Room) -> None:
    cable = room.cable(4)
    cable.modem.faults.is_locked = True
    await cable.plug()
    await room.until(cable, "silent modem-silent")
    cable.modem.faults.is_locked = False
    await room.until(cable, "silent modem-silent", "answered")
    cable.pull()
    await room.until(cable, "gone")


async def another_maker(room: Room) -> None:
    cable = room.cable(5, Described(vendor=0x18D1, configurations=HIDDEN))
    await cable.plug()
    await asyncio.sleep(_STILL)
    cable.pull()


async def no_slot(room: Room) -> None:
    cable = room.cable(9)
    await cable.plug()
    await asyncio.sleep(_STILL)
    cable.pull()


async def download_mode(room: Room) -> None:
    cable = room.cable(6, Described(product=0x685D, configurations=(MODEM,)))
    await cable.plug()
    await asyncio.sleep(_STILL)
    cable.pull()


async def in_use_and_then_free(room: Room) -> None:
    cable = room.cable(7)
    cable.in_use = True
    await cable.plug()
    await room.until(cable, "silent configuration-busy")
    cable.in_use = False
    await room.until(cable, "answered")
    cable.pull()
    await room.until(cable, "gone")


async def refused_by_the_kernel(room: Room) -> None:
    cable = room.cable(8)
    cable.refusals = [errno.ENOMEM]
    await cable.plug()
    await room.until(cable, "silent configuration-refused")
    cable.pull()
    await room.until(cable, "gone")


async def without_a_driver(room: Room) -> None:
    cable = room.cable(10)
    cable.has_driver = False
    await cable.plug()
    await room.until(cable, "silent modem-no-driver")
    cable.pull()
    await room.until(cable, "gone")


async def one_configuration(room: Room) -> None:
    cable = room.cable(11, Described(configurations=(MTP,)))
    await cable.plug()
    await room.until(cable, "silent modem-hidden")
    cable.pull()
    await room.until(cable, "gone")


async def leaves_when_it_is_chosen(room: Room) -> None:
    for _ in range(2):
        cable = room.cable(12)
        cable.strays = True
        await cable.plug()
        while not cable.chosen:
            await asyncio.sleep(0.01)
        await asyncio.sleep(_STILL)
        cable.pull()
    cable = room.cable(12)
    await cable.plug()
    await room.until(cable, "silent modem-hidden")
    cable.pull()
    await room.until(cable, "gone")


async def pulled_out_in_the_middle(room: Room) -> None:
    cable = room.cable(13)
    cable.modem.faults.cut_at = 40
    await cable.plug()
    while b"DEVCONINFO" not in cable.modem.written:
        await asyncio.sleep(0.01)
    cable.pull()
    await asyncio.sleep(_STILL)
    again = room.cable(13)
    await again.plug()
    await room.until(again, "answered")
    again.pull()
    await room.until(again, "gone")


async def plugged_for_another(room: Room) -> None:
    for _ in range(3):
        cable = room.cable(14)
        await cable.plug()
        await room.until(cable, "answered")
        cable.pull()
        await room.until(cable, "gone")


async def a_mebibyte(room: Room) -> None:
    cable = room.cable(15)
    cable.modem.faults.garbage = b"+DEVCONINFO" * 95_326
    await cable.plug()
    await room.until(cable, "silent modem-garbled")
    cable.modem.faults.garbage = None
    await room.until(cable, "silent modem-garbled", "answered")
    cable.pull()
    await room.until(cable, "gone")


async def asked_while_the_watcher_ends(room: Room) -> None:
    cable = room.cable(16)
    cable.modem.faults.cut_at = 40
    await cable.plug()
    await room.until(cable, "silent modem-garbled")


async def until_it_is_asked_again(room: Room) -> None:
    (cable,) = (cable for cable in room.cables if cable.path == UsbPath(1, (16,)))
    while cable.configuration != 1:
        await asyncio.sleep(0.001)
    while cable.configuration != 2:
        await asyncio.sleep(0.001)


STORIES: tuple[Callable[[Room], Awaitable[None]], ...] = (
    fresh_from_the_box, debugging_is_on_and_the_port_is_there,
    debugging_is_on_and_the_port_is_hidden, locked_and_then_unlocked, another_maker, no_slot,
    download_mode, in_use_and_then_free, refused_by_the_kernel, without_a_driver,
    one_configuration, leaves_when_it_is_chosen, pulled_out_in_the_middle, plugged_for_another,
    a_mebibyte, asked_while_the_watcher_ends,
)  # fmt: skip


async def play(testbed: Testbed) -> None:
    watching = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "error", str(Path(__file__).with_name("watching.py")),
        stdin=PIPE, stdout=PIPE,
    )  # fmt: skip
    room = Room(testbed, watching)
    hearing = asyncio.create_task(room.hear())
    try:
        async with asyncio.TaskGroup() as group:
            for story in STORIES:
                group.create_task(story(room))  # type: ignore[arg-type]
        await until_it_is_asked_again(room)
    finally:
        assert watching.stdin is not None
        watching.stdin.close()
        code = await watching.wait()
        await hearing
        for cable in room.cables:
            await cable.close()
        if sys.exc_info()[0]:
            print(room.report(), file=sys.stderr)  # noqa: T201 - what was said until then
    print(json.dumps({"code": code, **room.report()}))  # noqa: T201 - the answer to the test


if __name__ == "__main__":
    with Testbed() as peer:
        asyncio.run(play(peer))
