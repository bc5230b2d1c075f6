"""A day of training: a scripted technician stages simulated handsets on a record of their own."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from bench.command_line.demonstration import Evidence, demonstrate
from bench.command_line.late_bench import LateBench
from bench.command_line.program import Program
from bench.command_line.result import DemoResult
from bench.custody.verification import verify_file
from bench.enrolment.profiles.profile import EnrolmentProfile
from bench.events.views import BenchView
from bench.identity.identifiers import SlotCode, UsbPath
from bench.labels.render import to_image
from bench.onlooker import ProgressTable
from bench.ports import Bitmap, Equipment, Post
from bench.staging.showing import Publish
from bench.staging.slots import HubLayout


@dataclass(frozen=True, slots=True)
class Simulator:
    """What a training day is held on.

    `equipment` sets up a bench with a handset on each port, numbered from a first number; what its
    printer prints is added to the list. `read_back` reads the bar code of a label.
    """

    equipment: Callable[
        [Mapping[UsbPath, SlotCode], int, list[Bitmap]], AbstractAsyncContextManager[Equipment]
    ]
    read_back: Callable[[Bitmap], str | None]


class TrainingDay:
    """One demo: a simulated bench, its scripted technician, and what is kept of both in `out`.

    It is a bench itself, as the window sees one.
    """

    def __init__(
        self, handsets: int, out: Path, simulator: Simulator, program: Callable[[], Program]
    ) -> None:
        (out / "labels").mkdir(parents=True, exist_ok=True)
        columns = 8 if handsets > 16 else 4  # noqa: PLR2004 - a hub has 16 ports
        paths = (UsbPath(1, (1 + n // 7, 1 + n % 7)) for n in range(handsets))
        self.name = "training"
        self.simulated = True
        self.layout = HubLayout.numbered(-(-handsets // columns), columns, paths)
        self._handsets = handsets
        self._out = out
        self._simulator = simulator
        self._program = program
        self._record = out / "ledger.db"
        self._before = verify_file(self._record).events if self._record.exists() else 0
        self._table = ProgressTable(columns)
        self._labels: list[Bitmap] = []
        self._seconds = 0.0

    def headless(self) -> int:
        """Run it with a table on the terminal; return the exit code."""
        with self._table:
            asyncio.run(self.run(self._table.show, lambda _: None))
        return 0

    async def run(self, publish: Publish, ready: Callable[[Post], None]) -> None:
        """Run the bench until the technician has finished."""
        resources = self._program().resources
        bench = LateBench(
            name=self.name,
            simulated=self.simulated,
            layout=self.layout,
            tag_prefix="SIM",
            profile=resources / "profiles" / "training" / "training.toml",
            template=resources / "labels" / "asset-50x25.toml",
            program=self._program,
            ledger=self._record,
            equipment=self._equipment,
        )

        def show(view: BenchView) -> None:
            self._table.see(view)
            publish(view)

        began = time.monotonic()
        await bench.run(show, ready)
        self._seconds = time.monotonic() - began

    def keep_labels(self) -> None:
        """Write each printed label as a PNG, named by its number and what its bar code says."""
        for number, label in enumerate(self._labels, 1):
            name = f"{number:04d}-{self._simulator.read_back(label) or 'unreadable'}.png"
            to_image(label).save(self._out / "labels" / name)

    def lay_out_evidence(self) -> Evidence | None:
        """Show what the record can do besides: people, a correction, an erasure, a bundle."""
        with redirect_stdout(sys.stderr):  # standard output is for the result
            return demonstrate(self._record, self._program())

    def result(self) -> DemoResult:
        """Return what was done, the record verified from its file."""
        verdict = verify_file(self._record)
        tally = self._table.tally
        return DemoResult(
            handsets=self._handsets,
            staged=tally.staged,
            held=tally.held,
            voided=tally.voided,
            events=verdict.events,
            labels=len(self._labels),
            seconds=round(self._seconds, 3),
            chain_valid=verdict.verifies,
        )

    def _equipment(self, _: EnrolmentProfile) -> AbstractAsyncContextManager[Equipment]:
        return self._simulator.equipment(self.layout.ports, self._before + 1, self._labels)
