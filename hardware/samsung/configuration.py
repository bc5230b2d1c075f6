"""The USB configuration in which a Samsung handset shows its modem port, and how it is chosen.

With debugging off a handset starts in configuration 1, which is file transfer alone; configuration
2 has the modem port as well (class 02, subclass 02, protocol 01: USB CDC PSTN 1.2, 5.1). What a
handset offers is read from its descriptors, not guessed.

Never chosen: anything on another maker's device, on a device that is not a handset that has
started into Android, or on one that offers ADB, whose connection a choice would cut; there the port
is used only if it is there already.
"""

from __future__ import annotations

import errno
import os

from hardware.usb.descriptors import Kind
from hardware.usb.device import UsbDevice

SAMSUNG = "04e8"
MODEM = Kind(0x02, 0x02, 0x01)
"""CDC, abstract control model, V.250 commands."""
ADB = Kind(0xFF, 0x42, 0x01)
_FILES = frozenset({Kind(0xFF, 0xFF, 0x00), Kind(0x06, 0x01, 0x01)})
"""MTP as Android offers it, and by the standard: only a handset in Android has it."""
_USUAL = 2
"""The configuration with the modem port where the descriptors cannot be read."""


def is_askable(device: UsbDevice) -> bool:
    """Return whether it is a Samsung handset that has started into Android."""
    kinds = {interface.kind for interface in device.interfaces}
    is_started = bool(kinds & (_FILES | {ADB}))
    return device.vendor == SAMSUNG and not device.is_hub and is_started


def modem_port(device: UsbDevice) -> str | None:
    """Return the terminal of its modem port (`ttyACM0`), or None."""
    return next((one.tty for one in device.interfaces if one.kind == MODEM and one.tty), None)


def offers_adb(device: UsbDevice) -> bool:
    """Return whether ADB can ask it: debugging is on."""
    return any(one.kind == ADB for one in device.interfaces)


def lacks_driver(device: UsbDevice) -> bool:
    """Return whether it shows a modem port that no driver has taken."""
    shown = [one for one in device.interfaces if one.kind == MODEM]
    return bool(shown) and not any(one.tty or one.driver for one in shown)


def configuration_to_choose(device: UsbDevice) -> int | None:
    """Return the configuration that would show its modem port, or None: there, or never."""
    kinds = {interface.kind for interface in device.interfaces}
    if not is_askable(device) or kinds & {MODEM, ADB}:
        return None
    if not device.configurations:
        is_hidden = device.configuration_count == _USUAL and device.configuration != _USUAL
        return _USUAL if is_hidden else None
    offering = (
        one.number
        for one in device.configurations
        if one.number != device.configuration
        and any(interface.kind == MODEM for interface in one.interfaces)
    )
    return next(offering, None)


def choose(device: UsbDevice, configuration: int) -> None:
    """Let a handset be in that configuration. Blocks, for seconds when the handset does not answer.

    The folder is held open from the check to the writing, so that another device which was plugged
    into the same port meanwhile can never be meant. Raises `OSError`: `EACCES` without the udev
    rules of this program, `ENODEV` when it is another device or none, else what the kernel says
    (Documentation/ABI/testing/sysfs-bus-usb, `bConfigurationValue`).
    """
    if not is_askable(device):
        raise OSError(errno.ENODEV, "not a handset of this maker in Android")
    folder = os.open(device.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        told = (_read(folder, "idVendor"), _read(folder, "devnum"))
        if told != (SAMSUNG, str(device.number)):
            raise OSError(errno.ENODEV, "another device is on this port")
        _write_configuration(folder, configuration)
    finally:
        os.close(folder)


def _read(folder: int, name: str) -> str:
    with open(name, "rb", opener=lambda path, flags: os.open(path, flags, dir_fd=folder)) as file:
        return file.read(64).decode("ascii", "replace").strip()


def _write_configuration(folder: int, configuration: int) -> None:
    value = os.open("bConfigurationValue", os.O_WRONLY | os.O_CLOEXEC, dir_fd=folder)
    try:
        os.write(value, b"%d" % configuration)
    finally:
        os.close(value)
