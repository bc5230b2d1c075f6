"""Whether a bench has a scanner at all, whichever way it is connected."""

from __future__ import annotations

from bench.events.device import ProblemCleared, ProblemRaised
from bench.ports import Post
from bench.problems import Problem, ProblemCode

_NAME = "Scanner"


class Census:
    """Shared by the watchers of a bench: none of them has ever found a scanner, or one has.

    One that was there and went is its own trouble, so it still counts. `watchers` is how many
    look: before all of them have, nothing is missed.
    """

    def __init__(self, watchers: int = 1) -> None:
        self._watchers = watchers
        self._found: dict[object, bool] = {}
        self._is_missed = False

    def count(self, watcher: object, post: Post, *, found: bool) -> None:
        """Take what a watcher has seen just now."""
        self._found[watcher] = found or self._found.get(watcher, False)
        is_missed = len(self._found) == self._watchers and not any(self._found.values())
        if is_missed and not self._is_missed:
            post(ProblemRaised(Problem(ProblemCode.SCANNER_MISSING, _NAME)))
        if self._is_missed and not is_missed:
            post(ProblemCleared(ProblemCode.SCANNER_MISSING, _NAME))
        self._is_missed = is_missed
