"""Freezes the record when the exchange says so, and tries again until it worked.

A disk that is full is no reason to write on: of two histories neither may grow. On the bench's loop
only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bench.events.device import ProblemCleared, ProblemRaised
from bench.ports import Post
from bench.problems import Problem, ProblemError


class Freezing:
    """`freeze` freezes the record for a reason; one that failed is tried `again` seconds later."""

    def __init__(self, freeze: Callable[[str], None], again: float) -> None:
        self._freeze, self._again = freeze, again
        self._wanted: tuple[str, Post] | None = None
        self._raised: Problem | None = None
        self._due: asyncio.TimerHandle | None = None

    def want(self, reason: str, post: Post) -> None:
        """Freeze the record, now or as soon as it can be."""
        self._wanted = reason, post
        self.try_again()

    def try_again(self) -> None:
        """Try what failed; without that it is no matter."""
        self.stop()
        if self._wanted is None:
            return
        reason, post = self._wanted
        try:
            self._freeze(reason)
        except ProblemError as error:
            self._tell(error.problem, post)
            self._due = asyncio.get_running_loop().call_later(self._again, self.try_again)
        else:
            self._wanted = None
            self._tell(None, post)

    def stop(self) -> None:
        """Try no more by itself."""
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _tell(self, problem: Problem | None, post: Post) -> None:
        before, self._raised = self._raised, problem
        if before == problem:
            return
        if before is not None:
            post(ProblemCleared(before.code, before.where))
        if problem is not None:
            post(ProblemRaised(problem))
