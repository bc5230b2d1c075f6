"""How long a simulated handset takes for its work.

A loopback peer answers at once; a handset does not. What the handset itself is made to need is
counted, so that a benchmark can tell it from what the bench adds.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Timing:
    """The times of a handset, in seconds.

    `answer_s` passes before any service answers. `transfer_bytes_per_s` bounds pushes and
    installations; None is as fast as it goes. With `step_s` each worked service (a push, an
    installation, any shell that does not ask for the identity) takes exactly so long from its
    opening to its answer, the transfer included; slower only when the peer is.
    """

    answer_s: float = 0.0
    transfer_bytes_per_s: float | None = None
    step_s: float | None = None


@dataclass(slots=True)
class Tally:
    """What a handset did: seconds that it needed itself, and worked services it finished."""

    busy_s: float = 0.0
    steps: int = 0


@dataclass(slots=True)
class Work:
    """One service from its opening to its answer."""

    timing: Timing
    tally: Tally
    opened: float = field(default_factory=time.monotonic)
    _slept: float = 0.0
    _moved: int = 0
    _moving_since: float | None = None

    async def begin(self) -> None:
        """Take the time until the first answer."""
        await self._sleep(self.timing.answer_s)

    async def moved(self, count: int) -> None:
        """Note that so many bytes more came, and take the time that takes."""
        if self.timing.transfer_bytes_per_s is None:
            return
        now = time.monotonic()
        self._moving_since = self._moving_since or now
        self._moved += count
        due = self._moving_since + self._moved / self.timing.transfer_bytes_per_s
        await self._sleep(due - now)

    async def finish(self) -> None:
        """Take what is left of the time of a step, and count the step."""
        if self.timing.step_s is not None:
            await self._sleep(self.opened + self.timing.step_s - time.monotonic())
        self.tally.busy_s += self._slept if self.timing.step_s is None else self.timing.step_s
        self.tally.steps += 1

    async def _sleep(self, seconds: float) -> None:
        if seconds > 0:
            self._slept += seconds
            await asyncio.sleep(seconds)
