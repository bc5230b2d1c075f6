"""The book is asked for the roll-out, in one state of it; on whatever thread has the connection."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from bench.stock.programme import queries
from bench.stock.programme.forecast import MEASURED
from bench.stock.programme.queries import Aims
from bench.stock.programme.telling import Numbers, Teller, roll_out
from bench.stock.programme.view import RollOutView

if TYPE_CHECKING:
    import sqlite3

_HOUR = 3600
_NOON = time(12)


def ask(connection: sqlite3.Connection, teller: Teller) -> RollOutView:
    """Return the roll-out as the book has it now; opens and ends a transaction of its own.

    An example is told as of noon of the last day on which anything was done in it: it lies in the
    past, and does not grow late while nobody works on it.
    """
    connection.execute("BEGIN")
    try:
        aims = queries.aims(connection)
        at = queries.last_day(connection) if aims.example else None
        teller = replace(teller, at=datetime.combine(at, _NOON, UTC)) if at else teller
        numbers = _numbers(connection, teller, aims)
    finally:
        connection.execute("ROLLBACK")
    return roll_out(numbers, teller)


def _numbers(connection: sqlite3.Connection, teller: Teller, aims: Aims) -> Numbers:
    since = teller.at - timedelta(days=MEASURED * 7 // 5)
    return Numbers(
        seq=queries.last_read(connection),
        aims=aims,
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
