"""A label printer that speaks ZPL over raw TCP, one connection a job.

A job is only sent to a printer that has just said it is ready, and only counted as printed when
the printer answers again behind it on the same connection; commands are answered in order.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from bench.identity.plain import plain
from bench.ports import Bitmap, PrintDoubtfulError
from bench.problems import Problem, ProblemCode, ProblemError
from hardware.printers.graphic import to_zpl
from hardware.printers.status import (
    ETX,
    HOST_STATUS_FRAMES,
    PrinterState,
    read_error_status,
    read_host_status,
)


class ZplPrinter:
    """Implements `bench.ports.LabelPrinter`; many printers take one connection at a time.

    `patience` is how long, in seconds, a ready printer may take to say so; `deadline` bounds
    everything else: connecting, sending, and the answer behind a job.
    """

    def __init__(
        self,
        host: str,
        port: int = 9100,
        name: str = "Label printer",
        *,
        patience: float = 0.3,
        deadline: float = 3.0,
    ) -> None:
        self._host = host
        self._port = port
        self._name = name
        self._patience = patience
        self._deadline = deadline
        self._turn = asyncio.Lock()

    async def trouble(self) -> Problem | None:
        """Ask whether it can print now: None, or what keeps it from it."""
        async with self._turn:
            try:
                async with self._connected() as line:
                    return await self._state(line)
            except ProblemError as error:
                return error.problem

    async def print(self, label: Bitmap) -> None:
        """Print one label; nothing sent: `ProblemError`, cut off: `PrintDoubtfulError`."""
        async with self._turn, self._connected() as line:
            problem = await self._state(line)
            if problem:
                raise ProblemError(problem)
            await self._send(line, to_zpl(label))

    async def _send(self, line: _Line, job: bytes) -> None:
        try:
            async with asyncio.timeout(self._deadline):
                state = await line.host_status(behind=job)
        except (OSError, EOFError) as error:
            raise PrintDoubtfulError(f"{self._name} was cut off in a label.") from error
        if state is None or state.interrupted:
            raise PrintDoubtfulError(f"{self._name} stopped in a label.")

    async def _state(self, line: _Line) -> Problem | None:
        """Its trouble, asked both ways; a printer that answers neither is not reached."""
        try:
            state = await self._asked(line)
        except (OSError, EOFError) as error:
            return self._unreachable(error)
        return (
            state.problem(self._name)
            if state
            else self._unreachable("it answers as no ZPL printer does")
        )

    async def _asked(self, line: _Line) -> PrinterState | None:
        """A printer that is merely slow is found ready by the second question."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience):
                return await line.host_status()
        async with asyncio.timeout(self._deadline):
            return await line.error_status()

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[_Line]:
        try:
            async with asyncio.timeout(self._deadline):
                reader, writer = await asyncio.open_connection(self._host, self._port)
        except (OSError, UnicodeError) as error:
            raise ProblemError(self._unreachable(error)) from error
        try:
            yield _Line(reader, writer)
        except BaseException:
            writer.transport.abort()
            raise
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    def _unreachable(self, why: object) -> Problem:
        return Problem(ProblemCode.PRINTER_UNREACHABLE, self._name, plain(str(why)))


@dataclass(frozen=True, slots=True)
class _Line:
    """One connection: what is asked on it and what comes back, without deadlines."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def host_status(self, behind: bytes = b"") -> PrinterState | None:
        await self._ask(behind + b"~HS")
        return read_host_status([await self._frame() for _ in range(HOST_STATUS_FRAMES)])

    async def error_status(self) -> PrinterState:
        """Late frames of an earlier question are passed over."""
        await self._ask(b"~HQES")
        while (state := read_error_status(await self._frame())) is None:
            pass
        return state

    async def _ask(self, words: bytes) -> None:
        self.writer.write(words)
        await self.writer.drain()

    async def _frame(self) -> bytes:
        try:
            return await self.reader.readuntil(ETX)
        except asyncio.LimitOverrunError as error:
            raise EOFError("no end of frame") from error
