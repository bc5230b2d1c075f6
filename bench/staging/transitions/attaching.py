"""A run's handset comes, answers, goes, and comes back."""

from __future__ import annotations

from dataclasses import replace

from bench.events.device import (
    HandsetAttached,
    HandsetDetached,
    HandsetIdentity,
    HandsetOnline,
    HandsetUnauthorised,
    HandsetUnreachable,
    IdentityUnread,
)
from bench.events.orders import (
    CustodyKind,
    Identify,
    Json,
    Record,
    WatchGap,
)
from bench.events.run import ConflictFound, HandsetReattached, HandsetRecognised
from bench.events.work import GapEnded
from bench.problems import Problem, ProblemCode
from bench.staging.run import StagingRun, State
from bench.staging.transitions.answers import LINK, QUARANTINES, Advance, hold, readmitted, records
from bench.staging.transitions.deciding import resume
from bench.staging.transitions.foreseeing import contradiction
from bench.staging.transitions.trapping import trap_of
from bench.staging.transitions.working import start_step

_OF_USB = frozenset({
    ProblemCode.NO_PERMISSION, ProblemCode.NOT_CONFIGURED, ProblemCode.IN_DOWNLOAD_MODE,
    ProblemCode.IN_BOOTLOADER,
})  # fmt: skip
"""What USB sees of a handset without ADB."""


def attached(run: StagingRun, _: HandsetAttached) -> Advance:
    """Something is in the slot; whose it is shows when it answers.

    USB says it again once what it had said was wrong is right.
    """
    settled = run.notice is not None and run.notice.code in _OF_USB
    return replace(run, present=True, notice=None if settled else run.notice), ()


def attached_while_staging(run: StagingRun, fact: HandsetAttached) -> Advance:
    """Do a step anew that passed while the handset was away: now it can be told what that meant."""
    back, _ = attached(run, fact)
    step = back.current_step
    if back.busy or step is None or step.is_asked:
        return back, ()
    return start_step(back)


def unauthorised(run: StagingRun, fact: HandsetUnauthorised) -> Advance:
    """The handset waits for a person to tap Allow."""
    notice = Problem(ProblemCode.UNAUTHORISED, str(run.slot))
    return replace(
        run, state=State.UNAUTHORISED, session=None, path=fact.path, notice=notice, present=True
    ), ()


def online(run: StagingRun, fact: HandsetOnline) -> Advance:
    """Ask who it is: behind a new session there may be another handset."""
    attached = replace(
        run, state=State.ATTACHED, session=fact.session, path=fact.path, notice=None, present=True
    )
    return attached, (Identify(fact.path, fact.session),)


def online_again(run: StagingRun, fact: HandsetOnline) -> Advance:
    """Ask who it is again, without losing what the run waits for."""
    again = replace(
        run, session=fact.session, path=fact.path, present=True, proven=False, guest=None
    )
    return again, (Identify(fact.path, fact.session),)


def online_while_staging(run: StagingRun, fact: HandsetOnline) -> Advance:
    """A new session is a new connection: a step that ran over the old one is lost."""
    if not run.needs_link:
        return online_again(run, fact)
    held, orders = hold(run, ProblemCode.LINK_LOST)
    again, more = online_again(held, fact)
    return again, (*orders, *more)


def unreachable(run: StagingRun, fact: HandsetUnreachable) -> Advance:
    """Show why the handset cannot be worked with; nothing of it is in custody yet."""
    notice = replace(fact.problem, where=str(run.slot))
    return replace(run, state=State.ATTACHED, session=None, notice=notice), ()


def out_of_reach(run: StagingRun, _: HandsetUnreachable | HandsetUnauthorised) -> Advance:
    """The run needs no connection now."""
    return replace(run, session=None, guest=None), ()


def unreachable_while_held(run: StagingRun, fact: HandsetUnreachable) -> Advance:
    """Say why it cannot be worked with; what the run was held for stays."""
    notice = replace(fact.problem, where=str(run.slot))
    return replace(run, session=None, guest=None, notice=notice), ()


def lost_while_staging(run: StagingRun, fact: HandsetUnreachable) -> Advance:
    """Hold for the reason given, until the handset answers again."""
    if not run.needs_link:
        return out_of_reach(run, fact)
    return hold(replace(run, session=None), fact.problem.code, fact.problem.detail)


def prompt_while_staging(run: StagingRun, fact: HandsetUnauthorised) -> Advance:
    """Hold until a person taps Allow again."""
    if not run.needs_link:
        return out_of_reach(run, fact)
    return hold(replace(run, session=None), ProblemCode.UNAUTHORISED)


def unread(run: StagingRun, fact: IdentityUnread) -> Advance:
    """Show why it did not say who it is; an answer over an old session is no news."""
    if fact.session != run.session:
        return run, ()
    return replace(run, notice=replace(fact.problem, where=str(run.slot))), ()


def recognised(run: StagingRun, fact: HandsetRecognised) -> Advance:
    """Wait for its box; a handset caught by a trap, or staged before, needs a decision first."""
    if fact.session != run.session:
        return run, ()
    known = replace(
        run,
        identity=fact.identity,
        device=fact.device,
        asset_tag=fact.asset_tag,
        notice=None,
        since=run.since or fact.at,
        boxed=None,
    )
    if run.foreseen and (differs := contradiction(run.foreseen, fact.identity)):
        return hold(replace(known, foreseen=None), ProblemCode.IDENTITY_CHANGED, differs)
    if fact.quarantined:
        return known.held(ProblemCode.IN_QUARANTINE, fact.quarantined), ()
    if trap := trap_of(run, fact):
        return hold(known, trap.code, trap.detail)
    if fact.staged:
        return known.held(ProblemCode.ALREADY_STAGED), ()
    return replace(known, state=State.AWAITING_SCAN), ()


def prompt_while_held(run: StagingRun, _: HandsetUnauthorised) -> Advance:
    """Say that a person has to tap Allow; what the run was held for stays."""
    return replace(run, session=None, notice=Problem(ProblemCode.UNAUTHORISED, str(run.slot))), ()


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
    return completed(run, fact), ()


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
    records = [order for order in (*orders, *more) if isinstance(order, Record)]
    others = [order for order in (*orders, *more) if not isinstance(order, Record)]
    return after, (*records, *others)


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


def conflict(run: StagingRun, fact: ConflictFound) -> Advance:
    """Hold, because what the handset says cannot be."""
    if fact.problem.code is ProblemCode.NOT_REAL:  # and so it may not enter this record either
        return run.held(fact.problem.code, fact.problem.detail), ()
    return hold(run, fact.problem.code, fact.problem.detail)


def gone(run: StagingRun, _: HandsetDetached) -> Advance:
    """The slot is empty; custody, if it was taken, ends here."""
    away = replace(run, present=False, session=None, busy=False, hold=None, notice=None)
    return replace(away, state=State.GONE), records(run, CustodyKind.TAKEN_OUT)


def unplugged_while_staging(run: StagingRun, fact: HandsetDetached) -> Advance:
    """Hold; but one that changes its own USB functions while it is enrolled is back in a moment."""
    if not run.is_enrolling or run.needs_link:
        return unplugged(run, fact)
    return _out_of_sight(run)


def _out_of_sight(run: StagingRun) -> Advance:
    """It may be back in a moment, and then it may be another one."""
    away = replace(
        run, present=False, session=None, proven=False, foreseen=None, guest=None,
        gaps=run.gaps + 1,
    )  # fmt: skip
    return away, (WatchGap(run.run, away.gaps, run.plan.blink),)


def gap_ended(run: StagingRun, fact: GapEnded) -> Advance:
    """Hold what is still away; in the middle of its enrolment it was restarted, or pulled out."""
    if run.present or fact.gap != run.gaps:
        return run, ()
    if run.hold and run.hold.code in (*QUARANTINES, ProblemCode.ENROLMENT_RESTARTED):
        return run, ()
    if not run.is_enrolling:
        return unplugged(run, HandsetDetached(run.path))
    detail = f"off the bus for more than {run.plan.blink:g} s"
    return hold(run, ProblemCode.ENROLMENT_RESTARTED, detail)


def unplugged(run: StagingRun, _: HandsetDetached) -> Advance:
    """Hold; a label that is being printed goes on being printed."""
    proven = run.proven and not run.plan.before_setup
    away = replace(run, present=False, session=None, proven=proven, foreseen=None)
    held, orders = hold(away, ProblemCode.UNPLUGGED)
    if run.state is State.LABELLING:
        return replace(held, busy=run.busy), tuple(o for o in orders if isinstance(o, Record))
    return held, orders


def unplugged_while_held(run: StagingRun, fact: HandsetDetached) -> Advance:
    """A hold outlives its handset's absence, except one that custody never knew of."""
    if not run.recorded:
        return gone(run, fact)
    if run.is_enrolling and not run.needs_link:
        away, orders = _out_of_sight(run)
        return replace(away, notice=None), orders
    away = replace(
        run, present=False, session=None, notice=None, guest=None, foreseen=None,
        proven=run.proven and not run.plan.before_setup,
    )  # fmt: skip
    if away.hold and away.hold.code in LINK:
        return replace(away, hold=replace(away.hold, code=ProblemCode.UNPLUGGED)), ()
    return away, ()
