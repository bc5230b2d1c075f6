"""The doctor on a computer with everything, and on one with nothing."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from pathlib import Path

from bench.checks import Finding, Severity
from bench.settings import Settings
from hardware.adb.server import AdbServer, free_port
from hardware.doctor.machine import Machine
from hardware.doctor.plugged import Plugged
from hardware.doctor.station import Station, station_checks
from hardware.printers.opening import zpl_over_tcp
from hardware.simulator.printer import SimulatedPrinter
from main import _equipment_checks
from tests.hardware.doctor.made_up import (
    bare_station,
    findings,
    listen,
    station,
)


# ── everything ──────────────────────────────────────────────────────────────────────────────────
def test_a_station_with_everything_is_well(tmp_path: Path, machine: Machine) -> None:
    async def look() -> dict[str, Finding]:
        server = AdbServer(free_port(), tmp_path / "home")
        try:
            await server.ensure()
            listen(machine.root, server.port, 1000)
            async with SimulatedPrinter() as peer:
                printer = zpl_over_tcp(peer.host, peer.port)
                one = station(machine.root, machine, printer, server.port)
                return await asyncio.to_thread(findings, one)
        finally:
            await server.stop()

    assert shutil.which("adb"), "install the package adb"
    made = asyncio.run(look())
    assert {what: finding.found for what, finding in made.items()} == {
        "udev": "it runs",
        "udev rules": "/etc/udev/rules.d/68-staging-bench.rules is of this version of the program",
        "Seat": "this session is at seat0",
        "Handsets": "2 handsets, open to this account through the seat",
        "Scanners": "1 scanner, open to this account through the seat",
        "USB printers": "1 printer, open to this account through the seat",
        "ModemManager": "it runs, and is told to keep off what is plugged in",
        "Automatic mounting": "gvfs-mtp-volume runs, and leaves the handsets alone",
        "ADB": f"version 36.0.0 ({tmp_path / 'bin' / 'adb'})",
        "ADB server": made["ADB server"].found,
        "Label printer": "it is ready",
        "USB sleep": "none of 2 handsets is put to sleep",
        "USB controllers": "2 controllers can bear some 24 handsets, for 20 slots; "
        "0000:00:14.0: 10 more; 0000:03:00.0: 12 more",
        "Hub power": "2 ports can be switched off and on",
        "USB memory": "transfers may take 64 MB, 20 slots may need 20",
        "Kernel log": "it can be read: a handset that a full controller refuses is told of",
        "Screen": "X11, :0",
        "Typefaces": "those of labels and papers are there",
        "Folder of the record": f"{tmp_path / 'record'} can be written; file system ext4",
    }
    assert made["ADB server"].found.endswith("protocol 41")
    assert {finding.severity for finding in made.values()} == {Severity.WELL}
    assert not any(finding.mend for finding in made.values())


# ── nothing ─────────────────────────────────────────────────────────────────────────────────────
def test_a_station_with_nothing_is_told_what_it_lacks(tmp_path: Path) -> None:
    made = findings(bare_station(tmp_path))
    assert {what: finding.found for what, finding in made.items()} == {
        "udev": "it does not run: /run/udev/control is missing",
        "udev rules": "they are not installed",
        "Seat": "nothing gives seats here: systemd-logind does not run: "
        "the udev rules open nothing to it",
        "Handsets": "no handset is plugged in: not tried",
        "Scanners": "no scanner is plugged in: not tried",
        "USB printers": "no printer is plugged in: not tried",
        "ModemManager": "it does not run",
        "Automatic mounting": "none runs",
        "ADB": "the program adb is not installed",
        "ADB server": "none runs on port 5037; the bench starts one",
        "Label printer": "none is set up: labels cannot be printed",
        "USB sleep": "no handset is plugged in: not tried",
        "USB controllers": "no USB controller is found",
        "Hub power": "no hub here can switch a port off and on",
        "USB memory": "/sys/module/usbcore/parameters/usbfs_memory_mb cannot be read: not known",
        "Kernel log": "/dev/kmsg cannot be read (No such file or directory): "
        "a handset that a full controller refuses stays unseen",
        "Screen": "there is none here: only commands work, no window",
        "Typefaces": "DejaVuSansCondensed.ttf, DejaVuSansMono.ttf is missing in "
        f"{tmp_path / 'fonts'}",
        "Folder of the record": f"nothing can be written in {tmp_path / 'record'}: "
        "No such file or directory",
    }
    amiss = {what for what, finding in made.items() if not finding.ok}
    assert amiss == {
        "udev", "udev rules", "ADB", "Label printer", "Typefaces", "Folder of the record",
    }  # fmt: skip
    assert all(made[what].mend for what in amiss)
    assert "sudo install -m 644" in made["udev rules"].mend


def test_a_computer_that_cannot_be_asked_for_its_devices_hides_no_other_line(
    whole: Station,
) -> None:
    def no_udev() -> tuple[Plugged, ...]:
        raise OSError("libudev is not installed")

    made = findings(replace(whole, plugged=no_udev))
    broken = {what for what, finding in made.items() if "libudev" in finding.found}
    assert broken == {
        "Handsets", "Scanners", "USB printers", "ModemManager", "Automatic mounting", "USB sleep",
    }  # fmt: skip
    assert made["udev rules"].ok


def test_the_doctor_changes_nothing(whole: Station, tmp_path: Path) -> None:
    def all_files() -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}

    before = all_files()
    findings(whole)
    assert all_files() == before


def test_the_products_own_rows_are_all_made_on_this_computer(whole: Station) -> None:
    names = [check.what for check in station_checks(whole)]
    made = [check.finding() for check in _equipment_checks(Settings())]
    assert [finding.what for finding in made] == names
    assert all(finding.found for finding in made)
    assert not [finding for finding in made if "this check itself failed" in finding.found]
