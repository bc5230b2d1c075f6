"""A day of training: a scripted technician stages simulated handsets on a record of their own."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, closing, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

from bench.command_line.demonstration import Evidence, demonstrate
from bench.command_line.late_bench import LateBench
from bench.command_line.late_services import LateServices
from bench.command_line.program import Program
from bench.command_line.result import DemoResult
from bench.command_line.training_centre import SceneResult, run_scene, summary
from bench.command_line.training_upload import BY_FILE, upload
from bench.custody.ledger import Ledger
from bench.custody.verification import verify_file
from bench.enrolment.secrets.held import HeldSecrets
from bench.events.views import BenchView
from bench.identity.identifiers import SlotCode, UsbPath
from bench.labels.render import to_image
from bench.onlooker import ProgressTable
from bench.ports import Bitmap, Equipment, Post
from bench.problems import ProblemCode
from bench.staging.showing import Publish
from bench.staging.slots import HubLayout


@dataclass(frozen=True, slots=True)
class Day:
    """What a day is about: a handset on each port, numbered from `first_number`.

    `methods` is how the handset in each slot comes under management; nothing where it does not.
    """

    ports: Mapping[UsbPath, SlotCode]
    first_number: int
    methods: Mapping[SlotCode, str]


@dataclass(frozen=True, slots=True)
class Simulator:
    """What a training day is held on.

    `equipment` sets up its bench; what its printer prints is added to the list. `read_back` reads
    the bar code of a label. `identities` are serial number, IMEIs and model of its handsets, in the
    order of the ports; `hand_in` gives a file to an enrolment service, and returns how many of its
    handsets were taken. `secrets` are what profiles name.
    """

    equipment: Callable[[Day, list[Bitmap]], AbstractAsyncContextManager[Equipment]]
    read_back: Callable[[Bitmap], str | None]
    identities: Callable[[Day], Sequence[tuple[str, tuple[str, ...], str]]]
    hand_in: Callable[[str, bytes], int]
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


_PROFILES = {
    "qr": "training-qr.toml",
    "adb": "training-adb.toml",
    "knox": "training-knox.toml",
    "staging-token": "training-staging.toml",
}
_LOOK_EVERY = 0.5
"""Seconds between two looks at the simulated service: its handsets are quick."""
LEFT_HELD = (ProblemCode.ENROLMENT_RESTARTED, ProblemCode.IMEI_MISMATCH)
"""What a technician alone cannot mend."""


class TrainingDay:
    """One demo: a simulated bench, its scripted technician, and what is kept of both in `out`.

    It is a bench itself, as the window sees one.
    """

    def __init__(
        self,
        handsets: int,
        out: Path,
        simulator: Simulator,
        program: Callable[[], Program],
        methods: Sequence[str] = (),
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
        before = verify_file(self._record).events if self._record.exists() else 0
        self._day = Day(self.layout.ports, before + 1, _shared(self.layout.ports, methods))
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
        profiles = resources / "profiles" / "training"
        bench = LateBench(
            name=self.name,
            simulated=self.simulated,
            layout=self.layout,
            tag_prefix="SIM",
            profile=profiles / "training.toml",
            placed={
                str(slot): profiles / _PROFILES[method]
                for slot, method in self._day.methods.items()
            },
            template=resources / "labels" / "asset-50x25.toml",
            program=self._program,
            ledger=self._record,
            equipment=lambda _: self._simulator.equipment(self._day, self._labels),
            services=LateServices(
                self._record, secrets=HeldSecrets(self._simulator.secrets), interval=_LOOK_EVERY
            ),
        )
        with closing(await bench.open_record()) as ledger:
            self._upload(ledger, resources / "uploads")

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

    def play_scene(self) -> SceneResult | None:
        """Let this bench and two others sync with a centre; None for a record without handsets."""
        return run_scene(self._record, self._out) if self._table.tally.staged else None

    def result(self, scene: SceneResult | None = None) -> DemoResult:
        """Return what was done, the record verified from its file."""
        verdict = verify_file(self._record)
        tally = self._table.tally
        return DemoResult(
            handsets=self._handsets,
            staged=tally.staged,
            held=tally.held,
            left_held=self._table.held_by(*LEFT_HELD),
            voided=tally.voided,
            events=verdict.events,
            labels=len(self._labels),
            seconds=round(self._seconds, 3),
            chain_valid=verdict.verifies,
            holds=self._table.holds(),
            centre=summary(scene) if scene else None,
        )

    def _upload(self, ledger: Ledger, formats: Path) -> None:
        """Make the handsets of services that are told by files known to them, before any comes."""
        slots = zip(self.layout.ports.values(), self._simulator.identities(self._day), strict=True)
        by_file = [who for slot, who in slots if self._day.methods.get(slot) == BY_FILE]
        if by_file:
            upload(ledger, formats, by_file, self._simulator.hand_in)


def _shared(ports: Mapping[UsbPath, SlotCode], methods: Sequence[str]) -> dict[SlotCode, str]:
    """Give each method a part of the slots, in their order."""
    slots = list(ports.values())
    return {
        slot: methods[number * len(methods) // len(slots)]
        for number, slot in enumerate(slots if methods else ())
    }
