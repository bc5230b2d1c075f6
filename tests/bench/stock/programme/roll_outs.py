"""A roll-out that is more than half done, made up."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from bench.stock.programme.days import What
from bench.stock.programme.money import BudgetLine, OrderLine, Received
from bench.stock.programme.queries import Aims, Results, StepTimes
from bench.stock.programme.telling import Numbers, Teller, roll_out
from bench.stock.programme.view import RollOutView
from bench.stock.programme.years import working_days

BEGAN = date(2026, 3, 2)
TODAY = date(2026, 3, 30)
AIMS = Aims("Example roll-out", 1000, BEGAN, date(2026, 5, 29), 1200, 100, 36, example=False)
TELLER = Teller(datetime(2026, 3, 30, 12, tzinfo=UTC), "bench-07", simulated=True)


def numbers(**other: object) -> Numbers:
    """Return what the book would say; some of it as given."""
    days = [*working_days(BEGAN, TODAY - timedelta(days=1), frozenset(range(5)))]
    staged = {day: 20 + 20 * (n % 2) for n, day in enumerate(days)}
    said: dict[str, object] = {
        "seq": 4711,
        "aims": AIMS,
        "days": {
            What.COUNTED: {BEGAN: 800}, What.STAGED: staged,
            What.HANDED_OVER: {day: 20 + n % 3 for n, day in enumerate(days)},
            What.UNTROUBLED: {BEGAN: 570}, What.TROUBLE: {BEGAN: 30},
        },
        "hours": (8, 12),
        "steps": (StepTimes("Install", 600, 6_000_000, {106: 600}),),
        "results": (Results("A1", "Install", "pass", 600),),
        "phases": {"staged": 381, "handed-over": 219, "in-stock": 200},
        "lines": (
            OrderLine("PO-1", 1, "Handset", "handset", "SM-A325F", 1000, 27_500, "2025/26",
                      "capital"),
        ),
        "budgets": (
            BudgetLine("2025/26", "capital", "Handsets", 30_000_000),
            BudgetLine("2028/29", "refresh", "Handsets", 30_000_000),
        ),
        "received": Received({("PO-1", "SM-A325F"): 800}, {}, {}),
        "issued": {"2026-03": 219},
    }  # fmt: skip
    return Numbers(**(said | other))  # type: ignore[arg-type]


def half_done(**other: object) -> RollOutView:
    """Return the view of it."""
    return roll_out(numbers(**other), TELLER)
