"""The USB configuration in which a Samsung handset shows its modem port. Pure.

With debugging off a handset starts in configuration 1, which is file transfer alone; configuration
2 has the modem port as well (class 02, subclass 02, protocol 01: USB CDC PSTN 1.2, 5.1). What a
handset offers is read from its descriptors, not guessed.

Never chosen: anything on another maker's device, on a device that is not a handset that has
started into Android, or on one that offers ADB, whose connection a choice would cut; there the port
is used only if it is there already.
"""

from __future__ import annotations

from hardware.usb.descriptors import Kind
from hardware.usb.device import UsbDevice
from hardware.usb.modes import ADB, Mode, is_handset, kinds_in_use, mode

SAMSUNG = 0x04E8
MODEM = Kind(0x02, 0x02, 0x01)
"""CDC, abstract control model, V.250 commands."""
_USUAL = 2
"""The configuration with the modem port where the descriptors cannot be read."""


def is_askable(device: UsbDevice) -> bool:
    """Return whether it is a Samsung handset that has started into Android."""
    is_samsung = device.vendor == f"{SAMSUNG:04x}" and is_handset(device)
    return is_samsung and mode(device) in (Mode.FILES, Mode.ADB)


def modem_port(device: UsbDevice) -> str | None:
    """Return the terminal of its modem port (`ttyACM0`), or None."""
    return next((one.tty for one in device.interfaces if one.kind == MODEM and one.tty), None)


def offers_adb(device: UsbDevice) -> bool:
    """Return whether ADB can ask it: debugging is on."""
    return ADB in kinds_in_use(device)


def lacks_driver(device: UsbDevice) -> bool:
    """Return whether it shows a modem port that no driver has taken."""
    shown = [one for one in device.interfaces if one.kind == MODEM]
    return bool(shown) and not any(one.tty or one.driver for one in shown)


def configuration_to_choose(device: UsbDevice) -> int | None:
    """Return the configuration that would show its modem port, or None: there, or never."""
    if not is_askable(device) or kinds_in_use(device) & {MODEM, ADB}:
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
