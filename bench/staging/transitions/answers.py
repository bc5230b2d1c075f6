"""What every answer of a run is made of: records, holds and refusals."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from bench.events.orders import CancelWork, CustodyKind, Json, Order, Readmit, Record, Refuse
from bench.problems import Problem, ProblemCode
from bench.staging.run import StagingRun

Advance: TypeAlias = tuple[StagingRun, tuple[Order, ...]]
"""The run after a fact, and what has to be done for it."""
Values: TypeAlias = tuple[tuple[str, str], ...]
"""What box, handset and label say: a name and a value each."""


LINK = frozenset({
    ProblemCode.UNPLUGGED, ProblemCode.LINK_LOST, ProblemCode.HANDSET_OFFLINE,
    ProblemCode.UNAUTHORISED, ProblemCode.NO_PERMISSION, ProblemCode.WRONG_MODE,
    ProblemCode.AUTHORISING, ProblemCode.CONNECTING, ProblemCode.IN_RECOVERY,
    ProblemCode.IN_SIDELOAD, ProblemCode.IN_RESCUE, ProblemCode.IN_BOOTLOADER,
    ProblemCode.IN_DOWNLOAD_MODE, ProblemCode.NOT_CONFIGURED, ProblemCode.AS_HOST,
    ProblemCode.ADB_DETACHED, ProblemCode.ADB_SERVER_LOST, ProblemCode.ADB_SILENT,
    ProblemCode.ADB_PORT_TAKEN, ProblemCode.ADB_REFUSED,
})  # fmt: skip
"""Holds that end by themselves when the same handset answers again."""
QUARANTINES = frozenset({
    ProblemCode.DUPLICATE_IMEI, ProblemCode.KNOWN_ELSEWHERE, ProblemCode.HELD_ELSEWHERE,
    ProblemCode.NO_IMEI,
    ProblemCode.WRONG_MODEL, ProblemCode.WRONG_REGION, ProblemCode.LOCKED_BY_OWNER,
    ProblemCode.FUSE_BLOWN, ProblemCode.PATCH_TOO_OLD, ProblemCode.SUPPORT_ENDED,
})  # fmt: skip
"""Holds that set the handset aside: only two persons release it."""


def hold(run: StagingRun, code: ProblemCode, detail: str = "", values: Values = ()) -> Advance:
    """Put the run on hold and stop its work; recorded as soon as the record can name a handset.

    `values` are what box, handset and label say, where they do not agree.
    """
    detail = detail or ", ".join(f"{name} {value}" for name, value in values)
    held = replace(
        run.held(code, detail, values), recorded=run.recorded or run.identity is not None
    )
    data: dict[str, Json] = {"problem": str(code), "detail": detail[:200]}
    orders: tuple[Order, ...] = (CancelWork(run.run),) if run.busy else ()
    kind = CustodyKind.QUARANTINED if code in QUARANTINES else CustodyKind.HELD
    return held, (*records(held, kind, data), *orders)


def records(
    run: StagingRun,
    kind: CustodyKind,
    data: dict[str, Json] | None = None,
    reason: str | None = None,
) -> tuple[Order, ...]:
    """Record, unless the record does not know this run and need not."""
    return (Record(kind, data or {}, reason),) if run.recorded else ()


def records_first(*orders: Order) -> tuple[Order, ...]:
    """Put the records of several answers before all else, each kind in its order."""
    return tuple(sorted(orders, key=lambda order: not isinstance(order, Record)))


def not_now(run: StagingRun) -> Advance:
    """Tell the person that this cannot be done now; nothing changes."""
    return run, (Refuse(Problem(ProblemCode.NOT_POSSIBLE_NOW, str(run.slot))),)


def readmitted(run: StagingRun) -> tuple[Order, ...]:
    """Let the other handset in this run's slot have it, now that the run leaves it."""
    return () if run.guest is None else (Readmit(run.path, run.guest),)
