"""The product's watcher of modems by itself: a program that prints what it posts, until ended."""

from __future__ import annotations

import asyncio
import sys

from bench.events.modem import ModemAnswered, ModemGone, ModemSilent
from bench.events.run import Fact
from bench.identity.identifiers import UsbPath
from hardware.samsung.modem import Patience
from hardware.samsung.plugged import SysfsUsb
from hardware.samsung.reading import Reading
from hardware.samsung.watcher import Rhythm, SamsungModems

_PATIENCE = Patience(appear=1.0, open=5.0, answer=1.5, pause=0.02, tries=1)
_RHYTHM = Rhythm(look=0.02, settle=0.1, again=0.1, times=60)
_NO_SLOT = UsbPath(1, (9,))


def _say(fact: Fact) -> None:
    match fact:
        case ModemAnswered(path, identity):
            said = f"answered {identity.serial} {identity.imei} {identity.model}"
        case ModemSilent(path, problem):
            said = f"silent {problem.code}"
        case ModemGone(path):
            said = "gone"
        case _:
            raise AssertionError(fact)
    print(path, said, flush=True)  # noqa: T201 - what this program is for


async def _watch() -> None:
    usb = SysfsUsb()
    watcher = SamsungModems(usb, Reading(usb, _PATIENCE), lambda path: path != _NO_SLOT, _RHYTHM)
    async with asyncio.TaskGroup() as group:
        watching = group.create_task(watcher.follow(_say))
        await asyncio.to_thread(sys.stdin.read)  # until whoever started it closes it
        watching.cancel()


if __name__ == "__main__":
    asyncio.run(_watch())
