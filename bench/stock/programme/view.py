"""The roll-out as the window, the paper and the table show it: values, no database, no widget.

Money is whole pence, times are seconds, shares 0 to 1. Texts may hold what a file said: whoever
shows them makes them plain.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bench.stock.programme.forecast import Forecast
from bench.stock.programme.money import YearMoney
from bench.stock.programme.queries import Aims
from bench.stock.programme.refresh import Renewal


@dataclass(frozen=True, slots=True)
class Goal:
    """How far the roll-out is with one thing: `done` of the target, and what is still to come.

    `rate` is what is done on a working day now, `needed` what has to be for the deadline; None
    where there is none. `forecast` is None where too little is known.
    """

    name: str
    done: int
    remaining: int
    rate: float
    measured: int
    needed: float | None
    forecast: Forecast | None


@dataclass(frozen=True, slots=True)
class Step:
    """How long a step takes, in seconds, and how often it did not pass of `count` times."""

    name: str
    count: int
    median: float
    ninth: float
    """What nine of ten take no longer than."""
    failed: int


@dataclass(frozen=True, slots=True)
class Slot:
    """How often a step at a slot did not pass, of all its steps.

    `stands_out` where that is more than three standard deviations above the whole bench.
    """

    name: str
    steps: int
    failed: int
    stands_out: bool


@dataclass(frozen=True, slots=True)
class Fault:
    """What stopped or failed handsets, at which slot, how often; `result` as the page has it."""

    slot: str
    name: str
    result: str
    count: int


@dataclass(frozen=True, slots=True)
class Capacity:
    """Handsets that the core is sized for, that were in service before, and that were staged."""

    total: int
    in_service: int
    staged: int

    @property
    def used(self) -> int:
        """How many the core manages."""
        return self.in_service + self.staged

    @property
    def left(self) -> int:
        """How many more it can manage; below zero where it is past its size."""
        return self.total - self.used


@dataclass(frozen=True, slots=True)
class Series:
    """Something counted up day by day: the days, and how many there were by the end of each."""

    name: str
    days: tuple[date, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RollOutView:
    """All of it as it was at `at` (UTC), after the record's event `seq`.

    `counted_in` is new handsets and `fleet` earlier ones that were counted in. `untroubled` of
    `judged` handsets passed their first run without a failed step, a hold or a void. `per_hour` is
    what is staged in an hour in which anything is. `beyond` handsets came that no order line
    names. `phases` are how many handsets stand where now.
    """

    at: datetime
    seq: int
    bench: str
    simulated: bool
    aims: Aims
    counted_in: int
    fleet: int
    goals: tuple[Goal, ...]
    untroubled: int
    judged: int
    per_hour: float
    steps: tuple[Step, ...]
    slots: tuple[Slot, ...]
    faults: tuple[Fault, ...]
    capacity: Capacity
    money: tuple[YearMoney, ...]
    beyond: int
    renewals: tuple[Renewal, ...]
    series: tuple[Series, ...]
    phases: tuple[tuple[str, int], ...]
    returned: int
    warnings: tuple[str, ...] = ()

    @property
    def slowest(self) -> Step | None:
        """The step of the longest median; None where none ended yet."""
        return max(self.steps, key=lambda step: step.median, default=None)
