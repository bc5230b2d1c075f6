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
  sim TEXT NOT NULL, card TEXT NOT NULL, condition TEXT NOT NULL,
  undone INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (uid, at, seq)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE aside (
  uid TEXT PRIMARY KEY, problem TEXT NOT NULL, at INTEGER NOT NULL, ended INTEGER NOT NULL
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX aside_by_time ON aside (at) WHERE ended = 0",
)
_BACK = "INSERT OR REPLACE INTO came_back VALUES (?, ?, ?, ?, ?, ?, ?, 0)"
_UNDONE = """UPDATE came_back SET undone = iif(undone = 0, :seq, 0)
WHERE uid = :uid AND ((undone = 0 AND seq = :of) OR undone = :of)"""
_ASIDE = "INSERT OR REPLACE INTO aside VALUES (?, ?, ?, 0)"
_STANDS = """INSERT INTO aside VALUES (?, '', ?, 0)
ON CONFLICT (uid) DO UPDATE SET ended = 0"""
_ENDED = "UPDATE aside SET ended = 1 WHERE uid = ?"


def _fold(connection: sqlite3.Connection, event: Booked) -> None:
    if event.kind == CustodyKind.RETURNED:
        answers = (event.said(name) for name in ("scenario", "sim", "card", "condition"))
        connection.execute(_BACK, (event.uid, event.seq, event.at, *answers))
    elif event.kind == CustodyKind.CORRECTED and event.data.get("undo"):
        said = {"uid": event.uid, "seq": event.seq, "of": event.data.get("seq")}
        connection.execute(_UNDONE, said)
    if event.kind == CustodyKind.QUARANTINED:
        connection.execute(_ASIDE, (event.uid, event.said("problem"), event.at))
    elif event.uid and (phase := event.dev.get("phase")):
        _stand(connection, event, is_aside=phase == Phase.QUARANTINED.value)


def _stand(connection: sqlite3.Connection, event: Booked, *, is_aside: bool) -> None:
    """Quarantine begins and ends by other events, too: an undo, an epoch that carries it on."""
    if is_aside:
        connection.execute(_STANDS, (event.uid, event.at))
    else:
        connection.execute(_ENDED, (event.uid,))


RETURNS = Page("returns", 2, ("came_back", "aside"), _SCHEMA, _fold)
"""`came_back` is a return, `undone` the event that took it back, 0 for none. `aside` is what is in
quarantine, lost or stolen handsets among it, and with `ended` what was. Times in milliseconds since
1970, UTC."""
