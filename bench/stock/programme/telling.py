"""The numbers of the book become the roll-out's view. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate

from bench.stock.programme import bottlenecks
from bench.stock.programme.days import What
from bench.stock.programme.forecast import Rates, days_left, forecast, rates
from bench.stock.programme.money import (
    BudgetLine,
    OrderLine,
    Received,
    YearMoney,
    beyond,
    by_year,
    spend,
    unit_price,
)
from bench.stock.programme.queries import Aims, Results, StepTimes
from bench.stock.programme.refresh import Ageing, Renewal, renewals
from bench.stock.programme.view import Capacity, Goal, RollOutView, Series
from bench.stock.programme.warnings import warnings


@dataclass(frozen=True, slots=True)
class Numbers:
    """What the book was asked, all of one state of it. `hours` are those of the days measured."""

    seq: int
    aims: Aims
    days: Mapping[What, Mapping[date, int]]
    hours: tuple[int, ...]
    steps: tuple[StepTimes, ...]
    results: tuple[Results, ...]
    phases: Mapping[str, int]
    lines: tuple[OrderLine, ...]
    budgets: tuple[BudgetLine, ...]
    received: Received
    issued: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Teller:
    """Who tells, and when: `at` is UTC."""

    at: datetime
    bench: str
    simulated: bool


_SERIES = (
    (What.COUNTED, "Counted in"), (What.STAGED, "Staged"), (What.HANDED_OVER, "Handed over"),
)  # fmt: skip


def roll_out(numbers: Numbers, teller: Teller) -> RollOutView:
    """Return the whole view; its warnings are what somebody should do something about."""
    today = teller.at.date()
    goals = tuple(
        _goal(name, numbers.days.get(what, {}), numbers.aims, today)
        for what, name in _SERIES
        if what is not What.COUNTED
    )
    view = RollOutView(
        at=teller.at,
        seq=numbers.seq,
        bench=teller.bench,
        simulated=teller.simulated,
        aims=numbers.aims,
        counted_in=_sum(numbers, What.COUNTED),
        fleet=_sum(numbers, What.FLEET),
        goals=goals,
        untroubled=_sum(numbers, What.UNTROUBLED),
        judged=_sum(numbers, What.UNTROUBLED) + _sum(numbers, What.TROUBLE),
        per_hour=sum(numbers.hours) / len(numbers.hours) if numbers.hours else 0.0,
        steps=bottlenecks.steps(numbers.steps, numbers.results),
        slots=bottlenecks.slots(numbers.results),
        faults=bottlenecks.faults(numbers.results),
        capacity=_capacity(numbers),
        money=_money(numbers),
        beyond=beyond(numbers.lines, numbers.received) if numbers.lines else 0,
        renewals=_renewals(numbers, goals[-1]),
        series=tuple(_series(name, numbers.days.get(what, {}), today) for what, name in _SERIES),
        phases=tuple(sorted(numbers.phases.items())),
        returned=_sum(numbers, What.RETURNED),
    )
    return warnings(view)


def _sum(numbers: Numbers, what: What) -> int:
    return sum(numbers.days.get(what, {}).values())


def _goal(name: str, done: Mapping[date, int], aims: Aims, today: date) -> Goal:
    count, measured = sum(done.values()), rates(done, today)
    remaining = max(aims.target - count, 0)
    return Goal(
        name,
        count,
        remaining,
        measured.mean,
        len(measured.days),
        _needed(remaining, measured, aims.deadline, today),
        forecast(remaining, measured, today, aims.deadline),
    )


def _needed(remaining: int, measured: Rates, deadline: date | None, today: date) -> float | None:
    if deadline is None or not remaining:
        return None
    left = days_left(today, deadline, measured.weekdays)
    return remaining / left if left else None


def _capacity(numbers: Numbers) -> Capacity:
    aims = numbers.aims
    return Capacity(aims.capacity, aims.in_service, _sum(numbers, What.STAGED))


def _money(numbers: Numbers) -> tuple[YearMoney, ...]:
    return by_year(numbers.budgets, spend(numbers.lines, numbers.received))


def _renewals(numbers: Numbers, issue: Goal) -> tuple[Renewal, ...]:
    budgeted: dict[str, int] = {}
    for line in numbers.budgets:
        if line.budget == "refresh":
            budgeted[line.year] = budgeted.get(line.year, 0) + line.pence
    ageing = Ageing(
        numbers.issued,
        issue.remaining,
        issue.forecast.middle if issue.forecast else numbers.aims.deadline,
        numbers.aims.refresh_months,
        unit_price(numbers.lines),
    )
    return renewals(ageing, budgeted)


def _series(name: str, done: Mapping[date, int], today: date) -> Series:
    days = sorted(day for day in done if day <= today)
    return Series(name, tuple(days), tuple(accumulate(done[day] for day in days)))
