"""What is counted by the day, and how a count is kept."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from bench.stock.book.booked import Booked

if TYPE_CHECKING:
    import sqlite3


class What(StrEnum):
    """What a day's number counts; of handsets of the earlier fleet where it says so."""

    COUNTED = "counted"
    FLEET = "fleet"
    """Counted in of the earlier fleet."""
    STAGED = "staged"
    """For the first time, and not of the earlier fleet: what the target counts."""
    FLEET_STAGED = "fleet-staged"
    RESTAGED = "restaged"
    DISPATCHED = "dispatched"
    HANDED_OVER = "handed-over"
    """For the first time, and not of the earlier fleet."""
    FLEET_HANDED_OVER = "fleet-handed-over"
    HANDED_OVER_AGAIN = "handed-over-again"
    RETURNED = "returned"
    QUARANTINED = "quarantined"
    DEAD_ON_ARRIVAL = "dead-on-arrival"
    DISPOSED = "disposed"
    UNTROUBLED = "untroubled"
    """The first run went through without a failed step, a hold or a void."""
    TROUBLE = "trouble"
    """The first run did not."""


def day_of(event: Booked) -> str:
    """Return the day of an event in UTC: `2026-11-24`."""
    return event.text("at")[:10]


def add(connection: sqlite3.Connection, day: str, what: What, by: int = 1) -> None:
    """Count one more on that day, or one less."""
    connection.execute(
        "INSERT INTO programme_day VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n",
        (day, what.value, by),
    )
