"""What the management service told a step: its trouble is waited out, its last word is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from bench.problems import Problem, ProblemCode, ProblemError

TROUBLE = (
    ProblemCode.SERVICE_UNREACHABLE, ProblemCode.SERVICE_BUSY, ProblemCode.SERVICE_GARBLED,
)  # fmt: skip
"""What passes by itself: the service is asked again, as long as the step may take."""
_AGAIN = 5.0
"""Seconds after trouble before the next question."""
_Answer = TypeVar("_Answer")


@dataclass(slots=True)
class Answers:
    """What was heard in one step. `state` is how the service knows the handset, in plain words."""

    state: str = ""
    _troubles: dict[str, Problem] = field(default_factory=dict)

    @property
    def trouble(self) -> Problem | None:
        """What keeps the service from answering now, None where its last answer was one."""
        return next(iter(self._troubles.values()), None)

    async def wait_for(self, what: str, question: Callable[[], Awaitable[_Answer]]) -> _Answer:
        """Ask until there is an answer; what does not pass by itself is raised."""
        while True:
            try:
                answer = await question()
            except ProblemError as error:
                if error.problem.code not in TROUBLE:
                    raise
                self._troubles[what] = error.problem
                await asyncio.sleep(_AGAIN)
            else:
                self._troubles.pop(what, None)
                return answer


@dataclass(slots=True)
class Earlier:
    """Which entries the service had of a run's handset before its code was first shown.

    Kept for a run as long as the program runs; `ids` is None where nobody has asked.
    """

    ids: frozenset[str] | None = None
