"""A SIM is scanned for a run whose step asks for one: married, refused, or held."""

from __future__ import annotations

from dataclasses import replace

from bench.events.orders import CustodyKind, Record, Refuse
from bench.events.run import SimScanned
from bench.problems import Problem, ProblemCode
from bench.staging.run import StagingRun
from bench.staging.transitions.answers import Advance, hold, not_now, records
from bench.staging.transitions.working import finished, passed


def sim(run: StagingRun, fact: SimScanned) -> Advance:
    """Record the marriage with the step that it passes; a SIM seen twice holds the run."""
    step = run.current_step
    if step is None or not step.marries or not run.present or run.must_be_proven:
        return not_now(run)
    if fact.trouble is None:
        return _married(run, fact)
    if fact.trouble.code is ProblemCode.SIM_ELSEWHERE:
        return hold(run, fact.trouble.code, fact.trouble.detail)
    return run, (Refuse(replace(fact.trouble, where=str(run.slot))),)


def sim_while_held(run: StagingRun, fact: SimScanned) -> Advance:
    """Another SIM after the wrong one is the decision itself."""
    if run.hold is None or run.hold.code is not ProblemCode.SIM_ELSEWHERE:
        return not_now(run)
    resumed = replace(run, state=run.hold.was, hold=None, notice=None)
    after, orders = sim(resumed, fact)
    if not any(isinstance(order, Record) for order in orders):
        return run, orders
    if after.hold is not None:
        return run, (Refuse(replace(_trouble(fact), where=str(run.slot))),)
    return after, (*records(run, CustodyKind.RESUMED, reason="another SIM was scanned"), *orders)


def _trouble(fact: SimScanned) -> Problem:
    assert fact.trouble is not None, "what holds a run is told"
    return fact.trouble


def _married(run: StagingRun, fact: SimScanned) -> Advance:
    """A SIM that is in the handset already is recorded by the step alone."""
    tail = str(fact.sim.get("iccid", ""))[-4:]
    after, orders = passed(run, finished(run, "pass", f"SIM …{tail}"))
    if fact.is_own:
        return after, orders
    return after, (Record(CustodyKind.SIM_MARRIED, {"sim": dict(fact.sim)}), *orders)
