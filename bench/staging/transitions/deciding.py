"""What a person decides about a run: hold, resume, void."""

from __future__ import annotations

from dataclasses import replace

from bench.events.orders import CancelWork, CustodyKind, Identify, Record, Refuse
from bench.events.person import RunHeld, RunResumed, RunVoided
from bench.identity.plain import plain
from bench.problems import Problem, ProblemCode
from bench.staging.run import StagingRun, State
from bench.staging.transitions.answers import (
    QUARANTINES,
    Advance,
    hold,
    not_now,
    readmitted,
    records,
)
from bench.staging.transitions.labelling import print_label
from bench.staging.transitions.working import start_step

_REASON = 500
"""Characters kept of a person's reason."""
_NOT_ASKED_AGAIN = (
    ProblemCode.ALREADY_STAGED, ProblemCode.IMEI_MISMATCH, ProblemCode.BOX_CONTRADICTS,
    ProblemCode.HELD_BY_HAND,
)  # fmt: skip
"""What a technician overrides by resuming."""


def held(run: StagingRun, _: RunHeld) -> Advance:
    """Hold because a technician said so."""
    return hold(run, ProblemCode.HELD_BY_HAND)


def resumed(run: StagingRun, _: RunResumed) -> Advance:
    """Go on where the run was, if its handset is there."""
    if not run.present:
        return run, (Refuse(Problem(ProblemCode.NOT_POSSIBLE_NOW, str(run.slot), "unplugged")),)
    return resume(run, "resumed by the technician")


def ask_again(run: StagingRun, _: RunResumed) -> Advance:
    """Ask a handset that did not say who it is once more."""
    if run.session is None:
        return not_now(run)
    return replace(run, notice=None), (Identify(run.path, run.session),)


def resume(run: StagingRun, reason: str) -> Advance:
    """Leave the hold, in the state it was entered from; `reason` is recorded."""
    hold = run.hold
    if hold is None:
        return not_now(run)
    if hold.code in QUARANTINES or hold.code is ProblemCode.IN_QUARANTINE:
        return released(run, hold.code, reason)
    if (hold.was is State.STAGING and not may_go_on(run)) or run.must_be_proven:
        return not_now(run)
    resumed = replace(run, state=hold.was, hold=None, failures=0, notice=None)
    after, orders = go_on(resumed, hold.code)
    return after, (*records(run, CustodyKind.RESUMED, reason=reason), *orders)


def may_go_on(run: StagingRun) -> bool:
    """Whether the run's own handset is known to be there, and reached where that is needed."""
    return run.proven and (run.session is not None or not run.needs_link)


def released(run: StagingRun, code: ProblemCode, reason: str) -> Advance:
    """Let two persons take it out of quarantine: it begins anew, and is looked at for other traps.

    Its box is scanned after that, as if it had just been plugged in.
    """
    if run.identity is None:
        return not_now(run)
    freed = replace(
        run,
        state=State.ATTACHED,
        proven=True,
        hold=None,
        notice=None,
        imei=None,
        since=None,
        step=0,
        failures=0,
        recorded=True,
        waived=(*run.waived, code),
    )
    again = () if run.session is None else (Identify(run.path, run.session),)
    return freed, (Record(CustodyKind.RELEASED, reason=reason), *again)


def go_on(run: StagingRun, after: ProblemCode) -> Advance:
    """Do again what the hold interrupted: a step and a label from their beginning."""
    match run.state:
        case State.STAGING:
            return start_step(run)
        case State.LABELLING if run.busy:  # its label is still on the way
            return run, ()
        case State.LABELLING:
            return print_label(run, "printed again after an interruption")
        case State.ATTACHED | State.UNAUTHORISED | State.AWAITING_SCAN:
            return wait_for_box(run, after)
        case _:
            return run, ()


def wait_for_box(run: StagingRun, after: ProblemCode) -> Advance:
    """What a technician overrides is not asked again; what may have changed is."""
    by_modem = run.session is None and run.plan.before_setup and run.proven
    if run.identity and (after in _NOT_ASKED_AGAIN or by_modem):
        return replace(run, state=State.AWAITING_SCAN, boxed=None), ()
    again = replace(run, state=State.ATTACHED, boxed=None)
    return again, (Identify(run.path, run.session),) if run.session is not None else ()


def voided(run: StagingRun, fact: RunVoided) -> Advance:
    """Close the run for ever; the record keeps it and the reason."""
    state = State.VOIDED if run.present else State.GONE
    recorded = run.recorded or run.identity is not None
    voided = replace(run, state=state, busy=False, hold=None, notice=None, recorded=recorded)
    record = records(voided, CustodyKind.VOIDED, reason=plain(fact.reason, _REASON))
    return voided, (*record, CancelWork(run.run), *readmitted(run))
