"""A simulated bench with nothing plugged in: its desks can be worked at, its slots stay empty."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench.ports import Equipment, Handset
from bench.problems import Problem, ProblemCode, ProblemError
from hardware.printers.opening import zpl_over_tcp
from hardware.simulator.printer import SimulatedPrinter


class NoHandsets:
    """The port `Handsets` of a hub that nothing is plugged into."""

    def open(self, session: int) -> Handset:
        """Refuse: there is none."""
        raise ProblemError(Problem(ProblemCode.LINK_LOST, detail=f"session {session}"))


@asynccontextmanager
async def empty_hub() -> AsyncIterator[Equipment]:
    """Set it up, with a simulated printer, and take it down again."""
    async with SimulatedPrinter() as printer:
        yield Equipment(NoHandsets(), zpl_over_tcp(printer.host, printer.port), ())
