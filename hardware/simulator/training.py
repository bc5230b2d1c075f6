"""The equipment of a training bench: everything simulated but the ADB server, which is real."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from bench.identity.identifiers import SlotCode, UsbPath
from bench.ports import Bitmap, Equipment
from hardware.adb.client import AdbClient
from hardware.adb.handsets import AdbHandsets
from hardware.adb.server import AdbServer, free_port
from hardware.printers.opening import zpl_over_tcp
from hardware.scanners.serial import SerialScanner
from hardware.simulator.handset import SimulatedHandset, make_handset
from hardware.simulator.hub import SimulatedHub
from hardware.simulator.mishaps import Mishap, befall
from hardware.simulator.printer import SimulatedPrinter
from hardware.simulator.scanner import SimulatedScanner
from hardware.simulator.signing_in import BadgeHolder
from hardware.simulator.technician import Technician, TrainingBench
from hardware.simulator.timing import Timing


@dataclass(frozen=True, slots=True)
class Exercise:
    """What is to be practised: one handset a port, numbered from `first_number`.

    `pace` is how many seconds the technician takes between two movements. With `holders`, the
    technician and then a supervisor, they show who they are when the bench asks.
    """

    ports: Mapping[UsbPath, SlotCode]
    first_number: int = 1
    mishaps: tuple[Mishap, ...] = ()
    seed: int = 1
    timing: Timing = field(default_factory=Timing)
    pace: float = 0.0
    holders: tuple[BadgeHolder, ...] = ()

    def handsets(self) -> list[SimulatedHandset]:
        """Make the handsets; all ask before they trust the bench, as new ones do."""
        numbers = range(self.first_number, self.first_number + len(self.ports))
        return [make_handset(n, secure=True, timing=self.timing) for n in numbers]


@asynccontextmanager
async def training_equipment(
    exercise: Exercise, labels: list[Bitmap] | None = None
) -> AsyncIterator[Equipment]:
    """Set a training bench up; what its printer prints is added to `labels` when it is taken down.

    Raises:
        ProblemError: the ADB server cannot be started.
    """
    port = free_port()
    client = AdbClient(port)
    with tempfile.TemporaryDirectory(prefix="staging-bench-") as home:
        server = AdbServer(port, home=Path(home))
        await server.ensure()
        scanner = SimulatedScanner(Path(home) / "scanner")
        hub = SimulatedHub(client, tuple(exercise.ports))
        try:
            async with SimulatedPrinter() as printer, hub:
                handsets = AdbHandsets(server, client, hub.locate)
                yield Equipment(
                    handsets=handsets,
                    printer=zpl_over_tcp(printer.host, printer.port),
                    watchers=(hub, handsets, SerialScanner(scanner.device)),
                    technician=_technician(exercise, hub, scanner, printer, client),
                )
                if labels is not None:
                    labels += printer.labels
        finally:
            scanner.unplug()
            await server.stop()


def _technician(
    exercise: Exercise,
    hub: SimulatedHub,
    scanner: SimulatedScanner,
    printer: SimulatedPrinter,
    client: AdbClient,
) -> Technician:
    handsets: Sequence[SimulatedHandset] = exercise.handsets()
    sufferers = befall(handsets, exercise.mishaps, Random(exercise.seed))  # noqa: S311 - no secret
    bench = TrainingBench(
        hub=hub,
        scanner=scanner,
        printer=printer,
        ports={slot: path for path, slot in exercise.ports.items()},
        handsets=dict(zip(exercise.ports.values(), handsets, strict=True)),
        kill_adb=client.kill,
        mishaps=frozenset(exercise.mishaps),
        sufferers=sufferers,
        pace=exercise.pace,
        holders=exercise.holders,
    )
    return Technician(bench)
