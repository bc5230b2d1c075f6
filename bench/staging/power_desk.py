"""Switches ports off and on, one at a time, where a hub can. On the bench's loop."""

from __future__ import annotations

import asyncio

from bench.events.device import ProblemCleared, ProblemRaised
from bench.events.orders import CyclePower
from bench.events.power import PortsSwitchable
from bench.ports import HubPower, Post
from bench.problems import Problem, ProblemError

_ASK_AGAIN = 300.0
"""Seconds between two looks at what can be switched: hubs come and go with a bench's furniture."""


class PowerDesk:
    """Says which ports can be switched, and switches them; without power to switch, nothing."""

    def __init__(self, power: HubPower | None) -> None:
        self._power = power
        self._turn = asyncio.Lock()
        self._standing: dict[str, Problem] = {}

    async def work(self, post: Post) -> None:
        """Say again and again what can be switched, until cancelled."""
        locked = ""
        while self._power:
            try:
                async with self._turn:
                    paths = await self._power.switchable()
            except ProblemError as error:
                paths = frozenset()
                self._stand(error.problem, post)
                locked = error.problem.where
            else:
                self._calm(locked, post)
            post(PortsSwitchable(paths))
            await asyncio.sleep(_ASK_AGAIN)

    async def cycle(self, order: CyclePower, post: Post) -> None:
        """Switch a port off and on; what keeps it from that stands until the next try."""
        if not self._power:
            return
        where = str(order.slot)
        async with self._turn:
            self._calm(where, post)
            try:
                await self._power.cycle(order.path)
            except ProblemError as error:
                self._stand(Problem(error.problem.code, where, error.problem.detail), post)

    def _calm(self, where: str, post: Post) -> None:
        if old := self._standing.pop(where, None):
            post(ProblemCleared(old.code, where))

    def _stand(self, problem: Problem, post: Post) -> None:
        self._standing[problem.where] = problem
        post(ProblemRaised(problem))
