"""What a simulated handset says of itself on USB: device, configurations, interfaces, endpoints.

Laid out as a Samsung handset with USB debugging switched on: MTP and ADB in its first
configuration, and in its second a modem (CDC ACM) between them. Pure.
Source: USB 2.0 specification, tables 9-8, 9-10, 9-12, 9-13; CDC 1.2, 5.2.3, and PSTN 1.2, 5.3, for
the modem's functional descriptors; AOSP `adb/adb.h` for ADB's class.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import count

SAMSUNG, GALAXY = 0x04E8, 0x6860
"""Vendor and product: a Galaxy with MTP, whatever else it offers (Debian `usb.ids`)."""
_DEVICE, _CONFIGURATION, _INTERFACE, _ENDPOINT = 1, 2, 4, 5
_USB_2 = 0x0200
_BULK, _INTERRUPT = 2, 3
_HIGH_SPEED_BULK = 512
_IN = 0x80
_SELF_POWERED = 0xC0
_MILLIAMPERES = 500
_MANUFACTURER, _PRODUCT, _SERIAL = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Interface:
    """Class, subclass and protocol; endpoints as `I` bulk in, `O` bulk out, `N` notifications in.

    `more` stands between interface and endpoints: what its class wants besides.
    """

    kind: tuple[int, int, int]
    endpoints: str
    more: bytes = b""


MTP = (Interface((0x06, 0x01, 0x01), "ION"),)
_ACM_FUNCTIONS = bytes.fromhex("0524001001 0524010001 04240202 0524060001")
"""Header, call management, abstract control, union of the two interfaces."""
MODEM = (
    Interface((0x02, 0x02, 0x01), "N", _ACM_FUNCTIONS),
    Interface((0x0A, 0x00, 0x00), "IO"),
)
ADB = (Interface((0xFF, 0x42, 0x01), "IO"),)
DEBUGGING = ((*MTP, *ADB), (*MTP, *MODEM, *ADB))
"""The configurations of a handset with USB debugging."""


@dataclass(frozen=True, slots=True)
class Bulk:
    """ADB's interface in the first configuration: its number and its two endpoints."""

    interface: int
    incoming: int
    outgoing: int


@dataclass(frozen=True, slots=True)
class Described:
    """A device's descriptors, configuration after configuration."""

    vendor: int = SAMSUNG
    product: int = GALAXY
    configurations: tuple[tuple[Interface, ...], ...] = DEBUGGING

    def blob(self) -> bytes:
        """Return what sysfs keeps as `descriptors` and usbfs gives to whoever reads the node."""
        device = struct.pack(
            "<BBHBBBBHHHBBBB", 18, _DEVICE, _USB_2, 0, 0, 0, 64, self.vendor, self.product, 0x0400,
            _MANUFACTURER, _PRODUCT, _SERIAL, len(self.configurations),
        )  # fmt: skip
        numbered = enumerate(self.configurations, start=1)
        return device + b"".join(_configuration(number, one) for number, one in numbered)

    def interfaces(self) -> str:
        """Return the kinds as udev's `usb_id` does in `ID_USB_INTERFACES`: `:060101:ff4201:`."""
        kinds = (one.kind for interfaces in self.configurations for one in interfaces)
        return "".join(f":{bytes(kind).hex()}" for kind in dict.fromkeys(kinds)) + ":"

    def adb(self) -> Bulk | None:
        """Return where ADB is in the first configuration, None when it is not offered."""
        place = zip(_addresses(self.configurations[0]), self.configurations[0], strict=True)
        for number, (addresses, one) in enumerate(place):
            if one.kind == ADB[0].kind:
                incoming, outgoing = addresses
                return Bulk(number, incoming, outgoing)
        return None


def _configuration(number: int, interfaces: tuple[Interface, ...]) -> bytes:
    placed = enumerate(zip(interfaces, _addresses(interfaces), strict=True))
    body = b"".join(_interface(at, one, addresses) for at, (one, addresses) in placed)
    head = (9, _CONFIGURATION, 9 + len(body), len(interfaces), number, 0)
    return struct.pack("<BBHBBBBB", *head, _SELF_POWERED, _MILLIAMPERES // 2) + body


def _interface(number: int, one: Interface, addresses: tuple[int, ...]) -> bytes:
    head = bytes((9, _INTERFACE, number, 0, len(addresses), *one.kind, 0))
    ends = zip(one.endpoints, addresses, strict=True)
    return head + one.more + b"".join(_endpoint(letter, address) for letter, address in ends)


def _endpoint(letter: str, address: int) -> bytes:
    transfer, size, interval = (
        (_INTERRUPT, 16, 9) if letter == "N" else (_BULK, _HIGH_SPEED_BULK, 0)
    )
    return struct.pack("<BBBBHB", 7, _ENDPOINT, address, transfer, size, interval)


def _addresses(interfaces: tuple[Interface, ...]) -> tuple[tuple[int, ...], ...]:
    """Number the endpoints of a configuration, each direction by itself."""
    incoming, outgoing = count(_IN + 1), count(1)
    return tuple(
        tuple(next(outgoing if letter == "O" else incoming) for letter in one.endpoints)
        for one in interfaces
    )
