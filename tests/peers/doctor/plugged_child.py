"""Started under umockdev: plugs a bench's devices in and prints what the doctor finds of them."""

from __future__ import annotations

from hardware.doctor.plugged import plugged_in
from hardware.scanners.makers import MAKERS
from tests.peers.testbed import Testbed

_PCI = "/devices/pci0000:00/0000:00:14.0/usb1"


def _usb(port: str, vendor: str, interfaces: str, *more: str) -> str:
    node = f"bus/usb/001/{port[-1]:0>3}"
    lines = (
        f"P: {_PCI}/{port}", f"N: {node}", f"E: DEVNAME=/dev/{node}",
        "E: SUBSYSTEM=usb", "E: DEVTYPE=usb_device", f"E: ID_USB_INTERFACES={interfaces}",
        f"A: idVendor={vendor}\\n", "A: idProduct=6860\\n", "A: power/control=auto\\n", *more,
    )  # fmt: skip
    return "\n".join(lines) + "\n\n"


def _node(port: str, subsystem: str, name: str) -> str:
    return (
        f"P: {_PCI}/{port}/{port}:1.0/{subsystem}/{name.rpartition('/')[2]}\n"
        f"N: {name}\nE: DEVNAME=/dev/{name}\nE: SUBSYSTEM={subsystem}\n\n"
    )


with Testbed() as testbed:
    for description in (
        _usb("1-1", "04e8", ":060101:020201:ff4201:", "E: ID_MM_DEVICE_IGNORE=1"),
        _node("1-1", "tty", "ttyACM0"),
        _usb("1-2", "05e0", ":030101:", "E: ID_MM_DEVICE_IGNORE=1"),
        _node("1-2", "input", "input/event5"),
        _usb("1-3", "0a5f", ":070102:"),
        _node("1-3", "usbmisc", "usb/lp0"),
        _usb("1-4", "046d", ":030101:"),
        _node("1-4", "input", "input/event3"),
        _usb("1-5", "0403", ":ffffff:"),
        _node("1-5", "tty", "ttyUSB0"),
        _usb("1-6", "067b", ":ffffff:"),
        _node("1-6", "tty", "ttyUSB1"),
    ):
        testbed.add(description)
    looks = plugged_in(MAKERS), plugged_in((), [(0x0403, 0x6860)], ["auto", "/dev/ttyUSB1"])
    for number, look in enumerate(looks, 1):
        for each in look():
            ignored = each.properties.get("ID_MM_DEVICE_IGNORE", "")
            there = each.rights is not None
            print(number, each.kind, each.where, each.node, each.power, ignored, there, sep="|")  # noqa: T201
