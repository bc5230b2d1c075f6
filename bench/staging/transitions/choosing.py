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
    if plan is None or run.is_claimed or run.recorded:
        return not_now(run)
    waits = run.state is State.UNAUTHORISED
    anew = replace(
        run,
        plan=plan,
        state=run.state if waits else State.ATTACHED,
        identity=None,
        asset_tag=None,
        boxed=None,
        notice=_notice(run, plan),
    )
    return anew, (Identify(run.path, run.session),) if run.session is not None else ()


def _notice(run: StagingRun, plan: Plan) -> Problem | None:
    """What is known by its modem only has to be set up for a plan that needs Android; else as was.

    What ADB and the modem say of a handset they say once.
    """
    waits = run.foreseen is not None and run.session is None and not plan.before_setup
    if waits and run.state is not State.UNAUTHORISED:
        return Problem(ProblemCode.NOT_SET_UP, str(run.slot))
    said = run.notice
    return None if said and said.code is ProblemCode.NOT_SET_UP else said
