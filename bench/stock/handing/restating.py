"""What the page of holders learns from an undo: who has it after all, what is on its way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.custody.phases import Phase
from bench.events.orders import CustodyKind
from bench.stock.book.booked import Booked

if TYPE_CHECKING:
    import sqlite3

PERSON = "person:"
"""Before the pseudonym of whoever has a handset, where a custodian is named."""
_NEVER_WAS = "UPDATE holding SET until = ?, undone = 1 WHERE uid = ? AND until = 0"
_LAST = "SELECT holder, since, seq FROM holding WHERE uid = ? ORDER BY since DESC, seq DESC LIMIT 1"
_AGAIN = "UPDATE holding SET until = 0, undone = 0 WHERE uid = ? AND since = ? AND seq = ?"
_NOT_SENT = """UPDATE arrival SET at = :at, how = 'not-sent', seq = :seq
WHERE uid = :uid AND left_seq = :of AND how = ''"""
_OF_NONE = """DELETE FROM sent WHERE docket IN (SELECT docket FROM arrival WHERE uid = ?1)
AND NOT EXISTS (
  SELECT 1 FROM arrival AS a WHERE a.docket = sent.docket AND a.how <> 'not-sent')"""
_AWAITED = """UPDATE arrival SET at = 0, how = '', seq = 0,
  left_seq = iif(how = 'not-sent', :seq, left_seq)
WHERE uid = :uid AND seq = :of AND how IN ('not-sent', 'received', 'elsewhere')"""
_SENT_AGAIN = """INSERT OR IGNORE INTO sent (docket, dispatched)
SELECT docket, ? FROM arrival WHERE uid = ? AND at = 0"""
_RECEIVED = "UPDATE arrival SET at = :at, how = 'received', seq = :seq WHERE uid = :uid AND at = 0"


def restates_holder(connection: sqlite3.Connection, event: Booked) -> bool:
    """Take a hand-over back, or what ended one; whether the event does either.

    A hand-over that is taken back never was. Whoever gets a handset back that way had it all the
    time: their spell goes on.
    """
    if not _is_undo(event):
        return False
    if event.text("from").startswith(PERSON):
        connection.execute(_NEVER_WAS, (event.at, event.uid))
        return True
    last = connection.execute(_LAST, (event.uid,)).fetchone()
    if last is None or event.text("to") != f"{PERSON}{last[0]}":
        return False
    connection.execute(_AGAIN, (event.uid, *last[1:]))
    return True


def restates_arrival(connection: sqlite3.Connection, event: Booked) -> bool:
    """Take a dispatch or an arrival back; whether the event may do either."""
    if not _is_undo(event):
        return False
    said = {"uid": event.uid, "at": event.at, "seq": event.seq, "of": event.data.get("seq")}
    match event.dev.get("phase"):
        case Phase.SEALED.value:
            connection.execute(_NOT_SENT, said)
            connection.execute(_OF_NONE, (event.uid,))
        case Phase.DISPATCHED.value:
            connection.execute(_AWAITED, said)
            connection.execute(_SENT_AGAIN, (event.at, event.uid))
        case Phase.RECEIVED.value:
            connection.execute(_RECEIVED, said)
        case _:
            return False
    return True


def _is_undo(event: Booked) -> bool:
    return event.kind == CustodyKind.CORRECTED and bool(event.data.get("undo"))
