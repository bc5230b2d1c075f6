"""How long which personal text is kept, what is past it, and when a supervisor is asked.

The figures are proposals: retention is the force's own policy, and whoever keeps the record sets
them. The UK Information Commissioner advises to tag what is kept with a date and to be asked
(ico.org.uk, "Principle (e): Storage limitation").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from bench.problems import Problem, ProblemCode

if TYPE_CHECKING:
    import sqlite3

YEAR = timedelta(days=365)


class Until(StrEnum):
    """What ends the keeping of a text."""

    DAYS_AFTER_EVENT = "after its event"
    DAYS_AFTER_RETIREMENT = "after the person has left"
    RECORD_ENDS = "as long as the record"


@dataclass(frozen=True, slots=True)
class Period:
    """How long a field is kept; `days` counts from what `until` names."""

    until: Until
    days: int = 0

    def __str__(self) -> str:
        """`365 days after its event`."""
        return f"{self.days} days {self.until}" if self.days else self.until.value


RETENTION: Mapping[str, Period] = {
    "name": Period(Until.DAYS_AFTER_RETIREMENT, 365),
    "recipient": Period(Until.DAYS_AFTER_EVENT, 365),
    "signature": Period(Until.RECORD_ENDS),
    "note": Period(Until.DAYS_AFTER_EVENT, 365),
}
"""By field of personal text: `name` of someone enrolled here, `recipient` of a handset, the
`signature` of whoever took it over, and a free `note`."""
OTHERS = Period(Until.DAYS_AFTER_EVENT, 365)
"""For a field that is not in the table."""


@dataclass(frozen=True, slots=True)
class Due:
    """What is past its date: texts of one event's field, or a person (`ref` and `field` "")."""

    subject: str
    ref: str
    field: str
    since: date


def keep_until(field: str, on: date, periods: Mapping[str, Period] = RETENTION) -> date | None:
    """Return the last day for a text of an event of day `on`; None where no date is set yet."""
    period = periods.get(field, OTHERS)
    return on + timedelta(period.days) if period.until is Until.DAYS_AFTER_EVENT else None


def due(
    connection: sqlite3.Connection, today: date, periods: Mapping[str, Period] = RETENTION
) -> tuple[Due, ...]:
    """Return what should be erased by now, the longest overdue first."""
    texts = connection.execute(
        "SELECT subject, ref, field, keep_until FROM personal_text WHERE keep_until < ?",
        (today.isoformat(),),
    )
    found = [Due(subject, ref, field, _day(end)) for subject, ref, field, end in texts]
    left = timedelta(periods.get("name", OTHERS).days)
    people = connection.execute(
        "SELECT id, retired_on FROM person WHERE standing = 'retired' AND retired_on < ?",
        ((today - left).isoformat(),),
    )
    found += [Due(person, "", "", _day(retired) + left) for person, retired in people]
    return tuple(sorted(found, key=lambda each: (each.since, each.subject, each.ref, each.field)))


def prompt_due(last_prompt: date | None, today: date) -> bool:
    """Whether a supervisor is to be asked what is still needed: once a year, and at the start."""
    return last_prompt is None or today - last_prompt >= YEAR


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
