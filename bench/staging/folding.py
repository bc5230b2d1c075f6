"""A run as the record keeps it, and as it is found again after the program stopped.

Each custody event of a run carries the run's position after it, so folding the open runs out of
the record is reading the newest position of each. Work that was in flight is held as interrupted:
nobody knows how far it went, so it is never silently done again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bench.custody.body import short
from bench.custody.entries import DeviceRef, OpenRun
from bench.custody.phases import Phase
from bench.events.device import HandsetIdentity, SaidBy
from bench.events.orders import Json
from bench.identity.identifiers import SlotCode, UsbPath
from bench.problems import CATALOGUE, Clears, ProblemCode
from bench.staging.plan import Plan
from bench.staging.run import Hold, StagingRun, State
from bench.staging.transitions.answers import QUARANTINES

_NOWHERE = UsbPath(0, ())
"""Until its handset answers again, on whatever port."""


def position(run: StagingRun) -> dict[str, Json]:
    """Return what must be kept of a run, for `restored`, besides what its event says of it.

    `box` is which of the handset's IMEIs was scanned, from 1; what is usual is left out.
    """
    kept: dict[str, Json] = {}
    if run.imei and run.identity:
        kept["box"] = run.identity.imeis.index(run.imei) + 1
    kept |= {name: count for name, count in (("step", run.step), ("copy", run.copy)) if count}
    if run.hold:
        values: list[Json] = [text for pair in run.hold.values for text in pair]
        kept["hold"] = [str(run.hold.code), str(run.hold.was), run.hold.detail[:200], *values]
    if run.since and run.plan.enrolling:
        kept["since"] = run.since.isoformat(timespec="seconds")
    if run.identity and run.identity.is_partial:
        kept["said_by"] = str(run.identity.said_by)
    if run.waived:
        kept["waived"] = [str(code) for code in run.waived]
    return kept


def restored(kept: OpenRun, plan: Plan, offers: tuple[Plan, ...] = ()) -> StagingRun:
    """Return an open run as it is after a restart: no handset seen yet, nothing in flight.

    It goes on under the plan it was under, where that is still among the `offers`, else under
    `plan`. One for which nothing is left to be done comes back as gone: its slot is free.
    """
    plan = next((each for each in offers if short(each.fingerprint) == kept.policy_hash), plan)
    position, device = kept.position, kept.device
    data = position.data or {}
    box = _whole(data.get("box", 0))
    found = StagingRun(
        run=position.run,
        slot=SlotCode.parse(position.slot),
        path=_NOWHERE,
        plan=plan,
        state=State(position.state),
        present=False,
        identity=_identity(device, data.get("said_by")) if device else None,
        device=device.uid if device else "",
        imei=device.imeis[box - 1] if device and box else None,
        asset_tag=device.asset_tag if device else None,
        step=_whole(data.get("step", 0)),
        copy=_whole(data.get("copy", 0)),
        hold=_hold(data.get("hold")),
        recorded=True,
        proven=not plan.before_setup,
        since=_time(data.get("since")),
        waived=_codes(data.get("waived")),
        offers=offers,
    )
    same_plan = kept.policy_hash in ("", short(plan.fingerprint))
    return _after_restart(found, same_plan=same_plan)


def decided_meanwhile(run: StagingRun, phase: Phase) -> StagingRun:
    """Return the run as it is where its handset was taken out of quarantine in the meantime.

    It begins anew when it is plugged in again, and is looked at for other traps.
    """
    if run.hold is None or run.hold.code not in QUARANTINES or phase is Phase.QUARANTINED:
        return run
    code = run.hold.code
    waived = run.waived if code in run.waived else (*run.waived, code)
    freed = replace(
        run, state=State.ATTACHED, hold=None, imei=None, since=None, step=0, failures=0,
        waived=waived,
    )  # fmt: skip
    return freed.held(ProblemCode.UNPLUGGED)


def _after_restart(run: StagingRun, *, same_plan: bool) -> StagingRun:
    if run.state in (State.STAGED, State.VOIDED):
        return replace(run, state=State.GONE)
    if not same_plan and run.is_claimed:
        return _anew(run)
    match run.state:
        case State.STAGING | State.LABELLING:
            return run.held(ProblemCode.INTERRUPTED)
        case State.HELD:
            return run
        case _:
            return run.held(ProblemCode.UNPLUGGED)


def _anew(run: StagingRun) -> StagingRun:
    """Return a run whose profile has changed: whatever was proven was proven of the other one.

    What only a supervisor decides is held as before, and begins anew when they let it go on.
    """
    if run.hold and CATALOGUE[run.hold.code].clears is Clears.BY_SUPERVISOR:
        return replace(run, step=0, hold=replace(run.hold, was=State.STAGING))
    changed = replace(run, step=0, hold=None, state=State.STAGING)
    return changed.held(ProblemCode.INTERRUPTED, "the profile has changed: from its first step")


def _identity(device: DeviceRef, said_by: Json) -> HandsetIdentity:
    by = SaidBy(said_by) if isinstance(said_by, str) else SaidBy.ADB
    return HandsetIdentity(device.serial, device.imeis, device.model, said_by=by)


def _hold(kept: Json) -> Hold | None:
    match kept:
        case [str(code), str(was), str(detail), *values]:
            texts = [str(value) for value in values]
            pairs = tuple(zip(texts[::2], texts[1::2], strict=True))
            return Hold(ProblemCode(code), State(was), detail, pairs)
        case _:
            return None


def _whole(value: Json) -> int:
    if not isinstance(value, int):
        raise TypeError(f"a whole number was kept as {value!r}")
    return value


def _time(value: Json) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else None


def _codes(value: Json) -> tuple[ProblemCode, ...]:
    return tuple(ProblemCode(str(code)) for code in value) if isinstance(value, list) else ()
