"""The rolls: how much of each can be printed, and under which pins of the head it runs.

Sources: section 2.3.2 "Page size" (dots of the print area), section 2.3.5 "Raster line" (pins: the
right margin is what lies between pin 0 and the print area), section 2.3.4 (lengths), section 2.3.3
(feed amount: 35 dots at the least on tape, none on die-cut labels). Rolls of which the references
disagree between sections (23 x 23 mm, 54 x 29 mm, 60 x 86 mm) and round labels are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from hardware.printers.brother_ql.models import WIDE_PINS, Model

DOTS_PER_MM = 300 / 25.4
"""The head's pins, and the lines of the feed."""

TAPE_FEED = 35
_SHORTEST, _LONGEST = 150, 11811
"""Dots of a label on tape: 12.7 mm to 1 m."""
_SHORTEST_OLD = 295
_OLD = frozenset({"QL-500/550", "QL-560", "QL-650TD", "QL-1050", "QL-1060N"})


class Kind(Enum):
    """Tape of any length, or labels of one."""

    TAPE = 0x0A
    LABELS = 0x0B


@dataclass(frozen=True, slots=True)
class Roll:
    """What a printer says is in it: millimetres; tape has no length."""

    kind: Kind
    width: int
    length: int = 0

    def __str__(self) -> str:
        return f"{self.width}x{self.length}" if self.length else f"{self.width}"


@dataclass(frozen=True, slots=True)
class Medium:
    """A roll and its print area in dots; `None` for an offset: too wide for such a head."""

    roll: Roll
    width: int
    height: int
    offset: int | None
    """Pins between pin 0 and the print area, on a head of 720 pins."""
    wide_offset: int
    """The same on a head of 1296."""

    @property
    def feed(self) -> int:
        """Dots of margin before and behind the label."""
        return 0 if self.height else TAPE_FEED

    def offset_on(self, model: Model) -> int | None:
        """Return the pins between pin 0 and the print area; None: it does not go in."""
        return self.wide_offset if model.pins == WIDE_PINS else self.offset

    def fits(self, width: int, height: int, model: Model | None = None) -> bool:
        """Whether a label of so many dots fills the print area."""
        if self.height:
            return (width, height) == (self.width, self.height)
        shortest = _SHORTEST_OLD if model and model.name in _OLD else _SHORTEST
        return width == self.width and shortest <= height <= _LONGEST


def _tape(width: int, dots: int, offset: int | None, wide_offset: int) -> Medium:
    return Medium(Roll(Kind.TAPE, width), dots, 0, offset, wide_offset)


def _labels(
    width: int, length: int, dots: tuple[int, int], offset: int | None, wide_offset: int
) -> Medium:
    return Medium(Roll(Kind.LABELS, width, length), *dots, offset, wide_offset)


MEDIA = (
    _tape(12, 106, 29, 74),
    _tape(29, 306, 6, 50),
    _tape(38, 413, 12, 56),
    _tape(50, 554, 12, 56),
    _tape(54, 590, 0, 44),
    _tape(62, 696, 12, 56),
    _tape(102, 1164, None, 56),
    _tape(103, 1200, None, 38),
    _labels(17, 54, (165, 566), 0, 44),
    _labels(17, 87, (165, 956), 0, 44),
    _labels(29, 90, (306, 991), 6, 50),
    _labels(38, 90, (413, 991), 12, 56),
    _labels(39, 48, (425, 495), 6, 50),
    _labels(52, 29, (578, 271), 0, 44),
    _labels(62, 29, (696, 271), 12, 56),
    _labels(62, 100, (696, 1109), 12, 56),
    _labels(102, 51, (1164, 526), None, 56),
    _labels(102, 152, (1164, 1660), None, 56),
)

_BY_ROLL = {medium.roll: medium for medium in MEDIA}


def medium_of(roll: Roll) -> Medium | None:
    """Return what is known of a roll, or None."""
    return _BY_ROLL.get(roll)


def medium_named(name: str) -> Medium | None:
    """Return the medium that the settings call `62` (tape) or `62x29` (labels), or None."""
    wanted = name.strip().lower().replace(" ", "")
    return next((medium for medium in MEDIA if str(medium.roll) == wanted), None)
