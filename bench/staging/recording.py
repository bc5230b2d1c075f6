"""A run's records as custody entries: who had the handset before and after, and the run's position.

Only the last entry of a transaction carries the whole position: they are on the disk together or
not at all.
"""

from __future__ import annotations

from collections.abc import Sequence

from bench.custody.body import short
from bench.custody.entries import DeviceRef, Entry, LabelJob, LabelState, RunPosition
from bench.events.orders import CustodyKind, Json, Record
from bench.staging.folding import position
from bench.staging.plan import Plan
from bench.staging.run import StagingRun, State

_LABEL_KINDS = (CustodyKind.LABEL_QUEUED, CustodyKind.LABELLED)


def entries_of(run: StagingRun, records: Sequence[Record], bench: str) -> tuple[Entry, ...]:
    """Return the entries that record what happened to a run, which is `run` after it."""
    last = len(records) - 1
    return tuple(
        _entry(run, record, bench, whole=number == last) for number, record in enumerate(records)
    )


def policies(plans: Sequence[Plan]) -> dict[str, Json]:
    """Return which profile each fingerprint is of, as the beginning of a session says it."""
    named: dict[str, Json] = {}
    for plan in plans:
        if plan.name:
            named[short(plan.fingerprint)] = [plan.name, plan.version, plan.variant]
    return named


def _entry(run: StagingRun, record: Record, bench: str, *, whole: bool) -> Entry:
    before, after = _custodians(run, record.kind, bench)
    return Entry(
        kind=record.kind,
        device=_device(run),
        run=RunPosition(
            run=run.run,
            slot=str(run.slot),
            state=str(run.state),
            open=run.is_open and run.state is not State.VOIDED,
            data=position(run) if whole else None,
        ),
        data=record.data,
        reason=record.reason,
        from_=before,
        to=after,
        label_job=LabelJob(run.run, run.copy) if _is_about_label(record) else None,
        label_state=LabelState.DOUBTFUL if record.data.get("doubtful") else None,
        policy=run.plan.fingerprint,
    )


def _is_about_label(record: Record) -> bool:
    """A label that was read back is printed, whatever the printer said."""
    return record.kind in _LABEL_KINDS or "read_back" in record.data


def _device(run: StagingRun) -> DeviceRef | None:
    if run.identity is None:
        return None
    return DeviceRef(
        uid=run.device,
        imeis=run.identity.imeis,
        serial=run.identity.serial,
        model=run.identity.model,
        asset_tag=run.asset_tag,
    )


def _custodians(run: StagingRun, kind: CustodyKind, bench: str) -> tuple[str | None, str | None]:
    """Custody is taken by the box scan and given up when the handset leaves its slot."""
    place = f"{bench}/{run.slot}"
    match kind:
        case CustodyKind.SCANNED:
            return f"{bench}/goods-in", place
        case CustodyKind.TAKEN_OUT:
            return place, f"{bench}/out"
        case _:
            return None, None
