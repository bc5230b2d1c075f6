"""A handset's USB configuration, chosen through its device node, as libusb does.

Who may open the node may choose: the udev rules of this program open it to the person at the seat,
and nothing of sysfs needs rights. The kernel refuses (EBUSY) while any interface is in use, by a
program or by a driver (Linux, drivers/usb/core/devio.c, `proc_setconfig`): so nobody's file
transfer is cut.

Everything here blocks, for seconds when the handset does not answer.
"""

from __future__ import annotations

import errno
import fcntl
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from hardware.samsung.configuration import SAMSUNG, is_askable, offers_adb
from hardware.usb.descriptors import parse_descriptors
from hardware.usb.device import UsbDevice

_CALL = struct.Struct("@iiP")
"""`struct usbdevfs_ioctl`: interface, request, data."""


def _number(direction: int, number: int, size: int) -> int:
    return direction << 30 | size << 16 | ord("U") << 8 | number


_SET_CONFIGURATION = _number(2, 5, 4)
_CALL_DRIVER = _number(3, 18, _CALL.size)
_DISCONNECT = _number(0, 22, 0)
"""Source: Linux, include/uapi/linux/usbdevice_fs.h; asm-generic/ioctl.h for how they are made."""
_DRIVER = "cdc_acm"
_LONGEST = 1 << 16
_VENDOR = struct.Struct("=H")
_VENDOR_AT = 8


def choose(device: UsbDevice, configuration: int) -> None:
    """Let a Samsung handset in Android be in that configuration, and no other device ever.

    Raises `OSError`: `EACCES` without the udev rules of this program, `EBUSY` while an interface
    is in use, `ENODEV` when the node is another device's or nobody's, else what the kernel says.
    """
    with _opened(device) as node:
        _set(node, configuration)


def put_back(device: UsbDevice, configuration: int) -> None:
    """As `choose`, from the configuration with the modem port: takes it from its driver first."""
    with _opened(device) as node:
        for interface in device.interfaces:
            if interface.driver == _DRIVER:
                with suppress(OSError):  # one driver had both halves and has left both
                    fcntl.ioctl(node, _CALL_DRIVER, _CALL.pack(interface.number, _DISCONNECT, 0))
        _set(node, configuration)


def _set(node: int, configuration: int) -> None:
    fcntl.ioctl(node, _SET_CONFIGURATION, struct.pack("@I", configuration))


@contextmanager
def _opened(device: UsbDevice) -> Iterator[int]:
    """Open its node and make sure, by what is read from the very node, whose it is."""
    if device.node is None or not is_askable(device):
        raise OSError(errno.ENODEV, "no handset of this maker in Android")
    if offers_adb(device):
        raise OSError(errno.EBUSY, "ADB is in use")
    node = os.open(device.node, os.O_RDWR | os.O_CLOEXEC)
    try:
        if not _is_node_of(device, os.read(node, _LONGEST)):
            raise OSError(errno.ENODEV, "another device has this node")
        yield node
    finally:
        os.close(node)


def _is_node_of(device: UsbDevice, descriptors: bytes) -> bool:
    vendor = descriptors[_VENDOR_AT : _VENDOR_AT + _VENDOR.size]
    if vendor != _VENDOR.pack(SAMSUNG):
        return False
    said = parse_descriptors(descriptors).configurations
    return not device.configurations or device.configurations == said
