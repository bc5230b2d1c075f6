"""A run as the record keeps it, and as it is found again after the program stopped.

Each custody event of a run carries the run's position after it, so folding the open runs out of
the record is reading the newest position of each. Work that was in flight is held as interrupted:
nobody knows how far it went, so it is never silently done again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bench.events.device import HandsetIdentity
from bench.events.orders import Json
from bench.identity.identifiers import AssetTag, Imei, SerialNumber, SlotCode, UsbPath
from bench.problems import ProblemCode
from bench.staging.run import Hold, Plan, StagingRun, State


def position(run: StagingRun) -> dict[str, Json]:
    """Return what must be kept of a run, for `restored`."""
    identity = run.identity
    kept: dict[str, Json] = {
        "path": str(run.path),
        "device": run.device,
        "imei": str(run.imei) if run.imei else None,
        "tag": str(run.asset_tag) if run.asset_tag else None,
        "step": run.step,
        "busy": run.busy,
        "copy": run.copy,
        "plan": run.plan.fingerprint[:16],
    }
    if identity:
        kept["says"] = [str(identity.serial), identity.model, *map(str, identity.imeis)]
    if run.hold:
        kept["hold"] = [str(run.hold.code), str(run.hold.was), run.hold.detail[:200]]
    return kept


def restored(run: str, slot: str, state: str, kept: Mapping[str, Json], plan: Plan) -> StagingRun:
    """Return an open run as it is after a restart: no handset seen yet, nothing in flight.

    One for which nothing is left to be done comes back as gone: its slot is free.
    """
    found = StagingRun(
        run=run,
        slot=SlotCode.parse(slot),
        path=UsbPath.parse(str(kept["path"])),
        plan=plan,
        state=State(state),
        present=False,
        identity=_identity(kept.get("says")),
        device=str(kept["device"]),
        imei=Imei.parse(str(kept["imei"])) if kept.get("imei") else None,
        asset_tag=AssetTag.parse(str(kept["tag"])) if kept.get("tag") else None,
        step=_whole(kept["step"]),
        copy=_whole(kept["copy"]),
        hold=_hold(kept.get("hold")),
        recorded=True,
    )
    return _after_restart(found, same_plan=kept.get("plan") == plan.fingerprint[:16])


def _after_restart(run: StagingRun, *, same_plan: bool) -> StagingRun:
    if run.state in (State.STAGED, State.VOIDED):
        return replace(run, state=State.GONE)
    if not same_plan and run.is_claimed and run.state in (State.STAGING, State.HELD):
        changed = replace(run, step=0, hold=None, state=State.STAGING)
        return changed.held(ProblemCode.INTERRUPTED, "the profile has changed: from its first step")
    match run.state:
        case State.STAGING | State.LABELLING:
            return run.held(ProblemCode.INTERRUPTED)
        case State.HELD:
            return run
        case _:
            return run.held(ProblemCode.UNPLUGGED)


def _identity(says: Json) -> HandsetIdentity | None:
    match says:
        case [str(serial), str(model), *imeis]:
            numbers = tuple(Imei.parse(str(imei)) for imei in imeis)
            return HandsetIdentity(SerialNumber.parse(serial), numbers, model)
        case _:
            return None


def _hold(kept: Json) -> Hold | None:
    match kept:
        case [str(code), str(was), str(detail)]:
            return Hold(ProblemCode(code), State(was), detail)
        case _:
            return None


def _whole(value: Json) -> int:
    if not isinstance(value, int):
        raise TypeError(f"a whole number was kept as {value!r}")
    return value
