"""How a bench stands with the centre, in the words of whoever looks. Pure."""

from __future__ import annotations

from datetime import datetime

from bench.events.central import CentreState, CentreView
from bench.inventory.sync.courier import Standing
from bench.inventory.sync.engine import Done, Look, Pause, Send, Step, Stop
from bench.problems import Problem


def view_of(
    step: Step, standing: Standing, seen: datetime | None, release: datetime | None
) -> CentreView:
    """Return what is to be seen of an exchange of which `step` is next."""
    detail = ""
    match step:
        case Done():
            state = CentreState.WAITING if standing.waiting else CentreState.IN_STEP
        case Send():
            state = CentreState.SENDING
        case Look():
            state = CentreState.WAITING
        case Pause(_, problem):
            state, detail = CentreState.AWAY, why(problem)
        case Stop(problem):
            state, detail = CentreState.STOPPED, why(problem)
    return CentreView(state, standing.waiting, standing.since, seen, release, detail)


def why(problem: Problem) -> str:
    """Say a problem in a few words: what, and the reason that was given."""
    what = problem.advice.what
    return f"{what} ({problem.detail})" if problem.detail else what
