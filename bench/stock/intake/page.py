"""The page of imports that the record has an event of: the others are still to be recorded.

The record is asked, not the file: where a record was restored from an older copy, what it lost is
recorded again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.events.orders import CustodyKind
from bench.stock.book.booked import Booked
from bench.stock.book.page import Page

if TYPE_CHECKING:
    import sqlite3

_SCHEMA = (
    """CREATE TABLE import_recorded (
  kind TEXT NOT NULL, sha256 TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL,
  actor TEXT NOT NULL, PRIMARY KEY (kind, sha256)
) STRICT, WITHOUT ROWID""",
)
_NOTE = "INSERT INTO import_recorded VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"


def _fold(connection: sqlite3.Connection, event: Booked) -> None:
    if event.kind == CustodyKind.IMPORTED:
        its = (event.said("kind"), event.said("sha256"), event.seq, event.at, event.actor)
        connection.execute(_NOTE, its)


INTAKE = Page("intake", 1, ("import_recorded",), _SCHEMA, _fold)
"""`seq` and `actor` are of the event that recorded it, `at` its time in milliseconds since 1970."""
