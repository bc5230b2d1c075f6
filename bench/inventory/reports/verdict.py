"""Whether the centre is as it should be, by what a monitor is to be told: pure.

The exit status is the worst of all, as the plugins of Nagios and its like give it: 0 all is well,
1 somebody should look, 2 something is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from bench.inventory.reports.benches import BenchStanding, CentreStanding

CERTIFICATE_WARNING = timedelta(days=30)


class Level(IntEnum):
    """How bad it is; the value is the exit status."""

    WELL = 0
    LOOK = 1
    WRONG = 2


@dataclass(frozen=True, slots=True)
class Bounds:
    """From when on it is told: days without a word of a bench, events stored and not looked up.

    `behind_minutes` and `stopped_minutes` are of the oldest of those: so long only where nothing
    takes them in.
    """

    silent_days: float = 2.0
    lost_days: float = 7.0
    lag: int = 100_000
    behind_minutes: float = 30.0
    stopped_minutes: float = 360.0


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that is not as it should be; `bench` is "" where it is about the centre."""

    level: Level
    bench: str
    text: str


def remarks(centre: CentreStanding, bounds: Bounds) -> list[Remark]:
    """Return what is not as it should be, the worst first."""
    found = [remark for each in centre.benches for remark in _of_bench(each, centre, bounds)]
    if centre.open_conflicts:
        text = f"{centre.open_conflicts} open conflicts between benches: central report"
        found.append(Remark(Level.LOOK, "", text))
    found.extend(_behind(centre, bounds))
    return sorted(found, key=lambda each: (-each.level, each.bench))


def level(found: list[Remark]) -> Level:
    """Return the exit status."""
    return max((each.level for each in found), default=Level.WELL)


def silent_days(bench: BenchStanding, now: datetime) -> float:
    """Return for how many days nothing came from a bench, since it was added where nothing did."""
    return max((now - (bench.heard_at or bench.added_at)) / timedelta(days=1), 0.0)


def _behind(centre: CentreStanding, bounds: Bounds) -> Iterator[Remark]:
    """Of all benches together: what takes events in is one for all."""
    since = min((each.behind_since for each in centre.benches if each.behind_since), default=None)
    minutes = (centre.now - since) / timedelta(minutes=1) if since else 0.0
    text = (
        f"events wait for {minutes:.0f} minutes to be looked up: central serve or central project"
    )
    if minutes >= bounds.stopped_minutes:
        yield Remark(Level.WRONG, "", text)
    elif minutes >= bounds.behind_minutes:
        yield Remark(Level.LOOK, "", text)


def _of_bench(bench: BenchStanding, centre: CentreStanding, bounds: Bounds) -> Iterator[Remark]:
    if bench.state == "retired":
        return
    if bench.state == "frozen":
        yield Remark(Level.WRONG, bench.bench, "it is frozen: a supervisor opens the next epoch")
    elif bench.alarms:
        text = f"{bench.alarms} open alarms ({', '.join(bench.alarm_kinds)})"
        yield Remark(Level.LOOK, bench.bench, text)
    yield from _silence(bench, centre.now, bounds)
    if centre.certificates_known:
        yield from _certificate(bench, centre.now)
    if bench.lag > bounds.lag:
        text = f"{bench.lag} events wait to be looked up: central project"
        yield Remark(Level.LOOK, bench.bench, text)
    if bench.unread:
        text = f"{bench.unread} events could not be read: central report"
        yield Remark(Level.LOOK, bench.bench, text)


def _silence(bench: BenchStanding, now: datetime, bounds: Bounds) -> Iterator[Remark]:
    days = silent_days(bench, now)
    if days >= bounds.lost_days:
        yield Remark(Level.WRONG, bench.bench, f"no word for {days:.1f} days")
    elif days >= bounds.silent_days:
        yield Remark(Level.LOOK, bench.bench, f"no word for {days:.1f} days")


def _certificate(bench: BenchStanding, now: datetime) -> Iterator[Remark]:
    ends = bench.certificate_ends
    if ends is None:
        yield Remark(Level.LOOK, bench.bench, "it has no certificate: central rotate")
    elif ends <= now:
        yield Remark(Level.WRONG, bench.bench, "its certificate has ended: central rotate")
    elif ends - now <= CERTIFICATE_WARNING:
        days = (ends - now).days
        yield Remark(
            Level.LOOK, bench.bench, f"its certificate ends in {days} days: central rotate"
        )
