"""What a device on a port is: a handset or not, in which mode, and what to do when in a wrong one.

Pure. Interfaces decide. A product id only helps where a device offers nothing else to tell it by.
"""

from __future__ import annotations

from enum import Enum, auto

from bench.problems import Problem, ProblemCode
from hardware.usb.descriptors import Kind
from hardware.usb.device import UsbDevice

ADB = Kind(0xFF, 0x42, 0x01)
FASTBOOT = Kind(0xFF, 0x42, 0x03)
"""Source of both: AOSP, `adb/adb.h` and `fastboot/fastboot.cpp`, class, subclass, protocol."""
MTP = frozenset({Kind(0xFF, 0xFF, 0x00), Kind(0x06, 0x01, 0x01)})
"""MTP as Android offers it, and PTP and MTP by the standard (USB-IF, Still Image)."""
HANDSET_KINDS = frozenset({ADB, FASTBOOT, *MTP})
HANDSET_VENDORS = frozenset({"04e8"})
"""Samsung: its handsets count in every mode, also where none of those interfaces is offered."""
OTHER_CLASSES = frozenset({0x01, 0x03, 0x07, 0x08, 0x09, 0x0E})
"""Sound, keyboards and scanners, printers, drives, hubs, cameras: what else such a vendor sells."""
DOWNLOAD_IDS = frozenset({("04e8", "685d")})
"""Samsung's download mode as its maker numbers it; it offers a serial line and nothing else."""
_COMMUNICATION, _ACM, _LINE_DATA = 0x02, 0x02, 0x0A
"""CDC: class, subclass of a modem or serial line, class of its data (USB-IF, CDC 1.2, 4)."""


class Mode(Enum):
    """What a handset shows of itself on USB; recovery and sideload look like ADB and say so there.

    ADB: Android with USB debugging. FILES: MTP or PTP only, as a new handset is. CHARGING: nothing
    that the bench could use. SILENT: the kernel has switched no configuration on.
    """

    ADB = auto()
    FILES = auto()
    CHARGING = auto()
    FASTBOOT = auto()
    DOWNLOAD = auto()
    SILENT = auto()


_WRONG = {
    Mode.FASTBOOT: ProblemCode.IN_BOOTLOADER,
    Mode.DOWNLOAD: ProblemCode.IN_DOWNLOAD_MODE,
    Mode.SILENT: ProblemCode.NOT_CONFIGURED,
}
"""The modes in which a handset cannot be worked with; a new one is in none of them."""


def is_handset(device: UsbDevice) -> bool:
    """Return whether a device is a handset, as far as it has told yet."""
    if device.is_hub:
        return False
    if device.offered & HANDSET_KINDS:
        return True
    classes = {kind.base for kind in device.offered}
    is_other = bool(classes) and classes <= OTHER_CLASSES
    return device.vendor in HANDSET_VENDORS and not is_other


def mode(device: UsbDevice) -> Mode:
    """Return the mode of a handset."""
    if device.configuration == 0 and device.configuration_count:
        return Mode.SILENT
    kinds = kinds_in_use(device)
    if ADB in kinds:
        return Mode.ADB
    if FASTBOOT in kinds:
        return Mode.FASTBOOT
    if kinds & MTP:
        return Mode.FILES
    return Mode.DOWNLOAD if _is_download(device) else Mode.CHARGING


def offers_modem(device: UsbDevice) -> bool:
    """Return whether a serial line (CDC ACM) is in use: a modem that can be asked."""
    return any(
        (kind.base, kind.subclass) == (_COMMUNICATION, _ACM) for kind in kinds_in_use(device)
    )


def wrong_mode(device: UsbDevice) -> Problem | None:
    """Return why a handset cannot be worked with in its mode, or None."""
    code = _WRONG.get(mode(device))
    return Problem(code) if code else None


def kinds_in_use(device: UsbDevice) -> frozenset[Kind]:
    """Return the kinds of the interfaces in use; where none is known, of all that are offered."""
    return frozenset(one.kind for one in device.interfaces) or device.offered


def _is_download(device: UsbDevice) -> bool:
    """Whether nothing but a serial line is offered, in any configuration: Android offers more."""
    if device.vendor not in HANDSET_VENDORS:
        return False
    if not device.offered:
        return (device.vendor, device.product) in DOWNLOAD_IDS
    return {kind.base for kind in device.offered} <= {_COMMUNICATION, _LINE_DATA}
