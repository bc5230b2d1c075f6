"""What a label says and where: a template in millimetres, checked whole when it is loaded.

After loading nothing about a label can fail: every box lies on the label, none on another, and
both codes have room for the longest asset tag. The form of the file is in the help pages.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Self

from bench.identity.code128 import QUIET, modules
from bench.identity.identifiers import AssetTag

QR_MODULES = 21 + 2 * 4
"""A version 1 QR code with its quiet zones: it holds every asset tag at error correction Q."""

_LONGEST_TAG = "ABCDE-12345678"
_FEWEST_DOTS = 2
_BOX_KEYS = ("x_mm", "y_mm", "width_mm", "height_mm")
_NEEDED = ("asset_tag", "training", "qr", "code128")
_OPTIONAL = ("model", "imei", "copy")
_LARGEST_MM = 300
_RESOLUTIONS = (6, 8, 12, 24)


class TemplateError(ValueError):
    """A label template cannot be used; the message names file, line and key."""


@dataclass(frozen=True, slots=True)
class LabelContent:
    """What one label says. `imei_tail` is the end of the IMEI; copies are numbered from 1."""

    asset_tag: AssetTag
    model: str
    imei_tail: str
    copy: int
    simulated: bool


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
    """A label's size and its boxes by name, in dots; a box the file leaves out is not printed."""

    name: str
    width: int
    height: int
    dots_per_mm: int
    boxes: Mapping[str, Box]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a template; raises `TemplateError` naming the line and key that is wrong."""
        try:
            source = path.read_text(encoding="utf-8")
            tables = tomllib.loads(source)
        except (OSError, ValueError) as error:
            raise TemplateError(f"{path.name}: {error}") from error
        try:
            return cls._checked(tables)
        except _KeyFault as fault:
            line = _line_of(source, fault.table, fault.key)
            raise TemplateError(f"{path.name}, line {line}: {fault}") from fault

    @classmethod
    def _checked(cls, tables: Mapping[str, object]) -> Self:
        label = _table(tables, "label", ("name", "width_mm", "height_mm", "dots_per_mm"))
        dots_per_mm = label["dots_per_mm"]
        if dots_per_mm not in _RESOLUTIONS or not isinstance(dots_per_mm, int):
            raise _KeyFault("label", "dots_per_mm", "is 6, 8, 12 or 24 (152 to 600 dpi)")
        if not isinstance(label["name"], str):
            raise _KeyFault("label", "name", "is a text in quotes")
        template = cls(
            name=label["name"],
            width=int(_millimetres("label", label, "width_mm") * dots_per_mm),
            height=int(_millimetres("label", label, "height_mm") * dots_per_mm),
            dots_per_mm=dots_per_mm,
            boxes={name: _box(tables, name, dots_per_mm) for name in _box_names(tables)},
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
        """Two dots a module is what cheap scanners still read."""
        qr = _FEWEST_DOTS * QR_MODULES
        code128 = _FEWEST_DOTS * (sum(modules(_LONGEST_TAG)) + 2 * QUIET)
        for name, key, actual, least in (
            ("qr", "width_mm", self.boxes["qr"].width, qr),
            ("qr", "height_mm", self.boxes["qr"].height, qr),
            ("code128", "width_mm", self.boxes["code128"].width, code128),
        ):
            if actual < least:
                raise _KeyFault(name, key, f"is at least {math.ceil(least / self.dots_per_mm)}")


class _KeyFault(Exception):  # noqa: N818 - it never leaves this module
    def __init__(self, table: str, key: str, reason: str) -> None:
        super().__init__(f"{'.'.join(filter(None, (table, key)))} {reason}")
        self.table, self.key = table, key


def _box_names(tables: Mapping[str, object]) -> tuple[str, ...]:
    for name in tables:
        if name not in ("label", *_NEEDED, *_OPTIONAL):
            raise _KeyFault(name, "", "is not a part of a label")
    return tuple(name for name in (*_NEEDED, *_OPTIONAL) if name in _NEEDED or name in tables)


def _table(tables: Mapping[str, object], name: str, keys: tuple[str, ...]) -> dict[str, object]:
    table = tables.get(name)
    if not isinstance(table, dict):
        raise _KeyFault(name, "", "is missing: write it as a table in brackets")
    for key in table:
        if key not in keys:
            raise _KeyFault(name, key, f"is not a key; there are {', '.join(keys)}")
    for key in keys:
        if key not in table:
            raise _KeyFault(name, key, "is missing")
    return table


def _box(tables: Mapping[str, object], name: str, dots_per_mm: int) -> Box:
    table = _table(tables, name, _BOX_KEYS)
    x, y, width, height = (_millimetres(name, table, key) * dots_per_mm for key in _BOX_KEYS)
    for key, size in (("width_mm", width), ("height_mm", height)):
        if size < dots_per_mm:
            raise _KeyFault(name, key, "is at least 1")
    return Box(round(x), round(y), round(width), round(height))


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
