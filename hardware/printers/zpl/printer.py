"""A label printer that speaks ZPL, over any line: network, USB device, serial port.

A job is only sent to a printer that has just said it is ready, and only counted as printed when
the printer says behind it, on the same line, that it holds no more labels; commands are answered in
order. Whatever lies between is unknown, and only a scan of the label can tell.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from bench.ports import Bitmap, PrintDoubtfulError
from bench.problems import Problem, ProblemError
from hardware.printers.causes import causes_of_port, problem_of
from hardware.printers.connecting import refusal
from hardware.printers.lines import Lines
from hardware.printers.transports.line import Connect, Line
from hardware.printers.zpl.conversation import ZplConversation
from hardware.printers.zpl.counter import LabelCounter
from hardware.printers.zpl.job import to_zpl
from hardware.printers.zpl.status import PrinterState

_LOOK_AGAIN = 0.1
"""Seconds between two looks at a printer that is printing."""


class ZplPrinter:
    """Implements `bench.ports.LabelPrinter`; one conversation at a time.

    `patience` is how long, in seconds, a ready printer may take to say so; `deadline` bounds
    everything else: opening the line, sending, each answer; `printing` is how long a label may
    stay in the printer before it is taken not to come out.
    """

    def __init__(
        self,
        connect: Connect,
        name: str = "Label printer",
        *,
        patience: float = 0.3,
        deadline: float = 3.0,
        printing: float = 15.0,
    ) -> None:
        self._lines = Lines(connect, name, deadline)
        self._name = name
        self._patience = patience
        self._deadline = deadline
        self._printing = printing
        self._counter = LabelCounter(patience)

    async def trouble(self) -> Problem | None:
        """Ask whether it can print now: None, or what keeps it from it."""
        try:
            async with self._lines.open() as line:
                return await self._state(line)
        except ProblemError as error:
            return error.problem

    async def print(self, label: Bitmap) -> None:
        """Print one label; nothing sent: `ProblemError`, no word of it: `PrintDoubtfulError`."""
        async with self._lines.open() as line:
            problem = await self._state(line)
            if problem:
                raise ProblemError(problem)
            await self._send(line, to_zpl(label))

    async def _send(self, line: Line, job: bytes) -> None:
        printer = ZplConversation(line)
        before = await self._counted(printer)
        try:
            async with asyncio.timeout(self._deadline):
                state = await printer.print(job)
            async with asyncio.timeout(self._printing):
                await self._until_out(printer, state)
                await self._counter.until_risen(printer, before)
        except TimeoutError as error:
            raise PrintDoubtfulError(f"{self._name} did not say that it printed.") from error
        except (OSError, EOFError) as error:
            raise PrintDoubtfulError(f"{self._name} was cut off in a label.") from error

    async def _counted(self, printer: ZplConversation) -> int | None:
        try:
            return await self._counter.ask(printer)
        except (OSError, EOFError) as error:
            raise ProblemError(refusal(error, self._name)) from error

    async def _until_out(self, printer: ZplConversation, state: PrinterState | None) -> None:
        """Look until it holds no more labels; one that stops holds it until somebody comes."""
        while state is None or not state.is_ready or state.waiting:
            if state is None or not state.is_ready:
                raise PrintDoubtfulError(f"{self._name} stopped in a label.")
            await asyncio.sleep(_LOOK_AGAIN)
            state = await printer.host_status()

    async def _state(self, line: Line) -> Problem | None:
        """Return its trouble, asked every way there is.

        Raises:
            ProblemError: it answers none of them, and the line is good for nothing more.
        """
        try:
            state = await self._asked(ZplConversation(line))
        except (OSError, EOFError) as error:
            silent = causes_of_port(await line.port_status())
            problem = problem_of(silent, self._name) or refusal(error, self._name)
            raise ProblemError(problem) from error
        return state.problem(self._name)

    async def _asked(self, printer: ZplConversation) -> PrinterState:
        """A printer that is merely slow is found ready by the second question."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience):
                if (state := await printer.host_status()) is None:
                    raise EOFError("it answers as no ZPL printer does")
                return state
        async with asyncio.timeout(self._deadline):
            return await printer.error_status()
