"""Whole hubs of handsets plugged in and pulled out again and again, in a process under umockdev.

Nothing may be lost: each plug is one attached handset and one session of that handset, on its own
port, and each pull ends both. Prints how many sessions there were.
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from bench.events.device import (
    HandsetAttached,
    HandsetDetached,
    HandsetOnline,
    HandsetUnreachable,
)
from bench.events.run import Fact
from bench.identity.identifiers import UsbPath
from bench.problems import Problem, ProblemCode
from hardware.simulator.handset import SimulatedHandset, make_handset
from tests.peers.usb.room import UsbRoom

_LOST = Problem(ProblemCode.LINK_LOST)
_PAUSES = (0.0, 0.0, 0.002)
"""Seconds between two events: some come in one turn of the loop, some later."""


async def plugged_and_pulled(room: UsbRoom, count: int, cycles: int, seed: int) -> int:
    """Play so many cycles of so many handsets; return how many sessions there were."""
    dice = random.Random(seed)
    paths = room.hub.paths[:count]
    handsets = [make_handset(number) for number in range(count)]
    server = room.server._child
    for cycle in range(1, cycles + 1):
        plugged = dict(zip(dice.sample(paths, count), handsets, strict=True))
        for path, handset in plugged.items():
            await room.hub.plug(path, handset)
            await asyncio.sleep(dice.choice(_PAUSES))
        await room.until(lambda cycle=cycle: _online(room) == dict.fromkeys(paths, cycle))  # type: ignore[misc]
        await _each_is_itself(room, plugged)
        for path in dice.sample(paths, count):
            await room.hub.unplug(path)
            await asyncio.sleep(dice.choice(_PAUSES))
        await room.until(lambda cycle=cycle: _gone(room) == dict.fromkeys(paths, 2 * cycle))  # type: ignore[misc]
        assert _counted(room, lambda fact: isinstance(fact, HandsetAttached)) == _online(room)
        assert await room.client.devices() == ()
    assert room.server._child is server, "the server was started again"
    sessions = [fact.session for fact in room.told if isinstance(fact, HandsetOnline)]
    assert len(set(sessions)) == count * cycles
    return len(sessions)


async def _each_is_itself(room: UsbRoom, plugged: Mapping[UsbPath, SimulatedHandset]) -> None:
    """Ask every handset at once who it is: by its port, its session, and its own word."""
    newest = {fact.path: fact.session for fact in room.told if isinstance(fact, HandsetOnline)}
    asked = [room.handsets.open(newest[path]).identify() for path in plugged]
    identities = await asyncio.gather(*asked)
    assert [str(one.serial) for one in identities] == [one.serial for one in plugged.values()]
    assert [tuple(map(str, one.imeis)) for one in identities] == [
        one.imeis for one in plugged.values()
    ]
    listed = {device.path: device.serial for device in await room.client.devices()}
    assert listed == {path: handset.serial for path, handset in plugged.items()}


def _counted(room: UsbRoom, is_meant: Callable[[Fact], bool]) -> dict[UsbPath, int]:
    meant = (getattr(fact, "path", None) for fact in room.told if is_meant(fact))
    return dict(Counter(path for path in meant if isinstance(path, UsbPath)))


def _online(room: UsbRoom) -> dict[UsbPath, int]:
    return _counted(room, lambda fact: isinstance(fact, HandsetOnline))


def _gone(room: UsbRoom) -> dict[UsbPath, int]:
    """Count what each pull makes two of: the port is empty, and the session is over."""

    def is_meant(fact: Fact) -> bool:
        is_lost = isinstance(fact, HandsetUnreachable) and fact.problem == _LOST
        return is_lost or isinstance(fact, HandsetDetached)

    return _counted(room, is_meant)


async def _play(adb: str, count: int, cycles: int, seed: int, folder: Path) -> int:
    async with UsbRoom(folder, adb) as room:
        return await plugged_and_pulled(room, count, cycles, seed)


def main() -> None:
    """Play what is asked for."""
    adb, count, cycles, seed, folder = sys.argv[1:]
    sessions = asyncio.run(_play(adb, int(count), int(cycles), int(seed), Path(folder)))
    sys.stdout.write(f"{sessions}\n")


if __name__ == "__main__":
    main()
