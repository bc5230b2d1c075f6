"""Staging Bench: the composition root, the only file that knows window, bench and hardware.

Everything but the arguments is loaded where it is used, so that the window is there at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.checkup import Checkup
    from app.profile_shelf import ProfileShelf
    from bench.checks import Check, Finding
    from bench.command_line.arguments import Demo
    from bench.command_line.errands.words import Errand
    from bench.command_line.late_bench import LateBench
    from bench.command_line.late_centre import LateCentre
    from bench.command_line.program import Program
    from bench.command_line.training_day import Day, Simulator
    from bench.enrolment.profiles.profile import EnrolmentProfile
    from bench.identity.identifiers import UsbPath
    from bench.ports import Bitmap, Equipment, LabelPrinter
    from bench.settings import Settings
    from hardware.usb.port_plan import Capacity

RESOURCES = Path(__file__).resolve().parent / "resources"
_LOOKED_AT = 4
"""Slots of a bench that is only looked at."""
_LINGER = 20.0
"""Seconds a window stays after a demo, unless someone touches it."""


def main(words: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; return the exit code."""
    words = sys.argv[1:] if words is None else words
    if not words:
        return window()
    from bench.command_line.arguments import Demo, LookAt, OpenWindow, parse
    from bench.command_line.errands.words import Errand

    match parse(words, _known_faults() if "demo" in words else ()):
        case Errand() as errand:
            return _run(errand)
        case Demo() as command:
            return _demo(command)
        case LookAt() as command:
            return _look(command.record)
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
    bench = _real_bench(settings, settings_file)
    return _run_window()(bench, checkup=_checkup(settings_file), shelf=_profiles(bench))


def _centre(settings: Settings, settings_file: Path | None) -> LateCentre | None:
    """Return what the bench has of a centre; None where it is by itself."""
    if not settings.central.address:
        return None
    from bench.command_line.late_centre import LateCentre

    return LateCentre(
        settings.central,
        _this_program(settings_file),
        open_pepper=lambda: _program().pepper(settings.ledger),
    )


def _this_program(settings_file: Path | None) -> tuple[str, ...]:
    """Return the words that run this program with those settings, as another process."""
    named = ("--settings", str(settings_file)) if settings_file else ()
    return (sys.executable, str(RESOURCES.parent / "main.py"), *named)


def _real_bench(settings: Settings, settings_file: Path | None = None) -> LateBench:
    from bench.command_line.late_bench import LateBench
    from bench.command_line.late_services import LateServices
    from bench.staging.slots import HubLayout

    elsewhere = settings.enrolment.known_elsewhere
    return LateBench(
        name=settings.station.name,
        simulated=False,
        layout=HubLayout(settings.hub.rows, settings.hub.columns, settings.ports),
        tag_prefix=settings.station.tag_prefix,
        profile=_profile(settings.station.profile or "device-check"),
        placed={place: _profile(name) for place, name in settings.station.profiles.items()},
        program=_program,
        ledger=settings.ledger,
        equipment=lambda profiles: _real_equipment(settings, profiles),
        template=_template(settings),
        dots_per_mm=_dots_per_mm(settings),
        custody=settings.custody,
        people=settings.people,
        services=LateServices(settings.ledger, settings.enrolment, settings.intune),
        programme=settings.programme,
        known_elsewhere=Path(elsewhere) if elsewhere else None,
        centre=_centre(settings, settings_file),
        stock=settings.stock,
    )


def _profiles(bench: LateBench) -> ProfileShelf:
    """Return where profiles lie that may be looked at in the window, and changed."""
    from app.profile_shelf import ProfileShelf
    from bench.settings import Settings

    own = Settings.default_path().with_name("profiles")
    return ProfileShelf(own, RESOURCES / "profiles", (bench.profile, *bench.placed.values()))


def _profile(name: str) -> Path:
    """Return a profile: a file, or the name of one that comes with this program."""
    shipped = RESOURCES / "profiles" / f"{name}.toml"
    return shipped if shipped.is_file() else Path(name)


def _real_equipment(
    settings: Settings, profiles: Sequence[EnrolmentProfile]
) -> AbstractAsyncContextManager[Equipment]:
    from hardware.equipment import Furniture, real_equipment

    return real_equipment(
        Furniture(
            printer=_printer(settings),
            adb_port=settings.adb.port,
            adb=settings.adb.executable,
            scanner=None if settings.scanner.port == "auto" else settings.scanner.port,
            keyboards=settings.scanner.keyboards,
            suffix=settings.scanner.suffix,
            scanner_ids=tuple(settings.scanner.named),
            power=settings.usb.power,
            slots=frozenset(settings.ports),
            capacity=_capacity(settings),
            reads_modems=_modems(settings, profiles),
            asks_reactivation=settings.usb.reactivation_lock,
        )
    )


def _modems(
    settings: Settings, profiles: Sequence[EnrolmentProfile]
) -> Callable[[UsbPath], bool] | None:
    """Return which ports have modems that are asked; None where no profile of the bench lets them.

    A port that the settings lead to a slot is asked where that slot's profile lets it. Where ports
    are learned while the bench works, nobody knows yet which slot a port will be: it is asked.
    """
    usual, *others = profiles
    placed = dict(zip(settings.station.profiles, others, strict=True))
    if not any(profile.read_before_setup for profile in profiles):
        return None
    ports = settings.ports

    def is_asked(path: UsbPath) -> bool:
        slot = ports.get(path)
        if slot is None:
            return True
        return (placed.get(str(slot)) or placed.get(slot.row) or usual).read_before_setup

    return is_asked


def _capacity(settings: Settings) -> Capacity:
    from hardware.usb.port_plan import Capacity

    return Capacity(settings.usb.handset_endpoints, settings.usb.controllers)


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
    from hardware.hub_power.uhubctl import UhubctlPower
    from hardware.scanners.makers import MAKERS, parse_id

    program = _program()
    return station_checks(
        Station(
            rules=program.udev_rules,
            fonts=program.fonts,
            record=settings.ledger.parent,
            slots=settings.hub.rows * settings.hub.columns,
            plugged=plugged_in(
                MAKERS,
                [parse_id(text) for text in settings.scanner.named],
                [settings.scanner.port],
            ),
            adb_port=settings.adb.port,
            adb=settings.adb.executable,
            printer=_printer(settings),
            power=UhubctlPower(settings.usb.power) if settings.usb.power else None,
            planned=frozenset(settings.ports),
            capacity=_capacity(settings),
        )
    )


def _checkup(settings_file: Path | None) -> Checkup:
    """Return how the window has its station looked at: by this program as another process.

    Telling how a record is kept opens and closes its file, which would drop the locks of a bench
    in the same process.
    """
    from app.checkup import Checkup
    from bench.settings import state_folder

    program = _this_program(settings_file)

    def look() -> Iterable[Finding]:
        from bench.command_line.doctor_apart import findings_apart

        return findings_apart((*program, "doctor", "--json-lines"))

    return Checkup(
        look,
        udev_rules=RESOURCES / "udev" / "68-staging-bench.rules",
        keep=state_folder() / "checks",
        paper=(*program, "scanner-paper"),
    )


def _program() -> Program:
    from bench.command_line.program import Program

    return Program(RESOURCES, _build_hash, _equipment_checks)


# ── training ────────────────────────────────────────────────────────────────────────────────────
def _demo(demo: Demo) -> int:
    import tempfile

    from bench.command_line.result import tell
    from bench.command_line.training_day import TrainingDay
    from bench.problems import ProblemError

    headless = demo.headless or not _has_display()
    out = demo.out or Path(tempfile.mkdtemp(prefix="staging-bench-demo-"))
    pace = 0.0 if headless else 0.15
    day = TrainingDay(demo.handsets, out, _simulator(demo, pace), _program, demo.methods)
    linger = 0.0 if demo.json else _LINGER
    try:
        if headless:
            code = day.headless()
        else:
            code = _run_window()(day, screenshots=out, finish="close", linger=linger)
        day.keep_labels()
        evidence = day.lay_out_evidence()
        scene = None if demo.alone else day.play_scene()
    except ProblemError as error:
        return _cannot(str(error), code=1)
    result = day.result(scene)
    tell(result, out, evidence, scene, as_json=demo.json)
    settled = result.staged + result.voided + result.left_held == result.handsets
    return code or int(not (settled and result.chain_valid and (scene is None or scene.holds)))


def _look(record: Path) -> int:
    """Open the window on a simulated record, such as that of an example."""
    from bench.problems import ProblemError

    try:
        bench = looked_at(record)
    except ProblemError as error:
        return _cannot(str(error), code=1)
    if not _has_display():
        return _cannot("there is no display; without one, try: stock roll-out")
    return _run_window()(bench)


def looked_at(record: Path) -> LateBench:
    """Return the bench of a simulated record, with nothing plugged in.

    Raises `ProblemError`; NOT_REAL for a real record.
    """
    from bench.command_line.late_bench import LateBench
    from bench.command_line.program import header_of
    from bench.problems import Problem, ProblemCode, ProblemError
    from bench.staging.slots import HubLayout
    from hardware.simulator.empty_hub import empty_hub

    header = header_of(record)
    if not header.simulated:
        raise ProblemError(Problem(ProblemCode.NOT_REAL, record.name, "this is a real record"))
    return LateBench(
        name=header.bench,
        simulated=True,
        layout=HubLayout(1, _LOOKED_AT),
        tag_prefix="SIM",
        profile=RESOURCES / "profiles" / "training" / "training.toml",
        template=RESOURCES / "labels" / "asset-50x25.toml",
        program=_program,
        ledger=record,
        equipment=lambda _: empty_hub(),
    )


def _simulator(demo: Demo, pace: float) -> Simulator:
    """Return what a training day is held on, the handsets slow enough for eyes with a `pace`."""
    from bench.command_line.training_day import Simulator
    from hardware.simulator.mishaps import LEFT_HELD, Mishap
    from hardware.simulator.printer import read_back
    from hardware.simulator.timing import Timing
    from hardware.simulator.training import Exercise, training_equipment
    from hardware.simulator.training_ground import Ground
    from hardware.simulator.wizard.surroundings import UNHURRIED

    ground = Ground(times=UNHURRIED) if pace else Ground()
    slowly = Timing(answer_s=0.35, transfer_bytes_per_s=60_000.0)
    usual = LEFT_HELD if demo.methods and demo.handsets > 2 * len(LEFT_HELD) else ()

    def exercise(day: Day) -> Exercise:
        return Exercise(
            ports=day.ports,
            first_number=day.first_number,
            mishaps=tuple(map(Mishap, demo.faults)) or usual,
            seed=demo.seed,
            timing=slowly if pace else Timing(answer_s=0.02),
            pace=pace,
            methods=day.methods,
            ground=ground,
        )

    def equipment(day: Day, labels: list[Bitmap]) -> AbstractAsyncContextManager[Equipment]:
        return training_equipment(exercise(day), labels)

    return Simulator(
        equipment,
        read_back,
        identities=lambda day: exercise(day).identities(),
        hand_in=lambda service, data: ground.hand_in(service, data).taken,
        secrets={"bench-wifi": ground.password.text},
    )


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
