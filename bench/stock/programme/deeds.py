"""What was done with a handset, event by event, so that an undo takes back what its event counted.

An undo names its event by number, of the same epoch and handset; an undo of an undo brings it back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.stock.book.booked import Booked
from bench.stock.programme.days import What, add, day_of

if TYPE_CHECKING:
    import sqlite3

TABLE = """CREATE TABLE programme_deed (
  uid TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, day TEXT NOT NULL,
  what TEXT NOT NULL, stands INTEGER NOT NULL, of INTEGER NOT NULL, PRIMARY KEY (uid, epoch, seq)
) STRICT, WITHOUT ROWID"""
"""`stands` is 1 where it counts, 0 where an undo took it back, 2 where the handset was said to be
new after all. `of` is 0, or the deed that an undo in event `seq` is about; its `what` is ""."""
_DID = "INSERT OR REPLACE INTO programme_deed VALUES (?, ?, ?, ?, ?, 1, ?)"
_STANDS, _UNDONE, _NEVER_CAME = 1, 0, 2


@dataclass(frozen=True, slots=True)
class Deed:
    """What was counted on a day; whether it still stands."""

    what: What
    day: str
    stands: bool


def did(connection: sqlite3.Connection, event: Booked, what: What) -> None:
    """Count it on the event's day."""
    connection.execute(_DID, (event.uid, event.epoch, event.seq, day_of(event), what.value, 0))
    add(connection, day_of(event), what)


def undone(connection: sqlite3.Connection, event: Booked) -> Deed | None:
    """Take back what an undo takes back, or bring it back; None where nothing was counted."""
    named = event.data.get("seq")
    if "undo" not in event.data or not isinstance(named, int):
        return None
    found = connection.execute(
        "SELECT of FROM programme_deed WHERE uid = ? AND epoch = ? AND seq = ?",
        (event.uid, event.epoch, named),
    ).fetchone()
    if found is None:
        return None
    of = found[0] or named
    connection.execute(_DID, (event.uid, event.epoch, event.seq, day_of(event), "", of))
    (what, day, before) = connection.execute(
        "SELECT what, day, stands FROM programme_deed WHERE uid = ? AND epoch = ? AND seq = ?",
        (event.uid, event.epoch, of),
    ).fetchone()
    stands = _UNDONE if before == _STANDS else _STANDS
    return _set(connection, (event.uid, event.epoch, of), Deed(What(what), day, bool(stands)))


def came_not(connection: sqlite3.Connection, uid: str, *, is_new: bool) -> Deed | None:
    """Follow what says outright that a handset is new, so that it never came, or is not."""
    found = connection.execute(
        """SELECT epoch, seq, what, day FROM programme_deed
WHERE uid = ? AND what IN ('counted', 'fleet') AND stands = ? ORDER BY epoch DESC, seq DESC""",
        (uid, _STANDS if is_new else _NEVER_CAME),
    ).fetchone()
    if found is None:
        return None
    epoch, seq, what, day = found
    deed = _set(connection, (uid, epoch, seq), Deed(What(what), day, not is_new))
    if is_new:
        never = "UPDATE programme_deed SET stands = ? WHERE uid = ? AND epoch = ? AND seq = ?"
        connection.execute(never, (_NEVER_CAME, uid, epoch, seq))
    return deed


def _set(connection: sqlite3.Connection, key: tuple[str, int, int], deed: Deed) -> Deed:
    connection.execute(
        "UPDATE programme_deed SET stands = ? WHERE uid = ? AND epoch = ? AND seq = ?",
        (int(deed.stands), *key),
    )
    add(connection, deed.day, deed.what, 1 if deed.stands else -1)
    return deed
