"""Scanners that are serial ports (USB CDC, "COM port emulation"): bytes in, scans out.

Read as a device and not as a keyboard: whatever has the focus, a scan lands. Everything runs on
the bench's loop, without a thread.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from serial import Serial

from bench.ports import Post
from hardware.scanners.census import Census
from hardware.scanners.following import EveryScanner, OneScanner
from hardware.scanners.framing import FRAME_LIMIT, Framer
from hardware.scanners.line import BY_ITSELF, OpenScanner, Reading
from hardware.scanners.makers import is_handset, is_scanner
from hardware.scanners.source import Source
from hardware.scanners.sysfs import (
    DEV,
    SYSFS,
    Places,
    UsbDevice,
    usb_device_above,
    usb_device_of_port,
)


def serial_ports(
    named: Collection[tuple[int, int]] = (), *, sysfs: Path = SYSFS, dev: Path = DEV
) -> Places:
    """Return the serial ports of scanners; `named` are further USB ids that are scanners."""
    folder = sysfs / "class" / "tty"

    def look(node: str) -> UsbDevice | None:
        device = usb_device_above(folder / node)
        return device if device and is_scanner(device.kind, named) else None

    return Places(folder, r"tty(ACM|USB)\d+", look, dev)


def find_scanner() -> str | None:
    """Return the device path of the first serial port of a known scanner maker, or None."""
    return next((node for node, _ in serial_ports().present().values()), None)


def open_port(device: str, reading: Reading) -> OpenScanner:
    """Open a port for this program alone: two readers would each get half of a scan.

    Raises:
        OSError: it cannot be opened, or is a handset's modem, which is left alone.
        termios.error: it is no serial port.
    """
    usb = usb_device_of_port(device)
    if usb and is_handset(usb.kind):
        raise OSError(f"{device} is a handset's modem, which is never opened as a scanner")
    port = Serial(device, exclusive=True, timeout=0)
    framer = Framer(reading.suffix)
    return OpenScanner(
        port.fileno(), framer, lambda: framer.feed(port.read(FRAME_LIMIT)), port.close
    )


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
        locate = (lambda: device) if device else find_scanner
        self._scanner = OneScanner(locate, open_port, reading)
        self._name = name

    async def follow(self, post: Post) -> None:
        """Post each scan as `TextScanned`, until cancelled."""
        await self._scanner.follow(Source(self._name, post))


class SerialScanners(EveryScanner):
    """Implements `bench.ports.Watcher` for every serial scanner that is plugged in."""

    def __init__(
        self,
        ports: Places | None = None,
        census: Census | None = None,
        reading: Reading = BY_ITSELF,
    ) -> None:
        super().__init__(ports or serial_ports(), open_port, census or Census(), reading)
