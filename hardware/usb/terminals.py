"""Serial ports by the USB device that they belong to: read in sysfs, without opening any."""

from __future__ import annotations

import os
import re
from pathlib import Path

from hardware.usb.modes import is_handset
from hardware.usb.sysfs import SYSFS, read_words
from hardware.usb.words import parse_device

_BUS, _DEVICE = r"usb[0-9]+", r"[0-9]+-[0-9]+(\.[0-9]+)*"
"""What the kernel names the folders of a bus and of a device on it."""


def is_of_handset(device: str, sysfs: Path = SYSFS) -> bool:
    """Return whether a serial port, given by its path, is or may be a handset's: its modem.

    A path may be a link. What is on no USB, or gone, is no handset's; what is on USB and does not
    say what it is, may be one.
    """
    name = _usb_device(Path(os.path.realpath(sysfs / "class/tty" / _terminal(device))))
    if name is None:
        return False
    words = read_words(name, sysfs)
    found = parse_device(words) if words else None
    return found is None or not (found.vendor and found.offered) or is_handset(found)


def _terminal(device: str) -> str:
    return Path(os.path.realpath(device)).name


def _usb_device(place: Path) -> str | None:
    """The name of the USB device that a folder of sysfs is part of; None on no USB."""
    names = [place.name, *(above.name for above in place.parents)]
    if not any(re.fullmatch(_BUS, name) for name in names):
        return None
    return next((name for name in names if re.fullmatch(_DEVICE, name)), "")
