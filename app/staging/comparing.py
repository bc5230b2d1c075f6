"""What several say a handset is, side by side: in groups for the eye, and where they differ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import NamedTuple

_IMEI_GROUPS = (2, 6, 6, 1)
"""Reporting body and rest of the TAC, serial number, check digit: 3GPP TS 23.003, 6.2.1."""
_IMEI_LENGTH = sum(_IMEI_GROUPS)
_OTHER_GROUP = 4


class Said(NamedTuple):
    """One line: who says it, what, and the places at which somebody else says another thing."""

    name: str
    value: str
    places: frozenset[int] = frozenset()

    @property
    def groups(self) -> tuple[str, ...]:
        """The value in groups that the eye keeps apart; words stay as they are."""
        return groups(self.value) if is_number(self.value) else (self.value,)

    @property
    def spoken(self) -> str:
        """The line in words for a screen reader: digit by digit, group by group."""
        if not is_number(self.value):
            return f"{self.name}: {self.value or 'nothing'}"
        told = ", ".join(" ".join(group) for group in self.groups)
        wrong = ", ".join(str(place + 1) for place in sorted(self.places))
        return f"{self.name}: {told}" + (f"; differs at place {wrong}" if wrong else "")


def compared(said: Iterable[tuple[str, str]]) -> tuple[Said, ...]:
    """Return a line for each number; several of one name stand apart by a blank and count as one.

    Two agree if a number of one is a number of the other; only numbers of one length are compared,
    others are of another kind. `box` and `box, second IMEI` are the same one and not compared.
    """
    lines = [line for name, value in said for line in _lines(name, value)]
    wrong: dict[int, set[int]] = {}
    for one, other in combinations(range(len(lines)), 2):
        if _are_comparable(lines, one, other):
            places = _differing(lines[one].value, lines[other].value)
            for line in (one, other):
                wrong.setdefault(line, set()).update(places)
    return tuple(
        line._replace(places=frozenset(wrong.get(place, ()))) for place, line in enumerate(lines)
    )


def groups(value: str) -> tuple[str, ...]:
    """Return `value` in groups: an IMEI's own, else four by four."""
    if len(value) == _IMEI_LENGTH and value.isascii() and value.isdigit():
        lengths: Sequence[int] = _IMEI_GROUPS
    else:
        lengths = [_OTHER_GROUP] * -(-len(value) // _OTHER_GROUP)
    starts = [sum(lengths[:place]) for place in range(len(lengths))]
    return tuple(value[start : start + n] for start, n in zip(starts, lengths, strict=True))


def is_number(value: str) -> bool:
    """Whether it is a number or code to be compared, and no words that say there is none."""
    return " " not in value and any(character.isdigit() for character in value)


def _lines(name: str, value: str) -> list[Said]:
    numbers = value.split()
    if not all(map(is_number, numbers)):
        return [Said(name, value)]
    return [Said(name, number) for number in numbers] or [Said(name, "")]


def _are_comparable(lines: Sequence[Said], one: int, other: int) -> bool:
    a, b = lines[one], lines[other]
    if _owner(a.name) == _owner(b.name) or len(a.value) != len(b.value):
        return False
    if not (is_number(a.value) and is_number(b.value)):
        return False
    said = [{line.value for line in lines if line.name == each.name} for each in (a, b)]
    return not said[0] & said[1]


def _owner(name: str) -> str:
    return name.partition(",")[0]


def _differing(one: str, other: str) -> set[int]:
    return {place for place, (a, b) in enumerate(zip(one, other, strict=True)) if a != b}
