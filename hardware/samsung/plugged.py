"""What is plugged into which port, by sysfs alone."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bench.identity.identifiers import IdentifierError, UsbPath
from hardware.usb.device import UsbDevice
from hardware.usb.sysfs import SYSFS, names, read_words
from hardware.usb.words import parse_device


class Usb(Protocol):
    """Something that tells what is plugged in."""

    def plugged(self) -> Mapping[UsbPath, Hashable]:
        """Return the ports in use; another mark means that it was pulled out in between.

        `OSError`: nobody can tell just now. So it is with `device`.
        """
        ...

    def device(self, path: UsbPath) -> UsbDevice | None:
        """Return the device on a port as it is now, or None. May block."""
        ...


@dataclass(frozen=True, slots=True)
class SysfsUsb:
    """What is plugged in, as sysfs says; implements `Usb`."""

    sysfs: Path = SYSFS

    def plugged(self) -> Mapping[UsbPath, Hashable]:
        """Return the ports in use, each with the mark of what is plugged in."""
        ports: dict[UsbPath, Hashable] = {}
        for name, mark in names(self.sysfs).items():
            if ":" not in name:
                with suppress(IdentifierError):
                    ports[UsbPath.parse(name)] = mark
        return ports

    def device(self, path: UsbPath) -> UsbDevice | None:
        """Return the device on a port as it is now, or None."""
        words = read_words(str(path), self.sysfs)
        return parse_device(words) if words else None
