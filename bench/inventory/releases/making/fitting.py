"""Which handsets go into the part of those known elsewhere, when there are too many. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from bench.inventory.releases.parts.elsewhere import MOST, KnownThere


def fitted(known: Iterable[KnownThere], most: int = MOST) -> tuple[KnownThere, ...]:
    """Return those with an IMEI, `most` at most.

    What is in conflict goes first, then what a bench has in hand, then what is on a list, then what
    moved last: a copy among the rest is found when its bench asks the centre.
    """
    found = {each for each in known if len(each.imei) == 15 and each.imei.isdigit()}  # noqa: PLR2004
    if len(found) <= most:
        return tuple(found)
    return tuple(sorted(found, key=_importance)[:most])


def _importance(each: KnownThere) -> tuple[bool, bool, bool, int, str]:
    return not each.in_conflict, not each.in_hand, each.place.is_bench, -each.since, each.imei
