"""A room with a hub of simulated USB handsets, a real adb server, and what the bench is told."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import adbutils

from bench.events.device import HandsetOnline
from bench.events.run import Fact
from bench.identity.identifiers import UsbPath
from hardware.adb.client import AdbClient
from hardware.adb.devices import AdbDevice
from hardware.adb.handset import AdbHandset
from hardware.adb.handsets import AdbHandsets
from hardware.adb.server import AdbServer, free_port
from hardware.simulator.handset import SimulatedHandset
from hardware.simulator.usbfs.hub import MOST, UsbHub
from hardware.usb.watch import UsbHandsets
from tests.peers.testbed import Testbed

LIMIT = 20.0
"""Seconds after which what was waited for is taken not to come; nothing here takes a tenth."""
ADBS: Mapping[str, str] = {
    "29": shutil.which("adb") or "",
    "36": str(Path(adbutils.__file__).with_name("binaries") / "adb"),
}
"""The servers by version: Debian's, and the one in the wheel of adbutils."""
_PASSED_THROUGH = frozenset({"offline", "authorizing", "connecting"})
_CORNER = 4


def ports(count: int) -> tuple[UsbPath, ...]:
    """Return so many ports on three hubs of sixteen, each made of four times four."""
    return tuple(UsbPath(1, (1 + n // 16, 1 + n // 4 % 4, 1 + n % 4)) for n in range(count))


class UsbRoom:
    """Everything on one loop; leaving it ends the server, and then pulls everything out.

    `adb` is a version, or a version and who runs it: `29 as nobody`.
    """

    def __init__(self, folder: Path, adb: str) -> None:
        version, _, who = adb.partition(" as ")
        assert ADBS[version], "install the package adb"
        self.folder = folder
        self.testbed = Testbed()
        self.adb = _run_by(who, ADBS[version], self.testbed.root) if who else ADBS[version]
        self.hub = UsbHub(self.testbed, ports(MOST))
        self.server = AdbServer(free_port(), self.testbed.root / "home", self.adb)
        self.client = AdbClient(self.server.port)
        self.handsets = AdbHandsets(self.server, self.client)
        self.told: list[Fact] = []
        self._news = asyncio.Event()
        self._leaving = AsyncExitStack()

    def corner(self, number: int) -> Corner:
        """Return four ports that nobody else uses."""
        return Corner(self, self.hub.paths[_CORNER * number : _CORNER * (number + 1)])

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until what was told makes something so."""
        async with asyncio.timeout(LIMIT):
            while not condition():
                self._news.clear()
                await self._news.wait()

    def _post(self, fact: Fact) -> None:
        self.told.append(fact)
        self._news.set()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as leaving:
            leaving.enter_context(self.testbed)
            (self.testbed.root / "dev" / "bus" / "usb").mkdir(parents=True)
            await leaving.enter_async_context(self.hub)
            leaving.push_async_callback(self.server.stop)
            await self.server.ensure()
            for watcher in (UsbHandsets(self.testbed.root), self.handsets):
                following = asyncio.create_task(watcher.follow(self._post))
                leaving.push_async_callback(_end, following)
            self._leaving = leaving.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._leaving.aclose()


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])


def _run_by(who: str, adb: str, root: Path) -> str:
    """Return a program that is `adb` run by somebody else, who may see the testbed and no more."""
    if os.geteuid() != 0:  # then this process itself is somebody who may not do everything
        return adb
    user = pwd.getpwnam(who)
    root.chmod(0o755)
    (root / "home").mkdir()
    os.chown(root / "home", user.pw_uid, user.pw_gid)
    program = root / "adb"
    become = f"setpriv --reuid={user.pw_uid} --regid={user.pw_gid} --clear-groups"
    program.write_text(f'#!/bin/sh\nexec {become} {adb} "$@"\n')
    program.chmod(0o755)
    return str(program)


@dataclass(frozen=True)
class Corner:
    """Some ports of the room, and what happens on them."""

    room: UsbRoom
    ports: tuple[UsbPath, ...]

    @property
    def port(self) -> UsbPath:
        return self.ports[0]

    @property
    def told(self) -> list[Fact]:
        return [fact for fact in self.room.told if getattr(fact, "path", None) in self.ports]

    def file(self, content: bytes) -> Path:
        path = self.room.folder / str(self.port)
        path.write_bytes(content)
        return path

    async def plug(
        self, handset: SimulatedHandset, port: UsbPath | None = None, node_mode: int = 0o666
    ) -> None:
        await self.room.hub.plug(port or self.port, handset, node_mode=node_mode)

    async def unplug(self) -> SimulatedHandset:
        return await self.room.hub.unplug(self.port)

    async def listed(self, *states: str) -> AdbDevice:
        """Wait until the server lists the port in one of these states, or a lasting one."""
        async with asyncio.timeout(LIMIT):
            while True:
                for device in await self.room.client.devices():
                    fits = device.state in states if states else device.state not in _PASSED_THROUGH
                    if device.path == self.port and fits:
                        return device
                await asyncio.sleep(0.01)

    async def is_told(self, fact: Fact) -> None:
        await self.room.until(lambda: fact in self.room.told)

    async def online(self, port: UsbPath | None = None, after: int = 0) -> int:
        """Wait for the port's handset to be online, in a session later than that; return it."""
        found: list[int] = []

        def is_told() -> bool:
            online = (fact for fact in self.room.told if isinstance(fact, HandsetOnline))
            found[:] = [fact.session for fact in online if fact.path == (port or self.port)]
            return bool(found) and found[-1] > after

        await self.room.until(is_told)
        return found[-1]

    async def opened(self, handset: SimulatedHandset) -> AdbHandset:
        """Plug in, and return the handset once it is online."""
        await self.plug(handset)
        return self.room.handsets.open(await self.online())
