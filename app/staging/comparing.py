"""Numbers side by side, so that a person can compare them: in groups, and where they differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

_IMEI_GROUPS = (2, 6, 6, 1)
"""Reporting body and rest of the TAC, serial number, check digit: 3GPP TS 23.003, 6.2.1."""
_IMEI_LENGTH = sum(_IMEI_GROUPS)
_OTHER_GROUP = 4


def groups(value: str) -> tuple[str, ...]:
    """Return `value` in groups that the eye keeps apart: an IMEI's own, else four by four."""
    if len(value) == _IMEI_LENGTH and value.isascii() and value.isdigit():
        lengths: Sequence[int] = _IMEI_GROUPS
    else:
        lengths = [_OTHER_GROUP] * -(-len(value) // _OTHER_GROUP)
    starts = [sum(lengths[:place]) for place in range(len(lengths))]
    return tuple(value[start : start + n] for start, n in zip(starts, lengths, strict=True))


def differing(values: Sequence[str]) -> frozenset[int]:
    """Return the places at which values of the same length are not the same.

    A value that no other is as long as is another kind of thing, and compared with nothing.
    """
    lengths = Counter(len(value) for value in values)
    comparable = [value for value in values if lengths[len(value)] > 1]
    return frozenset(
        place
        for length in {len(value) for value in comparable}
        for place in range(length)
        if len({value[place] for value in comparable if len(value) == length}) > 1
    )


def spoken(name: str, value: str, places: frozenset[int]) -> str:
    """Return a value in words for a screen reader: digit by digit, group by group."""
    if not value:
        return f"{name}: not read"
    told = ", ".join(" ".join(group) for group in groups(value))
    wrong = [str(place + 1) for place in sorted(places) if place < len(value)]
    return f"{name}: {told}" + (f"; differs at place {', '.join(wrong)}" if wrong else "")
