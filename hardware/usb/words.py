"""From the words of udev and sysfs to a device: the one parser. Pure.

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
from hardware.usb.descriptors import (
    Configuration,
    Interface,
    Kind,
    container_id,
    parse_descriptors,
)
from hardware.usb.device import UsbDevice, UsbInterface

Words: TypeAlias = Mapping[str, str]


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
    `attributes` the kernel's (stripped), `descriptors` and `bos` the files `descriptors` and
    `bos_descriptors` (the latter since Linux 6.9).
    """

    name: str
    folder: Path = Path()
    properties: Words = field(default_factory=dict)
    attributes: Words = field(default_factory=dict)
    interfaces: tuple[InterfaceWords, ...] = ()
    descriptors: bytes = b""
    bos: bytes = b""


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
        controller=controller_of(words.folder),
        ports=_number(words.attributes.get("maxchild", "")),
        container=container_id(words.bos),
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


def controller_of(folder: Path) -> str:
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
