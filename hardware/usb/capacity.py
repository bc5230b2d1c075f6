"""Whether the host controllers can bear the handsets planned, and what to move where. Pure.

A controller runs out of two things: device slots and endpoints. What a controller has is seldom
published, so each limit says how it is known; what is not is cautious, and the settings may set it
right. Nothing is forbidden by it: the kernel's own refusal is watched for beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bench.events.usb import ControllerCrowded
from bench.identity.identifiers import UsbPath
from hardware.usb.device import UsbDevice
from hardware.usb.topology import Bus, Survey

ADDRESSES = 127
"""Devices on a bus: an address is seven bits, 0 is not given out (USB 2.0 specification, 9.4.6)."""
HANDSET_ENDPOINTS = 7
"""Endpoints of a handset with MTP, modem and ADB, the control endpoint apart: a public dump of a
Samsung composite says 7. Unconfirmed for other models; the settings may say otherwise."""
_CONTROL = 1
"""Every device has a control endpoint, and a controller counts it: Linux, drivers/usb/host/xhci.c,
`xhci_reserve_host_control_ep_resources`."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a controller can bear: devices, endpoints (None: no limit is known), and who says so.

    `is_known` is False for what is taken over from controllers like it.
    """

    devices: int
    endpoints: int | None
    source: str
    is_known: bool = False


_BY_CHIP: Mapping[str, Limits] = {
    "8086:1e31": Limits(64, 64, "Linux, drivers/usb/host/xhci-pci.c: 64 endpoints", is_known=True),
    "1912:0014": Limits(32, None, "the kernel's log of this chip: 32 devices", is_known=True),
    "1912:0015": Limits(32, None, "the kernel's log of a chip like it: 32 devices"),
}
"""Intel Panther Point; Renesas uPD720201 and uPD720202."""
_BY_MAKER: Mapping[str, Limits] = {
    "8086": Limits(64, 96, "Intel 8 series: 96 endpoints; unconfirmed for others"),
}
_XHCI = Limits(64, None, "most xHCI controllers: 64 devices; unconfirmed")
_OLDER = Limits(ADDRESSES, None, "USB 2.0 specification, 9.4.6", is_known=True)


@dataclass(frozen=True, slots=True)
class Load:
    """A controller, what it can bear, and the devices and endpoints that it carries now."""

    controller: str
    chip: str
    limits: Limits
    devices: int
    endpoints: int


@dataclass(frozen=True, slots=True)
class Need:
    """What a typical handset takes: itself as one device, and endpoints, the control one apart."""

    endpoints: int = HANDSET_ENDPOINTS

    @property
    def total(self) -> int:
        """Return the endpoints with the control endpoint."""
        return self.endpoints + _CONTROL


def limits_of(bus: Bus, stated: Mapping[str, Limits]) -> Limits:
    """Return what the controller of a bus can bear; `stated` goes by its name or its chip."""
    for name in (bus.controller, bus.chip):
        if name in stated:
            return stated[name]
    if "xhci" not in bus.driver and "xusb" not in bus.driver:
        return _OLDER
    maker = bus.chip.partition(":")[0]
    return _BY_CHIP.get(bus.chip) or _BY_MAKER.get(maker) or _XHCI


def loads(survey: Survey, stated: Mapping[str, Limits] | None = None) -> tuple[Load, ...]:
    """Return what every controller carries now, hubs and all else included."""
    counted: dict[str, Load] = {}
    for bus in survey.buses:
        empty = Load(bus.controller, bus.chip, limits_of(bus, stated or {}), 0, 0)
        counted.setdefault(bus.controller, empty)
    for device in survey.devices:
        if load := counted.get(device.controller):
            counted[device.controller] = replace(
                load, devices=load.devices + 1, endpoints=load.endpoints + taken(device)
            )
    return tuple(counted[name] for name in sorted(counted))


def taken(device: UsbDevice) -> int:
    """Return the endpoints that a device takes now, its control endpoint included."""
    return device.endpoints + _CONTROL


def learned(limits: Limits, devices: int) -> Limits:
    """Return the limits with the number of devices that the controller itself has told."""
    source = f"the kernel: {devices} devices; {limits.source}"
    return replace(limits, devices=devices, source=source, is_known=limits.endpoints is None)


def preflight(
    loads: Sequence[Load],
    planned: Mapping[UsbPath, str],
    attached: Iterable[UsbDevice],
    need: Need | None = None,
) -> tuple[ControllerCrowded, ...]:
    """Return each controller that cannot bear the handsets planned on it, and what to move.

    `planned` is the controller of every port that is to carry a handset, `attached` the handsets
    that are there already: what they take is theirs, not in the way of those planned.
    """
    need = need or Need()
    free = _without(loads, attached)
    rooms = {load.controller: room(load, need) for load in free}
    ports: dict[str, list[UsbPath]] = {load.controller: [] for load in loads}
    for path in sorted(planned):
        ports.setdefault(planned[path], []).append(path)
    spare = {name: rooms[name] - len(ports[name]) for name in rooms}
    crowded = []
    for name in sorted(rooms):
        if spare[name] < 0:
            to = max(spare, key=lambda other: (spare[other], other))
            fit = max(0, min(-spare[name], spare[to]))
            move = tuple(ports[name][len(ports[name]) + spare[name] :][:fit])
            spare[to] -= len(move)
            crowded.append(
                ControllerCrowded(name, len(ports[name]), rooms[name], move, to if move else "")
            )
    return tuple(crowded)


def room(load: Load, need: Need) -> int:
    """Return how many handsets fit beside what the controller carries."""
    by_devices = load.limits.devices - load.devices
    if load.limits.endpoints is None:
        return max(0, by_devices)
    return max(0, min(by_devices, (load.limits.endpoints - load.endpoints) // need.total))


def _without(loads: Sequence[Load], attached: Iterable[UsbDevice]) -> tuple[Load, ...]:
    counted = {load.controller: load for load in loads}
    for device in attached:
        if load := counted.get(device.controller):
            counted[device.controller] = replace(
                load, devices=load.devices - 1, endpoints=load.endpoints - taken(device)
            )
    return tuple(counted.values())
