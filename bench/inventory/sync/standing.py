"""How a bench stands with the centre, in the words of whoever looks. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bench.events.central import CentreState, CentreView
from bench.inventory.sync.engine import Done, Look, Pause, Send, Step, Stop
from bench.problems import Clears, Problem, ProblemCode

HANDED_OVER = "handed over"
"""What is said beside `IN_STEP` while the centre has not confirmed all that a drop took."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an exchange is: events sent by it, events that wait, and since when (UTC).

    `waiting` is None where nobody knows. `seen` is when the store answered last (UTC), `receipt`
    the last event of which a receipt of `store` is kept. `unconfirmed` were handed over to a drop,
    and the centre has not said that it has them.
    """

    sent: int
    waiting: int | None
    since: datetime | None
    seen: datetime | None = None
    store: str = ""
    receipt: int | None = None
    unconfirmed: int = 0


def view_of(step: Step, standing: Standing, release: datetime | None) -> CentreView:
    """Return what is to be seen of an exchange of which `step` is next."""
    view = CentreView(
        CentreState.WAITING, standing.waiting, standing.since, standing.seen, release,
        store=standing.store, receipt=standing.receipt,
    )  # fmt: skip
    match step:
        case Pause(_, problem) | Stop(problem):
            return replace(view, state=state_of(problem), detail=why(problem))
        case Send():
            return replace(view, state=CentreState.SENDING)
        case Look() if not standing.waiting and standing.seen is None:
            return replace(view, waiting=None)
        case Look() | Done():
            return view if standing.waiting else _in_step(view, standing)


def not_opened(problem: Problem) -> CentreView:
    """Return what is to be seen where the exchange could not be opened: nothing is known."""
    return CentreView(state_of(problem), None, detail=why(problem))


def state_of(problem: Problem) -> CentreState:
    """Return how a bench stands with a problem in the way: stopped only where it does not go."""
    if problem.code is ProblemCode.SYNC_RUNNING:
        return CentreState.WAITING
    by_itself = problem.advice.clears is Clears.BY_ITSELF
    return CentreState.AWAY if by_itself else CentreState.STOPPED


def why(problem: Problem) -> str:
    """Say a problem in a few words: what, and the reason that was given."""
    what = problem.advice.what
    return f"{what} ({problem.detail})" if problem.detail else what


def _in_step(view: CentreView, standing: Standing) -> CentreView:
    detail = HANDED_OVER if standing.unconfirmed else ""
    return replace(view, state=CentreState.IN_STEP, detail=detail)
