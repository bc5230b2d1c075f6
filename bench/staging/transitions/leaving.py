"""A run's handset is pulled out, or off the bus for a moment."""

from __future__ import annotations

from dataclasses import replace

from bench.events.device import HandsetDetached
from bench.events.orders import CustodyKind, Record, WatchGap
from bench.events.work import GapEnded
from bench.problems import ProblemCode
from bench.staging.run import StagingRun, State
from bench.staging.transitions.answers import LINK, QUARANTINES, Advance, hold, records


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


def gone(run: StagingRun, _: HandsetDetached) -> Advance:
    """The slot is empty; custody, if it was taken, ends here."""
    away = replace(run, present=False, session=None, busy=False, hold=None, notice=None)
    return replace(away, state=State.GONE), records(run, CustodyKind.TAKEN_OUT)


def unplugged(run: StagingRun, _: HandsetDetached) -> Advance:
    """Hold; a label that is being printed goes on being printed."""
    proven = run.proven and not run.plan.before_setup
    away = replace(run, present=False, session=None, proven=proven, foreseen=None, read=None)
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
