"""Financial years, months and working days. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta

_APRIL, _DECEMBER = 4, 12
_DAY = timedelta(days=1)


def financial_year(day: date) -> str:
    """Return the year from 1 April on that a day is in: `2022/23`."""
    first = day.year if day.month >= _APRIL else day.year - 1
    return f"{first}/{(first + 1) % 100:02d}"


def months_later(day: date, months: int) -> date:
    """Return the first day of the month that is so many months after a day's."""
    years, month = divmod(day.month - 1 + months, _DECEMBER)
    return date(day.year + years, month + 1, 1)


def working_days(first: date, last: date, weekdays: Collection[int]) -> Iterator[date]:
    """Yield the days from `first` to `last`, both included, that are of these weekdays (Monday 0).

    Bank holidays are not known: as days on which nothing was done they are among those measured.
    """
    day = first
    while day <= last:
        if day.weekday() in weekdays:
            yield day
        day += _DAY


def day_after(day: date, working: int, weekdays: Collection[int]) -> date:
    """Return the day that comes so many working days after a day; itself for none."""
    weeks, rest = divmod(working - 1, len(weekdays)) if working else (0, -1)
    day += timedelta(weeks=weeks)
    rest += 1  # the last one is always walked to: whole weeks may end on a day of rest
    while rest:
        day += _DAY
        rest -= day.weekday() in weekdays
    return day
