"""The page of holders: who has had which handset, and what has come to its site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.custody.phases import Phase
from bench.events.orders import CustodyKind
from bench.stock.book.booked import Booked
from bench.stock.book.page import Page
from bench.stock.handing.restating import PERSON, restates_arrival, restates_holder

if TYPE_CHECKING:
    import sqlite3

_SCHEMA = (
    """CREATE TABLE holding (
  uid TEXT NOT NULL, seq INTEGER NOT NULL, holder TEXT NOT NULL, since INTEGER NOT NULL,
  until INTEGER NOT NULL DEFAULT 0, accepted TEXT NOT NULL, variant TEXT NOT NULL,
  undone INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (uid, since, seq)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX holding_by_holder ON holding (holder, since)",
    "CREATE INDEX holding_now ON holding (holder, since, until) WHERE until = 0",
    """CREATE TABLE sent (
  docket TEXT PRIMARY KEY, dispatched INTEGER NOT NULL, signed_from INTEGER NOT NULL DEFAULT 0,
  signed_to INTEGER NOT NULL DEFAULT 0, opened INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX sent_open ON sent (dispatched) WHERE signed_to = 0",
    """CREATE TABLE arrival (
  docket TEXT NOT NULL, uid TEXT NOT NULL, at INTEGER NOT NULL DEFAULT 0,
  how TEXT NOT NULL DEFAULT '', seq INTEGER NOT NULL DEFAULT 0,
  left_seq INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (docket, uid)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX arrival_by_uid ON arrival (uid)",
    "CREATE INDEX arrival_open ON arrival (uid) WHERE at = 0",
)
_HOLD = "INSERT OR REPLACE INTO holding VALUES (?, ?, ?, ?, 0, ?, ?, 0)"
_LET_GO = "UPDATE holding SET until = ? WHERE uid = ? AND until = 0"
_DISPATCHED = "INSERT OR IGNORE INTO sent (docket, dispatched) VALUES (?, ?)"
_SIGNED = {
    "from": "UPDATE sent SET signed_from = ? WHERE docket = ?",
    "to": "UPDATE sent SET signed_to = ? WHERE docket = ?",
}
"""A consignment that was not dispatched yet has no row: both sides sign for that, too."""
_EXPECT = "INSERT OR REPLACE INTO arrival (docket, uid, left_seq) VALUES (?, ?, ?)"
_ARRIVED = """INSERT INTO arrival (docket, uid, at, how, seq)
VALUES (:docket, :uid, :at, :how, :seq)
ON CONFLICT (docket, uid) DO UPDATE SET at = :at, how = :how, seq = :seq"""
_ELSEWHERE = "UPDATE arrival SET at = ?, how = 'elsewhere', seq = ? WHERE uid = ? AND at = 0"


def _fold(connection: sqlite3.Connection, event: Booked) -> None:
    if event.uid:
        _hold(connection, event)
        _arrive(connection, event)
    elif docket := event.text("docket"):
        _sign(connection, event, docket)


def _hold(connection: sqlite3.Connection, event: Booked) -> None:
    """Whoever is named as its custodian has it, until another is, or it stands elsewhere."""
    to, phase = event.text("to"), event.dev.get("phase")
    if restates_holder(connection, event) or (not to and phase in (None, Phase.HANDED_OVER.value)):
        return
    connection.execute(_LET_GO, (event.at, event.uid))
    if to.startswith(PERSON):
        holder = to.removeprefix(PERSON)
        said = (event.said("accepted"), event.said("variant"))
        connection.execute(_HOLD, (event.uid, event.seq, holder, event.at, *said))


def _arrive(connection: sqlite3.Connection, event: Booked) -> None:
    docket = event.text("docket")
    match event.kind:
        case CustodyKind.DISPATCHED if docket:
            connection.execute(_DISPATCHED, (docket, event.at))
            connection.execute(_EXPECT, (docket, event.uid, event.seq))
        case CustodyKind.RECEIVED if docket:
            _arrived(connection, event, docket, "received")
        case CustodyKind.DISCREPANCY if docket and event.said("discrepancy") == "short":
            is_lost = event.said("settlement") == "written-off"
            _arrived(connection, event, docket, "lost" if is_lost else "missing")
        case _ if restates_arrival(connection, event):
            pass
        case _ if event.dev.get("phase") not in (None, Phase.DISPATCHED.value):
            connection.execute(_ELSEWHERE, (event.at, event.seq, event.uid))


def _arrived(connection: sqlite3.Connection, event: Booked, docket: str, how: str) -> None:
    said = {"docket": docket, "uid": event.uid, "at": event.at, "how": how, "seq": event.seq}
    connection.execute(_ARRIVED, said)


def _sign(connection: sqlite3.Connection, event: Booked, docket: str) -> None:
    match event.kind:
        case CustodyKind.MANIFEST_SIGNED:
            if question := _SIGNED.get(event.said("side")):
                connection.execute(question, (event.at, docket))
        case CustodyKind.DISCREPANCY if event.said("discrepancy") == "damaged":
            connection.execute("UPDATE sent SET opened = ? WHERE docket = ?", (event.at, docket))


HOLDING = Page("holding", 2, ("holding", "sent", "arrival"), _SCHEMA, _fold)
"""`holding` is a spell of one handset with one person, `until` 0 while it lasts; `accepted` says by
what; `undone` is 1 where it never was. `sent` is a consignment that was dispatched: whoever brought
it and whoever took it over sign there, and `opened` is when its seal was found to be another or
none. `arrival` is a handset that was dispatched in one by event `left_seq`: `how` that ended
(received, missing, lost, elsewhere, not-sent) in event `seq`, "" and 0 while it is awaited. Times
in milliseconds since 1970, UTC."""
