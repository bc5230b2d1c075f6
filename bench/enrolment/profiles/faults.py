"""What is wrong with a profile: the line, the key, and what to write instead."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from bench.identity.plain import plain

Place: TypeAlias = tuple[str | int, ...]
"""Where a value stands in a document: `("step", 2, "limit")`; lists are counted from 0."""
_KEY, _FEW = 60, 15
"""Characters of a key that are shown, and names that are listed instead of the right one."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault; `line` counts from 1, 0 is the whole file. No text holds a value of the file."""

    line: int
    key: str
    remedy: str


class Findings:
    """The faults found so far in one file, at most one for each place."""

    def __init__(self, lines: Mapping[Place, int]) -> None:
        self._lines = lines
        self._found: dict[Place, str] = {}

    def __len__(self) -> int:
        return len(self._found)

    def __contains__(self, place: object) -> bool:
        return place in self._found

    def note(self, place: Place, remedy: str) -> None:
        """Note what to do about the value at a place, unless that is said already."""
        self._found.setdefault(place, remedy)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """All of them, from the first line on."""
        found = (
            Fault(self._line(place), _key(place), remedy) for place, remedy in self._found.items()
        )
        return tuple(sorted(found, key=lambda fault: fault.line))

    def _line(self, place: Place) -> int:
        """Return its own line, or that of the nearest table around it."""
        while place and place not in self._lines:
            place = place[:-1]
        return self._lines.get(place, 1)


def _key(place: Place) -> str:
    """Name a place by its key, or by the heading of the table that it is."""
    if place and isinstance(place[-1], str):
        return plain(place[-1], _KEY)
    return f"[[{'.'.join(part for part in place if isinstance(part, str))}]]"


def nearest(key: str, known: Collection[str], likeness: float = 0.6) -> str:
    """Say which key was probably meant, or which there are; `likeness` as in `difflib`."""
    from difflib import get_close_matches  # noqa: PLC0415 - where there is a fault

    close = get_close_matches(key, known, 1, likeness)
    if close:
        return f"did you mean {close[0]}?"
    few = len(known) <= _FEW
    return f"use one of {', '.join(sorted(known))}" if few else "there is none of that name"
