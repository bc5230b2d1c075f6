"""What every answer of a run is made of: records, holds and refusals."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from bench.events.orders import (
    CancelWork,
    CustodyKind,
    Json,
    Order,
    Readmit,
    Record,
    Refuse,
)
from bench.problems import Problem, ProblemCode
from bench.staging.run import StagingRun

Advance: TypeAlias = tuple[StagingRun, tuple[Order, ...]]
"""The run after a fact, and what has to be done for it."""


def hold(run: StagingRun, code: ProblemCode, detail: str = "") -> Advance:
    """Put the run on hold and stop its work; recorded as soon as the record can name a handset."""
    held = replace(run.held(code, detail), recorded=run.recorded or run.identity is not None)
    data: dict[str, Json] = {"problem": str(code), "detail": detail[:200]}
    orders: tuple[Order, ...] = (CancelWork(run.run),) if run.busy else ()
    return held, (*records(held, CustodyKind.HELD, data), *orders)


def records(
    run: StagingRun,
    kind: CustodyKind,
    data: dict[str, Json] | None = None,
    reason: str | None = None,
) -> tuple[Order, ...]:
    """Record, unless the record does not know this run and need not."""
    return (Record(kind, data or {}, reason),) if run.recorded else ()


def not_now(run: StagingRun) -> Advance:
    """Tell the person that this cannot be done now; nothing changes."""
    return run, (Refuse(Problem(ProblemCode.NOT_POSSIBLE_NOW, str(run.slot))),)


def readmitted(run: StagingRun) -> tuple[Order, ...]:
    """Let the other handset in this run's slot have it, now that the run leaves it."""
    return () if run.guest is None else (Readmit(run.path, run.guest),)
