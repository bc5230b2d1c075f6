"""Scanners that are serial ports (USB CDC, "COM port emulation"): bytes in, scans out.

Read as a device and not as a keyboard: whatever has the focus, a scan lands. Everything runs on
the bench's loop, without a thread.
"""

from __future__ import annotations

import asyncio
import re
import termios
from collections.abc import Callable
from contextlib import closing

from serial import Serial
from serial.tools import list_ports

from bench.events.device import ProblemCleared, ProblemRaised
from bench.events.person import TextScanned
from bench.identity.plain import plain
from bench.ports import Post
from bench.problems import Problem, ProblemCode

MAKERS = {
    0x05E0: "Zebra",
    0x0C2E: "Honeywell",
    0x0536: "Hand Held Products",
    0x05F9: "Datalogic",
    0x1EAB: "Newland",
}
"""USB vendor ids of scanner makers (usb.ids); their serial ports are scanners."""

FRAME_LIMIT = 4096
"""Bytes kept of one frame; more than any code holds that a label can carry."""

IDLE = 0.08
"""Seconds of silence that end a frame of a scanner which sends no suffix."""

RETRY = 1.0

_ENDS = re.compile(rb"[\r\n\x03\x04]")


def find_scanner() -> str | None:
    """Return the device path of the first serial port of a known scanner maker, or None."""
    ports = sorted(list_ports.comports(), key=lambda port: port.device)
    return next((port.device for port in ports if port.vid in MAKERS), None)


class Framer:
    """Cuts what a scanner sends into scans; give it pieces as they come.

    A scan ends with CR, LF, ETX or EOT and may begin with STX. GS separates fields inside a code
    and never ends it. Behind `FRAME_LIMIT` bytes the rest is dropped until the scan ends.
    """

    def __init__(self) -> None:
        self._frame = bytearray()

    @property
    def pending(self) -> bool:
        """Whether a scan has begun and not ended."""
        return bool(self._frame)

    def feed(self, data: bytes) -> list[str]:
        """Take bytes; return the scans that ended in them."""
        *ended, rest = _ENDS.split(data)
        scans = [scan for part in ended if (scan := self._ended(part))]
        self._keep(rest)
        return scans

    def flush(self) -> list[str]:
        """End the scan that has begun: the scanner fell silent."""
        scan = self._ended(b"")
        return [scan] if scan else []

    def _keep(self, part: bytes) -> None:
        self._frame += part[: FRAME_LIMIT - len(self._frame)]

    def _ended(self, part: bytes) -> str:
        self._keep(part)
        frame = bytes(self._frame).lstrip(b"\x02")
        self._frame.clear()
        return frame.decode("utf-8", "replace")


class SerialScanner:
    """Implements `bench.ports.Watcher` for one scanner.

    `device` is the path of its serial port; None looks, at each try, for any scanner of a known
    maker. Pulled out, or not there at the start, it is a problem at `name` until it is back; it is
    looked for every `retry` seconds. `idle` is the silence that ends a scan without a suffix.
    """

    def __init__(
        self,
        device: str | None = None,
        name: str = "Scanner",
        *,
        retry: float = RETRY,
        idle: float = IDLE,
    ) -> None:
        self._device = device
        self._name = name
        self._retry = retry
        self._idle = idle

    async def follow(self, post: Post) -> None:
        """Post each scan as `TextScanned`, until cancelled."""
        absence, standing, detail = ProblemCode.SCANNER_MISSING, False, ""
        while True:
            match self._opened():
                case Serial() as port:
                    if standing:
                        post(ProblemCleared(absence, self._name))
                    with closing(port):
                        await self._read(port, post)
                    absence, standing, detail = ProblemCode.SCANNER_LOST, False, ""
                case reason:
                    detail = reason
            if not standing:
                post(ProblemRaised(Problem(absence, self._name, detail)))
                standing = True
            await asyncio.sleep(self._retry)

    def _opened(self) -> Serial | str:
        """The port, for this program alone (two readers would each get half of a scan), or why not.

        The terminal's own errors are no `OSError` and pyserial lets some of them through.
        """
        device = self._device or find_scanner()
        if device is None:
            return ""
        try:
            return Serial(device, exclusive=True, timeout=0)
        except (OSError, termios.error) as error:
            return plain(str(error), 200)

    async def _read(self, port: Serial, post: Post) -> None:
        """Post scans until the port is gone."""

        def scanned(text: str) -> None:
            post(TextScanned(text, self._name))

        await _Line(port, scanned, self._idle).follow()


class _Line:
    """An open port: each scan is handed on in the very callback that read its end."""

    def __init__(self, port: Serial, scanned: Callable[[str], None], idle: float) -> None:
        self._port = port
        self._scanned = scanned
        self._idle = idle
        self._framer = Framer()
        self._loop = asyncio.get_running_loop()
        self._silence: asyncio.TimerHandle | None = None
        self._gone = asyncio.Event()

    async def follow(self) -> None:
        """Read until the port is gone; half a scan at its end is no scan."""
        self._loop.add_reader(self._port.fileno(), self._receive)
        try:
            await self._gone.wait()
        finally:
            self._loop.remove_reader(self._port.fileno())
            self._hush()

    def _receive(self) -> None:
        self._hush()
        try:
            data = self._port.read(FRAME_LIMIT)
        except OSError:  # pulled out; a reader left behind would spin
            self._loop.remove_reader(self._port.fileno())
            self._gone.set()
            return
        self._hand_on(self._framer.feed(data))
        if self._framer.pending:
            self._silence = self._loop.call_later(self._idle, self._end)

    def _end(self) -> None:
        self._hand_on(self._framer.flush())

    def _hush(self) -> None:
        if self._silence is not None:
            self._silence.cancel()

    def _hand_on(self, scans: list[str]) -> None:
        for scan in scans:
            self._scanned(scan)
