"""The page of returns: why each handset came back, what is set aside and for what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.custody.phases import Phase
from bench.events.orders import CustodyKind
from bench.stock.book.booked import Booked
from bench.stock.book.page import Page

if TYPE_CHECKING:
    import sqlite3

_SCHEMA = (
    """CREATE TABLE came_back (
  uid TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, scenario TEXT NOT NULL,
  sim TEXT NOT NULL, card TEXT NOT NULL, condition TEXT NOT NULL, PRIMARY KEY (uid, seq)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE aside (
  uid TEXT PRIMARY KEY, problem TEXT NOT NULL, at INTEGER NOT NULL
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX aside_by_time ON aside (at)",
)
_STANDS = (None, Phase.QUARANTINED.value)


def _fold(connection: sqlite3.Connection, event: Booked) -> None:
    if event.kind == CustodyKind.RETURNED:
        answers = (event.said(name) for name in ("scenario", "sim", "card", "condition"))
        back = "INSERT OR REPLACE INTO came_back VALUES (?, ?, ?, ?, ?, ?, ?)"
        connection.execute(back, (event.uid, event.seq, event.at, *answers))
    if event.kind == CustodyKind.QUARANTINED:
        aside = "INSERT OR REPLACE INTO aside VALUES (?, ?, ?)"
        connection.execute(aside, (event.uid, event.said("problem"), event.at))
    elif event.uid and event.dev.get("phase") not in _STANDS:
        connection.execute("DELETE FROM aside WHERE uid = ?", (event.uid,))


RETURNS = Page("returns", 1, ("came_back", "aside"), _SCHEMA, _fold)
"""`came_back` is a return, `aside` what is in quarantine now, lost or stolen handsets among it.
Times in milliseconds since 1970, UTC."""
