"""A Brother QL printer at USB or a serial port, where it says what it does.

A label is printed when the printer has said "printing completed" (sections 5.1 to 5.7).
"""

from __future__ import annotations

import asyncio

from bench.ports import Bitmap, PrintDoubtfulError
from bench.problems import Problem, ProblemError
from hardware.printers.brother_ql.fitting import Fitting
from hardware.printers.brother_ql.raster import question, reset, to_raster
from hardware.printers.brother_ql.status import MARK, SIZE, Notice, Said, Status, read_status
from hardware.printers.causes import Cause, causes_of_port, problem_of
from hardware.printers.connecting import refusal
from hardware.printers.lines import Lines
from hardware.printers.transports.line import Connect, Line

_STATUSES_SKIPPED = 64


class BrotherPrinter:
    """Implements `bench.ports.LabelPrinter`; one conversation at a time.

    `patience` is how long, in seconds, an answer may take; `deadline` bounds opening the line and
    sending a job; `printing` is how long a label may take, and again after each cooling down.
    """

    def __init__(
        self,
        connect: Connect,
        fitting: Fitting,
        name: str = "Label printer",
        *,
        patience: float = 2.0,
        deadline: float = 5.0,
        printing: float = 30.0,
    ) -> None:
        self._lines = Lines(connect, name, deadline)
        self._fitting = fitting
        self._name = name
        self._patience = patience
        self._deadline = deadline
        self._printing = printing

    async def trouble(self) -> Problem | None:
        """Ask whether it can print now: None, or what keeps it from it."""
        try:
            async with self._lines.open() as line:
                return self._fitting.problem(await self._status(line))
        except ProblemError as error:
            return error.problem

    async def print(self, label: Bitmap) -> None:
        """Print one label; nothing printed: `ProblemError`, no word of it: `PrintDoubtfulError`."""
        async with self._lines.open() as line:
            medium, model = self._fitting.fitted(label, await self._status(line))
            await self._send(line, to_raster(label, medium, model))
            await self._followed(line)

    async def _send(self, line: Line, job: bytes) -> None:
        try:
            async with asyncio.timeout(self._deadline):
                await line.send(job)
        except (OSError, EOFError) as error:
            raise PrintDoubtfulError(f"{self._name} was cut off in a label.") from error

    async def _status(self, line: Line) -> Status:
        """Ask for its status; what it still says of an earlier label comes before the answer.

        Raises:
            ProblemError: it does not answer, and the line is good for nothing more. An error that
                it reported instead is what is told of it.
        """
        status: Status | None = None
        try:
            async with asyncio.timeout(self._patience):
                await line.send(question())
                while (status := await self._next(line)).said is not Said.REPLY:
                    pass
                return status
        except (OSError, EOFError) as error:
            silent = causes_of_port(await line.port_status())
            reported = status.causes if status else frozenset()
            problem = problem_of(reported or silent, self._name) or refusal(error, self._name)
            raise ProblemError(problem) from error

    async def _followed(self, line: Line) -> None:
        """Return when it has printed."""
        try:
            async with asyncio.timeout(self._printing) as timer:
                await self._until_printed(line, timer)
        except TimeoutError as error:
            raise PrintDoubtfulError(f"{self._name} did not say that it printed.") from error
        except (OSError, EOFError) as error:
            raise PrintDoubtfulError(f"{self._name} was cut off in a label.") from error

    async def _until_printed(self, line: Line, timer: asyncio.Timeout) -> None:
        loop, began = asyncio.get_running_loop(), False
        while True:
            status = await self._next(line)
            if status.causes or status.flags:
                await self._stopped(line, status, began=began or status.printing)
            if status.said is Said.COMPLETED:
                return
            began = began or status.printing
            if status.notice is not Notice.NONE:
                timer.reschedule(loop.time() + self._printing)

    async def _stopped(self, line: Line, status: Status, *, began: bool) -> None:
        """It stopped: not printed if it had not begun, so the job is taken back; else unknown."""
        if began or Cause.TURNED_OFF in status.causes:
            raise PrintDoubtfulError(f"{self._name} stopped in a label.")
        await line.send(reset(status.model))
        problem = problem_of(status.causes, self._name, status.raw)
        assert problem is not None, "it stopped for a cause"
        raise ProblemError(problem)

    async def _next(self, line: Line) -> Status:
        """Return the next status; what lies between two is passed over."""
        for _ in range(_STATUSES_SKIPPED):
            await line.read_until(MARK)
            status = read_status(MARK + await line.read_exactly(SIZE - len(MARK)))
            if status is not None:
                return status
        raise EOFError("it answers as no QL printer does")
