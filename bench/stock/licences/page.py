"""The page of licences: which handset holds one of which pool, since when.

It says what the record's own table of licences says: a handset that is staged anew holds those of
its new profile and no others; one that came back, was wiped or disposed of holds none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bench.events.orders import CustodyKind
from bench.stock.book.booked import Booked
from bench.stock.book.page import Page

if TYPE_CHECKING:
    import sqlite3

_SCHEMA = (
    """CREATE TABLE licence_held (
  uid TEXT NOT NULL, pool TEXT NOT NULL, since INTEGER NOT NULL, run TEXT NOT NULL,
  PRIMARY KEY (uid, pool)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX licence_held_by_pool ON licence_held (pool, since, uid)",
)
_GIVES_BACK = frozenset({
    CustodyKind.STAGED, CustodyKind.RETURNED, CustodyKind.WIPED, CustodyKind.DISPOSED,
})  # fmt: skip
_TAKE = "INSERT OR REPLACE INTO licence_held VALUES (?, ?, ?, ?)"
_CARRY = "INSERT OR IGNORE INTO licence_held VALUES (?, ?, ?, ?)"


def _fold(connection: sqlite3.Connection, event: Booked) -> None:
    if event.kind == CustodyKind.VOIDED:
        values = (event.uid, _run(event))
        connection.execute("DELETE FROM licence_held WHERE uid = ? AND run = ?", values)
    elif event.kind in _GIVES_BACK:
        connection.execute("DELETE FROM licence_held WHERE uid = ?", (event.uid,))
    if event.kind == CustodyKind.STAGED:
        connection.executemany(_TAKE, _taken(event, event.data.get("licences")))
    elif event.kind == CustodyKind.CARRIED:
        connection.executemany(_CARRY, _taken(event, event.part("carried").get("licences")))


def _taken(event: Booked, pools: object) -> Iterator[tuple[str, str, int, str]]:
    for pool in pools if isinstance(pools, list) else ():
        if isinstance(pool, str):
            yield event.uid, pool, event.at, _run(event)


def _run(event: Booked) -> str:
    found = event.part("run").get("id")
    return found if isinstance(found, str) else ""


LICENCES = Page("licences", 1, ("licence_held",), _SCHEMA, _fold)
"""`since` in milliseconds since 1970, UTC; `run` is the run that took it, "" for none."""
