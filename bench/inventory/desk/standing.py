"""What the exchange said last, as facts for the station: nothing twice, and no number too often.

A problem stands until the exchange clears it. One that broke off cleared nothing: what it said
stands on until the next says otherwise, so that a bad night is not a new alarm at every restart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bench.events.central import CentreHeard, CentreState, CentreView
from bench.events.device import ProblemCleared, ProblemRaised
from bench.problems import Problem, ProblemCode

_WELL = (CentreState.IN_STEP, CentreState.SENDING, CentreState.WAITING)
_UNKNOWN = CentreView(CentreState.AWAY, None)


class Standing:
    """How the bench stands with the centre, from one exchange to the next. Pure."""

    def __init__(self) -> None:
        self._view: CentreView | None = None
        self._told: CentreView | None = None
        self._problems: dict[ProblemCode, Problem] = {}
        self._old: set[ProblemCode] = set()

    # ── what is heard ───────────────────────────────────────────────────────────────────────────
    def stands(self, view: CentreView) -> Iterator[ProblemCleared]:
        """Take how the bench stands; yield which problems of exchanges before are over with it."""
        self._view = view
        if view.state in _WELL:
            yield from self._over(set(self._old))

    def troubled(self, problem: Problem) -> Iterator[ProblemRaised | ProblemCleared]:
        """Take a problem; one of the same code at another place is over with it."""
        yield from self._over(self._old - {problem.code})
        self._old.discard(problem.code)
        before = self._problems.get(problem.code)
        if before == problem:
            return
        if before and before.where != problem.where:
            yield ProblemCleared(before.code, before.where)
        self._problems[problem.code] = problem
        yield ProblemRaised(problem)

    def cleared(self, code: ProblemCode) -> Iterator[ProblemCleared]:
        """Take that a problem is over; one that does not stand is no matter."""
        self._old.discard(code)
        if problem := self._problems.pop(code, None):
            yield ProblemCleared(code, problem.where)

    def broke_off(self, problem: Problem | None) -> Iterator[ProblemRaised]:
        """Take that the exchange is gone: what stands may be over, but nobody says so.

        `problem` is that it breaks off time and again; it is no news where the exchange itself has
        said what is in its way.
        """
        is_explained = not self._old.issuperset(self._problems)
        self._old = set(self._problems)
        if problem is None or is_explained:
            return
        known = self._view or _UNKNOWN
        self._view = replace(known, state=CentreState.AWAY, detail=problem.detail)
        self._old.add(problem.code)
        if self._problems.get(problem.code) != problem:
            self._problems[problem.code] = problem
            yield ProblemRaised(problem)

    # ── what is told ────────────────────────────────────────────────────────────────────────────
    def news(self) -> CentreHeard | None:
        """Return how the bench stands if that was not told yet."""
        if self._view is None or self._view == self._told:
            return None
        self._told = self._view
        return CentreHeard(self._view)

    def _over(self, codes: set[ProblemCode]) -> Iterator[ProblemCleared]:
        for code in sorted(codes):
            yield from self.cleared(code)
