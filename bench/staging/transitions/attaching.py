"""A run's handset comes, answers, goes, and comes back."""

from __future__ import annotations

from dataclasses import replace

from bench.events.device import (
    HandsetAttached,
    HandsetDetached,
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
)
from bench.events.run import ConflictFound, HandsetReattached, HandsetRecognised
from bench.problems import Problem, ProblemCode
from bench.staging.run import StagingRun, State
from bench.staging.transitions.answers import Advance, hold, readmitted, records
from bench.staging.transitions.deciding import resume
from bench.staging.transitions.foreseeing import contradiction

_LINK = frozenset({
    ProblemCode.UNPLUGGED, ProblemCode.LINK_LOST, ProblemCode.HANDSET_OFFLINE,
    ProblemCode.UNAUTHORISED, ProblemCode.NO_PERMISSION, ProblemCode.WRONG_MODE,
    ProblemCode.AUTHORISING, ProblemCode.CONNECTING, ProblemCode.IN_RECOVERY,
    ProblemCode.IN_SIDELOAD, ProblemCode.IN_RESCUE, ProblemCode.IN_BOOTLOADER,
    ProblemCode.IN_DOWNLOAD_MODE, ProblemCode.NOT_CONFIGURED, ProblemCode.AS_HOST,
    ProblemCode.ADB_DETACHED, ProblemCode.ADB_SERVER_LOST, ProblemCode.ADB_SILENT,
    ProblemCode.ADB_PORT_TAKEN, ProblemCode.ADB_REFUSED,
})  # fmt: skip
"""Holds that end by themselves when the same handset answers again."""

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
    """A new session is a new connection: the step that ran over the old one is lost."""
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
    return hold(replace(run, session=None), fact.problem.code, fact.problem.detail)


def prompt_while_staging(run: StagingRun, _: HandsetUnauthorised) -> Advance:
    """Hold until a person taps Allow again."""
    return hold(replace(run, session=None), ProblemCode.UNAUTHORISED)


def unread(run: StagingRun, fact: IdentityUnread) -> Advance:
    """Show why it did not say who it is; an answer over an old session is no news."""
    if fact.session != run.session:
        return run, ()
    return replace(run, notice=replace(fact.problem, where=str(run.slot))), ()


def recognised(run: StagingRun, fact: HandsetRecognised) -> Advance:
    """Wait for its box; a handset without IMEI, or staged before, needs a decision first."""
    if fact.session != run.session:
        return run, ()
    known = replace(
        run, identity=fact.identity, device=fact.device, asset_tag=fact.asset_tag, notice=None
    )
    if run.foreseen and (differs := contradiction(run.foreseen, fact.identity)):
        return hold(replace(known, foreseen=None), ProblemCode.IDENTITY_CHANGED, differs)
    if not fact.identity.imeis:
        return hold(known, ProblemCode.NO_IMEI)
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
    if run.is_about(fact.identity):
        return replace(run, proven=True), ()
    return hold(replace(run, session=None), ProblemCode.FOREIGN_HANDSET)


def recognised_while_held(run: StagingRun, fact: HandsetRecognised) -> Advance:
    """Go on with the run's own handset, refuse any other."""
    if fact.session != run.session:
        return run, ()
    if run.identity is None:
        known = replace(run, identity=fact.identity, device=fact.device, asset_tag=fact.asset_tag)
        return replace(known, notice=None, proven=True), ()
    if not run.is_about(fact.identity):
        notice = Problem(ProblemCode.FOREIGN_HANDSET, str(run.slot), fact.identity.model)
        return replace(run, session=None, present=False, notice=notice, guest=run.session), ()
    return came_back(run)


def reattached(run: StagingRun, fact: HandsetReattached) -> Advance:
    """Take the run to the slot where its handset came back, and record the move."""
    moved = replace(
        run, slot=fact.slot, path=fact.path, session=fact.session, present=True, guest=None
    )
    after, orders = came_back(moved)
    data: dict[str, Json] = {"from_slot": str(run.slot), "problem": str(run.hold and run.hold.code)}
    return after, (*records(run, CustodyKind.HELD, data), *orders, *readmitted(run))


def came_back(run: StagingRun) -> Advance:
    """The held run's own handset answers: go on, unless a person has to decide first."""
    back = replace(run, notice=None, present=True, proven=True)
    if back.hold and (back.hold.code in _LINK or back.hold.code is ProblemCode.FOREIGN_HANDSET):
        return resume(back, "handset came back")
    return back, ()


def conflict(run: StagingRun, fact: ConflictFound) -> Advance:
    """Hold, because what the handset says cannot be."""
    if fact.problem.code is ProblemCode.NOT_REAL:  # and so it may not enter this record either
        return run.held(fact.problem.code, fact.problem.detail), ()
    return hold(run, fact.problem.code, fact.problem.detail)


def gone(run: StagingRun, _: HandsetDetached) -> Advance:
    """The slot is empty; custody, if it was taken, ends here."""
    away = replace(run, present=False, session=None, busy=False, hold=None, notice=None)
    return replace(away, state=State.GONE), records(run, CustodyKind.TAKEN_OUT)


def unplugged(run: StagingRun, _: HandsetDetached) -> Advance:
    """Hold; a label that is being printed goes on being printed."""
    away = replace(run, present=False, session=None)
    held, orders = hold(away, ProblemCode.UNPLUGGED)
    if run.state is State.LABELLING:
        return replace(held, busy=run.busy), tuple(o for o in orders if isinstance(o, Record))
    return held, orders


def unplugged_while_held(run: StagingRun, fact: HandsetDetached) -> Advance:
    """A hold outlives its handset's absence, except one that custody never knew of."""
    if not run.recorded:
        return gone(run, fact)
    away = replace(run, present=False, session=None, notice=None, guest=None)
    if away.hold and away.hold.code in _LINK:
        return replace(away, hold=replace(away.hold, code=ProblemCode.UNPLUGGED)), ()
    return away, ()
