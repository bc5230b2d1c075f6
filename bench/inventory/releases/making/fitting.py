"""What is cut where there is more than a part can hold. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bench.inventory.releases.parts.elsewhere import MOST_PLACES, KnownThere, Place

ELSEWHERE = Place(is_bench=False, name="another list")


def fitted(known: Iterable[KnownThere], most: int = MOST_PLACES) -> frozenset[KnownThere]:
    """Return all of them, told at `most` places at most.

    Benches are named; where lists tell of too many places, it is only said that it is a list.
    """
    found = frozenset(known)
    if len({each.place for each in found}) <= most:
        return found
    return frozenset(
        each if each.place.is_bench else replace(each, place=ELSEWHERE) for each in found
    )
