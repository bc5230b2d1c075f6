"""The turns of those who ask one inventory: each waits for its own, as long as there is time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus as Http

from bench.inventory.connectors.rate import Bucket
from bench.problems import Problem, ProblemCode, ProblemError

_LEAST = 0.001
"""Seconds of a sleep: the seconds of the epoch are too coarse for a much shorter one to end."""
A_WHILE = 3600.0
"""Seconds for which what is no feeding waits by itself, where an inventory asks to wait."""
_WORTH_SAYING = 5.0
BUSY = (Http.TOO_MANY_REQUESTS, Http.SERVICE_UNAVAILABLE)


@dataclass(frozen=True, slots=True)
class Budget:
    """How much one feeding may take: `seconds`, and `devices` looked at (None: all there are)."""

    seconds: float = 3600.0
    devices: int | None = None


class Pace:
    """The requests of one inventory, by a bucket that is kept from one feeding to the next.

    `until` is when no more may be waited for, on `clock`; `say` is told of each long wait.
    """

    def __init__(
        self,
        where: str,
        bucket: Bucket,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._where = where
        self.bucket = bucket
        self.clock = clock
        self._sleep = sleep
        self.until = float("inf")
        self.say: Callable[[str], None] | None = None

    async def turn(self) -> None:
        """Return when a request may be made; CONNECTOR_BUSY where it is left alone for too long.

        A turn that is only waited for in the ordinary way is waited for, so that each feeding gets
        something done.
        """
        while (wait := self.bucket.wait(now := self.clock())) > 0:
            if self.bucket.storms and now + wait > self.until:
                detail = f"it may be asked again in {wait:.0f} s"
                raise ProblemError(Problem(ProblemCode.CONNECTOR_BUSY, self._where, detail))
            if self.say is not None and wait > _WORTH_SAYING:
                self.say(f"{self._where}: it is asked again in {wait:.0f} s")
            await self._sleep(max(wait, _LEAST))
        self.bucket = self.bucket.taken(now)

    def heard(self, status: int, headers: Mapping[str, str]) -> bool:
        """Take note of an answer; header names are in lower case. False: ask the same again."""
        now = self.clock()
        if status in BUSY:
            self.bucket = self.bucket.refused(_whole(headers.get("retry-after")), now)
            return False
        left = _whole(headers.get("x-ratelimit-remaining"))
        self.bucket = self.bucket.went_well() if left is None else self.bucket.told(int(left), now)
        return True

    @property
    def is_over(self) -> bool:
        """Whether there is no more time."""
        return self.clock() >= self.until


def _whole(text: str | None) -> float | None:
    """Seconds or a count; a date there counts as nothing said, which is a minute."""
    said = (text or "").strip()
    return float(said[:9]) if said.isascii() and said.isdigit() else None
