"""Every row of what stands on the bench, in the order in which a person would mend them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench.checks import Answer, Check
from bench.identity.identifiers import UsbPath
from bench.ports import HubPower, LabelPrinter
from bench.problems import Problem, ProblemCode
from hardware.doctor import adb, meddlers, place, rules, seat, usb
from hardware.doctor.machine import Account, Machine
from hardware.doctor.plugged import Kind, Look, Plugged
from hardware.usb.port_plan import Capacity

_POWER_LIMIT = 20.0
"""Seconds: hubs are asked one after the other."""
_OR_ANOTHER = ", or name it in the settings: address under [printer]."
_LABEL, _ASK_AGAIN = 4.0, 0.2
"""Seconds that somebody else's label may take, and between two questions meanwhile."""


@dataclass(frozen=True, slots=True)
class Station:
    """What the doctor looks at, and through what it looks.

    `rules` is this program's file of udev rules, `fonts` its folder of typefaces, `record` the
    folder of the record, `slots` how many there are, `planned` the ports of those whose port is
    set. `plugged` asks what is plugged in; it may raise `OSError`.
    """

    rules: Path
    fonts: Path
    record: Path
    slots: int
    plugged: Look
    adb_port: int
    adb: str
    printer: LabelPrinter | None = None
    power: HubPower | None = None
    planned: Collection[UsbPath] = ()
    machine: Machine = field(default_factory=Machine)
    account: Account = field(default_factory=Account.own)
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    capacity: Capacity = field(default_factory=Capacity)

    @property
    def path(self) -> str:
        """Where programs are looked for."""
        return self.environment.get("PATH", "")


def station_checks(station: Station, besides: Iterable[Check] = ()) -> tuple[Check, ...]:
    """Return the rows; `besides` are those that other rooms bring."""
    one, machine = station, station.machine
    return (
        Check("udev", lambda: rules.udev_answer(machine)),
        Check("udev rules", lambda: rules.rules_answer(machine, one.rules)),
        Check("Seat", lambda: seat.seat_answer(machine, one.account, one.environment)),
        *(Check(what, _access(one, kind)) for what, kind in _ACCESS),
        Check("ModemManager", _of_plugged(one, meddlers.modem_manager_answer)),
        Check("Automatic mounting", _of_plugged(one, meddlers.mounters_answer)),
        Check("ADB", lambda: adb.program_answer(one.adb, one.path)),
        Check("ADB server", lambda: adb.server_answer(machine, one.adb_port, one.account)),
        Check("Label printer", lambda: _printer(one.printer)),
        Check("USB sleep", lambda: usb.sleep_answer(one.plugged())),
        Check(
            "USB controllers",
            lambda: usb.capacity_answer(machine, one.planned, one.slots, one.capacity),
        ),
        Check("Hub power", lambda: _power(one.power), _POWER_LIMIT),
        Check("USB memory", lambda: usb.memory_answer(machine, one.slots)),
        Check("Kernel log", lambda: usb.kernel_log_answer(machine)),
        *besides,
        Check("Screen", lambda: place.screen_answer(one.environment)),
        Check("Typefaces", lambda: place.typefaces_answer(one.fonts)),
        Check("Folder of the record", lambda: place.folder_answer(machine, one.record)),
    )


_ACCESS = (
    ("Handsets", Kind.HANDSET),
    ("Scanners", Kind.SCANNER),
    ("USB printers", Kind.PRINTER),
)


def _access(station: Station, kind: Kind) -> Callable[[], Answer]:
    return lambda: seat.access_answer(kind, station.plugged(), station.account)


def _of_plugged(
    station: Station, look: Callable[[Machine, tuple[Plugged, ...]], Answer]
) -> Callable[[], Answer]:
    return lambda: look(station.machine, station.plugged())


async def _printer(printer: LabelPrinter | None) -> Answer:
    """Ask the printer; what keeps it from printing has its own words."""
    if printer is None:
        return Answer("none is set up: labels cannot be printed", "Name it in the settings.")
    problem = await _trouble(printer)
    if problem is None:
        return Answer("it is ready")
    if problem.code is ProblemCode.PRINTER_IN_USE:
        return Answer("it is in use; a bench that prints has it", problem.advice.do, note=True)
    found = ": ".join(part for part in (problem.advice.what, problem.detail) if part)
    if problem.code is ProblemCode.PRINTER_UNREACHABLE:
        return Answer(found, f"{problem.advice.do.removesuffix('.')}{_OR_ANOTHER}")
    return Answer(found, problem.advice.do)


async def _trouble(printer: LabelPrinter) -> Problem | None:
    """Ask; a bench that prints has the printer for the length of a label and lets it go."""
    loop = asyncio.get_running_loop()
    until = loop.time() + _LABEL
    while (problem := await printer.trouble()) and problem.code is ProblemCode.PRINTER_IN_USE:
        if loop.time() >= until:
            break
        await asyncio.sleep(_ASK_AGAIN)
    return problem


async def _power(power: HubPower | None) -> Answer:
    """Ask which ports can be switched; a bench without any works as well."""
    ports = await power.switchable() if power else frozenset()
    if not ports:
        return Answer(
            "no hub here can switch a port off and on",
            "Pull the cable where a handset hangs; hubs that can are in the list of uhubctl.",
            note=True,
        )
    return Answer(f"{len(ports)} port{'' if len(ports) == 1 else 's'} can be switched off and on")
