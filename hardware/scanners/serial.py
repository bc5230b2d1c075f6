"""Scanners that are serial ports (USB CDC, "COM port emulation"): bytes in, scans out.

Read as a device and not as a keyboard: whatever has the focus, a scan lands. Everything runs on
the bench's loop, without a thread.
"""

from __future__ import annotations

import asyncio
import termios
from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from serial import Serial

from bench.ports import Post
from bench.problems import ProblemCode
from hardware.scanners.census import Census
from hardware.scanners.framing import FRAME_LIMIT, Frame, Framer
from hardware.scanners.line import BY_ITSELF, Line, Reading
from hardware.scanners.makers import is_handset, is_scanner
from hardware.scanners.source import Source
from hardware.scanners.sysfs import (
    DEV,
    SYSFS,
    Nodes,
    UsbDevice,
    usb_device_above,
    usb_device_of_port,
)
from hardware.scanners.trouble import Refusal, refusal_of

Locate: TypeAlias = Callable[[], str | None]
"""Says where a scanner's port is now, or None while it is nowhere."""
_HANDSET = Refusal(detail="that port is a handset's modem, which is never opened as a scanner")


class SerialPorts:
    """The serial ports of scanners, by the name under which facts speak of them."""

    def __init__(
        self,
        named: Collection[tuple[int, int]] = (),
        *,
        sysfs: Path = SYSFS,
        dev: Path = DEV,
    ) -> None:
        self._dev = dev
        self._tty = sysfs / "class" / "tty"
        self._named = named
        self._nodes = Nodes(self._tty, r"tty(ACM|USB)\d+", self._look)

    def present(self) -> dict[str, tuple[str, UsbDevice]]:
        """Return path and device of each that is there; a scanner of several ports is its first."""
        found: dict[str, tuple[str, UsbDevice]] = {}
        for node, device in self._nodes.present():
            found.setdefault(device.name, (str(self._dev / node), device))
        return found

    def device(self, name: str) -> str | None:
        """Return the path of that scanner now; a number can be another one's a moment later."""
        return self.present().get(name, (None,))[0]

    def _look(self, node: str) -> UsbDevice | None:
        device = usb_device_above(self._tty / node)
        return device if device and is_scanner(device.kind, self._named) else None


def find_scanner() -> str | None:
    """Return the device path of the first serial port of a known scanner maker, or None."""
    return next((device for device, _ in SerialPorts().present().values()), None)


class SerialScanner:
    """Implements `bench.ports.Watcher` for one scanner.

    `device` is the path of its serial port; None looks, at each try, for any scanner of a known
    maker. Pulled out, or not there at the start, it is a problem at `name` until it is back.
    """

    def __init__(
        self,
        device: str | None = None,
        name: str = "Scanner",
        reading: Reading = BY_ITSELF,
    ) -> None:
        self._locate: Locate = (lambda: device) if device else find_scanner
        self._name = name
        self._reading = reading

    async def follow(self, post: Post) -> None:
        """Post each scan as `TextScanned`, until cancelled."""
        await _Port(self._locate, self._reading).follow(Source(self._name, post))


class SerialScanners:
    """Implements `bench.ports.Watcher` for every serial scanner: one reader a port.

    Each is named by its maker and its USB port, so that facts say which it was, also when it comes
    back under another number. `named` are further USB ids that are scanners.
    """

    def __init__(
        self,
        ports: SerialPorts | None = None,
        census: Census | None = None,
        reading: Reading = BY_ITSELF,
    ) -> None:
        self._ports = ports or SerialPorts()
        self._census = census or Census()
        self._reading = reading
        self._readers: dict[str, _Reader] = {}

    async def follow(self, post: Post) -> None:
        """Post each scan as `TextScanned`, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                present = self._ports.present()
                for name in present.keys() - self._readers.keys():
                    self._leave(present[name][1], present)
                    self._take(name, present[name][1], tasks, post)
                self._census.count(self, post, found=bool(present))
                await asyncio.sleep(self._reading.retry)

    def _take(self, name: str, device: UsbDevice, tasks: asyncio.TaskGroup, post: Post) -> None:
        """Read a scanner at a port where none was."""
        source = Source(name, post)
        port = _Port(lambda: self._ports.device(name), self._reading)
        self._readers[name] = _Reader(device, source, tasks.create_task(port.follow(source)))

    def _leave(self, moved: UsbDevice, present: Collection[str]) -> None:
        """Wait no longer for a scanner of the same kind that is gone: it has moved."""
        gone = (name for name in self._readers if name not in present)
        same = (name for name in gone if self._readers[name].device.kind == moved.kind)
        if (name := next(same, None)) is not None:
            reader = self._readers.pop(name)
            reader.task.cancel()
            reader.source.forget()


@dataclass(frozen=True, slots=True)
class _Reader:
    device: UsbDevice
    source: Source
    task: asyncio.Task[None]


class _Port:
    """Opens a port whenever it is there, and reads it until it is not."""

    def __init__(self, locate: Locate, reading: Reading) -> None:
        self._locate = locate
        self._reading = reading

    async def follow(self, source: Source) -> None:
        """Read until cancelled. A port refused once may still be being set up by udev."""
        absence, refusals = ProblemCode.SCANNER_MISSING, 0
        while True:
            match self._opened():
                case Serial() as port:
                    source.calm()
                    with closing(port):
                        await self._read(port, source)
                    absence, refusals = ProblemCode.SCANNER_LOST, 0
                    source.complain(absence)
                case Refusal(None, detail):
                    refusals = 0
                    source.complain(absence, detail)
                case Refusal(ProblemCode() as code, detail):
                    refusals += 1
                    if refusals > 1:
                        source.complain(code, detail)
            await asyncio.sleep(self._reading.retry)

    def _opened(self) -> Serial | Refusal:
        """The port, for this program alone: two readers would each get half of a scan."""
        device = self._locate()
        if device is None:
            return Refusal()
        usb = usb_device_of_port(device)
        if usb and is_handset(usb.kind):
            return _HANDSET
        try:
            return Serial(device, exclusive=True, timeout=0)
        except (OSError, termios.error) as error:
            return refusal_of(error)

    async def _read(self, port: Serial, source: Source) -> None:
        framer = Framer(self._reading.suffix)

        def read() -> list[Frame]:
            return framer.feed(port.read(FRAME_LIMIT))

        await Line(port.fileno(), read, framer, source.hear, self._reading).follow()
