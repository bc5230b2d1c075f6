"""The page of what was accepted: how many of an order's line were received in all, as said last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.events.orders import CustodyKind
from bench.stock.book.booked import Booked
from bench.stock.book.page import Page

if TYPE_CHECKING:
    import sqlite3

SOURCE = "order-line"
"""What `source` says of an event of goods that come in by the line and not by the handset."""
_SCHEMA = (
    """CREATE TABLE accepted (
  number TEXT NOT NULL, line INTEGER NOT NULL, received INTEGER NOT NULL, at INTEGER NOT NULL,
  actor TEXT NOT NULL, PRIMARY KEY (number, line)
) STRICT, WITHOUT ROWID""",
)


def _fold(connection: sqlite3.Connection, event: Booked) -> None:
    if event.kind != CustodyKind.GOODS_IN or event.said("source") != SOURCE:
        return
    line, received = event.data.get("line"), event.data.get("received")
    if isinstance(line, int) and isinstance(received, int):
        values = (event.text("order"), line, received, event.at, event.actor)
        connection.execute("INSERT OR REPLACE INTO accepted VALUES (?, ?, ?, ?, ?)", values)


ACCEPTED = Page("accepted", 1, ("accepted",), _SCHEMA, _fold)
"""Each event says the whole, so that a later one puts an earlier one right. Times in milliseconds
since 1970, UTC."""
