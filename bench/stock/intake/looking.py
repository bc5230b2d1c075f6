"""The first look at a file: what it is a list of, which column is what, and some rows of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from bench.stock.intake.checking import Refused, RowCheck
from bench.stock.intake.kinds import FileKind
from bench.stock.intake.layout import (
    Layout,
    digest_of,
    guess,
    guess_as,
    heading_among,
    labels,
    recalled,
)
from bench.stock.intake.reading.encoding import Seen
from bench.stock.intake.reading.opening import named, open_table, read_bytes
from bench.stock.intake.reading.table import Row, unusable

if TYPE_CHECKING:
    import sqlite3

_SAMPLE = 200
_FROM_NAME = ("despatch", "reference")
"""What the name of a file stands for: a despatch note, a purchase of licences."""
_RECALL = "SELECT kind, columns FROM mapping WHERE headers = ? ORDER BY at DESC, kind"
_TAKEN = "SELECT at FROM import WHERE kind = ? AND sha256 = ?"


@dataclass(frozen=True, slots=True)
class Look:
    """A file as it was looked at: its `layout`, guessed or `remembered`, and its first `rows`.

    `heading` is the number of the row of its headings, `hidden` are columns nobody sees in it.
    """

    path: Path
    seen: Seen
    layout: Layout
    heading: int
    rows: tuple[Row, ...]
    remembered: bool = False
    hidden: frozenset[int] = frozenset()
    sheet: str = ""
    sheets: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of the file."""
        return named(self.path)

    @property
    def kind(self) -> FileKind:
        """What it is taken for."""
        return self.layout.kind

    def laid_out(self, layout: Layout) -> Look:
        """Return it with another layout."""
        return replace(self, layout=layout, remembered=False)

    def as_kind(self, kind: FileKind) -> Look:
        """Return it taken for another kind, its columns guessed."""
        return self.laid_out(guess_as(kind, self.layout.labels, self.hidden))

    def refused(self) -> tuple[Refused, ...]:
        """Return those of its first rows that would be refused as it is laid out."""
        check = RowCheck(self.layout).check
        return tuple(each for each in map(check, self.rows) if isinstance(each, Refused))


def look(connection: sqlite3.Connection, path: Path, sheet: str = "") -> Look:
    """Look at a file; `ProblemError` FILE_UNUSABLE where it is none that can be taken."""
    seen = read_bytes(path)
    with open_table(path, seen, sheet) as table:
        rows = list(islice(table.rows, _SAMPLE))
        head = heading_among(rows)
        if head is None:
            raise unusable(named(path), "no row of it has anything in it")
        names = labels(head)
        layout, remembered = _laid_out(connection, names, table.hidden)
        its = tuple(row for row in rows if row.number > head.number and not row.is_blank)
        return Look(
            path, seen, layout, head.number, its, remembered, table.hidden, table.sheet,
            table.sheets,
        )  # fmt: skip


def named_after(found: Look) -> Look:
    """Return it with what its name stands for, where that must be said and no column does."""
    layout = found.layout
    for each in layout.missing:
        if each.name in _FROM_NAME:
            layout = layout.with_given(each.name, Path(found.name).stem)
    return replace(found, layout=layout)


def taken_at(connection: sqlite3.Connection, kind: FileKind, sha256: str) -> str:
    """Return when that very file was taken as that kind, "" where it was not."""
    row = connection.execute(_TAKEN, (kind.value, sha256)).fetchone()
    return str(row[0]) if row else ""


def _laid_out(
    connection: sqlite3.Connection, names: tuple[str, ...], hidden: frozenset[int]
) -> tuple[Layout, bool]:
    for kind, columns in _remembered(connection, names):
        found = recalled(FileKind(kind), names, json.loads(columns))
        if found.columns:
            return found, True
    return guess(names, hidden), False


def _remembered(
    connection: sqlite3.Connection, names: tuple[str, ...]
) -> Sequence[tuple[str, str]]:
    return connection.execute(_RECALL, (digest_of(names),)).fetchall()
