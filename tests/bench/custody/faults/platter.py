"""What is left on a disk when the power goes: all that was synced, and any part of what was not.

Pure. A disk promises: what was written before a sync of the same file is there after it; of later
writes each 512-byte sector is there or not, in no order; a file's name, made or removed, is there
for certain when its folder was synced. Writing beside a sector leaves the sector as it was (SQLite
calls that SQLITE_IOCAP_POWERSAFE_OVERWRITE, sqlite.org/psow.html, and takes it for granted on
Linux).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

SECTOR = 512
"""Bytes that a disk writes whole or not at all."""


@dataclass(frozen=True, slots=True)
class Created:
    """A file came into being, empty."""

    name: str


@dataclass(frozen=True, slots=True)
class Removed:
    """A file's name went."""

    name: str


@dataclass(frozen=True, slots=True)
class Written:
    """Bytes were handed to the operating system."""

    name: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Truncated:
    """A file was cut, or lengthened with zeros."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Synced:
    """The disk says that all of a file is on it."""

    name: str


@dataclass(frozen=True, slots=True)
class FolderSynced:
    """The disk says that it knows which files there are."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A sync failed: the operating system marks the pages clean that it could not write.

    Linux does so; what was written since the last sync can be read until the power goes, and no
    later sync writes it (Rebello et al., USENIX ATC 2020, "Can Applications Recover from fsync
    Failures?").
    """

    name: str


Change: TypeAlias = Written | Truncated
Operation: TypeAlias = Created | Removed | Change | Synced | FolderSynced | Forgotten
Image: TypeAlias = dict[str, bytes]
"""The files of one folder, by name."""


class Fate(StrEnum):
    """What became of the writes that were not synced when the power went."""

    NONE = "none of them was written"
    ALL = "all of them were written"
    FIRST = "some of the first were written"
    SOME = "some of them were written"
    TORN = "the last of them was torn"
    SECTORS = "some of their sectors were written"


@dataclass(slots=True)
class _File:
    durable: bytearray = field(default_factory=bytearray)
    readable: bytearray = field(default_factory=bytearray)
    since: list[Change] = field(default_factory=list)

    def change(self, change: Change) -> None:
        apply(change, self.readable)
        self.since.append(change)

    def sync(self) -> None:
        self.durable, self.since = applied(self.durable, self.since), []


class Platter:
    """A folder on a disk: what is certain to be there, and what was done to it since."""

    def __init__(self, image: Mapping[str, bytes]) -> None:
        self._volatile = {
            name: _File(bytearray(data), bytearray(data)) for name, data in image.items()
        }
        self._durable = dict(self._volatile)

    def take(self, operation: Operation) -> None:
        """Let the next thing happen."""
        match operation:
            case Created(name):
                self._volatile[name] = _File()
            case Removed(name):
                del self._volatile[name]
            case FolderSynced():
                self._durable = dict(self._volatile)
            case Synced(name):
                self._volatile[name].sync()
            case Forgotten(name):
                self._volatile[name].since.clear()
            case Written(name) | Truncated(name):
                self._volatile[name].change(operation)

    def now(self) -> Image:
        """Return the files as a program sees them while there is power."""
        return {name: bytes(file.readable) for name, file in self._volatile.items()}

    def after_cut(self, fate: Fate, rng: random.Random) -> Image:
        """Return the files as they are found when the power is back."""
        spare = _SPARED[fate]
        return {
            name: bytes(applied(file.durable, spare(file.since, rng)))
            for name, file in self._names_after(fate, rng)
        }

    @property
    def is_settled(self) -> bool:
        """Whether a power cut could take nothing."""
        settled = all(not file.since for file in self._volatile.values())
        return settled and self._durable == self._volatile

    def _names_after(self, fate: Fate, rng: random.Random) -> Iterator[tuple[str, _File]]:
        for name in sorted(self._durable.keys() | self._volatile.keys()):
            keeps_old = fate is Fate.NONE or (fate is not Fate.ALL and rng.random() < 0.5)
            file = (self._durable if keeps_old else self._volatile).get(name)
            if file is not None:
                yield name, file


def applied(content: bytes | bytearray, changes: list[Change]) -> bytearray:
    """Return what the changes make of a file."""
    found = bytearray(content)
    for change in changes:
        apply(change, found)
    return found


def apply(change: Change, content: bytearray) -> None:
    """Let a change happen to a file; what is skipped in lengthening it is zeros."""
    match change:
        case Truncated(_, size):
            content[size:] = bytes(max(0, size - len(content)))
        case Written(_, offset, data):
            content.extend(bytes(max(0, offset - len(content))))
            content[offset : offset + len(data)] = data


def _first(changes: list[Change], rng: random.Random) -> list[Change]:
    return changes[: rng.randint(0, len(changes))]


def _some(changes: list[Change], rng: random.Random) -> list[Change]:
    return [change for change in changes if rng.random() < 0.5]


def _torn(changes: list[Change], rng: random.Random) -> list[Change]:
    if not changes:
        return []
    *before, last = changes
    sectors = list(_sectors(last))
    return [*before, *sectors[: rng.randint(0, len(sectors) - 1)]]


def _some_sectors(changes: list[Change], rng: random.Random) -> list[Change]:
    return _some([sector for change in changes for sector in _sectors(change)], rng)


def _sectors(change: Change) -> Iterator[Change]:
    """Cut a write where the disk's sectors begin; shortening a file is one act."""
    if isinstance(change, Truncated):
        yield change
        return
    start, end = change.offset, change.offset + len(change.data)
    for sector in range(start // SECTOR * SECTOR, end, SECTOR):
        low, high = max(start, sector), min(end, sector + SECTOR)
        yield Written(change.name, low, change.data[low - start : high - start])


_SPARED: dict[Fate, Callable[[list[Change], random.Random], list[Change]]] = {
    Fate.NONE: lambda _changes, _rng: [],
    Fate.ALL: lambda changes, _rng: changes,
    Fate.FIRST: _first,
    Fate.SOME: _some,
    Fate.TORN: _torn,
    Fate.SECTORS: _some_sectors,
}
