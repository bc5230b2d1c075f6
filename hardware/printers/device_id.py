"""Which language a USB printer speaks, by what it says of itself.

A printer's IEEE 1284 device id is pairs such as `MFG:Zebra;CMD:ZPL;MDL:ZTC ZD421-203dpi ZPL;`, long
names allowed. The usblp driver asks for it when the printer is plugged in and shows it in sysfs, so
nobody has to open the printer to read it. Sources: IEEE 1284-2000, clause 7.6; Linux,
drivers/usb/class/usblp.c (ieee1284_id).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pyudev import Context, Device


class Language(StrEnum):
    """The languages of label printers that the bench speaks itself."""

    ZPL = "zpl"
    BROTHER_QL = "brother-ql"


MAKERS = {0x0A5F: Language.ZPL, 0x04F9: Language.BROTHER_QL}
"""USB vendor ids (usb.ids): Zebra, Brother. Only asked where a printer shows no device id."""

_SHORT = {"MANUFACTURER": "MFG", "MODEL": "MDL", "COMMAND SET": "CMD"}


@dataclass(frozen=True, slots=True)
class UsbPrinter:
    """A USB printer that is plugged in: its device, what it is called, what it speaks."""

    device: str
    name: str
    language: Language | None


def usb_printers() -> list[UsbPrinter]:
    """Return the printers of the usblp driver, by the number in their names."""
    found = Context().list_devices(subsystem="usbmisc")
    printers = [_read(device) for device in found if device.sys_name.startswith("lp")]
    return sorted(printers, key=lambda printer: (len(printer.device), printer.device))


def language_of(device_id: str, vendor: int | None = None) -> Language | None:
    """Return the language that a device id names, else its maker's, else None."""
    fields = read_device_id(device_id)
    commands, model = fields.get("CMD", "").upper(), fields.get("MDL", "").upper()
    if "ZPL" in commands or "ZPL" in model.split():
        return Language.ZPL
    if "PT-CBP" in commands or ("BROTHER" in fields.get("MFG", "").upper() and "QL-" in model):
        return Language.BROTHER_QL
    return MAKERS.get(vendor or 0) if not commands else None


def read_device_id(text: str) -> dict[str, str]:
    """Return the pairs of a device id, long names made short; what is no pair is left out."""
    pairs = (part.partition(":") for part in text.split(";") if ":" in part)
    named = ((key.strip().upper(), value.strip()) for key, _, value in pairs)
    return {_SHORT.get(key, key): value for key, value in named}


def _read(device: Device) -> UsbPrinter:
    interface = device.find_parent("usb", "usb_interface")
    maker = device.find_parent("usb", "usb_device")
    told = _attribute(interface, "ieee1284_id")
    vendor = _attribute(maker, "idVendor")
    name = read_device_id(told).get("MDL") or _attribute(maker, "product")
    node = device.device_node or str(Path("/dev/usb") / device.sys_name)
    return UsbPrinter(node, name, language_of(told, int(vendor or "0", 16)))


def _attribute(device: Device | None, name: str) -> str:
    value = device.attributes.get(name) if device is not None else None
    return value.decode("utf-8", "replace").strip() if value else ""
