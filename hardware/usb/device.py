"""One USB device as the bench sees it, built from the words of udev and sysfs. Pure.

Interfaces and configurations decide what it is; vendor and product ids are for a person to read.
Nothing here is trusted: every text is `plain`, every number that cannot be read is a zero.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from bench.identity.identifiers import IdentifierError, UsbPath
from bench.identity.plain import plain
from hardware.usb.descriptors import Configuration, Interface, Kind, parse_descriptors

HUB = 0x09
"""The base class of hubs (USB-IF, Defined Class Codes)."""

Words: TypeAlias = Mapping[str, str]
_NO_WORDS: Words = {}


@dataclass(frozen=True, slots=True)
class InterfaceWords:
    """What sysfs says of one interface that is in use: its attributes, its driver, its tty."""

    attributes: Words
    driver: str = ""
    tty: str = ""


@dataclass(frozen=True, slots=True)
class UsbWords:
    """All that udev and sysfs say of one device; each part may be missing.

    `name` is the kernel's (`1-1.3`), `folder` its place in sysfs, `properties` are udev's,
    `attributes` the kernel's (stripped), `descriptors` the file of that name.
    """

    name: str
    folder: Path = Path()
    properties: Words = field(default_factory=dict)
    attributes: Words = field(default_factory=dict)
    interfaces: tuple[InterfaceWords, ...] = ()
    descriptors: bytes = b""


@dataclass(frozen=True, slots=True)
class UsbInterface:
    """An interface in use, its driver ("" for none) and the terminal it offers (`ttyACM0`)."""

    number: int
    setting: int
    kind: Kind
    endpoints: int
    driver: str = ""
    tty: str = ""


@dataclass(frozen=True, slots=True)
class UsbDevice:
    """A device on a port.

    `speed` is in Mbit/s; `vendor` and `product` are four hexadecimal digits; `configuration` is
    the number of the one in use (0: none), `configuration_count` how many there are and
    `configurations` those that could be read; `interfaces` are the ones in use, or, while sysfs
    has none, those that the configuration in use begins with; `offered` is every kind of interface
    in any configuration; `folder` is its place in sysfs, `node` its device file, `controller` the
    name of its host controller (`0000:00:14.0`).
    """

    path: UsbPath
    bus: int
    number: int
    speed: float
    vendor: str
    product: str
    kind: Kind
    configuration: int
    configuration_count: int
    configurations: tuple[Configuration, ...]
    interfaces: tuple[UsbInterface, ...]
    offered: frozenset[Kind]
    serial: str
    folder: Path
    node: Path | None
    controller: str

    @property
    def is_hub(self) -> bool:
        """Whether others are plugged into it."""
        return self.kind.base == HUB

    @property
    def drivers(self) -> tuple[str, ...]:
        """The kernel's drivers of its interfaces, each once, by interface."""
        return tuple(dict.fromkeys(one.driver for one in self.interfaces if one.driver))

    @property
    def tty(self) -> str | None:
        """The terminal of its first interface that offers one, such as `ttyACM0`, or None."""
        return next((one.tty for one in self.interfaces if one.tty), None)

    @property
    def endpoints(self) -> int:
        """Endpoints in use, the control endpoint not among them."""
        return sum(one.endpoints for one in self.interfaces)


def parse_device(words: UsbWords) -> UsbDevice | None:
    """Return the device, or None for what is on no port (a root hub, a name that is none)."""
    try:
        path = UsbPath.parse(words.name)
    except IdentifierError:
        return None
    described = parse_descriptors(words.descriptors)
    vendor, product = _ids(words)
    configuration = _number(words.attributes.get("bConfigurationValue", ""))
    interfaces = _in_use(words) or _first_settings(described.configurations, configuration)
    node = words.properties.get("DEVNAME", "")
    return UsbDevice(
        path=path,
        bus=_number(words.attributes.get("busnum", "")) or path.bus,
        number=_number(words.attributes.get("devnum") or words.properties.get("DEVNUM", "")),
        speed=_speed(words.attributes.get("speed", "")),
        vendor=vendor,
        product=product,
        kind=described.kind or _kind(words),
        configuration=configuration,
        configuration_count=_number(words.attributes.get("bNumConfigurations", ""))
        or described.count,
        configurations=described.configurations,
        interfaces=interfaces,
        offered=_offered(words, described.configurations, interfaces),
        serial=plain(_serial(words)),
        folder=words.folder,
        node=Path(node) if node.startswith("/dev/") else None,
        controller=_controller(words.folder),
    )


def _ids(words: UsbWords) -> tuple[str, str]:
    """Vendor and product: attributes, else the kernel's PRODUCT=4e8/6860/400."""
    product = words.properties.get("PRODUCT", "").split("/")
    vendor_id = words.attributes.get("idVendor") or product[0]
    product_id = words.attributes.get("idProduct") or (product[1] if len(product) > 1 else "")
    return tuple(  # type: ignore[return-value]
        f"{int(text, 16):04x}" if re.fullmatch("[0-9a-fA-F]{1,4}", text) else ""
        for text in (vendor_id, product_id)
    )


def _kind(words: UsbWords) -> Kind:
    names = ("bDeviceClass", "bDeviceSubClass", "bDeviceProtocol")
    if words.attributes.get(names[0]):
        return Kind(*(_hexadecimal(words.attributes.get(name, "")) for name in names))
    numbers = [_number(text) & 0xFF for text in words.properties.get("TYPE", "").split("/")]
    return Kind(*numbers[:3])  # the kernel's TYPE=9/0/1, in decimal


def _in_use(words: UsbWords) -> tuple[UsbInterface, ...]:
    interfaces = (
        UsbInterface(
            number=_hexadecimal(one.attributes.get("bInterfaceNumber", "")),
            setting=_number(one.attributes.get("bAlternateSetting", "")),
            kind=Kind(
                _hexadecimal(one.attributes.get("bInterfaceClass", "")),
                _hexadecimal(one.attributes.get("bInterfaceSubClass", "")),
                _hexadecimal(one.attributes.get("bInterfaceProtocol", "")),
            ),
            endpoints=_hexadecimal(one.attributes.get("bNumEndpoints", "")),
            driver=plain(one.driver),
            tty=one.tty if re.fullmatch(r"tty[A-Za-z]{1,16}[0-9]{1,5}", one.tty) else "",
        )
        for one in words.interfaces
        if one.attributes.get("bInterfaceClass")
    )
    return tuple(sorted(interfaces, key=lambda one: one.number))


def _first_settings(
    configurations: tuple[Configuration, ...], number: int
) -> tuple[UsbInterface, ...]:
    return tuple(
        UsbInterface(one.number, one.setting, one.kind, one.endpoints)
        for configuration in configurations
        if configuration.number == number
        for one in configuration.interfaces
        if one.setting == 0
    )


def _offered(
    words: UsbWords,
    configurations: tuple[Configuration, ...],
    interfaces: tuple[UsbInterface, ...],
) -> frozenset[Kind]:
    """Every kind: as described, as in use, and as udev's `usb_id` read it (`:ffff00:ff4201:`)."""
    described: list[Interface | UsbInterface] = [*interfaces]
    for configuration in configurations:
        described += configuration.interfaces
    told = words.properties.get("ID_USB_INTERFACES", "").split(":")
    read = {Kind(*bytes.fromhex(text)) for text in told if re.fullmatch("[0-9a-fA-F]{6}", text)}
    return frozenset({one.kind for one in described} | read)


def _serial(words: UsbWords) -> str:
    return words.attributes.get("serial") or words.properties.get("ID_SERIAL_SHORT", "")


def _controller(folder: Path) -> str:
    """Return the folder above the root hub: `…/0000:00:14.0/usb1/1-1` hangs on `0000:00:14.0`."""
    parts = folder.parts
    root = next((at for at, part in enumerate(parts) if re.fullmatch(r"usb[0-9]+", part)), 0)
    return plain(parts[root - 1]) if root else ""


def _number(text: str) -> int:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004


def _hexadecimal(text: str) -> int:
    return int(text, 16) if re.fullmatch("[0-9a-fA-F]{1,2}", text.strip()) else 0


def _speed(text: str) -> float:
    return float(text) if re.fullmatch(r"[0-9]{1,6}(\.[0-9])?", text.strip()) else 0.0
