"""The book is asked for the roll-out, in one state of it; on whatever thread has the connection."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bench.stock.programme import queries
from bench.stock.programme.forecast import MEASURED
from bench.stock.programme.telling import Numbers, Teller, roll_out
from bench.stock.programme.view import RollOutView

if TYPE_CHECKING:
    import sqlite3

_HOUR = 3600


def ask(connection: sqlite3.Connection, teller: Teller) -> RollOutView:
    """Return the roll-out as the book has it now; opens and ends a transaction of its own."""
    connection.execute("BEGIN")
    try:
        numbers = _numbers(connection, teller)
    finally:
        connection.execute("ROLLBACK")
    return roll_out(numbers, teller)


def _numbers(connection: sqlite3.Connection, teller: Teller) -> Numbers:
    since = teller.at - timedelta(days=MEASURED * 7 // 5)
    return Numbers(
        seq=queries.last_read(connection),
        aims=queries.aims(connection),
        days=queries.days(connection),
        hours=tuple(queries.hours(connection, int(since.timestamp()) // _HOUR)),
        steps=queries.steps(connection),
        results=queries.results(connection),
        phases=queries.phases(connection),
        lines=queries.lines(connection),
        budgets=queries.budgets(connection),
        received=queries.received(connection),
        issued=queries.issued(connection),
    )
