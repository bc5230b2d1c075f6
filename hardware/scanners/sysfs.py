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
from typing import Generic, TypeAlias, TypeVar

from hardware.scanners.makers import UsbKind, maker

SYSFS = Path("/sys")
DEV = Path("/dev")
_T = TypeVar("_T")
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


class Nodes(Generic[_T]):
    """The nodes of one class whose names fit a pattern, each looked at once while it is there."""

    def __init__(self, folder: Path, pattern: str, look: Callable[[str], _T | None]) -> None:
        self._folder = folder
        self._pattern = re.compile(pattern)
        self._look = look
        self._known: dict[_Key, _T | None] = {}

    def present(self) -> list[tuple[str, _T]]:
        """Return name and what was seen of each that counts, the lowest number first."""
        keys = sorted(self._keys(), key=lambda key: (len(key[0]), key))
        self._known = {
            key: self._known[key] if key in self._known else self._look(key[0]) for key in keys
        }
        return [(key[0], seen) for key, seen in self._known.items() if seen is not None]

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
