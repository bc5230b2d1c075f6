"""A label printer of the system: a job is queued, followed to its end, and taken back if it hangs.

One label at a time lies in the queue. A label that is given up is cancelled in CUPS first, so that
it never comes out later unasked. "Printed" is what CUPS says: the whole job was handed over, and a
printer that tells its state had nothing against it.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from bench.identity.plain import plain
from bench.ports import Bitmap, PrintDoubtfulError
from bench.problems import Problem, ProblemCode, ProblemError
from hardware.printers.cups.document import Language, document
from hardware.printers.cups.job import CupsJob
from hardware.printers.cups.queue import CupsQueue
from hardware.printers.cups.reach import place_of, why_not_reached
from hardware.printers.cups.verdicts import TOLD_BY_QUEUE, Verdict, trouble_of_queue

_FORGOTTEN = 30
"""Seconds after which CUPS itself cancels a job that should long be over: the bench was ended."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds to wait, and for what.

    `standing`: for a job that stands still for a known reason; `whole`: for a job at all;
    `pause`: until a printer that was not reached is tried again, where only a job can tell;
    `answer`: for CUPS, or a printer's socket, to answer.
    """

    standing: float = 3.0
    whole: float = 30.0
    pause: float = 20.0
    answer: float = 5.0


class CupsPrinter:
    """Implements `bench.ports.LabelPrinter` by a queue of CUPS.

    `dots_per_mm` is what labels are drawn at; for every dot to be printed as it is, it must be the
    resolution of the queue. `server` is `host:port`, by default this computer's own.
    """

    def __init__(
        self,
        queue: str,
        *,
        dots_per_mm: float,
        language: Language = Language.PDF,
        server: str | None = None,
        name: str = "Label printer",
        patience: Patience = Patience(),
    ) -> None:
        self._name = name
        self._patience = patience
        forget_after = int(patience.whole) + _FORGOTTEN
        self._queue = CupsQueue(queue, server, name, patience.answer, forget_after)
        self._dots_per_mm = dots_per_mm
        self._language = language
        self._away: Problem | None = None
        self._away_until = 0.0
        self._turn = asyncio.Lock()

    async def trouble(self) -> Problem | None:
        """Ask whether it can print now: None, or what keeps it from it."""
        async with self._turn:
            try:
                return await self._trouble()
            except ProblemError as error:
                return error.problem

    async def print(self, label: Bitmap) -> None:
        """Print one label; nothing sent: `ProblemError`, cut off: `PrintDoubtfulError`."""
        async with self._turn:
            if problem := await self._trouble():
                raise ProblemError(problem)
            job = await self._queued(label)
            try:
                standing = await job.until_over(self._patience.standing, self._patience.whole)
                outcome = await job.outcome(given_up=standing is not None)
            except asyncio.CancelledError:
                await job.take_back()
                raise
            if outcome is Verdict.NOT_PRINTED:
                raise ProblemError(self._left_alone(standing))
            if outcome is Verdict.UNKNOWN:
                raise PrintDoubtfulError(f"{self._name} did not confirm a label.")

    async def _trouble(self) -> Problem | None:
        queue = await self._queue.state()
        problem = trouble_of_queue(queue, self._name)
        if problem or queue is None:
            return problem
        if queue.raw and self._language is not Language.ZPL:
            return Problem(
                ProblemCode.PRINTER_OTHER_LANGUAGE, self._name, "its queue has no driver"
            )
        place = place_of(queue.device)
        why = await why_not_reached(*place, self._patience.answer) if place else None
        if why:
            return Problem(ProblemCode.PRINTER_UNREACHABLE, self._name, plain(why))
        return self._away if asyncio.get_running_loop().time() < self._away_until else None

    async def _queued(self, label: Bitmap) -> CupsJob:
        """A submission is not cut short: whether CUPS took the job would not be known."""
        page = document(label, self._language, self._dots_per_mm)
        submission = asyncio.ensure_future(self._queue.submit(page))
        try:
            return CupsJob(self._queue, await asyncio.shield(submission), self._name)
        except asyncio.CancelledError:
            with suppress(ProblemError, PrintDoubtfulError):
                await CupsJob(self._queue, await submission, self._name).take_back()
            raise

    def _left_alone(self, standing: Problem | None) -> Problem:
        """Remember what held a label up, unless the queue itself tells when that is over."""
        away = standing or Problem(ProblemCode.PRINTER_NOT_READY, self._name, "job cancelled")
        self._away = None if away.code in TOLD_BY_QUEUE else away
        self._away_until = asyncio.get_running_loop().time() + self._patience.pause
        return away
