"""Staging Bench: the composition root, the only file that knows window, bench and hardware.

Everything but the arguments is loaded where it is used, so that the window is there at once.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.checks import Check
    from bench.command_line.arguments import Demo
    from bench.command_line.demonstration import Evidence
    from bench.command_line.errands.words import Errand
    from bench.command_line.late_bench import LateBench
    from bench.command_line.program import Program
    from bench.command_line.result import DemoResult
    from bench.enrolment.profiles import EnrolmentProfile
    from bench.events.views import BenchView
    from bench.ports import Bitmap, Equipment, LabelPrinter, Post
    from bench.settings import Settings
    from bench.staging.showing import Publish

RESOURCES = Path(__file__).resolve().parent / "resources"
_LINGER = 20.0
"""Seconds a window stays after a demo, unless someone touches it."""


def main(words: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; return the exit code."""
    words = sys.argv[1:] if words is None else words
    if not words:
        return window()
    from bench.command_line.arguments import Demo, OpenWindow, parse
    from bench.command_line.errands.words import Errand

    match parse(words, _known_faults() if "demo" in words else ()):
        case Errand() as errand:
            return _run(errand)
        case Demo() as command:
            return _demo(command)
        case OpenWindow() as command:
            return _open_window(command.settings)


def _run(errand: Errand) -> int:
    from bench.problems import ProblemError
    from bench.settings import SettingsError

    try:
        return errand.work(_program())
    except ProblemError as error:
        return _cannot(str(error), code=1)
    except SettingsError as error:
        return _cannot(str(error))
    except (KeyboardInterrupt, BrokenPipeError):
        return 130


def window() -> int:
    """Open the window on real hardware, with no word on the command line."""
    return _open_window(None)


# ── real hardware ───────────────────────────────────────────────────────────────────────────────
def _open_window(settings_file: Path | None) -> int:
    from bench.settings import Settings, SettingsError

    try:
        settings = Settings.load(settings_file or Settings.default_path())
    except SettingsError as error:
        return _cannot(str(error))
    if not _has_display():
        return _cannot("there is no display; without one, try: demo --headless")
    return _run_window()(_real_bench(settings))


def _real_bench(settings: Settings) -> LateBench:
    from bench.command_line.late_bench import LateBench
    from bench.staging.slots import HubLayout

    profile = settings.station.profile
    return LateBench(
        name=settings.station.name,
        simulated=False,
        layout=HubLayout(settings.hub.rows, settings.hub.columns, settings.ports),
        tag_prefix=settings.station.tag_prefix,
        profile=Path(profile) if profile else RESOURCES / "profiles" / "device-check.toml",
        program=_program,
        ledger=settings.ledger,
        equipment=lambda profile: _real_equipment(settings, profile),
        template=_template(settings),
        dots_per_mm=_dots_per_mm(settings),
        custody=settings.custody,
        people=settings.people,
    )


def _real_equipment(
    settings: Settings, profile: EnrolmentProfile
) -> AbstractAsyncContextManager[Equipment]:
    from hardware.equipment import Furniture, real_equipment

    return real_equipment(
        Furniture(
            printer=_printer(settings),
            adb_port=settings.adb.port,
            adb=settings.adb.executable,
            scanner=None if settings.scanner.port == "auto" else settings.scanner.port,
            keyboards=settings.scanner.keyboards,
            power=settings.usb.power,
            slots=frozenset(settings.ports),
            reads_modems=profile.read_before_setup,
        )
    )


def _printer(settings: Settings) -> LabelPrinter:
    from hardware.printers.choosing import WantedPrinter, printer_of

    named = settings.printer
    return printer_of(
        WantedPrinter(
            named.address, named.language, _dots_per_mm(settings), named.media, named.model
        )
    )


def _dots_per_mm(settings: Settings) -> float:
    """Return how fine labels are drawn: as set, or as is usual for what the printer speaks."""
    from bench.labels.resolution import dots_per_mm

    return dots_per_mm(settings.printer.dpi or (203 if settings.printer.language == "zpl" else 300))


def _template(settings: Settings) -> Path:
    """Return the label's template: a file, or the name of one that comes with this program."""
    shipped = RESOURCES / "labels" / f"{settings.printer.label}.toml"
    return shipped if shipped.is_file() else Path(settings.printer.label)


def _equipment_checks(settings: Settings) -> Iterable[Check]:
    """Return the doctor's rows of what stands on the bench."""
    from hardware.doctor.plugged import plugged_in
    from hardware.doctor.station import Station, station_checks
    from hardware.scanners.makers import MAKERS

    program = _program()
    return station_checks(
        Station(
            rules=program.udev_rules,
            fonts=program.fonts,
            record=settings.ledger.parent,
            slots=settings.hub.rows * settings.hub.columns,
            plugged=plugged_in(MAKERS),
            adb_port=settings.adb.port,
            adb=settings.adb.executable,
            printer=_printer(settings),
            planned=frozenset(settings.ports),
        )
    )


def _program() -> Program:
    from bench.command_line.program import Program

    return Program(RESOURCES, _build_hash, _equipment_checks)


# ── training ────────────────────────────────────────────────────────────────────────────────────
def _demo(demo: Demo) -> int:
    import tempfile

    from bench.command_line.result import tell
    from bench.problems import ProblemError

    headless = demo.headless or not _has_display()
    out = demo.out or Path(tempfile.mkdtemp(prefix="staging-bench-demo-"))
    day = TrainingDay(demo, out, pace=0.0 if headless else 0.15)
    try:
        code = day.headless() if headless else day.in_window()
    except ProblemError as error:
        return _cannot(str(error), code=1)
    day.keep_labels()
    evidence = day.lay_out_evidence()
    result = day.result()
    tell(result, out, evidence, as_json=demo.json)
    settled = result.staged + result.voided == result.handsets
    return code or int(not (settled and result.chain_valid))


class TrainingDay:
    """One demo: a simulated bench, its scripted technician, and what is kept of both in `out`.

    It is a bench itself, as the window sees one. `pace` as in `Exercise`; above 0 the handsets
    take their time too, so that eyes can follow.
    """

    def __init__(self, demo: Demo, out: Path, *, pace: float = 0.0) -> None:
        from bench.custody.verification import verify_file
        from bench.identity.identifiers import UsbPath
        from bench.onlooker import ProgressTable
        from bench.staging.slots import HubLayout

        (out / "labels").mkdir(parents=True, exist_ok=True)
        columns = 8 if demo.handsets > 16 else 4  # noqa: PLR2004 - a hub has 16 ports
        paths = (UsbPath(1, (1 + n // 7, 1 + n % 7)) for n in range(demo.handsets))
        self.name = "training"
        self.simulated = True
        self.layout = HubLayout.numbered(-(-demo.handsets // columns), columns, paths)
        self._demo = demo
        self._out = out
        self._pace = pace
        self._record = out / "ledger.db"
        self._before = verify_file(self._record).events if self._record.exists() else 0
        self._table = ProgressTable(columns)
        self._labels: list[Bitmap] = []
        self._seconds = 0.0

    def headless(self) -> int:
        """Run it with a table on the terminal; return the exit code."""
        import asyncio

        with self._table:
            asyncio.run(self.run(self._table.show, lambda _: None))
        return 0

    def in_window(self) -> int:
        """Run it in the window; return the exit code."""
        linger = 0.0 if self._demo.json else _LINGER
        return _run_window()(self, screenshots=self._out, finish="close", linger=linger)

    async def run(self, publish: Publish, ready: Callable[[Post], None]) -> None:
        """Run the bench until the technician has finished."""
        from bench.command_line.late_bench import LateBench

        bench = LateBench(
            name=self.name,
            simulated=self.simulated,
            layout=self.layout,
            tag_prefix="SIM",
            profile=RESOURCES / "profiles" / "training" / "training.toml",
            template=RESOURCES / "labels" / "asset-50x25.toml",
            program=_program,
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
        from bench.labels.render import to_image
        from hardware.simulator.printer import read_back

        for number, label in enumerate(self._labels, 1):
            name = f"{number:04d}-{read_back(label) or 'unreadable'}.png"
            to_image(label).save(self._out / "labels" / name)

    def lay_out_evidence(self) -> Evidence | None:
        """Show what the record can do besides: people, a correction, an erasure, a bundle."""
        from contextlib import redirect_stdout

        from bench.command_line.demonstration import demonstrate

        with redirect_stdout(sys.stderr):  # standard output is for the result
            return demonstrate(self._record, _program())

    def result(self) -> DemoResult:
        """Return what was done, the record verified from its file."""
        from bench.command_line.result import DemoResult
        from bench.custody.verification import verify_file

        verdict = verify_file(self._record)
        tally = self._table.tally
        return DemoResult(
            handsets=self._demo.handsets,
            staged=tally.staged,
            held=tally.held,
            voided=tally.voided,
            events=verdict.events,
            labels=len(self._labels),
            seconds=round(self._seconds, 3),
            chain_valid=verdict.verifies,
        )

    def _equipment(self, _: EnrolmentProfile) -> AbstractAsyncContextManager[Equipment]:
        from hardware.simulator.mishaps import Mishap
        from hardware.simulator.timing import Timing
        from hardware.simulator.training import Exercise, training_equipment

        slowly = Timing(answer_s=0.35, transfer_bytes_per_s=60_000.0)
        exercise = Exercise(
            ports=self.layout.ports,
            first_number=self._before + 1,
            mishaps=tuple(map(Mishap, self._demo.faults)),
            seed=self._demo.seed,
            timing=slowly if self._pace else Timing(answer_s=0.02),
            pace=self._pace,
        )
        return training_equipment(exercise, self._labels)


def _known_faults() -> tuple[str, ...]:
    from hardware.simulator.mishaps import Mishap

    return tuple(Mishap)


# ── the machine ─────────────────────────────────────────────────────────────────────────────────
def _has_display() -> bool:
    """Whether Qt has somewhere to draw: a screen, or a platform that somebody chose."""
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def _run_window() -> Callable[..., int]:
    """Load the window; nothing that is loaded is garbage, so nothing is collected meanwhile."""
    import gc

    gc.disable()
    from app.application import run_window

    return run_window


def _build_hash() -> str:
    """Return the SHA-256 of this program's own source: custody says which rules acted."""
    import hashlib

    home = RESOURCES.parent
    files = [
        home / "main.py",
        *(f for room in ("app", "bench", "hardware") for f in (home / room).rglob("*.py")),
    ]
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(f"{file.relative_to(home)}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:32]


def _cannot(reason: str, code: int = 2) -> int:
    sys.stderr.write(f"staging-bench: {reason}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
