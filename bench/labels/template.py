"""What a label says and where: a template in millimetres, checked whole when it is loaded.

After loading nothing about a label can fail: every box lies on the label, none on another, and
each code has room for the longest that it can say. The form of the file is in the help pages.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Self

from bench.labels.codes import QR_MODULES, code128_modules
from bench.labels.content import LONGEST_SLOT, LONGEST_TAG
from bench.labels.resolution import whole_dots

_FEWEST_DOTS = 2
_NARROWEST_MM = 0.25
"""What cheap scanners still read of a code: so many dots a module, and so wide a module."""
_BOX_KEYS = ("x_mm", "y_mm", "width_mm", "height_mm")
_ASSET = ("asset_tag", "training", "model", "imei", "copy")
_NEEDED_OF_ASSET = ("asset_tag", "training")
_SLOT = ("slot", "bench")
_CODES = ("qr", "code128")
_LARGEST_MM = 300
_COARSEST, _USUAL, _FINEST = 5.0, 8.0, 50.0


class TemplateError(ValueError):
    """A label template cannot be used; the message names file, line and key."""


@dataclass(frozen=True, slots=True)
class Box:
    """A place on the label in whole dots, from its upper left corner."""

    x: int
    y: int
    width: int
    height: int

    def overlaps(self, other: Box) -> bool:
        """Whether the two share a dot."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


@dataclass(frozen=True)
class LabelTemplate:
    """A label's size and its boxes by name, in dots; a box the file leaves out is not printed.

    It is an asset label (`LabelContent`) or, with a box `slot`, a slot's card (`SlotContent`).
    """

    name: str
    width: int
    height: int
    dots_per_mm: float
    boxes: Mapping[str, Box]

    @property
    def of_slot(self) -> bool:
        """Whether it is a slot's card."""
        return "slot" in self.boxes

    @classmethod
    def load(cls, path: Path, dots_per_mm: float | None = None) -> Self:
        """Read a template; raises `TemplateError` naming the line and key that is wrong.

        `dots_per_mm` is the printer's (`bench.labels.resolution`): millimetres stay what they
        are, and the label gets the dots it needs. Without it, the template's own or 8 are taken.
        """
        try:
            source = path.read_text(encoding="utf-8")
            tables = tomllib.loads(source)
        except (OSError, ValueError) as error:
            raise TemplateError(f"{path.name}: {error}") from error
        try:
            return cls._checked(tables, dots_per_mm)
        except _KeyFault as fault:
            line = _line_of(source, fault.table, fault.key)
            raise TemplateError(f"{path.name}, line {line}: {fault}") from fault

    @classmethod
    def _checked(cls, tables: Mapping[str, object], wanted: float | None) -> Self:
        label = _table(tables, "label", ("name", "width_mm", "height_mm"), ("dots_per_mm",))
        fineness = _dots(label) if wanted is None else wanted
        if not isinstance(label["name"], str):
            raise _KeyFault("label", "name", "is a text in quotes")
        template = cls(
            name=label["name"],
            width=whole_dots(_millimetres("label", label, "width_mm"), fineness),
            height=whole_dots(_millimetres("label", label, "height_mm"), fineness),
            dots_per_mm=fineness,
            boxes={name: _box(tables, name, fineness) for name in _box_names(tables)},
        )
        template._check_places()
        template._check_codes()
        return template

    def _check_places(self) -> None:
        for name, box in self.boxes.items():
            if box.x + box.width > self.width:
                raise _KeyFault(name, "width_mm", "reaches over the label's right edge")
            if box.y + box.height > self.height:
                raise _KeyFault(name, "height_mm", "reaches over the label's lower edge")
        for (name, box), (other, place) in combinations(self.boxes.items(), 2):
            if box.overlaps(place):
                raise _KeyFault(other, "x_mm", f"overlaps the box {name}")

    def _check_codes(self) -> None:
        module = max(_FEWEST_DOTS, math.ceil(round(_NARROWEST_MM * self.dots_per_mm, 3)))
        longest = LONGEST_SLOT if self.of_slot else LONGEST_TAG
        needs = {
            ("qr", "width_mm"): QR_MODULES,
            ("qr", "height_mm"): QR_MODULES,
            ("code128", "width_mm"): code128_modules(longest),
        }
        for (name, key), modules in needs.items():
            box, least = self.boxes.get(name), module * modules
            if box and (box.width if key == "width_mm" else box.height) < least:
                raise _KeyFault(name, key, f"is at least {math.ceil(least / self.dots_per_mm)}")


class _KeyFault(Exception):  # noqa: N818 - it never leaves this module
    def __init__(self, table: str, key: str, reason: str) -> None:
        super().__init__(f"{'.'.join(filter(None, (table, key)))} {reason}")
        self.table, self.key = table, key


def _box_names(tables: Mapping[str, object]) -> tuple[str, ...]:
    """The boxes of an asset label or of a slot's card: which of the two, the tables tell."""
    texts, needed = (_SLOT, ("slot",)) if "slot" in tables else (_ASSET, _NEEDED_OF_ASSET)
    for name in tables:
        if name not in ("label", *texts, *_CODES):
            raise _KeyFault(name, "", "is not a part of a label")
    if not any(code in tables for code in _CODES):
        raise _KeyFault("qr", "", "is missing, and code128 too: a label has one of them or both")
    return tuple(name for name in (*texts, *_CODES) if name in needed or name in tables)


def _table(
    tables: Mapping[str, object], name: str, keys: Sequence[str], optional: Sequence[str] = ()
) -> dict[str, object]:
    table = tables.get(name)
    if not isinstance(table, dict):
        raise _KeyFault(name, "", "is missing: write it as a table in brackets")
    for key in table:
        if key not in (*keys, *optional):
            raise _KeyFault(name, key, f"is not a key; there are {', '.join((*keys, *optional))}")
    for key in keys:
        if key not in table:
            raise _KeyFault(name, key, "is missing")
    return table


def _box(tables: Mapping[str, object], name: str, dots_per_mm: float) -> Box:
    """Its edges are rounded, and not its size: boxes that touch in millimetres do so in dots."""
    table = _table(tables, name, _BOX_KEYS)
    x, y, width, height = (_millimetres(name, table, key) for key in _BOX_KEYS)
    for key, size in (("width_mm", width), ("height_mm", height)):
        if size < 1:
            raise _KeyFault(name, key, "is at least 1")
    left, right = (whole_dots(edge, dots_per_mm) for edge in (x, x + width))
    top, bottom = (whole_dots(edge, dots_per_mm) for edge in (y, y + height))
    return Box(left, top, right - left, bottom - top)


def _dots(label: Mapping[str, object]) -> float:
    match label.get("dots_per_mm", _USUAL):
        case bool():
            pass
        case int() | float() as number if _COARSEST <= number <= _FINEST:
            return float(number)
    reason = "is a number of dots from 5 to 50: 203 dpi are 8, 300 dpi are 11.811"
    raise _KeyFault("label", "dots_per_mm", reason)


def _millimetres(name: str, table: Mapping[str, object], key: str) -> float:
    match table[key]:
        case bool():
            pass
        case int() | float() as number if 0 <= number <= _LARGEST_MM:
            return float(number)
    raise _KeyFault(name, key, f"is a number of millimetres from 0 to {_LARGEST_MM}")


def _line_of(source: str, table: str, key: str) -> int:
    """The line of the key, else of its table's head, else the last: tomllib keeps no places."""
    lines = source.splitlines()
    head = next((i for i, line in enumerate(lines) if _is_head(line, table)), None)
    if head is None:
        return len(lines)
    for number, line in enumerate(lines[head + 1 :], head + 2):
        if line.lstrip().startswith("["):
            break
        if key and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
            return number
    return head + 1


def _is_head(line: str, table: str) -> bool:
    return re.match(rf"\s*\[\s*[\"']?{re.escape(table)}[\"']?\s*[\].]", line) is not None
