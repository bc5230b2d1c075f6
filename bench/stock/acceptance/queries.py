"""What is asked about accepted lines: over any connection to the book. Plain functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

_LINES = """SELECT number, line, item, kind, quantity, coalesce(received, 0)
FROM purchase_line LEFT JOIN accepted USING (number, line)
WHERE kind IN ('accessory', 'service')
ORDER BY coalesce(received, 0) >= quantity, number, line"""


@dataclass(frozen=True, slots=True)
class AcceptedLine:
    """A line of an order, how many it orders, and how many were received in all."""

    number: str
    line: int
    item: str
    kind: str
    quantity: int
    received: int

    @property
    def name(self) -> str:
        """What it goes by: order and line."""
        return f"{self.number}/{self.line}"


def lines(connection: sqlite3.Connection) -> tuple[AcceptedLine, ...]:
    """Return the lines that are accepted as such, those not whole yet first."""
    return tuple(AcceptedLine(*row) for row in connection.execute(_LINES))


def received(connection: sqlite3.Connection) -> Mapping[tuple[str, int], int]:
    """Return how many were received, by order and line."""
    rows = connection.execute("SELECT number, line, received FROM accepted")
    return {(number, line): count for number, line, count in rows}
