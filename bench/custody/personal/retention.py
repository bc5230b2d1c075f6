"""How long which personal text is kept, and when a supervisor is asked. Pure.

The figures are proposals: retention is the force's own policy, and whoever keeps the record sets
them. The UK Information Commissioner advises to tag what is kept with a date and to be asked
(ico.org.uk, "Principle (e): Storage limitation").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

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
    "second_signature": Period(Until.RECORD_ENDS),
    "note": Period(Until.DAYS_AFTER_EVENT, 365),
}
"""By field of personal text: `name` of someone enrolled here, `recipient` of a handset, the
`signature` of whoever took something over and the `second_signature` of whoever gave it up, and a
free `note`."""
OTHERS = Period(Until.DAYS_AFTER_EVENT, 365)
"""For a field that is not in the table."""


def keep_until(field: str, on: date, periods: Mapping[str, Period] = RETENTION) -> date | None:
    """Return the last day for a text of an event of day `on`; None where no date is set yet."""
    period = periods.get(field, OTHERS)
    return on + timedelta(period.days) if period.until is Until.DAYS_AFTER_EVENT else None


def prompt_due(last_prompt: date | None, today: date) -> bool:
    """Whether a supervisor is to be asked what is still needed: once a year, and at the start."""
    return last_prompt is None or today - last_prompt >= YEAR
