"""What was counted or noted and is taken back by a correction; and what is taken back of that.

A count that brought a handset into stock ends where the handset is said to be new after all. One
that was made late, and a discrepancy, change nothing of where a handset stands: they end where an
undo names their event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

_NOT_COUNTED = "UPDATE counted SET undone = ? WHERE uid = ? AND undone = 0"
_COUNTED_AFTER_ALL = """UPDATE counted SET undone = 0
WHERE uid = :uid AND late = 0 AND undone > 0 AND :takes_back IN (0, undone)"""
_LATE_UNDONE = f"{_NOT_COUNTED} AND late = 1 AND epoch = ? AND seq = ?"
_LATE_RESTORED = """UPDATE counted SET undone = 0
WHERE uid = ? AND late = 1 AND epoch = ? AND undone = ?"""
_ITS_IMEIS = """imei <> '' AND imei IN (SELECT imei FROM counted WHERE uid = :uid
  UNION SELECT imei2 FROM counted WHERE uid = :uid)"""
_OPEN_AGAIN = "open = settlement IN ('awaited', 'set-aside'), closed = 0, how = ''"
_REOPEN = f"""UPDATE discrepancy SET {_OPEN_AGAIN}
WHERE closed = (SELECT seq FROM counted WHERE uid = :uid) AND closed > 0 AND how = 'counted'
  AND {_ITS_IMEIS}"""  # noqa: S608 - our own words
_CLOSE_AGAIN = f"""UPDATE discrepancy
SET open = 0, closed = (SELECT seq FROM counted WHERE uid = :uid), how = 'counted'
WHERE closed = 0 AND kind <> 'duplicate' AND docket = '' AND {_ITS_IMEIS}"""  # noqa: S608 - as above
_NOT_ODD = """UPDATE discrepancy SET open = 0, closed = :by, how = 'undone'
WHERE uid = :uid AND uid <> '' AND epoch = :epoch AND seq = :seq AND how <> 'undone'
RETURNING kind, imei"""
_ODD_AFTER_ALL = f"""UPDATE discrepancy SET {_OPEN_AGAIN}
WHERE uid = :uid AND uid <> '' AND epoch = :epoch AND closed = :seq AND how = 'undone'
RETURNING kind, imei"""  # noqa: S608 - as above
_UNSETTLE = f"""UPDATE discrepancy SET {_OPEN_AGAIN}
WHERE closed = :seq AND closed > 0 AND how = 'settled' AND kind = :kind AND imei = :imei"""  # noqa: S608 - as above
_SETTLE_AGAIN = """UPDATE discrepancy SET open = 0, how = 'settled', closed = (
  SELECT max(seq) FROM discrepancy AS d WHERE d.uid = :uid AND d.uid <> '' AND d.closed = 0
    AND d.kind = :kind)
WHERE imei = :imei AND imei <> '' AND closed = 0 AND kind = :kind AND kind <> 'duplicate'
  AND entry < (SELECT max(entry) FROM discrepancy AS d WHERE d.uid = :uid AND d.uid <> ''
    AND d.closed = 0 AND d.kind = :kind)"""
_CONDITION = """UPDATE counted SET condition = iif(EXISTS (SELECT 1 FROM discrepancy AS d
  WHERE d.uid = :uid AND d.uid <> '' AND d.kind = 'damaged' AND d.how <> 'undone'), 'damaged', 'ok')
WHERE uid = :uid"""


def restate(
    connection: sqlite3.Connection, uid: str, by: int, takes_back: int, *, is_new: bool
) -> None:
    """Follow an event `by` that says outright where a handset stands: a new one never came.

    `takes_back` is the event that it takes back, 0 where it takes none back: a count that was taken
    back is not brought back by an undo of something else.
    """
    if is_new:
        _uncount(connection, connection.execute(_NOT_COUNTED, (by, uid)).rowcount, uid)
        return
    values = {"uid": uid, "takes_back": takes_back}
    _recount(connection, connection.execute(_COUNTED_AFTER_ALL, values).rowcount, uid)


def undo(connection: sqlite3.Connection, uid: str, epoch: int, seq: int, by: int) -> None:
    """Follow an event `by` that takes event `seq` of the same epoch back."""
    late = connection.execute(_LATE_UNDONE, (by, uid, epoch, seq)).rowcount
    _uncount(connection, late, uid)
    restored = connection.execute(_LATE_RESTORED, (uid, epoch, seq)).rowcount
    _recount(connection, restored, uid)
    values = {"uid": uid, "epoch": epoch, "seq": seq, "by": by}
    for kind, imei in connection.execute(_NOT_ODD, values).fetchall():
        its = {"seq": seq, "kind": kind, "imei": imei}
        connection.execute(_UNSETTLE, its)
        _judge(connection, uid, kind)
    for kind, imei in connection.execute(_ODD_AFTER_ALL, values).fetchall():
        connection.execute(_SETTLE_AGAIN, {"uid": uid, "kind": kind, "imei": imei})
        _judge(connection, uid, kind)


def _uncount(connection: sqlite3.Connection, changed: int, uid: str) -> None:
    if changed:
        connection.execute(_REOPEN, {"uid": uid})


def _recount(connection: sqlite3.Connection, changed: int, uid: str) -> None:
    if changed:
        connection.execute(_CLOSE_AGAIN, {"uid": uid})


def _judge(connection: sqlite3.Connection, uid: str, kind: str) -> None:
    if kind == "damaged":
        connection.execute(_CONDITION, {"uid": uid})
