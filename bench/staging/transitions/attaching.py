"""A run's handset comes and answers, or says what keeps it from that."""

from __future__ import annotations

from dataclasses import replace

from bench.events.device import (
    HandsetAttached,
    HandsetOnline,
    HandsetUnauthorised,
    HandsetUnreachable,
    IdentityUnread,
)
from bench.events.orders import Identify
from bench.events.run import ConflictFound, HandsetRecognised
from bench.problems import Problem, ProblemCode
from bench.staging.run import StagingRun, State
from bench.staging.transitions.answers import Advance, hold
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
    is_on_record = run.recorded and run.identity is not None
    if is_on_record and not run.is_about(fact.identity):  # a run is about one handset for good
        return hold(replace(run, session=None), ProblemCode.FOREIGN_HANDSET)
    known = replace(
        run,
        identity=fact.identity,
        device=run.device if is_on_record else fact.device,
        asset_tag=fact.asset_tag,
        notice=None,
        since=run.since or fact.at,
        boxed=None,
    )
    if run.foreseen and (differs := contradiction(run.foreseen, fact.identity)):
        return hold(replace(known, foreseen=None), ProblemCode.IDENTITY_CHANGED, differs)
    return _met(known, fact)


def _met(run: StagingRun, fact: HandsetRecognised) -> Advance:
    """It is a handset that this run may be about: see whether anything speaks against it."""
    if fact.quarantined:
        return run.held(ProblemCode.IN_QUARANTINE, fact.quarantined), ()
    if trap := trap_of(run, fact):
        return hold(run, trap.code, trap.detail)
    if fact.staged:
        return run.held(ProblemCode.ALREADY_STAGED), ()
    return replace(run, state=State.AWAITING_SCAN), ()


def prompt_while_held(run: StagingRun, _: HandsetUnauthorised) -> Advance:
    """Say that a person has to tap Allow; what the run was held for stays."""
    return replace(run, session=None, notice=Problem(ProblemCode.UNAUTHORISED, str(run.slot))), ()


def conflict(run: StagingRun, fact: ConflictFound) -> Advance:
    """Hold, because what the handset says cannot be."""
    if fact.problem.code is ProblemCode.NOT_REAL:  # and so it may not enter this record either
        return run.held(fact.problem.code, fact.problem.detail), ()
    return hold(run, fact.problem.code, fact.problem.detail)
