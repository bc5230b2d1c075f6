"""A counter with simulated scanners under umockdev, and a bench's watchers beside it.

Run through `umockdev-wrapper`; plays every scene of a module and prints what each complained of.
The watchers are another process, because a call on a simulated node waits for this one.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from hardware.simulator.keyboard import SimulatedKeyboard
from hardware.simulator.scanner import SimulatedScanner
from tests.peers.scenes import ROOT, perform
from tests.peers.testbed import Testbed, usb_place

LIMIT = 10.0


class Watchers:
    """The other process, and what it has told."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._told: list[list[str]] = []

    async def next(self, *about: str) -> list[str]:
        """Return the next fact about these sources that was not asked for before."""
        async with asyncio.timeout(LIMIT):
            while True:
                for fact in self._told:
                    if fact[1] in about:
                        self._told.remove(fact)
                        return fact
                assert self._process.stdout is not None
                line = await self._process.stdout.readline()
                assert line, "the watchers have ended"
                self._told.append(json.loads(line))


async def awake(watchers: Watchers, scanner: SimulatedScanner, source: str) -> None:
    """Wait until a serial scanner is read: what is sent before is lost, as on a real port."""
    told: list[str] = []
    while not told:
        scanner.scan("AWAKE?")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.05):
                told = await watchers.next(source)
    scanner.scan("AWAKE")
    while told != ["scan", source, "AWAKE"]:
        told = await watchers.next(source)


class Counter:
    """Scanners are plugged in here; the testbed's nodes are numbered as they come."""

    def __init__(self, testbed: Testbed) -> None:
        self.testbed = testbed
        self._numbers = iter(range(5, 100))
        self._closing = contextlib.AsyncExitStack()

    async def keyboard(
        self, port: str, usb: str = "05e0:1200", mode: int = 0o666
    ) -> SimulatedKeyboard:
        keyboard = SimulatedKeyboard(self.testbed, port, next(self._numbers), usb, mode)
        await keyboard.plug()
        self._closing.push_async_callback(keyboard.close)
        return keyboard

    def serial(self, node: str, port: str, usb: str = "05e0:1701") -> SimulatedScanner:
        vendor, product = usb.split(":")
        place = usb_place(port)
        device = {"idVendor": vendor, "idProduct": product, "bNumInterfaces": " 2"}
        interface = {
            "bInterfaceClass": "02",
            "bInterfaceSubClass": "02",
            "bInterfaceProtocol": "01",
        }
        (self.testbed.root / "dev").mkdir(exist_ok=True)
        scanner = SimulatedScanner(self.testbed.root / "dev" / node)
        for at, subsystem, attributes in (
            (place, "usb", device), (f"{place}/{port}:1.0", "usb", interface),
            (f"{place}/{port}:1.0/tty/{node}", "tty", {}),
        ):  # fmt: skip
            said = "".join(f"A: {name}={text}\\n\n" for name, text in attributes.items())
            said += "L: device=../..\n" if subsystem == "tty" else ""
            self.testbed.add(f"P: {at}\nE: SUBSYSTEM={subsystem}\n{said}\n")
        return scanner

    def pull(self, scanner: SimulatedScanner, port: str) -> None:
        node = Path(scanner.device).name
        scanner.unplug()
        for below in (f"/{port}:1.0/tty/{node}", f"/{port}:1.0", ""):
            self.testbed.unplug(usb_place(port) + below)

    @contextlib.asynccontextmanager
    async def watchers(self, *before: str) -> AsyncIterator[Watchers]:
        """Start the watchers; `before` are words in front of the program, such as `setpriv`."""
        process = await asyncio.create_subprocess_exec(
            *before, sys.executable, "-m", "tests.peers.scanners.scanners_child",
            stdout=subprocess.PIPE, cwd=ROOT,
        )  # fmt: skip
        try:
            yield Watchers(process)
        finally:
            process.terminate()
            await process.wait()

    async def close(self) -> None:
        await self._closing.aclose()


@contextlib.asynccontextmanager
async def _counter(testbed: Testbed) -> AsyncIterator[Counter]:
    counter = Counter(testbed)
    try:
        yield counter
    finally:
        await counter.close()


if __name__ == "__main__":
    os.environ["PYTHONPATH"] = str(ROOT)
    perform(sys.argv[1], _counter)
