"""What an inventory has to be able to do to be fed: the port, and how one is written.

The feeder (`feeding`) does all that inventories have in common: who is due, one worker at a time,
when to try again, the preview, the comparison. `decide` says what is to be done, by what was found.
A new connector says how its inventory spells a device, and how it is looked up, changed and read::

    class Shelf:                                   # an inventory that is a dict
        def __init__(self) -> None:
            self.about = About("shelf", mapping=b"1", is_here=True)
            self.pace = Pace("shelf", Bucket(per_minute=600))
            self.has: dict[str, Entry] = {}

        def entry(self, wanted: Wanted) -> Entry:
            return Entry({TAG: wanted.asset_tag, STATUS: wanted.phase})

        async def look_up(self, entries: Sequence[Entry]) -> Sequence[tuple[Entry, ...]]:
            return [tuple(filter(None, [self.has.get(e.fields[TAG])])) for e in entries]

        async def apply(self, plans: Sequence[Plan]) -> Sequence[Outcome]:
            for plan in plans:
                tag = plan.entry.fields[TAG]
                self.has[tag] = replace(plan.entry, key=tag)
            return [DONE] * len(plans)

        async def read_back(self, plans: Sequence[Plan]) -> Sequence[tuple[Entry, ...]]:
            return await self.look_up([plan.entry for plan in plans])

        async def everything(self) -> AsyncIterator[Entry]:
            for tag in sorted(self.has):
                yield self.has[tag]

        async def close(self) -> None: ...

Then it gets a section in `connectors.toml` (`filed`), and a line in `opening`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias, runtime_checkable

from bench.inventory.connectors.pace import Pace
from bench.inventory.connectors.words import Entry, Outcome, Plan, Wanted


@dataclass(frozen=True, slots=True)
class About:
    """What sets one inventory apart, before anything is asked.

    `name` is what its section in the file of connectors is called. When `mapping` changes (where it
    is and other settings, no secret), all is to be previewed and fed anew. So many devices are
    looked up in a `batch`, so many changed `at_once`. A device without asset tag is kept from one
    that `needs_tag`; of a training centre's devices only one that `is_here`, on this computer, is
    told. Trouble may be one device's where they are `parted`.
    """

    name: str
    mapping: bytes
    batch: int = 100
    at_once: int = 1
    needs_tag: bool = True
    is_here: bool = False
    parted: bool = True


class Connector(Protocol):
    """One inventory. It is asked from one loop, by one worker in the whole organisation.

    Trouble with the inventory as a whole is a `ProblemError` (CONNECTOR_UNREACHABLE, _REFUSED,
    _BUSY, _GARBLED): it is then not known what was done, and the same is looked up and decided
    again later. What an inventory says is distrusted until it is an `Entry`.
    """

    @property
    def about(self) -> About:
        """Return what the feeder has to know of it."""
        ...

    @property
    def pace(self) -> Pace:
        """Return the turns of its requests, which go on from one feeding to the next."""
        ...

    def entry(self, wanted: Wanted) -> Entry:
        """Return a device in the inventory's words; pure. `UnfitError` where it has none."""
        ...

    async def look_up(self, entries: Sequence[Entry]) -> Sequence[tuple[Entry, ...]]:
        """Return, for the first of them, all that it has of their asset tag, serial number or IMEI.

        For all, or for as many as looking up at once saves something: at least one.
        """
        ...

    async def apply(self, plans: Sequence[Plan]) -> Sequence[Outcome]:
        """Carry out, in order; for each how it went as far as the inventory says."""
        ...

    async def read_back(self, plans: Sequence[Plan]) -> Sequence[tuple[Entry, ...]]:
        """Return what it has now of devices that were just changed."""
        ...

    def everything(self) -> AsyncIterator[Entry]:
        """Yield all it has, archived too, in an order that does not shift while it is read."""
        ...

    async def close(self) -> None:
        """Hang up."""
        ...


Number: TypeAlias = Callable[[bytes, int], int]
"""Of a file of that content (SHA-256), above another number: `Outbox.number`."""


@runtime_checkable
class Numbered(Protocol):
    """What names files so that they have an order; no clock gives one."""

    def count_by(self, number: Number) -> None:
        """Take numbers from there as long as this feeding goes on."""
        ...


@runtime_checkable
class Snapshots(Protocol):
    """What takes the whole of the inventory now and then, beside what changed."""

    async def due(self, now: datetime) -> bool:
        """Return whether one is wanted."""
        ...

    async def snapshot(self, now: datetime, devices: Iterable[Wanted]) -> None:
        """Take all devices, in order."""
        ...
