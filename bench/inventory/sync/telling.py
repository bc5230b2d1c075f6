"""Says lines to the bench: each change once, and while sending not more often than it is looked."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bench.events.central import CentreState, CentreView
from bench.inventory.sync.lines import Cleared, Said, Stands, Troubled, said_line
from bench.problems import Problem, ProblemCode

EVERY = 0.25
"""Seconds between two views while events are sent."""


class Teller:
    """Remembers what was said last. `write` takes a line, `elapsed` gives monotonic seconds."""

    def __init__(self, write: Callable[[str], None], elapsed: Callable[[], float]) -> None:
        self._write = write
        self._elapsed = elapsed
        self._view: CentreView | None = None
        self._said_at = 0.0
        self._troubled: dict[ProblemCode, Problem] = {}

    def say(self, said: Said) -> None:
        """Say a line at once."""
        self._write(said_line(said))

    def show(self, view: CentreView) -> None:
        """Say how the bench stands, where that changed, and not too often while it sends."""
        now = self._elapsed()
        going_on = self._view is not None and view.state is self._view.state is CentreState.SENDING
        if view == self._view or (going_on and now - self._said_at < EVERY):
            return
        self._view, self._said_at = view, now
        self.say(Stands(view))

    def troubles(self, problems: Iterable[Problem]) -> None:
        """Say which of these are new, and which of those said before are over."""
        present = {problem.code: problem for problem in problems}
        for code in self._troubled.keys() - present.keys():
            self.say(Cleared(code))
        for code, problem in present.items():
            before = self._troubled.get(code)
            if before is None or (before.where, before.detail) != (problem.where, problem.detail):
                self.say(Troubled(problem))
        self._troubled = present
