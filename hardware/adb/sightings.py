"""What changed on the ADB server between two looks at its list, in the bench's words. Pure.

A list says what is, a fact says what became: `look` compares. A handset that was just plugged in
passes through `offline` and `authorizing`; only when it stays there is that worth a word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from bench.events.device import (
    HandsetOnline,
    HandsetUnauthorised,
    HandsetUnreachable,
    ProblemCleared,
    ProblemRaised,
)
from bench.events.run import Fact
from bench.identity.identifiers import UsbPath
from bench.identity.plain import plain
from bench.problems import Problem, ProblemCode
from hardware.adb.devices import AdbDevice
from hardware.adb.states import OFFLINE, ONLINE, SETTLED, UNAUTHORISED, problem_of

GRACE = 3.0
"""Seconds in which a handset may still be on its way to an answer."""
QUIET = 0.5
"""Seconds after a broken link in which the list may still show what was."""

Locate: TypeAlias = Callable[[AdbDevice], UsbPath | None]
"""Says on which port a handset is, or None."""


def by_usb_path(device: AdbDevice) -> UsbPath | None:
    """Return the port that the server itself names."""
    return device.path


@dataclass(frozen=True, slots=True)
class Sighting:
    """A handset on a port: its state since when, which state was told last, its session if any.

    `serial` is what the server lists it under. Until `quiet_until` the list is not believed: its
    link broke a moment ago.
    """

    transport: int
    state: str
    since: float
    told: str = ""
    session: int = 0
    quiet_until: float = 0.0
    serial: str = ""

    @property
    def is_online(self) -> bool:
        """Whether it can be worked with and everyone knows."""
        return self.told == ONLINE

    def is_of(self, device: AdbDevice) -> bool:
        """Return whether the list still shows the same connection."""
        return (self.transport, self.serial) == (device.transport, device.serial)

    def is_due(self, now: float) -> bool:
        """Return whether its state is to be told: new, and not only passed through."""
        is_lasting = self.state in SETTLED or self.is_online or now - self.since >= GRACE
        return self.told != self.state and is_lasting


@dataclass(frozen=True, slots=True)
class Overview:
    """All that is known: handsets by port, handsets on no port, the number of the last session."""

    ports: Mapping[UsbPath, Sighting] = field(default_factory=dict)
    strangers: frozenset[str] = frozenset()
    last_session: int = 0

    def transport_of(self, session: int) -> int | None:
        """Return the server's number of the connection, or None when the session is over."""
        seen = self.sighting_of(session)
        return seen.transport if seen else None

    def sighting_of(self, session: int) -> Sighting | None:
        """Return the handset of an open session."""
        current = (seen for seen in self.ports.values() if seen.is_online)
        return next((seen for seen in current if seen.session == session), None)


def look(
    known: Overview, devices: Iterable[AdbDevice], locate: Locate, now: float
) -> tuple[Overview, tuple[Fact, ...]]:
    """Return what is known after a look at the list, and the facts that are new.

    `now` is monotonic, in seconds. A session is numbered here and not by the server, whose numbers
    start again when it does; the number 0 is none.
    """
    located, strangers = _place(devices, locate)
    facts: list[Fact] = []
    ports: dict[UsbPath, Sighting] = {}
    last_session = known.last_session
    for path in sorted(known.ports.keys() | located.keys()):
        before, device = known.ports.get(path), located.get(path)
        if before and (device is None or not before.is_of(device)):
            facts += _farewell(path, before)
            before = None
        if device is None:
            continue
        seen = _continued(before, device, now)
        if seen.is_due(now):
            last_session += seen.state == ONLINE
            seen = replace(seen, told=seen.state, session=last_session)
            facts.append(_news(path, seen))
        ports[path] = seen
    facts += _stranger_facts(known.strangers, strangers)
    return Overview(ports, strangers, last_session), tuple(facts)


def broken(
    known: Overview, session: int, now: float, why: ProblemCode = ProblemCode.LINK_LOST
) -> tuple[Overview, tuple[Fact, ...]]:
    """Return what is known once work over a session has met a broken link: the session is over.

    A link can break and come back between two looks, on the same connection of the server; the
    handset is then online again, in a session of its own.
    """
    for path, seen in known.ports.items():
        if seen.is_online and seen.session == session:
            quiet = Sighting(
                seen.transport, OFFLINE, since=now, quiet_until=now + QUIET, serial=seen.serial
            )
            told = HandsetUnreachable(path, Problem(why))
            return replace(known, ports={**known.ports, path: quiet}), (told,)
    return known, ()


def _place(
    devices: Iterable[AdbDevice], locate: Locate
) -> tuple[dict[UsbPath, AdbDevice], frozenset[str]]:
    """Sort handsets by port; of two on one port the newer connection is the one that lives."""
    located: dict[UsbPath, AdbDevice] = {}
    strangers: set[str] = set()
    for device in sorted(devices, key=lambda device: device.transport):
        if path := locate(device):
            located[path] = device
        else:
            strangers.add(plain(device.serial))
    return located, frozenset(strangers)


def _continued(before: Sighting | None, device: AdbDevice, now: float) -> Sighting:
    """Return how the handset is seen now; on its way it has one grace, whatever it passes."""
    state = device.state
    if before is None:
        return Sighting(device.transport, state, since=now, serial=device.serial)
    if now < before.quiet_until or before.state == state:
        return before
    is_on_its_way = not before.told and {before.state, state}.isdisjoint(SETTLED)
    return replace(before, state=state, since=before.since if is_on_its_way else now)


def _farewell(path: UsbPath, before: Sighting) -> Iterator[Fact]:
    if before.told:
        yield HandsetUnreachable(path, Problem(ProblemCode.LINK_LOST))


def _news(path: UsbPath, seen: Sighting) -> Fact:
    if seen.state == ONLINE:
        return HandsetOnline(path, seen.session)
    if seen.state == UNAUTHORISED:
        return HandsetUnauthorised(path)
    return HandsetUnreachable(path, problem_of(seen.state))


def _stranger_facts(before: frozenset[str], after: frozenset[str]) -> Iterator[Fact]:
    for serial in sorted(before - after):
        yield ProblemCleared(ProblemCode.UNKNOWN_PORT, serial)
    for serial in sorted(after - before):
        yield ProblemRaised(Problem(ProblemCode.UNKNOWN_PORT, serial))
