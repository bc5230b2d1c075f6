"""Simulated handsets on an emulated USB, in a process of their own, plugged and pulled on request.

Started by `umockdev-wrapper`. Says in its first line where the testbed is; then answers each line
`plug PORT` or `pull PORT` with the moment, on the clock that all processes share, at which it sent
the event.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.identity.identifiers import UsbPath
from hardware.simulator.handset import SimulatedHandset, make_handset
from hardware.simulator.usbfs.hub import MOST, UsbHub
from tests.benchmarks.peers import ROOT
from tests.peers.testbed import Testbed
from tests.peers.usb.room import ports


@dataclass
class Stamped:
    """A testbed that notes when it sent an event.

    umockdev makes a device and sends its event in one call, which takes one to twenty milliseconds
    as the file system pleases. So the device is made with nobody to tell, and announced after.
    """

    testbed: Testbed
    sent: float = 0.0

    @property
    def root(self) -> Path:
        """Where it is."""
        return self.testbed.root

    def add(self, description: str) -> None:
        """Make a device, and send its event."""
        with _nobody_listening(self.root):
            self.testbed.add(description)
        place = description.partition("\n")[0].removeprefix("P: ")
        self.sent = time.monotonic()
        self.testbed.announce(place, "add")

    def unplug(self, place: str) -> None:
        """Send a device's event, and remove it."""
        self.sent = time.monotonic()
        self.testbed.unplug(place)


@contextmanager
def _nobody_listening(root: Path) -> Iterator[None]:
    """Hide the sockets of the testbed's listeners, which it finds by their names."""
    hidden = {socket: socket.with_name(f"hidden-{socket.name}") for socket in root.glob("event*")}
    for socket, name in hidden.items():
        socket.rename(name)
    yield
    for socket, name in hidden.items():
        name.rename(socket)


async def serve(testbed: Testbed) -> None:
    """Plug and pull until standard input ends."""
    stamped = Stamped(testbed)
    handsets = {path: make_handset(number) for number, path in enumerate(ports(MOST))}
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async with UsbHub(stamped, tuple(handsets)) as hub:
        _say({"root": str(testbed.root)})
        while line := (await reader.readline()).decode():
            await _do(hub, handsets, line.split())
            _say({"sent": stamped.sent})


async def _do(hub: UsbHub, handsets: Mapping[UsbPath, SimulatedHandset], words: list[str]) -> None:
    what, where = words
    path = UsbPath.parse(where)
    if what == "plug":
        await hub.plug(path, handsets[path])
    else:
        await hub.unplug(path)


def _say(told: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


@dataclass
class UsbSide:
    """The far side, as whoever started it speaks to it."""

    process: subprocess.Popen[str]
    root: str

    def plug(self, path: UsbPath) -> float:
        """Plug a handset in; return when the event was sent, in monotonic seconds."""
        return self._ask(f"plug {path}")

    def pull(self, path: UsbPath) -> float:
        """Pull it out; return when the event was sent."""
        return self._ask(f"pull {path}")

    @property
    def environment(self) -> Mapping[str, str]:
        """What a program needs in its environment to find these handsets on its USB."""
        return {**os.environ, "UMOCKDEV_DIR": self.root, "ADB_LIBUSB": "0"}

    def _ask(self, line: str) -> float:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return float(json.loads(self.process.stdout.readline())["sent"])


def under_umockdev(module: str, *words: str) -> list[str]:
    """Return the command that runs a module so that an emulated USB is its own."""
    wrapper = shutil.which("umockdev-wrapper")
    assert wrapper, "install the package umockdev"
    return [wrapper, sys.executable, "-m", module, *words]


@contextmanager
def usb_side() -> Iterator[UsbSide]:
    """Start the far side; it ends with the block, whatever happened in it."""
    with subprocess.Popen(
        under_umockdev("tests.benchmarks.usb_side"),
        cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdin
        assert process.stdout
        try:
            yield UsbSide(process, json.loads(process.stdout.readline())["root"])
            process.stdin.close()
            process.wait(20)
        finally:
            process.kill()


def main() -> None:
    """Serve."""
    with Testbed() as testbed:
        (testbed.root / "dev" / "bus" / "usb").mkdir(parents=True)
        asyncio.run(serve(testbed))


if __name__ == "__main__":
    main()
