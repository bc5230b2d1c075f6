"""A run's steps: begun one after another, repeated when the handset refuses, never after an error.

FAIL is the handset's fault and is tried again as often as the profile allows; ERROR is the bench's
and no repetition at the handset can mend it.
"""

from __future__ import annotations

from dataclasses import replace

from bench.events.orders import CustodyKind, Json, Record, StartStep
from bench.events.work import StepErrored, StepFailed, StepSucceeded
from bench.problems import ProblemCode
from bench.staging.run import StagingRun, State
from bench.staging.transitions.answers import Advance, hold
from bench.staging.transitions.labelling import print_label


def start_step(run: StagingRun) -> Advance:
    """Start the present step, or print the label when all are done.

    No event of its own: whatever led here is recorded with the position the run has then.
    """
    step = run.current_step
    if step is None:
        return print_label(run)
    if run.session is None or run.identity is None:
        return hold(replace(run, state=State.STAGING), ProblemCode.LINK_LOST)
    started = replace(run, state=State.STAGING, ticket=run.ticket + 1, busy=True)
    order = StartStep(
        run.run, started.ticket, run.session, run.step, run.plan.fingerprint, run.identity
    )
    return started, (order,)


def step_succeeded(run: StagingRun, fact: StepSucceeded) -> Advance:
    """Go on to the next step."""
    if not run.is_working_on(fact.ticket):
        return run, ()
    after, orders = start_step(replace(run, step=run.step + 1, failures=0, busy=False))
    return after, (finished(run, "pass", fact.note), *orders)


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
