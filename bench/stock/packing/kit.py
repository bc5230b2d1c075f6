"""What belongs into a handset's box, and how much of it was counted. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from bench.custody.body import short
from bench.enrolment.profiles.profile import EnrolmentProfile
from bench.identity.plain import plain

HANDSET = "handset"
"""The item that needs no count: its label was scanned."""
_MANY = re.compile(r"([1-9][0-9]?)\s*[x×]\s+(\S.*)")  # noqa: RUF001 - people write a times sign
_ITEM = 60


@dataclass(frozen=True, slots=True)
class Kit:
    """Items with how many of each are wanted, in the profile's order, and how many were counted."""

    wanted: tuple[tuple[str, int], ...]
    counted: Mapping[str, int]

    @classmethod
    def of(cls, items: Sequence[str]) -> Self:
        """Read a profile's kit; `2 x USB cable` is two, and so is a line that stands twice."""
        wanted: Counter[str] = Counter()
        for line in items:
            found = _MANY.fullmatch(line.strip())
            item = plain(found[2] if found else line, _ITEM)
            wanted[item] += int(found[1]) if found else 1
        there = {item: count for item, count in wanted.items() if item.casefold() == HANDSET}
        return cls(tuple(wanted.items()), there)

    @property
    def missing(self) -> tuple[str, ...]:
        """The items that are still to be counted, in order."""
        return tuple(item for item, count in self.wanted if self.counted.get(item, 0) < count)

    @property
    def share(self) -> tuple[int, int]:
        """How many pieces were counted, of how many."""
        return sum(self.counted.values()), sum(count for _, count in self.wanted)

    def with_one(self, item: str) -> Self:
        """Count one more; `ValueError` where it does not belong, or all of it are there."""
        if item not in dict(self.wanted):
            raise ValueError(f"{item} is no part of this kit")
        if item not in self.missing:
            raise ValueError(f"{item} is there already")
        return replace(self, counted={**self.counted, item: self.counted.get(item, 0) + 1})

    def whole(self) -> Self:
        """Count all that is wanted."""
        return replace(self, counted=dict(self.wanted))


def profile_of(profiles: Mapping[str, EnrolmentProfile], policy: str) -> EnrolmentProfile | None:
    """Return the profile, or the variant, of a short fingerprint; None where none is of it."""
    every = (each for profile in profiles.values() for each in (profile, *profile.variants))
    return next((each for each in every if short(each.fingerprint) == policy), None)


def recorded(kit: Kit) -> dict[str, int]:
    """Return what the record says of a kit; its names are ASCII, so others are spelled out."""
    return {spelled(item): count for item, count in kit.counted.items()}


def spelled(item: str) -> str:
    """Spell an item's name in ASCII, other letters by their number as Python does."""
    return item.encode("ascii", "backslashreplace").decode()
