"""A technician chooses another profile for a handset that is not in custody yet."""

from __future__ import annotations

from dataclasses import replace

from bench.events.orders import Identify
from bench.events.person import ProfileChosen
from bench.problems import Problem, ProblemCode
from bench.staging.plan import Plan
from bench.staging.run import StagingRun, State
from bench.staging.transitions.answers import Advance, not_now


def profile(run: StagingRun, fact: ProfileChosen) -> Advance:
    """Take the plan, and see the handset as one just met: what traps it may be another thing now.

    `offers` are the plans of this bench.
    """
    plan = next((each for each in run.offers if each.fingerprint == fact.fingerprint), None)
    if plan is None or run.is_claimed:
        return not_now(run)
    anew = replace(
        run,
        plan=plan,
        state=State.ATTACHED,
        identity=None,
        asset_tag=None,
        boxed=None,
        notice=_notice(run, plan),
    )
    return anew, (Identify(run.path, run.session),) if run.session is not None else ()


def _notice(run: StagingRun, plan: Plan) -> Problem | None:
    """What is known by its modem only has to be set up for a plan that needs Android."""
    waits = run.foreseen is not None and run.session is None and not plan.before_setup
    return Problem(ProblemCode.NOT_SET_UP, str(run.slot)) if waits else None
