"""What sysfs says of serial ports and keyboards: read without opening any of them.

Listing is cheap enough to be done every second, and only what is new is looked at closely. Nothing
is missed in a gap, as an event could be, and it works where udev does not run.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from hardware.scanners.makers import UsbKind, maker

SYSFS = Path("/sys")
DEV = Path("/dev")
_Key: TypeAlias = tuple[str, str, int]
"""Name, place in the tree and number of a node: what is plugged in again is looked at again."""


@dataclass(frozen=True, slots=True)
class UsbDevice:
    """A device at a USB port; `port` is the kernel's name of the place, such as `1-1.4`."""

    port: str
    kind: UsbKind

    @property
    def name(self) -> str:
        """What facts call it: it stays with the port, whatever number its node has."""
        return f"{maker(self.kind.vendor)} {self.port}"


def usb_device_above(place: Path) -> UsbDevice | None:
    """Return the USB device that something in sysfs belongs to, or None."""
    try:
        real = place.resolve(strict=True)
        above = next(up for up in (real, *real.parents) if (up / "idVendor").exists())
        return UsbDevice(above.name, _kind(above))
    except (OSError, ValueError, StopIteration):  # pulled out meanwhile, or on no USB
        return None


def usb_device_of_port(device: str) -> UsbDevice | None:
    """Return the USB device of a serial port given by its path, which may be a link."""
    return usb_device_above(SYSFS / "class" / "tty" / Path(os.path.realpath(device)).name)


class Places:
    """Where the scanners of one class of nodes are: each looked at once while it is there.

    `folder` is the class in sysfs, `pattern` what the names of its nodes are like, `look` says
    whose such a node is, or None where it is no scanner's; nodes lie in `dev`.
    """

    def __init__(
        self, folder: Path, pattern: str, look: Callable[[str], UsbDevice | None], dev: Path
    ) -> None:
        self._folder = folder
        self._pattern = re.compile(pattern)
        self._look = look
        self._dev = dev
        self._known: dict[_Key, UsbDevice | None] = {}

    def present(self) -> dict[str, tuple[str, UsbDevice]]:
        """Return path and device of each, by name; of a scanner with several nodes the first."""
        keys = sorted(self._keys(), key=lambda key: (len(key[0]), key))
        self._known = {
            key: self._known[key] if key in self._known else self._look(key[0]) for key in keys
        }
        found: dict[str, tuple[str, UsbDevice]] = {}
        for key, device in self._known.items():
            if device is not None:
                found.setdefault(device.name, (str(self._dev / key[0]), device))
        return found

    def node_of(self, name: str) -> str | None:
        """Return the path of that scanner now; a number can be another one's a moment later."""
        return self.present().get(name, (None,))[0]

    def _keys(self) -> Iterator[_Key]:
        with suppress(OSError):  # there is no such class of devices here
            for place in self._folder.iterdir():
                with suppress(OSError):  # pulled out meanwhile
                    if self._pattern.fullmatch(place.name):
                        yield place.name, str(place.readlink()), place.lstat().st_ino


def _kind(device: Path) -> UsbKind:
    vendor, product = (int(_line(device / name), 16) for name in ("idVendor", "idProduct"))
    interfaces = (place for place in device.iterdir() if (place / "bInterfaceClass").exists())
    names = ("bInterfaceClass", "bInterfaceSubClass", "bInterfaceProtocol")
    said = ("".join(_line(place / name) for name in names) for place in sorted(interfaces))
    return UsbKind(vendor, product, tuple(said))


def _line(file: Path) -> str:
    return file.read_text("ascii", "replace").strip().lower()
