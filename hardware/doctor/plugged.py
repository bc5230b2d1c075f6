"""What is plugged in that the bench uses, with its nodes and who may open them.

As in the udev rules: a handset by what it offers, the rest by maker. A node is known by its own
device, never by a hub above it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from bench.identity.plain import plain
from hardware.doctor.rights import ACL, Rights

if TYPE_CHECKING:
    import pyudev

PRINTER_MAKERS = frozenset({"0a5f", "04f9", "0922", "1203", "0828", "1d90", "08a6", "1504"})
"""USB vendor ids of makers of label printers: Zebra, Brother, DYMO, TSC, SATO, Citizen, Toshiba
TEC, Bixolon (usb.ids)."""
_ANY_MAKER = (":ff4201:", ":ff4203:")
"""ADB and fastboot (AOSP `adb/client/usb_linux.cpp`)."""
_OF_A_MAKER = (":060101:", ":ffff00:", ":020201:")
"""PTP and MTP, MTP as Android offers it, a modem."""
_HANDSET_MAKERS = frozenset({"04e8", "18d1"})
_DOWNLOAD_MODE = ("04e8", "685d")
_STORES_OR_PRINTS = (":08", ":07")
_MOST = 2000
"""Devices looked at; a bench has a tenth of them."""
_SHARED = frozenset({"ID_MM_DEVICE_IGNORE"})
"""What ModemManager asks of a port it asks of its device too."""

Words: TypeAlias = Mapping[str, str]


class Kind(StrEnum):
    """What it is to the bench."""

    HANDSET = "handset"
    SCANNER = "scanner"
    PRINTER = "printer"


@dataclass(frozen=True, slots=True)
class Plugged:
    """A device and its node; `where` is the kernel's name for it: a port, a terminal.

    `properties` are udev's; `power` is "auto" where the kernel may let the device sleep; `rights`
    are None where there is no node.
    """

    kind: Kind
    where: str
    node: Path
    rights: Rights | None
    properties: Words = field(default_factory=dict)
    power: str = ""


Look: TypeAlias = Callable[[], tuple[Plugged, ...]]


def kind_of(
    subsystem: str,
    properties: Words,
    scanners: Collection[int],
    named: Collection[tuple[int, int]] = (),
) -> Kind | None:
    """Return what a device of udev is, None for what the bench does not use.

    `scanners` are the vendor ids of makers of scanners, `named` vendor and product of further ones.
    """
    vendor, product = (properties.get(f"ID_{word}_ID", "").lower() for word in ("VENDOR", "MODEL"))
    match subsystem:
        case "usb":
            interfaces = properties.get("ID_USB_INTERFACES", "").lower()
            return Kind.HANDSET if _is_handset(vendor, product, interfaces) else None
        case "tty" | "input" if vendor in {f"{each:04x}" for each in scanners}:
            return Kind.SCANNER
        case "tty" | "input" if (vendor, product) in {(f"{v:04x}", f"{p:04x}") for v, p in named}:
            return Kind.HANDSET if vendor == _DOWNLOAD_MODE[0] else Kind.SCANNER
        case "tty" | "usbmisc" if vendor in PRINTER_MAKERS:
            return Kind.PRINTER
        case "tty" if vendor == _DOWNLOAD_MODE[0]:
            return Kind.HANDSET
    return None


def plugged_in(
    scanners: Collection[int],
    named: Collection[tuple[int, int]] = (),
    ports: Collection[str] = (),
) -> Look:
    """Return what asks udev for everything that is plugged in now; it may raise `OSError`.

    `scanners` and `named` are as for `kind_of`; `ports` are nodes that the settings say are
    scanners', whatever else they may be.
    """
    return lambda: tuple(_devices(scanners, named, ports))


def rights_of(node: Path) -> Rights | None:
    """Return who may open a node, None where there is none."""
    try:
        found = node.stat()
    except OSError:
        return None
    acl = b""
    with suppress(OSError):  # a file system without lists has none
        acl = os.getxattr(node, ACL)
    return Rights(found.st_uid, found.st_gid, found.st_mode, acl)


def _devices(
    scanners: Collection[int], named: Collection[tuple[int, int]], ports: Collection[str]
) -> Iterator[Plugged]:
    import pyudev  # noqa: PLC0415 - where udev is asked

    try:
        context = pyudev.Context()
    except ImportError as error:  # pyudev's way to say that libudev is not installed
        raise OSError(str(error)) from error
    devices = context.list_devices()
    devices.match_subsystem("usb").match_subsystem("tty").match_subsystem("input")
    devices.match_subsystem("usbmisc")
    nodes = {os.path.realpath(port) for port in ports}
    for device in islice((each for each in devices if each.device_node), _MOST):
        properties = _properties(device)
        kind = kind_of(device.subsystem, properties, scanners, named)
        if device.device_node in nodes and kind is None:
            kind = Kind.SCANNER
        if kind is not None:
            node = Path(device.device_node)
            power = _attribute(device, "power/control")
            yield Plugged(
                kind, plain(device.sys_name), node, rights_of(node), properties, power
            )  # fmt: skip


def _properties(device: pyudev.Device) -> dict[str, str]:
    """Return udev's properties, with those of the USB device that a node belongs to behind them."""
    own = dict(device.properties)
    usb = device if device.subsystem == "usb" else device.find_parent("usb", "usb_device")
    if usb is None:
        return own
    ids = {"ID_VENDOR_ID": "idVendor", "ID_MODEL_ID": "idProduct"}
    told = {name: _attribute(usb, attribute) for name, attribute in ids.items()}
    return {
        **told,
        **{name: usb.properties[name] for name in _SHARED & usb.properties.keys()},
        **own,
    }


def _attribute(device: pyudev.Device, name: str) -> str:
    found = device.attributes.get(name) or b""
    return str(found.decode("ascii", "replace").strip())


def _is_handset(vendor: str, product: str, interfaces: str) -> bool:
    if any(offered in interfaces for offered in _ANY_MAKER) or (vendor, product) == _DOWNLOAD_MODE:
        return True
    if vendor not in _HANDSET_MAKERS or any(each in interfaces for each in _STORES_OR_PRINTS):
        return False
    return any(offered in interfaces for offered in _OF_A_MAKER)
