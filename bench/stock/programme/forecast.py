"""When the roll-out will be done, and how sure that is. Pure, and the same on every computer.

The days measured are drawn again with replacement (Efron 1979), twice: once because the mean of so
few days is not well known, and once, from those, because the days to come will differ as much.
Each replicate walks day by day until nothing remains; the quantiles of the days they took are the
forecast.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from bench.stock.programme.years import day_after, working_days

MEASURED = 20
"""Working days that are measured at most, the last ones; today, which is not over, is none."""
FEWEST = 5
"""Working days that are needed for a forecast."""
REPLICATES = 500
FURTHEST = 520
"""Working days that a replicate goes at most: two years."""
_SEED = 1323
_CHUNK = 65
_MON_TO_FRI = frozenset(range(5))
_LOW, _MIDDLE, _HIGH = 0.1, 0.5, 0.9


@dataclass(frozen=True, slots=True)
class Rates:
    """What was done on each of the days measured, and on which weekdays work is done (Monday 0)."""

    days: tuple[int, ...]
    weekdays: frozenset[int]

    @property
    def mean(self) -> float:
        """What is done on a working day."""
        return sum(self.days) / len(self.days) if self.days else 0.0


@dataclass(frozen=True, slots=True)
class Forecast:
    """When nothing remains: in one of ten replicates by `low`, in half, in nine of ten.

    None is later than `FURTHEST` working days from now. `in_time` is the share of replicates that
    are done by the deadline, None without one.
    """

    low: date | None
    middle: date | None
    high: date | None
    in_time: float | None


def rates(done: Mapping[date, int], today: date) -> Rates:
    """Return the days measured of what was `done`: none before the first, none from today on.

    Work is done from Monday to Friday, and on what other weekday it was done within the measure.
    """
    past = [day for day in done if day < today and done[day] > 0]
    if not past:
        return Rates((), _MON_TO_FRI)
    since = max(min(past), today - timedelta(days=MEASURED * 7 // 5))
    weekdays = _MON_TO_FRI | {day.weekday() for day in past if day >= since}
    days = [*working_days(min(past), today - timedelta(days=1), weekdays)][-MEASURED:]
    return Rates(tuple(max(done.get(day, 0), 0) for day in days), frozenset(weekdays))


def forecast(
    remaining: int, measured: Rates, today: date, deadline: date | None
) -> Forecast | None:
    """Return when `remaining` will be done; None where too few days, or only idle ones, are known.

    Today counts as a day that is still worked.
    """
    if remaining <= 0 or len(measured.days) < FEWEST or not any(measured.days):
        return None
    luck = random.Random(_SEED)  # noqa: S311 - no secret: the same forecast twice
    took = sorted(_walk(remaining, measured.days, luck) for _ in range(REPLICATES))
    begin = today - timedelta(days=1)
    low, middle, high = (
        _date(_at(took, share), begin, measured.weekdays) for share in (_LOW, _MIDDLE, _HIGH)
    )
    left = days_left(today, deadline, measured.weekdays) if deadline else None
    in_time = None if left is None else sum(days <= left for days in took) / REPLICATES
    return Forecast(low, middle, high, in_time)


def days_left(today: date, deadline: date, weekdays: Collection[int]) -> int:
    """Return the working days from today to the deadline, both included."""
    return sum(1 for _ in working_days(today, deadline, weekdays))


def _walk(remaining: int, days: Sequence[int], luck: random.Random) -> int:
    """Return how many days one replicate took; `FURTHEST` + 1 where it did not come to an end."""
    sample = luck.choices(days, k=len(days))
    if not any(sample):
        return FURTHEST + 1
    walked = 0
    while walked < FURTHEST:
        done = [*accumulate(luck.choices(sample, k=_CHUNK))]
        if done[-1] >= remaining:
            return walked + bisect_left(done, remaining) + 1
        remaining -= done[-1]
        walked += _CHUNK
    return FURTHEST + 1


def _at(took: Sequence[int], share: float) -> int:
    return took[min(len(took) - 1, round(share * len(took)))]


def _date(days: int, begin: date, weekdays: frozenset[int]) -> date | None:
    return None if days > FURTHEST else day_after(begin, days, weekdays)
