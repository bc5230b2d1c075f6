"""Which two ports are one socket. Pure.

A USB 3 socket is two ports: one on the USB 2 bus of its controller, one on the USB 3 bus. The
kernel pairs them (Linux, drivers/usb/core/port.c, `find_and_link_peer`: the computer's own sockets
by what the firmware says, those of a hub by its uplink) and says so in `peer`. Where it does not,
the hubs are asked; as the last resort, two halves that look alike are taken for one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from bench.identity.identifiers import UsbPath
from hardware.usb.device import SUPER_SPEED, UsbDevice
from hardware.usb.topology import Survey, below, hub_of


class Basis(IntEnum):
    """Why two ports are taken for one socket; the lower, the surer."""

    KERNEL = 1
    CONNECTOR = 2
    CONTAINER = 3
    MIRRORED = 4

    @property
    def is_sure(self) -> bool:
        """Whether the kernel or the hub itself says so."""
        return self is not Basis.MIRRORED


@dataclass(frozen=True, slots=True)
class Pair:
    """One socket: its port on the USB 2 bus, and its `twin` on the USB 3 bus."""

    path: UsbPath
    twin: UsbPath
    basis: Basis


def pairs(survey: Survey) -> tuple[Pair, ...]:
    """Return every socket that is known to have two ports, and why they are one."""
    pairing = _Pairing(survey)
    pairing.by_kernel()
    pairing.by_connector()
    pairing.by_container()
    pairing.by_looks()
    return tuple(sorted(pairing.found, key=lambda pair: pair.path))


def twins(pairs: Iterable[Pair]) -> Mapping[UsbPath, UsbPath]:
    """Return the port on the USB 2 bus for each port on a USB 3 bus: the one name of a socket."""
    return {pair.twin: pair.path for pair in pairs}


class _Pairing:
    """The work of `pairs`: `found` grows from the surest reason to the least sure."""

    def __init__(self, survey: Survey) -> None:
        self.found: list[Pair] = []
        self._survey = survey
        self._buses = {bus.number: bus for bus in survey.buses}
        self._hubs = {device.path: device for device in survey.devices if device.is_hub}
        self._taken: set[UsbPath] = set()

    def by_kernel(self) -> None:
        for port in self._survey.ports:
            if port.peer:
                self._pair(port.path, port.peer, Basis.KERNEL)

    def by_connector(self) -> None:
        """Pair ports that are linked to the same USB-C connector."""
        named: dict[str, list[UsbPath]] = {}
        for port in self._survey.ports:
            if port.connector:
                named.setdefault(port.connector, []).append(port.path)
        for paths in named.values():
            if len(paths) == 2:  # noqa: PLR2004 - a socket has two halves
                self._pair(paths[0], paths[1], Basis.CONNECTOR)

    def by_container(self) -> None:
        """Pair hubs that say they are one; where several say the same it says nothing."""
        self._match(lambda hub: hub.container, Basis.CONTAINER)

    def by_looks(self) -> None:
        """Pair the only two hubs of a controller that carry the same hubs on the same ports."""
        self._match(
            lambda hub: "" if hub_of(hub.path) in self._hubs else self._shape(hub.path),
            Basis.MIRRORED,
        )

    def _match(self, key: Callable[[UsbDevice], str], basis: Basis) -> None:
        halves: dict[tuple[str, str, bool], list[UsbPath]] = {}
        for path, hub in self._hubs.items():
            bus = self._buses.get(path.bus)
            if bus and path not in self._taken and (name := key(hub)):
                half = (bus.controller, name, bus.speed >= SUPER_SPEED)
                halves.setdefault(half, []).append(path)
        for (controller, name, is_super), paths in halves.items():
            others = halves.get((controller, name, True), [])
            if not is_super and len(paths) == len(others) == 1:
                self._pair(paths[0], others[0], basis)

    def _pair(self, one: UsbPath, other: UsbPath, basis: Basis) -> None:
        """Take two ports for one, and with them, port by port, the hubs plugged into them."""
        if one in self._taken or other in self._taken:
            return
        if {self._is_super(one.bus), self._is_super(other.bus)} != {False, True}:
            return
        path, twin = (other, one) if self._is_super(one.bus) else (one, other)
        self._taken |= {path, twin}
        self.found.append(Pair(path, twin, basis))
        if path in self._hubs and twin in self._hubs:
            for port in range(1, min(self._size(path), self._size(twin)) + 1):
                self._pair(below(path, port), below(twin, port), basis)

    def _is_super(self, number: int) -> bool | None:
        bus = self._buses.get(number)
        return bus.speed >= SUPER_SPEED if bus else None

    def _size(self, hub: UsbPath) -> int:
        return self._hubs[hub].ports

    def _shape(self, hub: UsbPath) -> str:
        """How many ports, and what hubs on which of them, all the way down."""
        ports = range(1, self._size(hub) + 1)
        carried = ((port, below(hub, port)) for port in ports)
        hubs = (f"{port}:{self._shape(path)}" for port, path in carried if path in self._hubs)
        return f"{self._size(hub)}({','.join(hubs)})" if self._size(hub) else ""
