"""Random ADB packets by the thousand: the handset lives, stays who it is, and takes no memory."""

from __future__ import annotations

import asyncio
import gc
import random
import struct
import tracemalloc
from contextlib import suppress

import pytest

from hardware.simulator.cable import Cable
from hardware.simulator.handset import SimulatedHandset, make_handset
from hardware.simulator.packets import Command, Packet

_SEED = 4
_BURST = 10
_GROWTH = 256 << 10
"""Bytes: as little for the full count as for the sample."""
_HELLO = Packet(Command.CNXN, 0x01000001, 1 << 20, b"host::features=shell_v2").encode(0x01000001)
_SERVICES = (
    b"shell:getprop\0", b"shell,v2,raw:echo hi\0", b"sync:\0", b"exec:cmd package install -S 99\0",
    b"reboot:\0", b"shell:cat /nothing | grep x\0", b"tcp:5555\0", b"", b"\xff\xfe:",
)  # fmt: skip


def _number(chance: random.Random) -> int:
    return chance.choice((0, 1, 2, 3, 5, 1 << 20, 0x01000001, chance.getrandbits(32)))


def _payload(chance: random.Random) -> bytes:
    return chance.choice((b"", *_SERVICES, b"STAT\1\0\0\0/", b"QUIT\0\0\0\0", chance.randbytes(90)))


def _packet(chance: random.Random) -> bytes:
    """Return a packet: mostly one that could be meant, else one with anything in its header."""
    command = chance.choice((*Command, chance.getrandbits(32)))
    raw = Packet(command, _number(chance), _number(chance), _payload(chance)).encode(0x01000000)
    if chance.random() < 0.03:
        at = chance.randrange(24)
        raw = raw[:at] + bytes([chance.getrandbits(8)]) + raw[at + 1 :]
    return raw[: chance.randrange(len(raw))] if chance.random() < 0.02 else raw


async def _drain(reader: asyncio.StreamReader) -> None:
    with suppress(OSError):
        while await reader.read(1 << 16):
            pass


async def _babble(cable: Cable, chance: random.Random) -> None:
    host, _, port = cable.address.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    listening = asyncio.create_task(_drain(reader))
    hello = _HELLO if chance.random() < 0.8 else b""
    with suppress(OSError):
        writer.write(hello + b"".join(_packet(chance) for _ in range(_BURST)))
        await writer.drain()
        writer.write_eof()
    await listening  # until the handset has read it all, or hung up
    writer.transport.abort()


async def _says_of_itself(cable: Cable) -> bytes:
    host, _, port = cable.address.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    question = Packet(Command.OPEN, 7, 0, b"shell:getprop ro.serialno\0").encode(0x01000001)
    writer.write(_HELLO + question)
    said = {}
    async with asyncio.timeout(20):
        while Command.WRTE not in said:
            command, _, _, length, *_ = struct.unpack("<6I", await reader.readexactly(24))
            said[command] = await reader.readexactly(length)
    writer.transport.abort()
    return said[Command.WRTE]


async def _grown(handset: SimulatedHandset, count: int) -> int:
    """Babble, and return the bytes that the second half took."""
    chance = random.Random(_SEED)
    async with Cable(handset) as cable:
        sizes = []
        for _ in range(2):
            for _ in range(count // 2 // _BURST):
                await _babble(cable, chance)
            assert await _says_of_itself(cable) == b"R58N00001XY\n"
            gc.collect()
            sizes.append(tracemalloc.get_traced_memory()[0])
        return sizes[1] - sizes[0]


def _babble_at_a_handset(count: int) -> int:
    handset = make_handset(1)
    before = dict(handset.properties), handset.imeis
    tracemalloc.start()
    try:
        grown = asyncio.run(_grown(handset, count))
    finally:
        tracemalloc.stop()
    assert (handset.properties, handset.imeis) == before
    assert {line.split(" ")[0] for line in handset.log} >= {"shell", "reboot"}
    return grown


def test_random_packets_change_nothing_and_take_nothing() -> None:
    assert _babble_at_a_handset(3_000) < _GROWTH


@pytest.mark.soak
def test_a_hundred_thousand_random_packets_change_nothing_and_take_nothing() -> None:
    assert _babble_at_a_handset(100_000) < _GROWTH
