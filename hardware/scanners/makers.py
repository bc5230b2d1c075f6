"""Which USB devices are scanners: data and decisions, no I/O.

Models are many and new ones come, so a scanner is known by its maker and by what its interfaces
are for. Source of the ids: usb.ids (the list of the Linux USB project).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

MAKERS = {
    0x05E0: "Zebra",
    0x0C2E: "Honeywell",
    0x0536: "Hand Held Products",
    0x05F9: "Datalogic",
    0x1EAB: "Newland",
    0x065A: "Opticon",
}
"""USB vendor ids of scanner makers. In usb.ids they stand as Symbol Technologies, Metrologic
Instruments, Hand Held Products (Welch Allyn), PSC Scanning, Fujian Newland Computer and
Optoelectronics; the names here are what is printed on the scanners."""

HANDSET_MAKERS = frozenset({0x04E8})
"""Samsung (usb.ids): its serial port is a handset's modem, whatever the settings say."""

HANDSET_INTERFACES = ("ff42", "ffff00", "060101")
"""How an interface of a handset begins (class, subclass, protocol in hex): ADB and fastboot, MTP as
Android offers it, PTP. Source: AOSP `adb/client/usb_linux.cpp`; USB-IF class codes. Makers of
scanners make handhelds with Android too."""

SIMPLE_COM = (0x05E0, 0x0600)
"""Zebra's "Simple COM Port Emulation": in spite of its name a HID device and no serial port (Zebra,
"CDC driver" notes of its scanners' product reference guides)."""


@dataclass(frozen=True, slots=True)
class UsbKind:
    """What a USB device says it is; an interface is class, subclass and protocol in hex."""

    vendor: int
    product: int
    interfaces: tuple[str, ...] = ()


def is_handset(kind: UsbKind) -> bool:
    """Return whether it is a handset, of which no port may be opened here."""
    return kind.vendor in HANDSET_MAKERS or any(
        interface.startswith(HANDSET_INTERFACES) for interface in kind.interfaces
    )


def is_scanner(kind: UsbKind, named: Collection[tuple[int, int]] = ()) -> bool:
    """Return whether a serial port or keyboard of this device is a scanner.

    `named` are vendor and product ids of scanners that say they are something else, as the
    settings name them; cheap ones have the ids of whoever made their chip.
    """
    known = kind.vendor in MAKERS or (kind.vendor, kind.product) in named
    return known and not is_handset(kind)


def maker(vendor: int) -> str:
    """Return the name of a maker as a person knows it."""
    return MAKERS.get(vendor, "Scanner")


def parse_id(text: str) -> tuple[int, int]:
    """Return vendor and product of a USB id as `lsusb` prints it: `05e0:1200`.

    Raises:
        ValueError: it is none.
    """
    vendor, _, product = text.strip().partition(":")
    if len(vendor) != 4 or len(product) != 4:  # noqa: PLR2004 - as printed
        raise ValueError(f"{text!r} is no USB id such as 05e0:1200.")
    return int(vendor, 16), int(product, 16)
