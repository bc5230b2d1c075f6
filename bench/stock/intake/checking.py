"""A row of a file made values of its kind, or refused with every reason there is. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from bench.stock.intake import values
from bench.stock.intake.kinds import FIELDS, Field, FileKind, Value
from bench.stock.intake.layout import Layout
from bench.stock.intake.reading.table import MOST_COLUMNS, Row

_LONG = (values.iccid, values.eid, values.code)
"""How fields are read whose numbers are longer than a spreadsheet keeps."""
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
        self._width = len(layout.labels)
        self._reads = [
            (
                each.read,
                MOST_COLUMNS if place < 0 else place,
                given,
                None if each.needed else each.empty,
            )
            for each, place, given in self._places
        ]

    def check(self, row: Row) -> Values | Refused:
        """Return the values of a row, or why there are none."""
        cells, width = row.cells, len(row.cells)
        if row.flaws or row.flaw or width > self._width:
            return self._refused(row)
        found: list[Value] = []
        try:
            for read, place, given, empty in self._reads:
                cell = (cells[place] if place < width else "") or given
                if cell:
                    found.append(read(cell))
                elif empty is None:
                    return self._refused(row)
                else:
                    found.append(empty)
        except ValueError:
            return self._refused(row)
        return _whole(self._kind, row, found)

    def _refused(self, row: Row) -> Values | Refused:
        """Look at the row again for all that is wrong with it; a flaw elsewhere is none."""
        reasons = [row.flaw] if row.flaw else []
        if any(row.cells[self._width :]):
            reasons.append("it has more cells than there are headings: quote its texts")
        found: list[Value] = []
        for each, place, given in self._places:
            cell = (row.cells[place] if 0 <= place < len(row.cells) else "") or given
            try:
                found.append(_read(each, cell, row.flaws.get(place, "")))
            except ValueError as error:
                reasons.append(f"{each.title}: {error}")
        return Refused(row, "; ".join(reasons)) if reasons else _whole(self._kind, row, found)


def rounded(layout: Layout, rows: Sequence[Row]) -> str:
    """Return which field a spreadsheet rounded, "" for none: many numbers of it end in zeros.

    What was rounded cannot be told by one row: a check digit fits one time in ten.
    """
    for each in FIELDS[layout.kind]:
        place = layout.columns.get(each.name)
        if place is None or each.read not in _LONG:
            continue
        cells = {row.cells[place] for row in rows if place < len(row.cells)}
        found = sum(map(values.looks_rounded, cells))
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


def _whole(kind: FileKind, row: Row, found: list[Value]) -> Values | Refused:
    """Look at a row as a whole."""
    match kind:
        case FileKind.DESPATCH | FileKind.FLEET if found[0] == found[1]:
            return Refused(row, "IMEI and second IMEI are the same")
        case FileKind.ORDER:
            return _order_line(row, found)
    return tuple(found)


_KIND, _MODEL, _TACS, _POOL = (
    [each.name for each in FIELDS[FileKind.ORDER]].index(name)
    for name in ("kind", "model", "tacs", "pool")
)


def _order_line(row: Row, found: list[Value]) -> Values | Refused:
    """Say what a line buys where the file does not: a pool is licences, a model is handsets."""
    if not found[_KIND]:
        if found[_POOL]:
            found[_KIND] = "licence"
        elif found[_MODEL] or found[_TACS]:
            found[_KIND] = "handset"
        else:
            return Refused(row, "Kind: nothing says what this line buys")
    return tuple(found)
