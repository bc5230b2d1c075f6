"""A run's steps: begun one after another, repeated when the handset refuses, never after an error.

FAIL is the handset's fault and is tried again as often as the profile allows; ERROR is the bench's
and no repetition at the handset can mend it.
"""

from __future__ import annotations

from dataclasses import replace

from bench.events.orders import CancelWork, CustodyKind, Json, Order, Record, StartStep
from bench.events.person import StepConfirmed
from bench.events.work import StepErrored, StepFailed, StepSucceeded
from bench.problems import ProblemCode
from bench.staging.run import StagingRun, State
from bench.staging.transitions.answers import Advance, hold, not_now, records_first
from bench.staging.transitions.labelling import print_label


def start_step(run: StagingRun) -> Advance:
    """Start the present step, or print the label when all are done.

    No event of its own: whatever led here is recorded with the position the run has then. A step
    that is a question to a technician begins nothing: it waits for them.
    """
    step = run.current_step
    if step is None:
        return print_label(run)
    staging = replace(run, state=State.STAGING)
    if run.identity is None or (step.over_adb and (run.session is None or not run.proven)):
        return hold(staging, ProblemCode.LINK_LOST)
    if step.is_asked:
        return staging, ()
    started = replace(staging, ticket=run.ticket + 1, busy=True)
    order = StartStep(
        run.run,
        started.ticket,
        run.session if step.over_adb else None,
        run.step,
        run.plan.fingerprint,
        run.identity,
        run.since,
    )
    return started, (order,)


def step_succeeded(run: StagingRun, fact: StepSucceeded) -> Advance:
    """Go on to the next step; but one that proves no policy, and passed while the handset is away.

    A service lists a handset before it has its policies, and one that is off the bus in the middle
    of its enrolment may be starting anew: such a step is done again once the handset is back.
    """
    step = run.current_step
    if step is None or not run.is_working_on(fact.ticket):
        return run, ()
    if step.lists_only and run.is_enrolling and not run.present:
        return replace(run, busy=False), ()
    return passed(run, finished(run, "pass", fact.note))


def step_confirmed(run: StagingRun, fact: StepConfirmed) -> Advance:
    """Take a technician's word for what the step asks, and stop what goes on for it.

    Of a handset that is not there nothing can be said.
    """
    step = run.current_step
    if step is None or not step.asks or fact.step != run.step + 1 or not run.present:
        return not_now(run)
    after, orders = passed(run, finished(run, "pass", "confirmed"))
    seen = (Record(CustodyKind.CONFIRMED, {"seen": step.asks[:200]}),) if step.persons > 1 else ()
    stop: tuple[Order, ...] = (CancelWork(run.run),) if run.busy else ()
    return after, records_first(*seen, *stop, *orders)


def step_failed(run: StagingRun, fact: StepFailed) -> Advance:
    """FAIL: the handset's fault, tried again as often as the profile allows."""
    step = run.current_step
    if step is None or not run.is_working_on(fact.ticket):
        return run, ()
    failed = replace(run, failures=run.failures + 1, busy=False)
    if failed.failures <= step.retries:
        after, orders = start_step(failed)
    else:
        after, orders = hold(failed, ProblemCode.STEP_FAILED, f"{step.name}: {fact.reason}")
    return after, (finished(run, "fail", fact.reason), *orders)


def step_errored(run: StagingRun, fact: StepErrored) -> Advance:
    """ERROR: the bench's fault, which no repetition at the handset can mend."""
    if not run.is_working_on(fact.ticket):
        return run, ()
    after, orders = hold(run, fact.problem.code, fact.problem.detail)
    return after, (finished(run, "error", str(fact.problem.code)), *orders)


def finished(run: StagingRun, result: str, note: str) -> Record:
    """Return the record of a step that ended: pass, fail or error."""
    name = run.current_step.name if run.current_step else ""
    data: dict[str, Json] = {"step": run.step, "name": name, "result": result, "note": note[:200]}
    return Record(CustodyKind.STEP_FINISHED, data)


def passed(run: StagingRun, record: Record) -> Advance:
    """Go on behind a step; with the last that enrols, the handset is enrolled."""
    after, orders = start_step(replace(run, step=run.step + 1, failures=0, busy=False))
    if run.plan.enrolling and run.step == run.plan.enrolling[-1]:
        enrolled = Record(CustodyKind.ENROLLED, {"method": run.plan.method.value})
        return after, (record, enrolled, *orders)
    return after, (record, *orders)
