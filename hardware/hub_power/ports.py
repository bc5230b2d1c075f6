"""Which ports may be switched: those under which nothing but one device loses its power. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from bench.identity.identifiers import UsbPath
from hardware.usb.topology import Survey, chain, hub_of
from hardware.usb.twins import pairs


def single(paths: Iterable[UsbPath], survey: Survey) -> frozenset[UsbPath]:
    """Return the ports that are on a hub the kernel knows, and carry no hub in either half."""
    return frozenset(
        path for path in paths if _is_there(path, survey) and not carries_others(path, survey)
    )


def carries_others(path: UsbPath, survey: Survey) -> bool:
    """Whether a hub, or anything behind one, hangs on the port or on its other half."""
    halves = {path, *_other_halves(path, survey)}
    return any(
        (device.path in halves and device.is_hub) or not halves.isdisjoint(chain(device.path)[:-1])
        for device in survey.devices
    )


def _is_there(path: UsbPath, survey: Survey) -> bool:
    hub = hub_of(path)
    if hub is None:
        return any(bus.number == path.bus for bus in survey.buses)
    return any(device.path == hub and device.is_hub for device in survey.devices)


def _other_halves(path: UsbPath, survey: Survey) -> set[UsbPath]:
    """A port that may be the other half is taken for it: what is not cut off harms nobody."""
    found = pairs(survey)
    return {pair.twin for pair in found if pair.path == path} | {
        pair.path for pair in found if pair.twin == path
    }
