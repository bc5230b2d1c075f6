"""A row of a file made values of its kind, or refused with every reason there is. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from bench.stock.intake.kinds import FIELDS, Field, FileKind, Value
from bench.stock.intake.layout import Layout
from bench.stock.intake.reading.table import Row
from bench.stock.intake.values import looks_rounded

_ONE_IN = 20
"""Of that many numbers of a column one may end in zeros by chance."""
Values: TypeAlias = tuple[Value, ...]
"""A value for each field of a kind, in their order."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that is not taken, and why: a sentence for each of its faults."""

    row: Row
    reason: str


class RowCheck:
    """Checks the rows of a file that is laid out so."""

    def __init__(self, layout: Layout) -> None:
        self._kind = layout.kind
        self._places = [
            (each, layout.columns.get(each.name, -1), layout.given.get(each.name, ""))
            for each in FIELDS[layout.kind]
        ]

    def check(self, row: Row) -> Values | Refused:
        """Return the values of a row, or why there are none."""
        if row.flaws or row.flaw:
            return self._refused(row)
        cells, width = row.cells, len(row.cells)
        values: list[Value] = []
        try:
            for each, place, given in self._places:
                cell = (cells[place] if 0 <= place < width else "") or given
                if cell:
                    values.append(each.read(cell))
                elif each.needed:
                    return self._refused(row)
                else:
                    values.append(each.empty)
        except ValueError:
            return self._refused(row)
        return _whole(self._kind, row, values)

    def _refused(self, row: Row) -> Values | Refused:
        """Look at the row again for all that is wrong with it; a flaw elsewhere is none."""
        reasons = [row.flaw] if row.flaw else []
        values: list[Value] = []
        for each, place, given in self._places:
            cell = (row.cells[place] if 0 <= place < len(row.cells) else "") or given
            try:
                values.append(_read(each, cell, row.flaws.get(place, "")))
            except ValueError as error:
                reasons.append(f"{each.title}: {error}")
        return Refused(row, "; ".join(reasons)) if reasons else _whole(self._kind, row, values)


def rounded(layout: Layout, rows: Sequence[Row]) -> str:
    """Return which field a spreadsheet rounded, "" for none: many numbers of it end in zeros.

    What was rounded cannot be told by one row: a check digit fits one time in ten.
    """
    for each in FIELDS[layout.kind]:
        place = layout.columns.get(each.name)
        if place is None:
            continue
        cells = {row.cells[place] for row in rows if place < len(row.cells)}
        found = sum(map(looks_rounded, cells))
        if found > 1 and found * _ONE_IN >= len(cells):
            return each.title
    return ""


def _read(its: Field, cell: str, flaw: str) -> Value:
    if flaw:
        raise ValueError(flaw)
    if cell:
        return its.read(cell)
    if its.needed:
        raise ValueError("it is missing")
    return its.empty


def _whole(kind: FileKind, row: Row, values: list[Value]) -> Values | Refused:
    """Look at a row as a whole."""
    match kind:
        case FileKind.DESPATCH | FileKind.FLEET if values[0] == values[1]:
            return Refused(row, "IMEI and second IMEI are the same")
        case FileKind.ORDER:
            return _order_line(row, values)
    return tuple(values)


_KIND, _MODEL, _TACS, _POOL = (
    [each.name for each in FIELDS[FileKind.ORDER]].index(name)
    for name in ("kind", "model", "tacs", "pool")
)


def _order_line(row: Row, values: list[Value]) -> Values | Refused:
    """Say what a line buys where the file does not: a pool is licences, a model is handsets."""
    if not values[_KIND]:
        if values[_POOL]:
            values[_KIND] = "licence"
        elif values[_MODEL] or values[_TACS]:
            values[_KIND] = "handset"
        else:
            return Refused(row, "Kind: nothing says what this line buys")
    return tuple(values)
