"""What the page of consignments learns from a correction: what did not leave, or did not arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.custody.phases import Phase
from bench.stock.book.booked import Booked

if TYPE_CHECKING:
    import sqlite3

GONE = """UPDATE consignment SET state = 'dispatched', at = ?
WHERE docket = ? AND state <> 'dispatched'"""
_MOVED = """SELECT docket FROM consigned WHERE uid = ? AND left_seq = ? AND left_seq > 0
ORDER BY at DESC LIMIT 1"""
_LAST = """SELECT docket FROM consigned WHERE uid = ? AND dispatched_at > 0
ORDER BY dispatched_at DESC LIMIT 1"""
_SET = "UPDATE consigned SET dispatched_at = ?, left_seq = ? WHERE docket = ? AND uid = ?"
_RECEIVED = "UPDATE consigned SET received_at = ? WHERE docket = ? AND uid = ?"
_FIT_AGAIN = """UPDATE consigned SET gone = 0 WHERE uid = ? AND EXISTS (
  SELECT 1 FROM consignment AS c WHERE c.docket = consigned.docket AND c.state = 'sealed')"""
_HERE_AGAIN = """UPDATE consignment SET state = 'sealed', at = ?
WHERE docket = ? AND state = 'dispatched' AND NOT EXISTS (
  SELECT 1 FROM consigned AS i WHERE i.docket = consignment.docket AND i.dispatched_at > 0)"""
_UNSIGNED = """DELETE FROM manifest_signature WHERE docket = ? AND version = (
  SELECT version FROM consignment AS c WHERE c.docket = manifest_signature.docket)"""


def restate(connection: sqlite3.Connection, event: Booked) -> None:
    """Change what a correction says otherwise; an undo names the event that it takes back."""
    match event.dev.get("phase"):
        case Phase.SEALED.value if event.data.get("undo"):
            _did_not_leave(connection, event)
            connection.execute(_FIT_AGAIN, (event.uid,))
        case Phase.DISPATCHED.value:
            _did_leave(connection, event)
            _arrived(connection, event, at=0)
        case Phase.RECEIVED.value:
            _arrived(connection, event, at=event.at)


def _did_not_leave(connection: sqlite3.Connection, event: Booked) -> None:
    """A consignment of which nothing left is here, sealed; what was signed for did not happen."""
    for docket in _named(connection, event):
        connection.execute(_SET, (0, event.seq, docket, event.uid))
        if connection.execute(_HERE_AGAIN, (event.at, docket)).rowcount:
            connection.execute(_UNSIGNED, (docket,))


def _did_leave(connection: sqlite3.Connection, event: Booked) -> None:
    for docket in _named(connection, event):
        connection.execute(_SET, (event.at, event.seq, docket, event.uid))
        connection.execute(GONE, (event.at, docket))


def _arrived(connection: sqlite3.Connection, event: Booked, *, at: int) -> None:
    for (docket,) in connection.execute(_LAST, (event.uid,)).fetchall():
        connection.execute(_RECEIVED, (at, docket, event.uid))


def _named(connection: sqlite3.Connection, event: Booked) -> list[str]:
    """Return the consignment that the event which is taken back was about."""
    seq = event.data.get("seq")
    return [docket for (docket,) in connection.execute(_MOVED, (event.uid, seq)).fetchall()]
