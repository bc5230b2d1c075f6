"""One USB device as the bench sees it.

Interfaces and configurations decide what it is; vendor and product ids are for a person to read.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench.identity.identifiers import UsbPath
from hardware.usb.descriptors import MOST_ENDPOINTS, Configuration, Kind

HUB = 0x09
"""The base class of hubs (USB-IF, Defined Class Codes)."""
SUPER_SPEED = 5000.0
"""Mbit/s from which a bus is the USB 3 half of its controller."""


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
    name of its host controller (`0000:00:14.0`); a hub has `ports`, and `container` is what both
    halves of a hub say they are parts of ("" when not said).
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
    ports: int = 0
    container: str = ""

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
        return min(sum(one.endpoints for one in self.interfaces), MOST_ENDPOINTS)
