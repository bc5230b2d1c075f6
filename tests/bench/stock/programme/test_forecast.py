"""When the roll-out will be done: from the days measured, the same on every computer."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bench.stock.programme.forecast import FURTHEST, MEASURED, Rates, days_left, forecast, rates
from bench.stock.programme.years import day_after, financial_year, months_later, working_days

MONDAY = date(2026, 3, 2)
MON_TO_FRI = frozenset(range(5))


def worked(*counts: int, since: date = MONDAY) -> dict[date, int]:
    """Return what was done on one working day after another."""
    days = working_days(since, since + timedelta(days=400), MON_TO_FRI)
    return dict(zip(days, counts, strict=False))


def test_days_that_are_all_alike_leave_no_doubt() -> None:
    found = forecast(1000, Rates((100,) * 20, MON_TO_FRI), MONDAY, None)
    assert found
    assert found.low == found.middle == found.high == date(2026, 3, 13)
    assert found.in_time is None


def test_days_that_differ_spread_the_end_to_both_sides_of_the_likely_one() -> None:
    found = forecast(2000, Rates((20, 180) * 10, MON_TO_FRI), MONDAY, None)
    assert found
    assert found.low
    assert found.middle
    assert found.high
    assert found.low < found.middle < found.high
    assert abs((found.middle - day_after(MONDAY, 19, MON_TO_FRI)).days) <= 3


def test_few_days_leave_more_doubt_than_many() -> None:
    few, many = (
        forecast(2000, Rates((60, 140) * n, MON_TO_FRI), MONDAY, None) for n in (3, 10)
    )  # fmt: skip
    assert few
    assert many
    assert few.low
    assert few.high
    assert many.low
    assert many.high
    assert few.high - few.low > many.high - many.low


def test_the_same_days_give_the_same_forecast() -> None:
    measured = Rates((20, 180, 70, 0, 95) * 4, MON_TO_FRI)
    assert forecast(900, measured, MONDAY, None) == forecast(900, measured, MONDAY, None)


def test_the_chance_of_the_deadline_falls_as_it_comes_nearer() -> None:
    measured = Rates((20, 180) * 10, MON_TO_FRI)
    chances = []
    for weeks in (2, 4, 8):
        found = forecast(2000, measured, MONDAY, MONDAY + timedelta(weeks=weeks))
        assert found
        assert found.in_time is not None
        chances.append(found.in_time)
    assert chances[0] < chances[1] < chances[2]
    assert chances[0] < 0.05
    assert chances[2] > 0.95


@pytest.mark.parametrize("days", [(), (9, 9, 9, 9), (0,) * 20])
def test_nothing_is_forecast_from_too_few_days_or_idle_ones(days: tuple[int, ...]) -> None:
    assert forecast(10, Rates(days, MON_TO_FRI), MONDAY, None) is None


def test_what_would_take_more_than_two_years_is_later_than_anybody_says() -> None:
    found = forecast(29_737, Rates((1,) * 20, MON_TO_FRI), MONDAY, MONDAY)
    assert found
    assert (found.low, found.middle, found.high, found.in_time) == (None, None, None, 0.0)
    within = forecast(FURTHEST, Rates((1,) * 20, MON_TO_FRI), MONDAY, None)
    assert within
    assert within.high == day_after(MONDAY - timedelta(days=1), FURTHEST, MON_TO_FRI)


def test_today_is_not_measured_and_idle_working_days_are() -> None:
    done = {MONDAY: 10, MONDAY + timedelta(days=2): 30, MONDAY + timedelta(days=3): 99}
    assert rates(done, MONDAY + timedelta(days=3)) == Rates((10, 0, 30), MON_TO_FRI)


def test_only_the_last_days_are_measured() -> None:
    done = worked(*([1] * 40 + [5] * MEASURED))
    assert rates(done, max(done) + timedelta(days=1)).days == (5,) * MEASURED


def test_a_bench_that_works_on_saturdays_is_forecast_to_go_on_doing_so() -> None:
    done = worked(*[10] * 5) | {MONDAY + timedelta(days=5): 10}
    measured = rates(done, MONDAY + timedelta(days=7))
    assert measured.weekdays == MON_TO_FRI | {5}
    assert measured.days == (10,) * 6


def test_a_day_that_was_taken_back_wholly_counts_as_idle() -> None:
    done = worked(10, -2, 10)
    assert rates(done, MONDAY + timedelta(days=3)).days == (10, 0, 10)


def test_working_days_that_are_left_hold_today_and_the_deadline() -> None:
    assert days_left(MONDAY, MONDAY + timedelta(days=7), MON_TO_FRI) == 6
    assert days_left(MONDAY, MONDAY - timedelta(days=1), MON_TO_FRI) == 0


@pytest.mark.parametrize(
    ("day", "year"),
    [(date(2023, 3, 31), "2022/23"), (date(2023, 4, 1), "2023/24"), (date(1999, 12, 1), "1999/00")],
)
def test_a_financial_year_begins_on_the_first_of_april(day: date, year: str) -> None:
    assert financial_year(day) == year


def test_months_are_counted_over_the_turn_of_a_year() -> None:
    assert months_later(date(2022, 11, 30), 36) == date(2025, 11, 1)
    assert months_later(date(2022, 12, 1), 1) == date(2023, 1, 1)


@pytest.mark.parametrize("count", range(12))
@pytest.mark.parametrize("weekday", range(7))
def test_a_day_some_working_days_on_is_the_one_that_counting_reaches(
    weekday: int, count: int
) -> None:
    since = MONDAY + timedelta(days=weekday)
    counted = [*working_days(since + timedelta(days=1), since + timedelta(days=30), MON_TO_FRI)]
    assert day_after(since, count, MON_TO_FRI) == ([since, *counted])[count]
