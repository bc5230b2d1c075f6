"""The page to find by: what each handset was ever known by, spelled backwards, and where it is.

Backwards, so that the last digits of a number, which is what a person reads out, are found as fast
as all of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.events.orders import CustodyKind
from bench.stock.book.booked import Booked
from bench.stock.book.page import Page

if TYPE_CHECKING:
    import sqlite3

_SCHEMA = (
    """CREATE TABLE trace (
  backwards TEXT NOT NULL, kind TEXT NOT NULL, uid TEXT NOT NULL,
  PRIMARY KEY (backwards, kind, uid)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE whereabouts (
  uid TEXT PRIMARY KEY, place TEXT NOT NULL
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX whereabouts_by_place ON whereabouts (place)",
    "CREATE INDEX IF NOT EXISTS expected_by_end ON expected (substr(imei, -4))",
    """CREATE INDEX IF NOT EXISTS expected_by_serial_end ON expected (substr(serial, -4))
  WHERE serial <> ''""",
    "CREATE INDEX IF NOT EXISTS sim_by_end ON sim (substr(iccid, -4))",
    """CREATE INDEX IF NOT EXISTS sim_by_line_end ON sim (substr(msisdn, -4))
  WHERE msisdn <> ''""",
)
_KEYS = {"imei": "imei", "imei2": "imei", "serial": "serial", "label": "tag"}
"""Members of an event's handset, and what they are here."""
_MOVE = "INSERT OR REPLACE INTO whereabouts VALUES (?, ?)"


def _fold(connection: sqlite3.Connection, event: Booked) -> None:
    if not event.uid:
        return
    if "serial" in event.dev or "label" in event.dev:
        for member, kind in _KEYS.items():
            _trace(connection, str(event.dev.get(member) or ""), kind, event.uid)
    if event.kind == CustodyKind.SIM_MARRIED:
        _trace(connection, str(event.part("sim").get("iccid") or ""), "iccid", event.uid)
    if place := event.text("to"):
        connection.execute(_MOVE, (event.uid, place))


def _trace(connection: sqlite3.Connection, text: str, kind: str, uid: str) -> None:
    if text:
        row = (text.upper()[::-1], kind, uid)
        connection.execute("INSERT OR IGNORE INTO trace VALUES (?, ?, ?)", row)


FINDING = Page("finding", 2, ("trace", "whereabouts"), _SCHEMA, _fold)
"""`kind` is imei, serial, tag or iccid. What a handset no longer has still leads to it. What files
said is found by the last four letters of a number, which `sought.FEWEST` says there are."""
