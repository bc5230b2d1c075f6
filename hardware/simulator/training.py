"""The equipment of a training bench: everything simulated but the ADB server, which is real."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from bench.identity.identifiers import SlotCode, UsbPath
from bench.ports import Bitmap, Equipment, Watcher
from hardware.adb.client import AdbClient
from hardware.adb.handsets import AdbHandsets
from hardware.adb.server import AdbServer, free_port
from hardware.printers.opening import zpl_over_tcp
from hardware.samsung.modem import Patience
from hardware.samsung.reading import Reading
from hardware.samsung.watcher import Rhythm, SamsungModems
from hardware.scanners.serial import SerialScanner
from hardware.simulator.handset import SimulatedHandset, make_handset
from hardware.simulator.hub import SimulatedHub
from hardware.simulator.mishaps import Mishap, befall
from hardware.simulator.printer import SimulatedPrinter
from hardware.simulator.scanner import SimulatedScanner
from hardware.simulator.setting_up import SettingUp
from hardware.simulator.signing_in import BadgeHolder
from hardware.simulator.technician import Technician, TrainingBench
from hardware.simulator.timing import Timing
from hardware.simulator.training_ground import FROM_BOX, Ground, GroundInUse, in_use

_PROMPTLY = Rhythm(look=0.1, settle=0.02, again=1.0)
"""How handsets are looked at before their set-up: they are plugged in faster than by hand."""
_STRANGER = 99_999
"""The number of the handset whose box is there without it."""


@dataclass(frozen=True, slots=True)
class Exercise:
    """What is to be practised: one handset a port, numbered from `first_number`.

    `pace` is how many seconds the technician takes between two movements. With `holders`, the
    technician and then a supervisor, they show who they are when the bench asks. `methods` says how
    the handset in each slot comes under management: `qr`, `knox`, `zero-touch`, `staging-token` (as
    it left its box), `adb` (debugging on); "" or nothing: it does not. They do so on `ground`.
    """

    ports: Mapping[UsbPath, SlotCode]
    first_number: int = 1
    mishaps: tuple[Mishap, ...] = ()
    seed: int = 1
    timing: Timing = field(default_factory=Timing)
    pace: float = 0.0
    holders: tuple[BadgeHolder, ...] = ()
    methods: Mapping[SlotCode, str] = field(default_factory=dict)
    ground: Ground = field(default_factory=Ground)

    def identities(self) -> tuple[tuple[str, tuple[str, ...], str], ...]:
        """Return serial number, IMEIs and model of each handset, for a file that is uploaded."""
        return tuple(
            (each.serial, each.imeis, each.properties["ro.product.model"])
            for each in self.handsets()
        )

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
    client = AdbClient(port := free_port())
    handsets = dict(zip(exercise.ports.values(), exercise.handsets(), strict=True))
    with tempfile.TemporaryDirectory(prefix="staging-bench-") as name:
        home = Path(name)
        server = AdbServer(port, home=home)
        await server.ensure()
        scanner = SimulatedScanner(home / "scanner")
        hub = SimulatedHub(client, tuple(exercise.ports), home)
        try:
            async with SimulatedPrinter() as printer, _ground(exercise, handsets) as ground, hub:
                over_adb = AdbHandsets(server, client, hub.locate)
                bench = TrainingBench(
                    hub=hub,
                    scanner=scanner,
                    printer=printer,
                    ports={slot: path for path, slot in exercise.ports.items()},
                    handsets=handsets,
                    kill_adb=client.kill,
                    mishaps=frozenset(exercise.mishaps),
                    sufferers=_befallen(exercise, handsets),
                    pace=exercise.pace,
                    holders=exercise.holders,
                    setting_up=ground.setting_up if ground else SettingUp(),
                    strange_box=make_handset(_STRANGER).imeis[0],
                )
                yield Equipment(
                    handsets=over_adb,
                    printer=zpl_over_tcp(printer.host, printer.port),
                    watchers=(
                        hub, over_adb, SerialScanner(scanner.device), *_modems(exercise, hub, home)
                    ),
                    technician=Technician(bench),
                    management=ground.management if ground else None,
                )  # fmt: skip
                if labels is not None:
                    labels += printer.labels
        finally:
            scanner.unplug()
            await server.stop()


@asynccontextmanager
async def _ground(
    exercise: Exercise, handsets: Mapping[SlotCode, SimulatedHandset]
) -> AsyncIterator[GroundInUse | None]:
    """Open what handsets come under management at, if any does."""
    if not any(exercise.methods.values()):
        yield None
        return
    async with in_use(exercise.ground, handsets, exercise.methods) as ground:
        yield ground


def _befallen(
    exercise: Exercise, handsets: Mapping[SlotCode, SimulatedHandset]
) -> Mapping[Mishap, SimulatedHandset]:
    random = Random(exercise.seed)  # noqa: S311 - no secret
    return befall(tuple(handsets.values()), exercise.mishaps, random)


def _modems(exercise: Exercise, hub: SimulatedHub, home: Path) -> tuple[Watcher, ...]:
    """Read handsets before their set-up as a real bench does, where some come from their box."""
    if FROM_BOX.isdisjoint(exercise.methods.values()):
        return ()
    reading = Reading(hub.usb, Patience(), nodes=home)
    return (SamsungModems(hub.usb, reading, lambda path: path in hub.paths, _PROMPTLY),)
