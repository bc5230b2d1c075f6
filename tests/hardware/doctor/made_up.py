"""A computer made of files: with everything a bench needs, or with nothing at all."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from bench.checks import Finding, Severity
from bench.identity.identifiers import UsbPath
from bench.ports import Bitmap, LabelPrinter
from bench.problems import Problem
from hardware.doctor.machine import Account, Machine
from hardware.doctor.plugged import Kind, Plugged
from hardware.doctor.rights import Rights
from hardware.doctor.station import Station, station_checks
from tests.hardware.doctor.access_list import access_list
from tests.hardware.usb.tree import UsbTree

ROOT = Path(__file__).parents[3]
RULES = ROOT / "resources" / "udev" / "68-staging-bench.rules"
FONTS = ROOT / "resources" / "fonts"
TECHNICIAN = Account(1000, frozenset({1000, 46}))
AT_THE_SEAT = Rights(0, 0, 0o660, access_list(seat=1000))
IGNORED = {"ID_MM_DEVICE_IGNORE": "1"}
PLUGGED = (
    Plugged(Kind.HANDSET, "1-1.3", Path("/dev/bus/usb/001/005"), AT_THE_SEAT, IGNORED, "on"),
    Plugged(Kind.HANDSET, "1-1.4", Path("/dev/bus/usb/001/006"), AT_THE_SEAT, IGNORED, "on"),
    Plugged(Kind.SCANNER, "ttyACM0", Path("/dev/ttyACM0"), AT_THE_SEAT, IGNORED),
    Plugged(Kind.PRINTER, "lp0", Path("/dev/usb/lp0"), AT_THE_SEAT),
)
TABLE = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"


class TwoPorts:
    """A hub of which two ports can be switched."""

    async def switchable(self) -> frozenset[UsbPath]:
        return frozenset((UsbPath(1, (1, 3)), UsbPath(1, (1, 4))))

    async def cycle(self, path: UsbPath) -> None:
        raise AssertionError(f"the doctor switches nothing, not even {path}")


def write(root: Path, path: str, text: str) -> Path:
    file = root / path.lstrip("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def run_process(root: Path, number: int, name: str) -> None:
    write(root, f"/proc/{number}/comm", f"{name[:15]}\n")
    write(root, f"/proc/{number}/cmdline", f"/usr/bin/{name}\0--daemon\0")


def listen(root: Path, port: int, account: int) -> None:
    """Let an account listen on a port, as the kernel's table tells it."""
    line = f"   0: 0100007F:{port:04X} 00000000:0000 0A 0:0 0:0 0 {account}        0 12345\n"
    spelt = line.replace(" 0:0 0:0 0 ", " 00000000:00000000 00:00000000 00000000 ")
    write(root, "/proc/net/tcp", TABLE + spelt)


def furnish(root: Path) -> Machine:
    """Make a computer on which all is as it should be."""
    write(root, "/run/udev/control", "")
    (root / "etc/udev/rules.d").mkdir(parents=True)
    shutil.copy(RULES, root / "etc/udev/rules.d")
    (root / "run/systemd/seats").mkdir(parents=True)
    write(root, "/etc/passwd", "root:x:0:0::/root:/bin/sh\nsomeone:x:1001:1001::/:/bin/sh\n")
    write(root, "/sys/module/usbcore/parameters/usbfs_memory_mb", "64\n")
    write(root, "/dev/kmsg", "")
    write(root, "/proc/self/mountinfo", f"22 1 8:1 / {root.parent} rw - ext4 /dev/sda1 rw\n")
    usb = UsbTree(root / "sys")
    usb.controller("0000:00:14.0", (1, 2))
    usb.controller("0000:03:00.0", (3, 4))
    usb.hub("1-1")
    usb.device("1-1.3")
    usb.device("1-1.4")
    run_process(root, 1, "systemd")
    run_process(root, 700, "ModemManager")
    run_process(root, 900, "gvfs-mtp-volume-monitor")
    return Machine(root)


def program(folder: Path, version: str = "36.0.0") -> Path:
    """Make a program adb that says only its version."""
    file = folder / "adb"
    folder.mkdir(exist_ok=True)
    file.write_text(
        f"#!/bin/sh\nprintf 'Android Debug Bridge version 1.0.41\\nVersion {version}-made-up\\n'\n"
    )
    file.chmod(0o755)
    return file


def station(root: Path, machine: Machine, printer: LabelPrinter | None, adb_port: int) -> Station:
    """Return a station with everything, on a computer."""
    bin_folder, record = root.parent / "bin", root.parent / "record"
    program(bin_folder)
    record.mkdir(exist_ok=True)
    return Station(
        RULES, FONTS, record, 20, lambda: PLUGGED, adb_port, "adb", printer, TwoPorts(), (),
        machine, TECHNICIAN,
        {"XDG_SEAT": "seat0", "DISPLAY": ":0", "PATH": f"{bin_folder}:/usr/bin:/bin"},
    )  # fmt: skip


def bare_station(folder: Path) -> Station:
    """Return a station with nothing, on a computer with nothing."""
    (folder / "root").mkdir()
    return Station(
        RULES, folder / "fonts", folder / "record", 64, no_udev, 5037, "adb", None, None, (),
        Machine(folder / "root"), TECHNICIAN, {"PATH": str(folder)},
    )  # fmt: skip


def no_udev() -> tuple[Plugged, ...]:
    return ()


def with_plugged(one: Station, *plugged: Plugged) -> Station:
    return replace(one, plugged=lambda: plugged)


def findings(one: Station) -> dict[str, Finding]:
    return {check.what: check.finding() for check in station_checks(one)}


class PrinterThat:
    """A printer in a state."""

    def __init__(self, problem: Problem | None = None) -> None:
        self.problem = problem

    async def trouble(self) -> Problem | None:
        return self.problem

    async def print(self, label: Bitmap) -> None:  # noqa: ARG002
        raise AssertionError("the doctor prints nothing")


READY = PrinterThat()


def found(one: Station, what: str) -> Finding:
    (check,) = (check for check in station_checks(one) if check.what == what)
    return check.finding()


def assert_mend(finding: Finding, found: str, mend: str) -> None:
    assert finding.severity is Severity.MEND, finding
    assert found in finding.found
    assert mend in finding.mend
