"""Serial ports by the USB device that they belong to: read in sysfs, without opening any."""

from __future__ import annotations

import os
from pathlib import Path

from hardware.usb.modes import is_handset
from hardware.usb.sysfs import SYSFS, read_words
from hardware.usb.words import parse_device


def is_of_handset(device: str, sysfs: Path = SYSFS) -> bool:
    """Return whether a serial port, given by its path, is a handset's: it may be its modem.

    A path may be a link. What is on no USB, or gone, is no handset's.
    """
    node = sysfs / "class" / "tty" / Path(os.path.realpath(device)).name
    place = Path(os.path.realpath(node))
    above = next((up for up in (place, *place.parents) if (up / "idVendor").exists()), None)
    words = read_words(above.name, sysfs) if above else None
    found = parse_device(words) if words else None
    return found is not None and is_handset(found)
