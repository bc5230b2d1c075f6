"""Puts the question of personal data to a supervisor, once a day while it is open."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, date
from typing import TYPE_CHECKING

from bench.custody.database import Connect, told
from bench.custody.ledger import Ledger
from bench.custody.personal import review
from bench.custody.personal.retention import RETENTION, Period
from bench.ports import Clock
from bench.problems import Problem, ProblemError
from bench.upkeep.notice import Notice
from bench.upkeep.plan import Rhythm

if TYPE_CHECKING:
    import sqlite3


async def ask_daily(
    ledger: Ledger,
    clock: Clock,
    notice: Notice,
    rhythm: Rhythm,
    connect: Connect,
    periods: Mapping[str, Period] = RETENTION,
) -> None:
    """Show what is past its date, or that the yearly review is due, each day until cancelled."""
    asked: date | None = None
    while True:
        today = clock.moment().at.astimezone(UTC).date()
        if today != asked:
            notice.show(await asyncio.to_thread(_question, ledger, connect, today, periods))
            asked = today
        await asyncio.sleep(rhythm.look)


def _question(
    ledger: Ledger, connect: Connect, today: date, periods: Mapping[str, Period]
) -> Problem | None:
    """On a thread: return what to ask; what cannot be read is asked tomorrow."""
    try:
        with told(ledger.path), closing(connect(ledger.path)) as connection:
            if not _is_about_anybody(connection):
                return None
            overdue = len(review.due(connection, today, periods))
            return review.question(overdue, review.last_answer(connection), today)
    except ProblemError as error:
        return error.problem


def _is_about_anybody(connection: sqlite3.Connection) -> bool:
    """Whether there is something to review: a bench just begun is not asked."""
    (found,) = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM person) OR EXISTS (SELECT 1 FROM personal_text)"
    ).fetchone()
    return bool(found)
