"""The page of shifts: what was done since one was handed over last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.events.orders import CustodyKind
from bench.stock.book.booked import Booked
from bench.stock.book.page import Page

if TYPE_CHECKING:
    import sqlite3

_SCHEMA = (
    """CREATE TABLE shift_count (
  kind TEXT PRIMARY KEY, count INTEGER NOT NULL
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE shift (
  number INTEGER PRIMARY KEY, at INTEGER NOT NULL, sheet TEXT NOT NULL, actor TEXT NOT NULL,
  seq INTEGER NOT NULL
) STRICT""",
)
_K = CustodyKind
COUNTED = {
    _K.GOODS_IN: "counted in",
    _K.DISCREPANCY: "discrepancies",
    _K.DOA: "dead on arrival",
    _K.SIM_MARRIED: "SIMs married",
    _K.STAGED: "staged",
    _K.HELD: "held",
    _K.VOIDED: "voided",
    _K.QUARANTINED: "into quarantine",
    _K.RELEASED: "released",
    _K.PACKED: "packed",
    _K.SEALED: "sealed",
    _K.DISPATCHED: "dispatched",
    _K.RECEIVED: "received",
    _K.HANDED_OVER: "handed over",
    _K.RETURNED: "returned",
    _K.WIPED: "wiped",
    _K.DISPOSED: "disposed of",
    _K.CORRECTED: "corrections, of these or of earlier ones",
}
"""What a shift's work is counted by, in the words of its sheet."""
_ONE_MORE = """INSERT INTO shift_count VALUES (?, 1)
ON CONFLICT (kind) DO UPDATE SET count = count + 1"""


def _fold(connection: sqlite3.Connection, event: Booked) -> None:
    if event.kind in COUNTED and (event.uid or event.kind != CustodyKind.GOODS_IN):
        connection.execute(_ONE_MORE, (event.kind,))
    elif event.kind == CustodyKind.SHIFT_HANDED_OVER:
        connection.execute("DELETE FROM shift_count")
        connection.execute(
            "INSERT INTO shift (at, sheet, actor, seq) VALUES (?, ?, ?, ?)",
            (event.at, event.said("sheet"), event.actor, event.seq),
        )


SHIFTS = Page("shifts", 2, ("shift_count", "shift"), _SCHEMA, _fold)
"""`shift_count` is since the last row of `shift`, or since the record began."""
