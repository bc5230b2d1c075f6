"""The roll-out's two plots: burn-up against target and deadline, and the core's capacity. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from bench.stock.programme.plot import Band, Curve, Plot, Point, Role, Upright
from bench.stock.programme.scales import Scales
from bench.stock.programme.view import Goal, RollOutView, Series
from bench.stock.programme.words import day

_ROLES = {
    "Counted in": Role.COUNTED_IN, "Staged": Role.STAGED, "Handed over": Role.HANDED_OVER,
}  # fmt: skip
_FURTHEST = timedelta(days=366)
"""Beyond the deadline and today no plot goes further, whatever the forecast says."""


def burn_up(view: RollOutView) -> Plot:
    """Return what was done up to today, the target and the deadline, and where it leads."""
    today, aims = view.at.date(), view.aims
    most = max([aims.target, *(_last(each) for each in view.series)])
    scales = Scales.of(_first(view), _end(view), most)
    curves = [_curve(each, scales, today) for each in view.series if each.days]
    curves += _likely(view.goals, scales, today)
    if aims.target:
        curves.append(_level(scales, aims.target, f"Target {aims.target:,}"))
    return Plot(
        "Burn-up",
        spoken_of(view),
        scales.across(),
        scales.up(),
        tuple(_fans(view.goals, scales, today)),
        tuple(curves),
        tuple(_uprights(view, scales)),
    )


def capacity(view: RollOutView) -> Plot | None:
    """Return how full the core was day by day; None where nobody said how large it is."""
    room = view.capacity
    if not room.total:
        return None
    scales = Scales.of(_first(view), _end(view), max(room.total, room.used))
    staged = next(each for each in view.series if each.name == "Staged")
    managed = Series("Managed", staged.days, tuple(room.in_service + n for n in staged.counts))
    first = scales.point(scales.first, room.in_service)
    curve = _curve(managed, scales, view.at.date(), Role.STAGED)
    whole = Curve(Role.STAGED, curve.name, (first, *curve.points))
    asked = room.in_service + view.aims.target
    limits = [_level(scales, room.total, f"Capacity {room.total:,}")]
    if view.aims.target and asked != room.total:
        limits.append(_level(scales, asked, f"With the target {asked:,}", Role.FORECAST))
    spoken = (
        f"Capacity: {room.used:,} of {room.total:,} are managed, {room.left:,} are left; "
        f"with the whole target it would be {asked:,}."
    )
    return Plot(
        "Capacity", spoken, scales.across(), scales.up(), (), (whole, *limits),
        tuple(_uprights(view, scales)),
    )  # fmt: skip


def spoken_of(view: RollOutView) -> str:
    """Return what the burn-up says, in words."""
    parts = [f"Counted in: {view.counted_in:,}."]
    for goal in view.goals:
        of = f" of {view.aims.target:,}" if view.aims.target else ""
        parts.append(f"{goal.name}: {goal.done:,}{of}{_ends(goal)}.")
    return " ".join(parts)


def _ends(goal: Goal) -> str:
    if not goal.forecast:
        return ""
    low, middle, high = (
        day(at) if at else "later"
        for at in (goal.forecast.low, goal.forecast.middle, goal.forecast.high)
    )
    return f", likely done on {middle}, between {low} and {high}"


def _first(view: RollOutView) -> date:
    begun = [each.days[0] for each in view.series if each.days]
    return min([*begun, *([view.aims.begins] if view.aims.begins else []), view.at.date()])


def _end(view: RollOutView) -> date:
    known = max(view.at.date(), view.aims.deadline or view.at.date())
    ends = [goal.forecast.high for goal in view.goals if goal.forecast and goal.forecast.high]
    return min(max([known, *ends]), known + _FURTHEST) + timedelta(days=2)


def _last(series: Series) -> int:
    return series.counts[-1] if series.counts else 0


def _curve(series: Series, scales: Scales, today: date, role: Role | None = None) -> Curve:
    """Return a line that stays level until something is done, and up to today."""
    points = [scales.point(series.days[0] - timedelta(days=1), 0)] if series.days else []
    points += [scales.point(at, n) for at, n in zip(series.days, series.counts, strict=True)]
    if series.days:
        points.append(scales.point(max(today, series.days[-1]), _last(series)))
    if role:
        points = points[1:]
    return Curve(role or _ROLES[series.name], series.name, tuple(points))


def _level(scales: Scales, count: int, name: str, role: Role = Role.LIMIT) -> Curve:
    return Curve(role, name, (Point(0.0, scales.y(count)), Point(1.0, scales.y(count))))


def _fans(goals: Iterable[Goal], scales: Scales, today: date) -> Iterator[Band]:
    """Yield the surfaces between the earliest and the latest way to the target."""
    for goal in goals:
        if goal.forecast and goal.forecast.low:
            target = goal.done + goal.remaining
            latest = goal.forecast.high or scales.last + _FURTHEST
            end = _crossing(today, latest, goal, scales)
            begin, early = scales.point(today, goal.done), scales.point(goal.forecast.low, target)
            corner = () if end.x < 1.0 else (Point(1.0, early.y),)
            yield Band(_ROLES[goal.name], (begin, early, *corner, end))


def _likely(goals: Iterable[Goal], scales: Scales, today: date) -> Iterator[Curve]:
    """Yield the likely ways to the target, which need no name: each goes on from its curve."""
    for goal in goals:
        if goal.forecast and goal.forecast.middle:
            end = _crossing(today, goal.forecast.middle, goal, scales)
            yield Curve(Role.FORECAST, "", (scales.point(today, goal.done), end))


def _crossing(today: date, end: date, goal: Goal, scales: Scales) -> Point:
    """Return where a way reaches the target, or the edge of the plot."""
    if end <= scales.last:
        return scales.point(end, goal.done + goal.remaining)
    walked = (scales.last - today).days / (end - today).days
    return Point(1.0, scales.y(goal.done + goal.remaining * walked))


def _uprights(view: RollOutView, scales: Scales) -> Iterator[Upright]:
    yield Upright(Role.NOW, "Today", scales.x(view.at.date()))
    if view.aims.deadline:
        name = f"Deadline {day(view.aims.deadline)}"
        yield Upright(Role.LIMIT, name, scales.x(view.aims.deadline))
