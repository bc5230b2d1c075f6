"""One matter of the record that may stand in the way, as the station shows it."""

from __future__ import annotations

from bench.events.device import ProblemCleared, ProblemRaised
from bench.ports import Post
from bench.problems import Problem


class Notice:
    """At most one problem at a time: told when it comes or changes, and when it is over."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._standing: Problem | None = None

    def show(self, problem: Problem | None) -> None:
        """Let this stand instead of what stood, None for nothing. On the bench's loop."""
        before, self._standing = self._standing, problem
        if problem == before:
            return
        if before and not (problem and _is_same_matter(problem, before)):
            self._post(ProblemCleared(before.code, before.where))
        if problem:
            self._post(ProblemRaised(problem))


def _is_same_matter(problem: Problem, other: Problem) -> bool:
    return (problem.code, problem.where) == (other.code, other.where)
