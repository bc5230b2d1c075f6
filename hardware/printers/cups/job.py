"""One label in the queue of CUPS: followed until it is over, or taken back."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from bench.problems import Problem, ProblemCode, ProblemError
from hardware.printers.cups.answers import JobState, PrinterPhase
from hardware.printers.cups.queue import CupsQueue
from hardware.printers.cups.verdicts import Verdict, trouble_of_job, verdict

_LOOK_AGAIN, _SELDOM = 0.05, 0.5
"""Seconds to the second look at a job and between later ones; each takes 20 ms of a processor."""
_SETTLE = 2.0
"""Seconds in which a cancelled job's backend ends."""


class CupsJob:
    """A job by its number; `where` is its printer's name for people."""

    def __init__(self, queue: CupsQueue, number: int, where: str) -> None:
        self._queue = queue
        self._number = number
        self._where = where
        self._seen: JobState | None = None

    async def until_over(self, patience: float, deadline: float) -> Problem | None:
        """Wait until the job is over: None. What holds it up for `patience` seconds is returned.

        CUPS gone in between holds it up too, until the `deadline`: it goes on when CUPS is back.
        """
        loop = asyncio.get_running_loop()
        began = moved = loop.time()
        pause = _LOOK_AGAIN
        standing: Problem | None = None
        while loop.time() - began < deadline:
            try:
                state = await self._queue.job(self._number)
                if state is None or state.phase.over:
                    return None
                self._seen = state
                standing = trouble_of_job(await self._queue.state(), state, self._where)
            except ProblemError as error:
                standing, moved = error.problem, loop.time()
            moved = moved if standing else loop.time()
            if standing and loop.time() - moved >= patience:
                return standing
            await asyncio.sleep(pause)
            pause = min(_SELDOM, pause * 1.5)
        return standing or Problem(ProblemCode.PRINTER_BUSY, self._where)

    async def outcome(self, *, given_up: bool) -> Verdict:
        """Tell what became of the label, after taking it back if it is given up."""
        try:
            if given_up:
                await self._queue.cancel(self._number)
            return verdict(await self._settled(), self._seen)
        except ProblemError:
            return Verdict.UNKNOWN

    async def take_back(self) -> None:
        """Cancel the job, also when the caller itself is being cancelled."""
        with suppress(ProblemError):
            await asyncio.shield(self._queue.cancel(self._number))

    async def _settled(self) -> JobState | None:
        """The job's state once nothing is sent any more: its last words are its printer's."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_SETTLE):
                while await self._is_under_way():  # noqa: ASYNC110 - only CUPS knows, and is asked
                    await asyncio.sleep(_LOOK_AGAIN)
        return await self._queue.job(self._number)

    async def _is_under_way(self) -> bool:
        state, queue = await self._queue.job(self._number), await self._queue.state()
        sending = queue is not None and queue.phase is PrinterPhase.PRINTING
        return state is not None and (not state.phase.over or sending)
