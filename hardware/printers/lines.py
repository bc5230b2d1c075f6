"""One conversation with a printer at a time, each over a line of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from bench.problems import ProblemError
from hardware.printers.connecting import refusal
from hardware.printers.transports.line import Connect, Line

_QUIET = 0.05
"""Seconds of silence after which nothing of an abandoned conversation is still to come."""


class Lines:
    """Opens the line to one printer, never twice at once: many take one connection only.

    A line that was given up in the middle may still bring answers to questions that nobody waits
    for, so the next one is settled first; so is the very first.
    """

    def __init__(self, connect: Connect, name: str, deadline: float) -> None:
        self._connect = connect
        self._name = name
        self._deadline = deadline
        self._turn = asyncio.Lock()
        self._is_settled = False

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Line]:
        """Open the line for as long as the block runs.

        Raises:
            ProblemError: it cannot be opened; from the block, whatever the block raises.
        """
        async with self._turn:
            line = await self._opened()
            clean, self._is_settled = self._is_settled, False
            try:
                if not clean:
                    await self._settle(line)
                yield line
            except BaseException:
                line.abort()
                raise
            await line.close()
            self._is_settled = True

    async def _opened(self) -> Line:
        try:
            async with asyncio.timeout(self._deadline):
                return await self._connect()
        except (OSError, ProblemError) as error:
            raise ProblemError(refusal(error, self._name)) from error

    async def _settle(self, line: Line) -> None:
        """One that never falls silent, or is gone, shows it at the first question."""
        with suppress(OSError, EOFError):
            async with asyncio.timeout(self._deadline):
                await line.settle(_QUIET)
