"""The pauses that a busy service asks for: they hold every request to it, not the one it was told.

Where it asks for more than anyone waits, or is busy for too often, whoever asks is told so at once
until its time is over: asking earlier would make it longer.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from itertools import count as counting
from typing import TYPE_CHECKING

from bench.enrolment.intune.exchange import Answer
from bench.enrolment.intune.patience import Patience, asked_pause
from bench.enrolment.intune.troubles import BUSY, busy, said

if TYPE_CHECKING:
    from bench.problems import ProblemError

Sleep = Callable[[float], Awaitable[None]]
_MOST = 3600.0
"""Seconds after which a service is asked again, however long it said: it may have erred."""


class Pauses:
    """Those of one host; `now` is its time, `whose` how its trouble begins (`the sign-in: `)."""

    def __init__(
        self,
        patience: Patience,
        now: Callable[[], datetime],
        *,
        whose: str = "",
        sleep: Sleep = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._patience = patience
        self._now = now
        self._whose = whose
        self._sleep = sleep
        self._clock = clock
        self._quiet_until = 0.0
        self._shut_until = 0.0

    async def asked(self, once: Callable[[], Awaitable[Answer]]) -> Answer:
        """Ask until it is not busy any more; SERVICE_BUSY where patience ends."""
        for tried in counting(1):
            answer = await once()
            if answer.status not in BUSY:
                return answer
            asked = self.seconds(answer.headers.get("retry-after"))
            if not await self.again(tried, asked):
                raise self._given_up(answer, tried, asked)
        raise AssertionError("counting does not end")

    def seconds(self, header: str | None) -> float | None:
        """Return the pause that a `Retry-After` asks for, None for none."""
        return asked_pause(header, self._now())

    async def again(self, tried: int, asked: float | None) -> bool:
        """Wait for the next try; False where there is none: it is left alone as it asked."""
        pause = self._patience.pause(tried, asked)
        if pause is None:
            self._shut_until = max(self._shut_until, self._clock() + min(asked or 0.0, _MOST))
            return False
        self._quiet_until = max(self._quiet_until, self._clock() + pause)
        await self.over()
        return True

    async def over(self) -> None:
        """Return once no pause holds; SERVICE_BUSY where that is later than anyone waits."""
        while (left := self._quiet_until - self._clock()) > 0 or self._is_shut:
            if self._is_shut:
                more = self._shut_until - self._clock()
                raise busy(f"{self._whose}it is asked again in {more:.0f} s, as it asked")
            await self._sleep(left)

    @property
    def _is_shut(self) -> bool:
        return self._clock() < self._shut_until

    def _given_up(self, answer: Answer, tried: int, asked: float | None) -> ProblemError:
        wait = "" if asked is None else f", it asks for {asked:.0f} s"
        words = f"{answer.status} after {tried} tries{wait}: {said(answer.body)}"
        return busy(self._whose + words)
