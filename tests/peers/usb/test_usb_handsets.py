"""A real adb server, of either version, with simulated handsets on its USB."""

from __future__ import annotations

import asyncio
import hashlib
import random
from asyncio.subprocess import DEVNULL
from pathlib import Path

import pytest

from bench.events.device import (
    HandsetAttached,
    HandsetDetached,
    HandsetOnline,
    HandsetUnauthorised,
    HandsetUnreachable,
)
from bench.ports import HandsetRefusalError
from bench.problems import Problem, ProblemCode, ProblemError
from hardware.adb.devices import AdbDevice
from hardware.simulator.handset import make_handset
from hardware.simulator.timing import Timing
from tests.peers.usb.room import LIMIT, Corner
from tests.peers.usb.scene import scene

_TARGET = "/sdcard/Download/profile.bin"
_PACKAGE = Path(__file__).parents[3] / "resources" / "profiles" / "training" / "training-agent.apk"


@scene
async def test_a_handset_is_listed_with_its_serial_and_its_port(corner: Corner) -> None:
    handset = make_handset(1)
    await corner.plug(handset)
    device = await corner.listed()
    line = AdbDevice(handset.serial, "device", corner.port, device.transport, "SM_A325F")
    assert device == line


@scene
async def test_a_handset_is_joined_to_its_slot_by_the_port_that_udev_and_adb_name(
    corner: Corner,
) -> None:
    handset = make_handset(2)
    link = await corner.opened(handset)
    identity = await link.identify()
    assert str(identity.serial) == handset.serial
    assert tuple(map(str, identity.imeis)) == handset.imeis
    await corner.unplug()
    lost = HandsetUnreachable(corner.port, Problem(ProblemCode.LINK_LOST))
    await corner.is_told(HandsetDetached(corner.port))
    await corner.is_told(lost)
    told = corner.told
    attached, online, *gone = told
    assert attached == HandsetAttached(corner.port), told
    assert isinstance(online, HandsetOnline), told
    # whoever notices first; and a busy server lists it as offline a moment before it is gone
    offline = HandsetUnreachable(corner.port, Problem(ProblemCode.HANDSET_OFFLINE))
    assert set(gone) - {offline} == {HandsetDetached(corner.port), lost}, told


@scene
async def test_a_handset_does_all_that_the_bench_asks(corner: Corner) -> None:
    handset = make_handset(3)
    link = await corner.opened(handset)
    content = random.Random(7).randbytes(3 << 20)
    await link.push(corner.file(content), _TARGET, _ignore)
    assert handset.storage.file(_TARGET).digest("sha256") == _sha256(content)
    assert await _pulled(corner) == content
    reply = await link.shell("cat", "/nowhere/it's")
    assert (reply.code, reply.out) == (1, "")
    assert "/nowhere/it's" in reply.err
    await link.install(_PACKAGE, _ignore)
    assert handset.packages
    with pytest.raises(HandsetRefusalError, match="INSTALL_PARSE_FAILED"):
        await link.install(corner.file(b"no package"), _ignore)


@scene
async def test_a_push_that_fills_its_usb_packets_arrives_whole(corner: Corner) -> None:
    """A transfer that is a multiple of 512 bytes is followed by an empty one."""
    handset = make_handset(4)
    link = await corner.opened(handset)
    for size in (0, 1, 488, 504, 512, 1024, 4096, 65_528, 65_536, 1 << 20):
        content = random.Random(size).randbytes(size)
        await link.push(corner.file(content), _TARGET, _ignore)
        assert handset.storage.file(_TARGET).digest("sha256") == _sha256(content), size


@scene
async def test_allow_is_tapped_and_the_handset_answers(corner: Corner) -> None:
    handset = make_handset(5, secure=True)
    await corner.plug(handset)
    await corner.is_told(HandsetUnauthorised(corner.port))
    async with asyncio.timeout(LIMIT):
        while not handset.accept_dialog():
            await asyncio.sleep(0.01)
    link = corner.room.handsets.open(await corner.online())
    assert str((await link.identify()).serial) == handset.serial


@scene
async def test_a_handset_pulled_out_in_mid_push_comes_back_as_another_session(
    corner: Corner,
) -> None:
    handset = make_handset(6, timing=Timing(transfer_bytes_per_s=2e6))
    link = await corner.opened(handset)
    is_moving = asyncio.Event()
    source = corner.file(bytes(20 << 20))
    push = asyncio.create_task(link.push(source, _TARGET, lambda _: is_moving.set()))
    await is_moving.wait()
    await corner.unplug()
    assert await _problem(push) is ProblemCode.LINK_LOST
    session = await corner.online()
    await corner.is_told(HandsetUnreachable(corner.port, Problem(ProblemCode.LINK_LOST)))
    await corner.plug(handset)
    again = corner.room.handsets.open(await corner.online(after=session))
    assert await _problem(asyncio.create_task(link.identify())) is ProblemCode.LINK_LOST
    assert str((await again.identify()).serial) == handset.serial


@scene
async def test_a_handset_that_reboots_is_lost_and_found_again(corner: Corner) -> None:
    """Its node stays: what ends is the link, as with a plug that is loose."""
    handset = make_handset(7)
    await corner.opened(handset)
    session = await corner.online()
    await _adb(corner, "reboot")
    await corner.is_told(HandsetUnreachable(corner.port, Problem(ProblemCode.LINK_LOST)))
    again = corner.room.handsets.open(await corner.online(after=session))
    assert str((await again.identify()).serial) == handset.serial


@scene
async def test_a_handset_that_was_started_as_something_else_says_what(corner: Corner) -> None:
    modes = {
        "recovery": ProblemCode.IN_RECOVERY,
        "sideload": ProblemCode.IN_SIDELOAD,
        "rescue": ProblemCode.IN_RESCUE,
        "bootloader": ProblemCode.IN_BOOTLOADER,
    }
    for number, (port, mode) in enumerate(zip(corner.ports, modes, strict=True)):
        handset = make_handset(10 + number)
        handset.mode = mode
        await corner.plug(handset, port)
    for port, code in zip(corner.ports, modes.values(), strict=True):
        await corner.is_told(HandsetUnreachable(port, Problem(code)))


async def _problem(work: asyncio.Task[object]) -> ProblemCode:
    with pytest.raises(ProblemError) as trouble:
        await work
    return trouble.value.problem.code


async def _pulled(corner: Corner) -> bytes:
    """Let the program `adb` copy the file back: the bench itself never does."""
    copy = corner.room.folder / "copy"
    await _adb(corner, "pull", _TARGET, str(copy))
    return copy.read_bytes()


async def _adb(corner: Corner, *words: str) -> None:
    transport = (await corner.listed()).transport
    chosen = ("-P", str(corner.room.server.port), "-t", str(transport))
    program = await asyncio.create_subprocess_exec(corner.room.adb, *chosen, *words, stdout=DEVNULL)
    assert await program.wait() == 0


def _ignore(_share: float) -> None:
    """Take no notice of progress."""


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
