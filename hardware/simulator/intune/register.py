"""What is under management: handsets that were enrolled here, and a made-up fleet beside them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain

from hardware.simulator.intune.devices import ManagedDevice
from hardware.simulator.intune.fleet import fleet_device, fleet_serial, number_of_id, number_of_key

_ENROLLED_FROM = 1_000_000
"""Places of the list from here on belong to handsets that were enrolled."""


class Register(Mapping[str, ManagedDevice]):
    """All that is managed; as a mapping from serial number to the newest entry of that handset."""

    def __init__(self) -> None:
        self._fleet = 0
        self._gone: set[int] = set()
        self._enrolled: dict[int, ManagedDevice] = {}
        self._next = _ENROLLED_FROM

    def add_fleet(self, count: int) -> None:
        """Have that many made-up devices more; a million in all is a `ValueError`."""
        if not 0 <= count < _ENROLLED_FROM - self._fleet:
            raise ValueError(f"a fleet cannot have {count} devices more")
        self._fleet += count

    def enrol(self, device: ManagedDevice) -> ManagedDevice:
        """Take a device in; one that was there before stays, as Intune keeps it, besides it."""
        kept = replace(device, number=self._next, id=str(uuid.uuid4()))
        self._enrolled[kept.number] = kept
        self._next += 1
        return kept

    def change(self, device: ManagedDevice) -> None:
        """Keep what has become of a device that was enrolled here."""
        if device.number not in self._enrolled:
            raise KeyError(device.serial)
        self._enrolled[device.number] = device

    def forget(self, serial: str) -> None:
        """Forget every entry of a handset; unknown is a `KeyError`."""
        entries = self.matching(frozenset({("serialNumber", serial.casefold())}))
        numbers = [device.number for device in entries]
        if not numbers:
            raise KeyError(serial)
        for number in numbers:
            if self._enrolled.pop(number, None) is None:
                self._gone.add(number)

    def by_id(self, name: str) -> ManagedDevice | None:
        """Return the entry of that id."""
        enrolled = (device for device in self._enrolled.values() if device.id == name)
        return self._of_fleet(number_of_id(name)) or next(enrolled, None)

    def since(self, number: int) -> Iterator[ManagedDevice]:
        """Return every entry from that place of the list on, the oldest first."""
        fleet = (self._of_fleet(n) for n in range(number, self._fleet))
        enrolled = (device for n, device in list(self._enrolled.items()) if n >= number)
        return (device for device in chain(fleet, enrolled) if device is not None)

    def matching(self, keys: Iterable[tuple[str, str]]) -> Iterator[ManagedDevice]:
        """Return, in order, what has one of these serial numbers or IMEIs (without case)."""
        wanted = set(keys)
        numbers = sorted({n for _, text in wanted if (n := number_of_key(text)) is not None})
        fleet = (self._of_fleet(number) for number in numbers)
        for device in chain(fleet, list(self._enrolled.values())):
            if device is not None and wanted & _keys(device):
                yield device

    def _of_fleet(self, number: int) -> ManagedDevice | None:
        there = 0 <= number < self._fleet and number not in self._gone
        return fleet_device(number) if there else None

    def __getitem__(self, serial: str) -> ManagedDevice:
        found = list(self.matching({("serialNumber", serial.casefold())}))
        if not found:
            raise KeyError(serial)
        return found[-1]

    def __iter__(self) -> Iterator[str]:
        fleet = (n for n in range(self._fleet) if n not in self._gone)
        enrolled = dict.fromkeys(device.serial for device in self._enrolled.values())
        return chain((fleet_serial(number) for number in fleet), enrolled)

    def __len__(self) -> int:
        serials = {device.serial for device in self._enrolled.values()}
        return self._fleet - len(self._gone) + len(serials)


def _keys(device: ManagedDevice) -> set[tuple[str, str]]:
    return {("serialNumber", device.serial.casefold()), ("imei", device.imei)}
