"""Everyone who waits for a handset to come under management, asked for together.

However many slots wait, there is one round of questions an interval; who comes in between is in the
next. It runs on the bench's loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from bench.enrolment.intune.devices import Wanted
from bench.enrolment.intune.looking import Looked
from bench.events.management import ManagedHandset
from bench.problems import ProblemError

Look: TypeAlias = Callable[[Sequence[Wanted]], Awaitable[Sequence[Looked]]]
_Found: TypeAlias = dict[Wanted, Looked]
_GATHER = 0.2
"""Seconds in which those who come at the same moment find together."""


@dataclass(frozen=True, slots=True)
class _Round:
    wanted: list[Wanted]
    answer: asyncio.Task[_Found]


class Waiting:
    """Collects who waits; `interval` is the least number of seconds between two rounds."""

    def __init__(self, look: Look, interval: float = 10.0, gather: float = _GATHER) -> None:
        self._look = look
        self._interval = interval
        self._gather = min(gather, interval)
        self._turn = asyncio.Lock()
        self._next = 0.0
        self._open: _Round | None = None
        self._rounds: set[asyncio.Task[_Found]] = set()

    async def find(self, wanted: Wanted) -> ManagedHandset | None:
        """Return what the next round says of it; `ProblemError` where it had no answer to that."""
        joined = self._open or self._begun()
        joined.wanted.append(wanted)
        found = (await asyncio.shield(joined.answer))[wanted]
        if isinstance(found, ProblemError):
            raise ProblemError(found.problem)  # one of its own for each who waits
        return found

    async def close(self) -> None:
        """Ask no more; whoever waits is cancelled."""
        rounds = list(self._rounds)
        for each in rounds:
            each.cancel()
        await asyncio.gather(*rounds, return_exceptions=True)

    def _begun(self) -> _Round:
        wanted: list[Wanted] = []
        answer = asyncio.create_task(self._round(wanted))
        self._rounds.add(answer)
        answer.add_done_callback(self._ended)
        self._open = _Round(wanted, answer)
        return self._open

    async def _round(self, wanted: list[Wanted]) -> _Found:
        loop = asyncio.get_running_loop()
        async with self._turn:
            await asyncio.sleep(max(self._gather, self._next - loop.time()))
            self._next = loop.time() + self._interval
            self._open = None
            each = list(dict.fromkeys(wanted))
            return dict(zip(each, await self._look(each), strict=True))

    def _ended(self, answer: asyncio.Task[_Found]) -> None:
        self._rounds.discard(answer)
        if self._open is not None and self._open.answer is answer:
            self._open = None
        if not answer.cancelled():
            answer.exception()  # known to whoever waited; if nobody does any more, to nobody
