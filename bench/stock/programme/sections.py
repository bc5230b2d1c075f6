"""The roll-out as tables, for the window, for paper and for a program: the one place of its words.

Pure. Texts may hold what a file said: whoever shows them makes them plain.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bench.stock.programme import values as v
from bench.stock.programme.forecast import FEWEST
from bench.stock.programme.values import Value
from bench.stock.programme.view import Goal, RollOutView

METHOD = (
    "The end is forecast by drawing the last 20 working days again with replacement, first all of "
    "them (their mean is not well known) and then from those day by day until nothing remains, "
    "500 times: one time in ten it was done by the early date, half of them by the likely one, "
    "nine in ten by the late one. Today, which is not over, is not among the days drawn, "
    "and every day here is a working day."
)


@dataclass(frozen=True, slots=True)
class Section:
    """A table: the first cell of each row says what the row is about.

    `remark` is a sentence on how it is reckoned; `none` stands in the place of rows.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    remark: str = ""
    none: str = "Nothing yet."


def sections(view: RollOutView) -> tuple[Section, ...]:
    """Return all tables in the order in which they are shown."""
    return (
        Section(
            "Towards the target",
            ("", "Done", "To come", "A day", "Needed", "Early", "Likely", "Late",
             "In time"),
            tuple(_goal(goal) for goal in view.goals),
            METHOD,
        ),
        Section("Figures", ("", "Value"), tuple(_figures(view))),
        Section(
            "Money by financial year",
            ("Year", "Kind", "Budget", "Ordered", "Received", "Left",
             "Left after orders"),
            tuple(
                (v.text(m.year), v.text(m.budget), v.money(m.budgeted), v.money(m.ordered),
                 v.money(m.spent), v.money(m.variance), v.money(m.uncommitted))
                for m in view.money
            ),
            "Received is what was counted in, at the price of its order line; SIMs and licences as "
            "files name them, accessories and services as they were accepted at goods-in. What is "
            "left is the budget less what was received, below zero where it is overspent.",
            "No budget and no order was imported yet.",
        ),
        Section(
            "To be renewed by financial year",
            ("Year", "Issued handsets", "Still to be issued", "At today's price", "Refresh budget"),
            tuple(
                (v.text(r.year), v.count(r.issued), v.count(r.to_be_issued), v.money(r.pence),
                 v.money(r.budgeted))
                for r in view.renewals
            ),
            _renewal_remark(view),
        ),
        Section(
            "Steps, the slowest first",
            ("Step", "Times", "Half take at most", "Nine of ten at most", "Not passed", "Share"),
            tuple(
                (v.text(s.name), v.count(s.count), v.seconds(s.median), v.seconds(s.ninth),
                 v.count(s.failed), v.part(s.failed, s.count))
                for s in view.steps
            ),
        ),
        Section(
            "Slots",
            ("Slot", "Steps", "Not passed", "Share", "Stands out"),
            tuple(
                (v.text(s.name), v.count(s.steps), v.count(s.failed), v.part(s.failed, s.steps),
                 v.text("look at it" if s.stands_out else ""))
                for s in view.slots
            ),
            "A slot stands out three standard deviations above the share of all (p-chart).",
        ),
        Section(
            "What went wrong most",
            ("Slot", "What", "How it ended", "Times"),
            tuple(
                (v.text(f.slot), v.text(f.name), v.text(f.result), v.count(f.count))
                for f in view.faults
            ),
            none="Nothing went wrong.",
        ),
        Section(
            "Where the handsets are",
            ("Phase", "Handsets"),
            tuple((v.text(phase), v.count(number)) for phase, number in view.phases),
        ),
    )  # fmt: skip


def day_by_day(view: RollOutView) -> Section:
    """Return the points of the burn-up: how many there were by the end of each day."""
    days = sorted({day for series in view.series for day in series.days})
    by_day = [dict(zip(each.days, each.counts, strict=True)) for each in view.series]
    last = [0] * len(by_day)
    rows: list[tuple[Value, ...]] = []
    for day in days:
        last = [counts.get(day, before) for counts, before in zip(by_day, last, strict=True)]
        rows.append((v.text(day.isoformat()), *(v.count(number) for number in last)))
    return Section("By the end of each day", ("Day", *(s.name for s in view.series)), tuple(rows))


def _goal(goal: Goal) -> tuple[Value, ...]:
    outlook: tuple[Value, ...] = (v.nothing(), v.nothing(), v.nothing(), v.nothing())
    if goal.forecast:
        f = goal.forecast
        outlook = (v.when(f.low), v.when(f.middle), v.when(f.high), v.chance(f.in_time))
    return (
        v.text(goal.name), v.count(goal.done), v.count(goal.remaining), v.rate(goal.rate),
        v.rate(goal.needed), *outlook,
    )  # fmt: skip


def _figures(view: RollOutView) -> Iterator[tuple[Value, ...]]:
    aims, room = view.aims, view.capacity
    yield v.text("Target"), v.count(aims.target) if aims.target else v.nothing()
    yield v.text("Deadline"), v.when(aims.deadline) if aims.deadline else v.nothing()
    yield v.text("Counted in"), v.count(view.counted_in)
    yield v.text("Counted in of the earlier fleet"), v.count(view.fleet)
    yield v.text("Passed untroubled at the first run"), v.part(view.untroubled, view.judged)
    yield v.text("Staged in an hour of work"), v.rate(view.per_hour)
    yield v.text("Returned"), v.count(view.returned)
    if room.total:
        yield v.text("Managed by the core"), v.count(room.used)
        yield v.text("Capacity of the core"), v.count(room.total)
        yield v.text("Left of the capacity"), v.count(room.left)
    if view.beyond:
        yield v.text("Came beyond any order line"), v.count(view.beyond)


def _renewal_remark(view: RollOutView) -> str:
    if not view.aims.refresh_months:
        return "No file said how long a handset serves."
    return (
        f"A handset serves {view.aims.refresh_months} months from the month of its first issue; "
        "one still to be issued, from the likely date."
    )


def too_early(view: RollOutView) -> str:
    """Say why there is no forecast yet; "" where there is one, or nothing to forecast."""
    if not view.aims.target or any(goal.forecast for goal in view.goals):
        return ""
    return f"A forecast needs {FEWEST} working days on which something was staged."
