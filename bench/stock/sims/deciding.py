"""Whether a SIM may be married to a handset, and what the record says then. Pure.

Asked the same way at a slot and at the desk: what one lets through, the other does.
"""

from __future__ import annotations

from collections.abc import Sequence

from bench.custody.entries import DeviceRef, Entry, PersonalText
from bench.events.orders import CustodyKind, Json
from bench.problems import Problem, ProblemCode, ProblemError
from bench.stock.sims.queries import Sim
from bench.stock.sims.states import SimState

_NOTE = 500
"""Characters kept of what is said about a reason."""


def the_one(found: Sequence[Sim], uid: str = "") -> Sim:
    """Return the SIM that a scan means for the handset `uid`.

    That is the one in it already, else the only one that is free, else one that says why it cannot
    be had. Raises `ProblemError`: SIM_UNKNOWN, SIM_UNCLEAR.
    """
    own = [sim for sim in found if uid and sim.uid == uid]
    free = [sim for sim in found if sim.state is SimState.FREE]
    if not found:
        raise ProblemError(Problem(ProblemCode.SIM_UNKNOWN))
    if not own and len(free) > 1:
        raise ProblemError(Problem(ProblemCode.SIM_UNCLEAR, detail=f"{len(free)} of them"))
    return (own or free or found)[0]


def trouble(sim: Sim, uid: str, *, takes_unknown: bool = False) -> Problem | None:
    """Say why a SIM may not be married to the handset `uid`; None where it may, or is."""
    if sim.state is SimState.MARRIED and sim.uid != uid:
        return Problem(ProblemCode.SIM_ELSEWHERE, detail=f"SIM …{sim.tail}")
    if sim.state in (SimState.LOST, SimState.SPENT):
        return Problem(ProblemCode.SIM_UNUSABLE, detail=f"SIM …{sim.tail}: {sim.why}")
    if not sim.is_listed and not takes_unknown:
        return Problem(ProblemCode.SIM_UNKNOWN, detail=f"SIM …{sim.tail}")
    return None


def is_own(sim: Sim, uid: str) -> bool:
    """Whether the handset is married to this very SIM."""
    return sim.state is SimState.MARRIED and sim.uid == uid


def other_of(held: Sequence[Sim], sim: Sim) -> Sim | None:
    """Return the SIM that a handset has instead of this one; None where it has none."""
    return next((each for each in held if each.iccid != sim.iccid), None)


def said_of(sim: Sim) -> dict[str, Json]:
    """Return what an event says of a SIM: its numbers and its contract, as far as they are known.

    Its telephone number is none of them.
    """
    known = {"eid": sim.eid, "supplier": sim.supplier, "contract": sim.contract}
    return {"iccid": sim.iccid, **{name: text for name, text in known.items() if text}}


def married(
    device: DeviceRef, sim: Sim, instead: Sim | None = None, why: str = "", note: str = ""
) -> Entry:
    """Return the entry of a marriage; `instead` is the SIM that it takes the place of."""
    data: dict[str, Json] = {"sim": said_of(sim)}
    if instead is not None:
        data |= {"instead": instead.iccid, "why": why}
    return Entry(CustodyKind.SIM_MARRIED, device, data=data, personal=_note(note, device.uid))


def taken(device: DeviceRef | None, sim: Sim, why: str, note: str = "") -> Entry:
    """Return the entry of a SIM taken out of a handset, or out of use: then of none."""
    subject = device.uid if device else sim.iccid
    data: dict[str, Json] = {"sim": {"iccid": sim.iccid}, "why": why}
    return Entry(CustodyKind.SIM_TAKEN, device, data=data, personal=_note(note, subject))


def _note(note: str, subject: str) -> tuple[PersonalText, ...]:
    return (PersonalText("note", note[:_NOTE], subject),) if note else ()
