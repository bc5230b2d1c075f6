"""A real adb server with simulated handsets behind it, and what the bench is told of them."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import adbutils

from bench.events.device import HandsetUnreachable
from bench.events.run import Fact
from bench.identity.identifiers import UsbPath
from bench.problems import Problem, ProblemCode
from hardware.adb.client import AdbClient, Deadlines
from hardware.adb.devices import AdbDevice
from hardware.adb.handset import AdbHandset
from hardware.adb.handsets import AdbHandsets
from hardware.adb.server import AdbServer, free_port
from hardware.adb.sightings import Locate
from hardware.simulator.cable import Cable
from hardware.simulator.handset import SimulatedHandset

PORT = UsbPath(1, (1,))
_SHORT = Deadlines(shell=2.0)
LIMIT = 20.0
VERSIONS = ("29", "36")
"""Debian's 29.0.6, and the 36 that comes with adbutils."""


def adb_program(version: str) -> str:
    debian = shutil.which("adb")
    assert debian, "install the package adb"
    newest = Path(adbutils.__file__).parent / "binaries" / "adb"
    return {"29": debian, "36": str(newest)}[version]


@dataclass
class Peer:
    """A real server, the client, and what the bench was told."""

    server: AdbServer
    client: AdbClient
    ports: dict[str, UsbPath] = field(default_factory=dict)
    facts: asyncio.Queue[Fact] = field(default_factory=asyncio.Queue)
    told: list[Fact] = field(default_factory=list)
    locate_by: Locate | None = None

    def post(self, fact: Fact) -> None:
        self.told.append(fact)
        self.facts.put_nowait(fact)

    def locate(self, device: AdbDevice) -> UsbPath | None:
        return self.ports.get(device.serial)

    async def wait_for(self, wanted: Fact) -> None:
        """Take facts until this one comes."""
        async with asyncio.timeout(LIMIT):
            while await self.facts.get() != wanted:
                pass

    async def connect(self, cable: Cable, port: UsbPath = PORT) -> None:
        self.ports[cable.address] = port
        await self.client.connect(cable.address)

    @asynccontextmanager
    async def following(self) -> AsyncIterator[AdbHandsets]:
        handsets = AdbHandsets(self.server, self.client, self.locate_by or self.locate)
        task = asyncio.create_task(handsets.follow(self.post))
        try:
            yield handsets
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


Work: TypeAlias = Callable[[Peer], Awaitable[None]]


def with_server(home: Path, work: Work, adb: str = "adb") -> None:
    async def run() -> None:
        server = AdbServer(free_port(), home, adb)
        try:
            await server.ensure()
            await work(Peer(server, AdbClient(server.port, deadlines=_SHORT)))
        finally:
            await server.stop()

    assert shutil.which("adb"), "install the package adb"
    asyncio.run(run())


def with_handset(
    home: Path, simulated: SimulatedHandset, work: Callable[[AdbHandset], Awaitable[None]]
) -> None:
    async def run(peer: Peer) -> None:
        async with Cable(simulated) as cable:
            await peer.client.connect(cable.address)
            (device,) = await peer.client.devices()
            await work(AdbHandset(peer.client, device.transport))

    with_server(home, run)


def ignore(_share: float) -> None:
    pass


def package_of(folder: Path, content: bytes) -> Path:
    path = folder / "package.apk"
    path.write_bytes(content)
    return path


def lost(path: UsbPath) -> HandsetUnreachable:
    return HandsetUnreachable(path, Problem(ProblemCode.LINK_LOST))


async def tapped_allow(handset: SimulatedHandset) -> None:
    """Tap Allow as soon as the question is on the screen: the server says so before it is."""
    async with asyncio.timeout(LIMIT):
        while not handset.accept_dialog():
            await asyncio.sleep(0.01)
