"""A run's handset answers again, is back, or turns out to be another one."""

from __future__ import annotations

from dataclasses import replace

from bench.events.device import HandsetIdentity
from bench.events.orders import CustodyKind, Json
from bench.events.run import HandsetReattached, HandsetRecognised
from bench.problems import Problem, ProblemCode
from bench.staging.run import StagingRun
from bench.staging.transitions.answers import (
    LINK,
    QUARANTINES,
    Advance,
    hold,
    readmitted,
    records,
    records_first,
)
from bench.staging.transitions.deciding import resume
from bench.staging.transitions.labelling import label_kept
from bench.staging.transitions.trapping import trap_of


def recognised_again(run: StagingRun, fact: HandsetRecognised) -> Advance:
    """The same handset is no news; another one in its place is."""
    if fact.session != run.session:
        return run, ()
    if not run.is_about(fact.identity):
        return hold(replace(run, session=None), ProblemCode.FOREIGN_HANDSET)
    if run.is_enrolling and was_restarted(run, fact):
        return hold(completed(run, fact), ProblemCode.ENROLMENT_RESTARTED)
    if trap := trap_of(run, fact):
        return hold(completed(run, fact), trap.code, trap.detail)
    return label_kept(completed(run, fact))


def recognised_while_held(run: StagingRun, fact: HandsetRecognised) -> Advance:
    """Go on with the run's own handset, refuse any other."""
    if fact.session != run.session:
        return run, ()
    if run.identity is None:  # it is met, and looked at for traps, once the hold is over
        return replace(run, notice=None), ()
    if not run.is_about(fact.identity):
        notice = Problem(ProblemCode.FOREIGN_HANDSET, str(run.slot), fact.identity.model)
        return replace(run, session=None, present=False, notice=notice, guest=run.session), ()
    return met_again(completed(run, fact), fact, restarted=was_restarted(run, fact))


def met_again(run: StagingRun, fact: HandsetRecognised, *, restarted: bool) -> Advance:
    """The held run's own handset answers, and is looked at for traps like one just met."""
    trap = trap_of(run, fact)
    if trap and run.hold and run.hold.code not in (*QUARANTINES, trap.code):
        return hold(replace(run, notice=None, present=True), trap.code, trap.detail)
    return came_back(run, restarted=restarted and run.is_enrolling)


def moved_while_staging(run: StagingRun, fact: HandsetReattached) -> Advance:
    """A handset that was away for a moment is in another slot: it was unplugged, and goes on."""
    if run.present:
        return run, ()
    held, orders = hold(run, ProblemCode.UNPLUGGED)
    after, more = reattached(held, fact)
    return after, records_first(*orders, *more)


def reattached(run: StagingRun, fact: HandsetReattached) -> Advance:
    """Take the run to the slot where its handset came back, and record the move."""
    known = completed(run, fact.known)
    moved = replace(
        known, slot=fact.slot, path=fact.path, session=fact.session, present=True, guest=None
    )
    after, orders = met_again(moved, fact.known, restarted=was_restarted(run, fact.known))
    data: dict[str, Json] = {"from_slot": str(run.slot), "problem": str(run.hold and run.hold.code)}
    return after, (*records(run, CustodyKind.HELD, data), *orders, *readmitted(run))


def came_back(run: StagingRun, *, restarted: bool = False) -> Advance:
    """The held run's own handset answers: go on, unless a person has to decide first."""
    back = replace(run, notice=None, present=True, proven=True)
    if back.hold is None or back.hold.code not in (*LINK, ProblemCode.FOREIGN_HANDSET):
        return back, ()
    if restarted:
        return hold(back, ProblemCode.ENROLMENT_RESTARTED)
    return resume(back, "handset came back")


def was_restarted(run: StagingRun, fact: HandsetRecognised) -> bool:
    """Whether the handset says of itself that it was started anew; where it does not say, no."""
    before = run.identity.condition.boot_id if run.identity else ""
    now = fact.identity.condition.boot_id
    return bool(before and now) and before != now


def completed(run: StagingRun, fact: HandsetRecognised) -> StagingRun:
    """It is this run's handset; Android may know an IMEI more than its modem or screen said."""
    return replace(run, proven=True, identity=_fuller(run.identity, fact.identity))


def _fuller(mine: HandsetIdentity | None, said: HandsetIdentity) -> HandsetIdentity | None:
    """What was known stays; what was left open is filled in."""
    if mine is None or not mine.is_partial:
        return mine
    serial = mine.serial if mine.serial.text else said.serial
    if said.is_partial:
        return replace(mine, serial=serial, model=mine.model or said.model)
    also = tuple(imei for imei in mine.imeis if imei not in said.imeis)
    return replace(said, serial=serial, imeis=(*said.imeis, *also))
