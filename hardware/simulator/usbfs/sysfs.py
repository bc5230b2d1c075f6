"""How a simulated handset stands in an emulated sysfs, in the format of `umockdev-record`. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bench.identity.identifiers import UsbPath
from hardware.simulator.usbfs.descriptors import Described

CONTROLLER = "/devices/pci0000:00/0000:00:14.0"
_MAJOR = 189
_NUMBERS = 128
"""Devices of a bus: the minors of one follow those of the other."""
_MAKER, _NAME = "SAMSUNG", "SAMSUNG_Android"


def place(path: UsbPath) -> str:
    """Return where a port lies: `1-1.3` below `1-1`, below the root hub of bus 1."""
    chain = [str(UsbPath(path.bus, path.ports[: depth + 1])) for depth in range(len(path.ports))]
    return "/".join((CONTROLLER, f"usb{path.bus}", *chain))


def node(path: UsbPath, number: int) -> str:
    """Return the device node below `/dev`: `bus/usb/001/020`."""
    return f"bus/usb/{path.bus:03d}/{number:03d}"


def description(path: UsbPath, number: int, serial: str, device: Described) -> str:
    """Describe a handset that is device `number` (1 to 127) of its bus.

    There is no `N:` line, because the node is made by whoever serves it.
    """
    lines = [f"P: {place(path)}"]
    lines += [
        f"E: {name}={_plain(text)}" for name, text in _properties(path, number, serial, device)
    ]
    lines += [
        f"A: {name}={_plain(text)}\\n" for name, text in _attributes(path, number, serial, device)
    ]
    lines += [f"A: dev={_MAJOR}:{_minor(path, number)}"]  # with its end of line it is never removed
    lines += [f"H: descriptors={device.blob().hex().upper()}"]
    return "\n".join(lines) + "\n\n"


def _properties(
    path: UsbPath, number: int, serial: str, device: Described
) -> Iterator[tuple[str, str]]:
    yield from _common(number, device).items()
    yield "MINOR", str(_minor(path, number))
    yield "DEVNAME", f"/dev/{node(path, number)}"
    yield "BUSNUM", f"{path.bus:03d}"
    yield "ID_SERIAL", f"{_MAKER}_{_NAME}_{serial}"
    yield "ID_SERIAL_SHORT", serial
    yield "ID_PATH", f"pci-0000:00:14.0-usb-0:{_chain(path)}"


def _common(number: int, device: Described) -> Mapping[str, str]:
    return {
        "SUBSYSTEM": "usb",
        "DEVTYPE": "usb_device",
        "DRIVER": "usb",
        "MAJOR": str(_MAJOR),
        "DEVNUM": f"{number:03d}",
        "PRODUCT": f"{device.vendor:x}/{device.product:x}/400",
        "TYPE": "0/0/0",
        "ID_VENDOR": _MAKER,
        "ID_VENDOR_ID": f"{device.vendor:04x}",
        "ID_MODEL": _NAME,
        "ID_MODEL_ID": f"{device.product:04x}",
        "ID_USB_INTERFACES": device.interfaces(),
    }


def _attributes(
    path: UsbPath, number: int, serial: str, device: Described
) -> Iterator[tuple[str, str]]:
    yield "bDeviceClass", "00"
    yield "idVendor", f"{device.vendor:04x}"
    yield "idProduct", f"{device.product:04x}"
    yield "bConfigurationValue", "1"
    yield "bNumConfigurations", str(len(device.configurations))
    yield "manufacturer", _MAKER
    yield "product", _NAME
    yield "serial", serial
    yield "speed", "480"
    yield "busnum", str(path.bus)
    yield "devnum", str(number)
    yield "devpath", _chain(path)


def _minor(path: UsbPath, number: int) -> int:
    return (path.bus - 1) * _NUMBERS + number - 1


def _chain(path: UsbPath) -> str:
    return ".".join(map(str, path.ports))


def _plain(text: str) -> str:
    """Keep to one line, as a string descriptor's text does in sysfs."""
    return "".join(letter if letter.isprintable() and letter != "\\" else "_" for letter in text)
