"""A Brother QL printer on the network, where it says nothing.

There "print data is simply sent as is" (section 5.9), and no status comes back: no more is known of
a label than that it was sent, so each one is doubtful until it is scanned. Over SNMP these printers
answer with a status that the references do not describe; it is not used.
"""

from __future__ import annotations

import asyncio

from bench.ports import Bitmap, PrintDoubtfulError
from bench.problems import Problem, ProblemError
from hardware.printers.brother_ql.fitting import Fitting
from hardware.printers.brother_ql.raster import to_raster
from hardware.printers.lines import Lines
from hardware.printers.transports.line import Connect


class SilentBrotherPrinter:
    """Implements `bench.ports.LabelPrinter`; `deadline` bounds connecting, and sending a job."""

    def __init__(
        self,
        connect: Connect,
        fitting: Fitting,
        name: str = "Label printer",
        *,
        deadline: float = 15.0,
    ) -> None:
        self._lines = Lines(connect, name, deadline)
        self._fitting = fitting
        self._name = name
        self._deadline = deadline

    async def trouble(self) -> Problem | None:
        """Ask whether it takes a connection, and the last label would fit."""
        try:
            async with self._lines.open():
                return self._fitting.problem(None)
        except ProblemError as error:
            return error.problem

    async def print(self, label: Bitmap) -> None:
        """Send one label; nothing sent: `ProblemError`, else always `PrintDoubtfulError`."""
        medium, model = self._fitting.fitted(label, None)
        async with self._lines.open() as line:
            try:
                async with asyncio.timeout(self._deadline):
                    await line.send(to_raster(label, medium, model))
            except (OSError, EOFError) as error:
                raise PrintDoubtfulError(f"{self._name} was cut off in a label.") from error
        raise PrintDoubtfulError(f"{self._name} cannot say over a network whether it printed.")
