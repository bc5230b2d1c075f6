"""How the bench's USB hangs together: buses, hubs, ports and the way to a port. Pure.

The name of a port is the kernel's chain of port numbers, so the tree is in the names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bench.identity.identifiers import IdentifierError, UsbPath
from hardware.usb.device import UsbDevice


@dataclass(frozen=True, slots=True)
class HubPort:
    """A port of a hub or of the computer; `peer` as the kernel links it, `connector` by USB-C."""

    path: UsbPath
    peer: UsbPath | None = None
    connector: str = ""


@dataclass(frozen=True, slots=True)
class Bus:
    """A bus: `speed` in Mbit/s, its controller and what drives it; `chip` is its maker:model."""

    number: int
    speed: float
    controller: str
    driver: str = ""
    chip: str = ""


@dataclass(frozen=True, slots=True)
class Survey:
    """All that was found at one time."""

    devices: tuple[UsbDevice, ...] = ()
    ports: tuple[HubPort, ...] = ()
    buses: tuple[Bus, ...] = ()


def port_path(name: str) -> UsbPath | None:
    """Return the port of that name: `usb1-port2` is 1-2, `1-1.4-port2` is 1-1.4.2."""
    found = re.fullmatch(r"(?:usb([0-9]+)|([0-9]+-[0-9.]+))-port([0-9]+)", name, re.ASCII)
    if not found:
        return None
    root, hub, port = found.groups()
    try:
        return UsbPath.parse(f"{root}-{port}" if root else f"{hub}.{port}")
    except IdentifierError:
        return None


def hub_of(path: UsbPath) -> UsbPath | None:
    """Return the hub that a port belongs to, or None for a socket of the computer."""
    return UsbPath(path.bus, path.ports[:-1]) if len(path.ports) > 1 else None


def chain(path: UsbPath) -> tuple[UsbPath, ...]:
    """Return the ports on the way from the computer to this one, itself the last."""
    return tuple(UsbPath(path.bus, path.ports[: at + 1]) for at in range(len(path.ports)))


def below(path: UsbPath, port: int) -> UsbPath:
    """Return a port of the hub that is plugged into `path`."""
    return UsbPath(path.bus, (*path.ports, port))
