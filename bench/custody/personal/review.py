"""What is past its date, and the question to a supervisor: what is still needed?

It is asked once a year, and whenever something is past its date.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from bench.custody.personal import table
from bench.custody.personal.retention import OTHERS, RETENTION, Period, prompt_due
from bench.problems import Problem, ProblemCode

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True, slots=True)
class Due:
    """What is past its date: texts of one event's field, or a person (`ref` and `field` "")."""

    subject: str
    ref: str
    field: str
    since: date


def due(
    connection: sqlite3.Connection, today: date, periods: Mapping[str, Period] = RETENTION
) -> tuple[Due, ...]:
    """Return what should be erased by now, the longest overdue first."""
    found = [
        Due(text.subject, text.ref, text.field, text.keep_until or today)
        for text in table.overdue(connection, today)
    ]
    left = timedelta(periods.get("name", OTHERS).days)
    people = connection.execute(
        "SELECT id, retired_on FROM person WHERE standing = 'retired' AND retired_on < ?",
        ((today - left).isoformat(),),
    )
    found += [Due(person, "", "", _day(retired) + left) for person, retired in people]
    return tuple(sorted(found, key=lambda each: (each.since, each.subject, each.ref, each.field)))


def question(overdue: int, last_prompt: date | None, today: date) -> Problem | None:
    """Return what to ask a supervisor today; None for nothing. `overdue` counts `due`."""
    if overdue:
        return Problem(ProblemCode.RETENTION_DUE, detail=f"{overdue} past their date")
    if prompt_due(last_prompt, today):
        return Problem(ProblemCode.RETENTION_DUE, detail="the yearly review")
    return None


def last_answer(connection: sqlite3.Connection) -> date | None:
    """Return the day on which a supervisor last answered; None for never."""
    row = connection.execute("SELECT answered_on FROM retention_prompt").fetchone()
    return _day(row[0]) if row else None


def answered(connection: sqlite3.Connection, today: date) -> None:
    """Remember that a supervisor reviewed what is kept."""
    connection.execute(
        "INSERT INTO retention_prompt VALUES (1, ?)"
        " ON CONFLICT (one) DO UPDATE SET answered_on = excluded.answered_on",
        (today.isoformat(),),
    )


def _day(text: str) -> date:
    return date.fromisoformat(text)
