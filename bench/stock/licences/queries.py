"""What is asked about licences: over any connection to the book. Plain functions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from bench.stock.licences.allotting import Pool, Purchase, pool, purchase_of

if TYPE_CHECKING:
    import sqlite3

_PURCHASES = "SELECT pool, reference, quantity, bought, until, number FROM licence_purchase"
_HELD = "SELECT pool, count(*) FROM licence_held GROUP BY pool"
_RANK = """SELECT pool, (SELECT count(*) FROM licence_held AS e
    WHERE e.pool = h.pool AND (e.since, e.uid) <= (h.since, h.uid))
  FROM licence_held AS h WHERE uid = ? ORDER BY pool"""


def purchases(connection: sqlite3.Connection) -> Mapping[str, tuple[Purchase, ...]]:
    """Return all purchases by pool, as files said."""
    found: dict[str, tuple[Purchase, ...]] = {}
    for row in connection.execute(f"{_PURCHASES} ORDER BY pool, bought, reference"):
        found[row[0]] = (*found.get(row[0], ()), Purchase(*row))
    return found


def bought(connection: sqlite3.Connection, day: date) -> Mapping[str, int]:
    """Return how many of each pool may be used on a day, for the pools that files name."""
    return {
        name: sum(each.quantity for each in those if each.is_valid(day))
        for name, those in purchases(connection).items()
    }


def pools(connection: sqlite3.Connection, day: date) -> tuple[Pool, ...]:
    """Return every pool that was bought for or that a handset holds a licence of, by name."""
    those, held = purchases(connection), dict(connection.execute(_HELD).fetchall())
    names = sorted({*those, *held})
    return tuple(pool(name, those.get(name, ()), held.get(name, 0), day) for name in names)


def of_handset(
    connection: sqlite3.Connection, uid: str, day: date
) -> Mapping[str, Purchase | None]:
    """Return the licences that a handset holds by pool: the purchase that covers it on the day.

    None where none does.
    """
    known = {each.name: each for each in pools(connection, day)}
    ranks = connection.execute(_RANK, (uid,)).fetchall()
    return {name: purchase_of(known[name], rank) for name, rank in ranks}
