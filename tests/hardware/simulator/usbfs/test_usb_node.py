"""What a program gets that opens a simulated handset's device node, or talks nonsense to it."""

from __future__ import annotations

import asyncio
import errno
import functools
import random
import struct
import tracemalloc
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from hardware.simulator.handset import make_handset
from tests.hardware.simulator.usbfs.open_node import (
    ADB_IN,
    ADB_INTERFACE,
    ADB_OUT,
    BULK,
    CAPABILITIES,
    DISCARD,
    GET_DRIVER,
    IOCTL,
    READ,
    REAP,
    REAP_NOW,
    RELEASE,
    RESET,
    SPEED,
    WORDS,
    WRITE,
    OpenNode,
    Plugged,
    Urb,
    plugged_in,
)

_HEADER = struct.Struct("<6I")
_CNXN = 0x4E584E43


def packet(command: int, arg0: int, arg1: int, payload: bytes) -> tuple[bytes, bytes]:
    check = sum(payload)
    return (
        _HEADER.pack(command, arg0, arg1, len(payload), check, command ^ 0xFFFFFFFF),
        payload,
    )


HELLO = packet(_CNXN, 0x01000001, 1 << 20, b"host::\0")


def with_handset(test: Callable[[Plugged], Awaitable[None]]) -> Callable[[Path], None]:
    @functools.wraps(test)
    def wrapper(tmp_path: Path) -> None:
        async def run() -> None:
            async with plugged_in(tmp_path, make_handset(1)) as handset:
                await test(handset)

        asyncio.run(run())

    del wrapper.__wrapped__
    return wrapper


async def greeted(node: OpenNode) -> bytes:
    """Say hello as an adb server does, and return the handset's banner."""
    for number, part in enumerate(HELLO):
        assert await node.send(part, 0x1000 * (1 + number)) == 0
        assert await node.reaped() == (0x1000 * (1 + number), 0, part)
    assert await node.ask(24) == 0
    _, status, head = await node.reaped()
    assert status == 0
    assert await node.ask(_HEADER.unpack(head)[3]) == 0
    return (await node.reaped())[2]


async def still_answers(handset: Plugged) -> None:
    async with handset.opened() as node:
        assert await node.claim() == 0
        assert (await greeted(node)).startswith(b"device::ro.product.name=a32")


@with_handset
async def test_an_adb_server_says_hello_over_two_pipes(handset: Plugged) -> None:
    await still_answers(handset)


@with_handset
async def test_descriptors_are_read_on_from_where_the_last_read_ended(handset: Plugged) -> None:
    async with handset.opened() as node:
        parts = [await node.read(count) for count in (18, 9, 4096, 4096)]
    assert [len(part) for part in parts] == [18, 9, len(handset.cable.descriptors) - 27, 0]
    assert b"".join(parts) == handset.cable.descriptors


@with_handset
async def test_only_one_program_has_the_interface_and_the_next_has_it_after(
    handset: Plugged,
) -> None:
    async with handset.opened() as first, handset.opened() as second:
        assert await first.claim() == 0
        assert await first.claim() == 0
        assert await second.claim() == -errno.EBUSY
        assert await first.ioctl(RELEASE, 8) == 0
        assert await second.claim() == 0
        assert (await greeted(second)).startswith(b"device::")


@with_handset
async def test_what_the_kernel_refuses_is_refused(handset: Plugged) -> None:
    async with handset.opened() as node:
        assert await node.claim(ADB_INTERFACE + 1) == -errno.ENOENT
        assert await node.ask(24) == -errno.ENOENT
        assert await node.claim() == 0
        assert await node.submit(Urb(0x1000, ADB_IN + 1, 24)) == -errno.ENOENT
        assert await node.submit(Urb(0x1000, ADB_OUT, 24, kind=BULK - 1)) == -errno.EINVAL
        assert await node.submit(Urb(0x1000, ADB_OUT, -1)) == -errno.EINVAL
        assert await node.submit(Urb(0x1000, ADB_OUT, (16 << 20) + 1)) == -errno.ENOMEM
        assert await node.ioctl(DISCARD, 0x1000) == -errno.EINVAL
        assert await node.ioctl(0x8004551B) == -errno.ENOTTY
        assert await node.ioctl(GET_DRIVER) == -errno.ENODATA
        assert await node.call(WRITE, 0, 10) == -errno.EINVAL
        assert await node.reap(REAP_NOW) == -errno.EAGAIN
        assert await node.ioctl(SPEED) == 3
        assert await node.ioctl(CAPABILITIES, 0x40) == 0
        assert node.memory[0x40:0x44] == bytes((0x15, 0, 0, 0))
        assert (await greeted(node)).startswith(b"device::")


@with_handset
async def test_a_transfer_that_is_given_up_ends_as_not_done(handset: Plugged) -> None:
    async with handset.opened() as node:
        assert await node.claim() == 0
        assert await node.ask(24) == 0
        assert await node.reap() == -errno.EINTR
        assert await node.ioctl(DISCARD, 0x100000) == 0
        assert await node.reaped() == (0x100000, -errno.ENOENT, b"")


@with_handset
async def test_a_message_is_handed_over_in_as_many_parts_as_there_is_room_for(
    handset: Plugged,
) -> None:
    async with handset.opened() as node:
        assert await node.claim() == 0
        for part in HELLO:
            await node.send(part)
            await node.reaped()
        parts = []
        for room in (1, 23, 10):
            await node.ask(room)
            parts.append((await node.reaped())[2])
    assert [len(part) for part in parts] == [1, 23, 10]
    assert _HEADER.unpack(parts[0] + parts[1])[0] == _CNXN


@with_handset
async def test_after_the_cable_is_out_every_call_says_so_and_none_waits(handset: Plugged) -> None:
    async with handset.opened() as node, handset.opened() as other:
        assert await node.claim() == 0
        await node.ask(24)
        waiting = asyncio.create_task(node.reap())
        await asyncio.sleep(0.005)
        handset.cable.pull()
        while (over := await waiting) == -errno.EINTR:
            waiting = asyncio.create_task(node.reap())
        assert over == -errno.ENODEV
        for number in (REAP, REAP_NOW, DISCARD, RESET, RELEASE):
            assert await node.ioctl(number, 16) == -errno.ENODEV
        assert await other.call(READ, 64, 18) == -errno.ENODEV
        async with handset.opened() as late:
            assert await late.call(READ, 64, 18) == -errno.ENODEV
    assert not handset.has_node


@with_handset
async def test_a_reset_breaks_the_link_and_the_next_claim_is_a_new_one(handset: Plugged) -> None:
    async with handset.opened() as node:
        assert await node.claim() == 0
        assert (await greeted(node)).startswith(b"device::")
        assert await node.ioctl(RESET) == 0
        assert await node.reap() == -errno.ENODEV
    await still_answers(handset)


@with_handset
async def test_a_request_cut_at_any_byte_ends_that_program_alone(handset: Plugged) -> None:
    async with handset.opened() as beside:
        assert await beside.read(18)
        for cut in range(1, WORDS.size):
            async with handset.opened() as node:
                node.writer.write(WORDS.pack(IOCTL, REAP, 16)[:cut])
                node.writer.write_eof()
                assert await node.reader.read() == b"", cut
        assert await beside.read(9)
    await still_answers(handset)


@with_handset
async def test_memory_cut_at_any_byte_ends_that_program_alone(handset: Plugged) -> None:
    for cut in range(0, 56, 5):
        async with handset.opened() as node:
            assert await node.claim() == 0
            node.writer.write(WORDS.pack(IOCTL, 0x8038550A, 0x1000))
            await node.reader.readexactly(WORDS.size)
            node.writer.write(bytes(cut))
            node.writer.write_eof()
            assert await node.reader.read() == b"", cut
    await still_answers(handset)


@with_handset
async def test_garbage_from_a_thousand_programs_changes_nothing(handset: Plugged) -> None:
    dice = random.Random(4)
    tracemalloc.start()
    for _turn in range(500):
        async with handset.opened() as node:
            node.writer.write(dice.randbytes(dice.randrange(240)))
            node.writer.write_eof()
            await node.reader.read()
    before = tracemalloc.get_traced_memory()[0]
    for _turn in range(500):
        async with handset.opened() as node:
            words = (dice.choice((IOCTL, READ, WRITE)), dice.getrandbits(32), dice.getrandbits(22))
            node.writer.write(WORDS.pack(*words) + dice.randbytes(dice.randrange(240)))
            node.writer.write_eof()
            await node.reader.read()
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 1 << 20
    await still_answers(handset)


@with_handset
async def test_random_adb_packets_over_usb_break_the_link_and_no_more(handset: Plugged) -> None:
    dice = random.Random(5)
    for _turn in range(200):
        async with handset.opened() as node:
            assert await node.claim() == 0
            assert await node.send(dice.randbytes(24)) == 0
            over = await node.reap()
            assert over == -errno.ENODEV or isinstance(over, tuple)
    await still_answers(handset)


@pytest.mark.parametrize("serial", ["R58N\nE: DEVTYPE=usb_hub", "R58N\\nA: speed=1", "ü\x00\u2028"])
def test_a_serial_number_that_would_be_another_line_stays_in_its_own(
    serial: str, tmp_path: Path
) -> None:
    async def run() -> str:
        async with plugged_in(tmp_path, make_handset(1, serial=serial)) as handset:
            return "".join(handset.testbed.plugged.values())

    lines = asyncio.run(run()).splitlines()
    assert [line for line in lines if "DEVTYPE" in line and line.startswith("E: DEVTYPE")] == [
        "E: DEVTYPE=usb_device"
    ]
    assert sum(line.startswith("A: speed=") for line in lines) == 1
    assert sum(line.startswith("A: serial=") for line in lines) == 1
