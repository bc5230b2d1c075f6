"""The data map for the force's impact assessment (DPIA), made from the tables as they are.

Each column of each table of a record is in it. What `described` does not know stands there as "not
described", so the map cannot drift from the file without saying so.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from bench.custody.personal.cells import as_csv, as_markdown
from bench.custody.personal.described import (
    BASIS,
    BESIDE,
    NONE,
    PERSONAL,
    PSEUDONYMOUS,
    Datum,
)

if TYPE_CHECKING:
    import sqlite3

UNKNOWN = "not described"


@dataclass(frozen=True, slots=True)
class MapRow:
    """One place where data lies; texts for a reader, headings from the fields' names."""

    where: str
    kind: str
    what: str
    whose: str
    why: str
    lawful_basis: str
    kept: str
    seen_by: str
    erased_by: str


def data_map(connection: sqlite3.Connection) -> tuple[MapRow, ...]:
    """Return what the record at this connection holds of people, column by column, and beside it.

    Tables without anything about people are one row each.
    """
    rows: list[MapRow] = []
    for table in _tables(connection):
        if table in NONE:
            rows.append(_nothing(table, NONE[table]))
        else:
            rows += [_row(table, column) for column in _columns(connection, table)]
    return (*rows, *(_datum(place, "beside the record", datum) for place, datum in BESIDE.items()))


def undescribed(rows: tuple[MapRow, ...]) -> tuple[str, ...]:
    """Return the places that nobody has described yet."""
    return tuple(row.where for row in rows if row.kind == UNKNOWN)


def markdown(rows: tuple[MapRow, ...]) -> str:
    """Return the map as a Markdown table."""
    return as_markdown(_texts(rows))


def csv(rows: tuple[MapRow, ...]) -> str:
    """Return the map as CSV."""
    return as_csv(_texts(rows))


def _texts(rows: tuple[MapRow, ...]) -> list[list[str]]:
    names = [field.name for field in fields(MapRow)]
    head = [name.replace("_", " ") for name in names]
    return [head, *([getattr(row, name) for name in names] for row in rows)]


def _row(table: str, column: str) -> MapRow:
    for kind, described in (("personal", PERSONAL), ("pseudonymous", PSEUDONYMOUS)):
        if datum := described.get(f"{table}.{column}"):
            return _datum(f"{table}.{column}", kind, datum)
    unknown = ("",) * 6
    return MapRow(f"{table}.{column}", UNKNOWN, UNKNOWN, *unknown)


def _datum(where: str, kind: str, datum: Datum) -> MapRow:
    return MapRow(
        where,
        kind,
        datum.what,
        datum.whose,
        datum.why,
        BASIS,
        datum.kept,
        datum.seen_by,
        datum.erased_by,
    )


def _nothing(table: str, what: str) -> MapRow:
    none = ("",) * 6
    return MapRow(table, "none", what, *none)


def _tables(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite~_%'"
        " ESCAPE '~' ORDER BY name"
    )
    return [name for (name,) in rows]


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    """Generated columns included."""
    rows = connection.execute("SELECT name FROM pragma_table_xinfo(?) ORDER BY cid", (table,))
    return [name for (name,) in rows]
