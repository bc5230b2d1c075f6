"""What a device says it can be: its descriptors, as sysfs keeps them in `descriptors`. Pure.

Source: USB 2.0 specification, 9.6 (standard descriptors) and 9.6.3 (a configuration is followed by
its interfaces and endpoints). What a device says is not believed further than it can be read: a
descriptor that is cut or lies about its length ends the reading, and what came before it stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

MOST_ENDPOINTS = 30
"""Endpoints that a device can have beside the control one: 15 each way (9.6.6); more is a lie."""
_DEVICE, _CONFIGURATION, _INTERFACE, _ENDPOINT = 1, 2, 4, 5
_SHORTEST = {_DEVICE: 18, _CONFIGURATION: 9, _INTERFACE: 9, _ENDPOINT: 7}
"""Bytes of each standard descriptor: tables 9-8, 9-10, 9-12 and 9-13."""
_CAPABILITY, _CONTAINER, _CONTAINER_LENGTH = 0x10, 0x04, 20
"""The device capability Container ID (USB 3.2 specification, 9.6.2)."""
_LIMIT = 1 << 16
"""Bytes that are read: a device has at most 255 configurations, in truth one to three."""


@dataclass(frozen=True, slots=True, order=True)
class Kind:
    """Class, subclass and protocol: what a device or an interface is for (each 0 to 255)."""

    base: int
    subclass: int = 0
    protocol: int = 0

    def __str__(self) -> str:
        return f"{self.base:02x}{self.subclass:02x}{self.protocol:02x}"


@dataclass(frozen=True, slots=True)
class Interface:
    """One setting of one interface; `setting` 0 is the one a configuration begins with.

    `endpoints` is how many it says it has, the control endpoint not among them.
    """

    number: int
    setting: int
    kind: Kind
    endpoints: int


@dataclass(frozen=True, slots=True)
class Configuration:
    """One of the things that a device can be, by its number, with all settings of its interfaces.

    `max_power` is in units of 2 mA below SuperSpeed and of 8 mA from there on.
    """

    number: int
    interfaces: tuple[Interface, ...] = ()
    max_power: int = 0

    @property
    def endpoints(self) -> int:
        """Endpoints that it needs at most: of each interface the largest of its settings."""
        largest: dict[int, int] = {}
        for one in self.interfaces:
            largest[one.number] = max(one.endpoints, largest.get(one.number, 0))
        return min(sum(largest.values()), MOST_ENDPOINTS)


@dataclass(frozen=True, slots=True)
class Described:
    """What a device's descriptors say; `count` is how many configurations it claims."""

    kind: Kind | None = None
    count: int = 0
    configurations: tuple[Configuration, ...] = ()


def container_id(bos: bytes) -> str:
    """Return the Container ID of a BOS, 32 hexadecimal digits, or "" when it has none.

    Both halves of a USB 3 hub say the same (USB 3.2 specification, 9.6.2.3).
    """
    for what, body in _pieces(bos[:_LIMIT]):
        if what == _CAPABILITY and len(body) >= _CONTAINER_LENGTH and body[2] == _CONTAINER:
            return body[4:20].hex() if any(body[4:20]) else ""
    return ""


def parse_descriptors(blob: bytes) -> Described:
    """Return what the descriptors say, as far as they can be read; never an error."""
    kind, count = None, 0
    configurations: list[tuple[Configuration, list[Interface]]] = []
    for what, body in _pieces(blob[:_LIMIT]):
        match what:
            case 1 if kind is None:
                kind, count = Kind(body[4], body[5], body[6]), body[17]
            case 2:
                configurations.append((Configuration(body[5], max_power=body[8]), []))
            case 4 if configurations:
                configurations[-1][1].append(_interface(body))
    done = (
        Configuration(one.number, tuple(interfaces), one.max_power)
        for one, interfaces in configurations
    )
    return Described(kind, count, tuple(done))


def _pieces(blob: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield type and bytes of each whole descriptor; length 0 or 1 would never end."""
    start = 0
    while len(blob) - start >= 2:  # noqa: PLR2004 - length and type
        length, what = blob[start], blob[start + 1]
        if not max(2, _SHORTEST.get(what, 2)) <= length <= len(blob) - start:
            return
        yield what, blob[start : start + length]
        start += length


def _interface(body: bytes) -> Interface:
    return Interface(body[2], body[3], Kind(body[5], body[6], body[7]), body[4])
