"""What is on every port now, kept up by events and counts; tells the station and whoever asks.

On the bench's loop. What a count found is left out where an event came meanwhile: the event is the
newer word. But udev's word can be late: an event of another device than the one that was seen on
the port changes nothing by itself, and what is read there now decides.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeAlias

from bench.events.device import DeviceFact
from bench.identity.identifiers import IdentifierError, UsbPath
from bench.ports import Post
from hardware.usb.arrivals import Glance, Seen, farewell, look
from hardware.usb.device import UsbDevice
from hardware.usb.listening import UsbEvent
from hardware.usb.port_plan import PortPlan
from hardware.usb.sysfs import Around
from hardware.usb.topology import Survey, hub_of
from hardware.usb.words import parse_device

OnDevice: TypeAlias = Callable[[UsbPath, UsbDevice | None], None]
"""Told what is on a port now, or None when it is empty; on the bench's loop."""


def may_open(node: Path | None) -> bool:
    """Return whether this account may use a device node; one that is not there is no matter."""
    return node is None or not node.exists() or os.access(node, os.R_OK | os.W_OK)


class UsbPorts:
    """Every device on every port; `plan` weighs them, `may_open` says what this account may use."""

    def __init__(
        self, plan: PortPlan | None = None, may_open: Callable[[Path | None], bool] = may_open
    ) -> None:
        self._plan = plan or PortPlan()
        self._may_open = may_open
        self._seen: dict[UsbPath, Seen] = {}
        self._survey = Survey()
        self._changes: Counter[UsbPath] = Counter()
        self._observers: list[OnDevice] = []

    @property
    def survey(self) -> Survey:
        """All that was found at the last count, and the devices of now."""
        devices = tuple(seen.device for seen in self._seen.values())
        return Survey(devices, self._survey.ports, self._survey.buses)

    @property
    def unsettled(self) -> frozenset[UsbPath]:
        """The ports that are to be read again although no event came."""
        return frozenset(path for path, seen in self._seen.items() if not seen.is_settled)

    def device(self, path: UsbPath) -> UsbDevice | None:
        """Return what is on a port now, or None."""
        seen = self._seen.get(path)
        return seen.device if seen else None

    def twin(self, path: UsbPath) -> UsbPath | None:
        """Return the port that is the other half of the same socket, if that is known."""
        return self._plan.twin(path)

    def observe(self, on_device: OnDevice) -> Callable[[], None]:
        """Tell of every device that comes, changes or goes, from now on; return what ends it."""
        self._observers.append(on_device)
        return lambda: self._observers.remove(on_device)

    def changes(self) -> Mapping[UsbPath, int]:
        """Return how often each port has changed; give it to `take` with what was read since."""
        return Counter(self._changes)

    def learn(self, controller: str, devices: int) -> None:
        """Take over how many devices a controller can have, as the kernel tells."""
        self._plan.learn(self.survey, controller, devices)

    def hear(self, event: UsbEvent, now: float, post: Post) -> UsbPath | None:
        """Take an event in; return the port that is to be read because of it."""
        try:
            path = UsbPath.parse(event.name)
        except IdentifierError:
            return None
        if event.is_device:
            self._changes[path] += 1
            if self._is_of_another(path, event):
                return path
            if event.action == "remove":
                self._tell(self._empty(path), post)
                return None
            self._tell(self._come(event, now), post)
        return path

    def take(self, around: Around, changes: Mapping[UsbPath, int], now: float, post: Post) -> None:
        """Take in what was read; `changes` is from before the reading."""
        facts: list[DeviceFact] = []
        for path in sorted(self._seen):
            if str(path) not in around.names and self._is_as_it_was(path, changes):
                facts += self._empty(path)
        for device in around.devices:
            if self._is_as_it_was(device.path, changes):
                facts += self._look(device, Glance(now, self._may_open(device.node)))
        self._weigh(around, post)
        self._tell(facts, post)

    def _weigh(self, around: Around, post: Post) -> None:
        ports = self._survey.ports if around.ports is None else around.ports
        buses = self._survey.buses if around.buses is None else around.buses
        self._survey = Survey((), ports, buses)
        for fact in self._plan.weigh(self.survey):
            post(fact)

    def _come(self, event: UsbEvent, now: float) -> tuple[DeviceFact, ...]:
        """What the event alone says, unless more is known of that very device already."""
        device = parse_device(event.words)
        if device is None or self._is_known(device) or self._is_behind_unread_hub(device.path):
            return ()
        return self._look(device, Glance(now, self._may_open(device.node), by_event=True))

    def _is_of_another(self, path: UsbPath, event: UsbEvent) -> bool:
        """Whether an event is of another device than the one seen; not every event has a number."""
        seen, told = self.device(path), parse_device(event.words)
        if seen is None or told is None:
            return False
        return 0 not in (seen.number, told.number) and seen.number != told.number

    def _is_known(self, device: UsbDevice) -> bool:
        seen = self.device(device.path)
        return seen is not None and device.number in (0, seen.number)

    def _is_behind_unread_hub(self, path: UsbPath) -> bool:
        """Whether which socket it is will be known once its hub has been read, moments from now."""
        hub = hub_of(path)
        return hub is not None and not ((seen := self.device(hub)) and seen.ports)

    def _look(self, device: UsbDevice, glance: Glance) -> tuple[DeviceFact, ...]:
        before = self._seen.get(device.path)
        self._seen[device.path], facts = look(before, device, glance)
        if before is None or before.device != device:
            self._show(device.path, device)
        return facts

    def _empty(self, path: UsbPath) -> tuple[DeviceFact, ...]:
        seen = self._seen.pop(path, None)
        if seen is None:
            return ()
        self._show(path, None)
        return tuple(farewell(seen))

    def _show(self, path: UsbPath, device: UsbDevice | None) -> None:
        for on_device in tuple(self._observers):
            on_device(path, device)

    def _is_as_it_was(self, path: UsbPath, changes: Mapping[UsbPath, int]) -> bool:
        return self._changes[path] == changes.get(path, 0)

    @staticmethod
    def _tell(facts: Iterable[DeviceFact], post: Post) -> None:
        for fact in facts:
            post(fact)
