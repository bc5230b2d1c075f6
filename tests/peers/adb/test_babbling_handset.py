"""A handset that speaks random ADB packets at the real adb server, beside one that is in order.

Both versions of the server end themselves when a handset asks to open a service on the computer
("disallowed connect"): then every handset is lost with it, and comes back with the next one.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from bench.events.device import HandsetOnline, ProblemCleared
from bench.identity.identifiers import UsbPath
from bench.problems import ProblemCode, ProblemError
from hardware.adb.handset import AdbHandset
from hardware.simulator.cable import Cable
from hardware.simulator.handset import make_handset
from hardware.simulator.packets import Command, Packet
from tests.hardware.adb.real_server import LIMIT, PORT, Peer, with_server

_BABBLER = UsbPath(1, (9,))
_GOOD_ENDS = (ProblemCode.LINK_LOST, ProblemCode.IDENTITY_UNREAD, ProblemCode.NOT_ANSWERING)
_HELLO = Packet(Command.CNXN, 0x01000001, 1 << 20, b"device::ro.product.name=x;features=shell_v2")


def _babbling(chance: random.Random) -> bytes:
    commands = (Command.OKAY, Command.WRTE, Command.CLSE, chance.getrandbits(32))
    packets = (
        Packet(
            chance.choice(commands), chance.randrange(4), chance.randrange(4), chance.randbytes(60)
        )
        for _ in range(20)
    )
    return b"".join(packet.encode(0x01000001) for packet in packets)


async def _identity(handset: AdbHandset) -> str:
    """Return the serial number, or the code of what there is instead."""
    try:
        return str((await handset.identify()).serial)
    except ProblemError as error:
        return error.problem.code


@asynccontextmanager
async def _babbler(chance: random.Random, answer: bytes = b"") -> AsyncIterator[str]:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(_HELLO.encode(0x01000001))
        with suppress(OSError, asyncio.CancelledError):
            while await reader.read(1 << 16):
                writer.write(answer or _babbling(chance))
        writer.transport.abort()

    listener = await asyncio.start_server(babble, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    finally:
        listener.close()


def test_a_handset_that_babbles_gets_no_identity_and_takes_none(tmp_path: Path, adb: str) -> None:
    async def work(peer: Peer) -> None:
        known: list[str] = []
        async with (
            _babbler(random.Random(4)) as address,
            peer.following() as handsets,
            Cable(make_handset(2)) as cable,
        ):
            peer.ports[address] = _BABBLER
            await peer.connect(cable)
            await peer.wait_for(HandsetOnline(PORT, 1))
            await peer.client.connect(address)
            for device in await peer.client.devices():
                known += [await _identity(AdbHandset(peer.client, device.transport))]
            assert str((await handsets.open(1).identify()).serial) == "R58N00002XY"
            assert set(known) <= {"R58N00002XY", *_GOOD_ENDS}

    with_server(tmp_path, work, adb)


def test_a_handset_that_ends_the_server_only_delays_its_neighbour(tmp_path: Path, adb: str) -> None:
    order = Packet(Command.OPEN, 1, 0, b"tcp:22\0").encode(0x01000001)

    async def work(peer: Peer) -> None:
        async with (
            _babbler(random.Random(4), order) as address,
            peer.following() as handsets,
            Cable(make_handset(2)) as cable,
        ):
            peer.ports[address] = _BABBLER
            await peer.connect(cable)
            await peer.wait_for(HandsetOnline(PORT, 1))
            with suppress(ProblemError):
                await peer.client.connect(address)
                for device in await peer.client.devices():
                    await peer.client.shell(device.transport, "true")
            await peer.wait_for(ProblemCleared(ProblemCode.ADB_SERVER_LOST, "ADB"))
            await peer.connect(cable)
            again = await asyncio.wait_for(peer.facts.get(), LIMIT)  # the babbler may have been 2
            assert isinstance(again, HandsetOnline)
            assert again.path == PORT
            assert str((await handsets.open(again.session).identify()).serial) == "R58N00002XY"

    with_server(tmp_path, work, adb)
