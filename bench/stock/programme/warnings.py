"""What of the roll-out somebody should do something about, as sentences. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bench.stock.programme.view import Goal, RollOutView
from bench.stock.programme.words import day, pounds

_SCARCE = 0.02
"""Of the capacity: with less than this left, or with less than the target asks for, it is said."""
_LIKELY = 0.5


def warnings(view: RollOutView) -> RollOutView:
    """Return the view with its warnings, the gravest first."""
    told = (*_of_capacity(view), *_of_goals(view), *_of_money(view), *_of_slots(view))
    return replace(view, warnings=told)


def _of_capacity(view: RollOutView) -> Iterator[str]:
    room = view.capacity
    if not room.total:
        return
    if room.left <= 0:
        yield f"The core is full: {room.used:,} of {room.total:,}. No new handset will be enrolled."
    elif view.goals[0].remaining > room.left:
        short = view.goals[0].remaining - room.left
        yield (
            f"The target does not fit the core: {room.left:,} more can be managed, "
            f"{view.goals[0].remaining:,} are still to come, {short:,} too many."
        )
    elif room.left < room.total * _SCARCE:
        yield f"The core is nearly full: {room.left:,} of {room.total:,} are left."


def _of_goals(view: RollOutView) -> Iterator[str]:
    deadline = view.aims.deadline
    for goal in view.goals:
        if deadline is None or not goal.remaining:
            continue
        if view.at.date() > deadline:
            yield f"{goal.name}: the deadline, {day(deadline)}, is past; {goal.remaining:,} remain."
        elif goal.forecast and (goal.forecast.in_time or 0.0) < _LIKELY:
            yield _late(goal)


def _late(goal: Goal) -> str:
    assert goal.forecast
    when = day(goal.forecast.middle) if goal.forecast.middle else "more than two years from now"
    needed = f"; {goal.needed:.0f} a day are needed" if goal.needed else ""
    return f"{goal.name}: at {goal.rate:.0f} a working day the likely end is {when}{needed}."


def _of_money(view: RollOutView) -> Iterator[str]:
    for year in view.money:
        if not (year.year and year.budget):
            named = f"{year.year} {year.budget}".strip()
            said = f" besides {named}" if named else ""
            yield f"Order lines of {pounds(year.ordered)} name no financial year or budget{said}."
        elif year.variance < 0:
            yield f"{year.year} {year.budget} is overspent by {pounds(-year.variance)}."
        elif year.uncommitted < 0:
            yield f"{year.year} {year.budget} is over-ordered by {pounds(-year.uncommitted)}."
    if view.beyond:
        yield f"{view.beyond:,} handsets came that no order line has a price for."


def _of_slots(view: RollOutView) -> Iterator[str]:
    bad = [slot for slot in view.slots if slot.stands_out]
    if bad:
        told = ", ".join(f"{slot.name} ({slot.failed:,} of {slot.steps:,} steps)" for slot in bad)
        yield f"More fails than chance explains at {told}. Try another cable and port there."
