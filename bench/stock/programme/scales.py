"""Scales of plots: where a day and a count are, and which of them are named. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bench.stock.programme.plot import Point, Tick
from bench.stock.programme.years import months_later

_STEPS = (1, 2, 5, 10)
_LINES = 5
_MOST_TICKS = 8
_SHORT = 45
"""Days below which single days are named instead of months."""


@dataclass(frozen=True, slots=True)
class Scales:
    """The days from left to right, both included, and the count at the top."""

    first: date
    last: date
    top: int

    @classmethod
    def of(cls, first: date, last: date, most: int) -> Scales:
        """Return scales that hold all of it; the top is a round number."""
        step = _step(most)
        return cls(
            first, max(last, first + timedelta(days=1)), max(math.ceil(most / step), 1) * step
        )

    def x(self, day: date) -> float:
        """Return where a day is; one outside is at the edge."""
        whole = (self.last - self.first).days
        return min(max((day - self.first).days / whole, 0.0), 1.0)

    def y(self, count: float) -> float:
        """Return where a count is; one above the top is at the top."""
        return min(max(count / self.top, 0.0), 1.0)

    def point(self, day: date, count: float) -> Point:
        """Return where a count on a day is."""
        return Point(self.x(day), self.y(count))

    def across(self) -> tuple[Tick, ...]:
        """Return the days that are named, at most eight."""
        days = [*self._named()]
        every = math.ceil(len(days) / _MOST_TICKS) or 1
        short = (self.last - self.first).days <= _SHORT
        return tuple(Tick(self.x(day), _said(day, short=short)) for day in days[::every])

    def up(self) -> tuple[Tick, ...]:
        """Return the counts that are named."""
        step = _step(self.top)
        return tuple(Tick(self.y(at), f"{at:,}") for at in range(0, self.top + 1, step))

    def _named(self) -> Iterator[date]:
        short = (self.last - self.first).days <= _SHORT
        day = self.first if short else months_later(self.first - timedelta(days=1), 1)
        while day <= self.last:
            yield day
            day = day + timedelta(days=7) if short else months_later(day, 1)


def _said(day: date, *, short: bool) -> str:
    return f"{day.day} {day:%b}" if short else f"{day:%b} {day.year % 100:02d}"


def _step(most: int) -> int:
    """Return a round number of which some five make up `most`."""
    rough = max(most, 1) / _LINES
    size = int(10 ** max(math.floor(math.log10(rough)), 0))
    return next(step * size for step in _STEPS if step * size >= rough)
