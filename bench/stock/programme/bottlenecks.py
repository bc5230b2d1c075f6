"""Which step takes longest, and which slot fails more than chance explains. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from bench.stock.programme.durations import quantile
from bench.stock.programme.queries import Results, StepTimes
from bench.stock.programme.view import Fault, Slot, Step

_FAILED = ("fail", "error")
_FEWEST = 5
"""Failures below which no slot stands out."""
_SIGMAS = 3
_MOST = 12
"""Faults that are told, the commonest first."""


def steps(times: Iterable[StepTimes], results: Iterable[Results]) -> tuple[Step, ...]:
    """Return the steps, the slowest first."""
    failed: Counter[str] = Counter()
    for each in results:
        failed[each.name] += each.count if each.result in _FAILED else 0
    found = (
        Step(
            each.name,
            each.count,
            quantile(each.buckets, 0.5),
            quantile(each.buckets, 0.9),
            failed[each.name],
        )
        for each in times
    )
    return tuple(sorted(found, key=lambda step: (-step.median, step.name)))


def slots(results: Sequence[Results]) -> tuple[Slot, ...]:
    """Return how each slot fares, by its name.

    A slot stands out by the binomial p-chart (Shewhart): its share of failures is more than three
    standard deviations above that of all slots, and it has at least five.
    """
    ended, failed = Counter[str](), Counter[str]()
    for each in results:
        if each.result != "held":
            ended[each.slot] += each.count
            failed[each.slot] += each.count if each.result in _FAILED else 0
    share = failed.total() / ended.total() if ended.total() else 0.0
    return tuple(
        Slot(name, ended[name], failed[name], _stands_out(ended[name], failed[name], share))
        for name in sorted(ended, key=lambda name: (name[:1], len(name), name))
    )


def faults(results: Iterable[Results]) -> tuple[Fault, ...]:
    """Return what went wrong most often, and where."""
    found = [Fault(r.slot, r.name, r.result, r.count) for r in results if r.result != "pass"]
    return tuple(sorted(found, key=lambda fault: (-fault.count, fault.slot, fault.name)))[:_MOST]


def _stands_out(ended: int, failed: int, share: float) -> bool:
    if failed < _FEWEST:
        return False
    sigma = math.sqrt(share * (1 - share) / ended)
    return failed / ended > share + _SIGMAS * sigma
