"""The doctor on a computer with everything, on one with nothing, and on what lies between."""

from __future__ import annotations

import asyncio
import os
import shutil
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import adbutils
import pytest

from bench.checks import Finding, Severity
from bench.identity.identifiers import UsbPath
from bench.ports import Bitmap, LabelPrinter
from bench.problems import Problem, ProblemCode
from hardware.adb.server import AdbServer, free_port
from hardware.doctor.machine import Account, Machine
from hardware.doctor.plugged import Kind, Plugged
from hardware.doctor.rights import Rights
from hardware.doctor.station import Station, station_checks
from hardware.printers.opening import zpl_over_tcp
from hardware.printers.transports.network import connect_tcp
from hardware.printers.zpl.printer import ZplPrinter
from hardware.simulator.printer import SimulatedPrinter
from tests.hardware.doctor.made_up import (
    AT_THE_SEAT,
    IGNORED,
    PLUGGED,
    RULES,
    TABLE,
    bare_station,
    findings,
    furnish,
    listen,
    program,
    run_process,
    station,
    with_plugged,
    write,
)
from tests.hardware.usb.tree import UsbTree

ADB_36 = str(Path(adbutils.__file__).with_name("binaries") / "adb")


class PrinterThat:
    """A printer in a state."""

    def __init__(self, problem: Problem | None = None) -> None:
        self.problem = problem

    async def trouble(self) -> Problem | None:
        return self.problem

    async def print(self, label: Bitmap) -> None:  # noqa: ARG002
        raise AssertionError("the doctor prints nothing")


READY = PrinterThat()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return furnish(tmp_path / "root")


@pytest.fixture
def whole(machine: Machine) -> Station:
    return station(machine.root, machine, READY, free_port())


def found(one: Station, what: str) -> Finding:
    (check,) = (check for check in station_checks(one) if check.what == what)
    return check.finding()


def assert_mend(finding: Finding, found: str, mend: str) -> None:
    assert finding.severity is Severity.MEND, finding
    assert found in finding.found
    assert mend in finding.mend


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
        "USB controllers": "2 controllers can bear some 24 handsets, for 20 slots",
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


# ── udev rules ──────────────────────────────────────────────────────────────────────────────────
def rules_at(machine: Machine, place: str) -> Path:
    folder = machine.at(place)
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(RULES, folder))


def test_rules_of_another_version_are_to_be_installed_anew(whole: Station) -> None:
    installed = rules_at(whole.machine, "/etc/udev/rules.d")
    installed.write_text(installed.read_text().replace("version 1", "version 0"))
    assert_mend(found(whole, "udev rules"), "not of this version", "sudo install -m 644")


def test_rules_that_a_package_brought_count_and_those_of_the_administrator_go_before(
    whole: Station,
) -> None:
    machine = whole.machine
    machine.at("/etc/udev/rules.d/68-staging-bench.rules").unlink()
    rules_at(machine, "/usr/lib/udev/rules.d")
    machine.at("/lib").symlink_to("usr/lib")
    assert found(whole, "udev rules").found.startswith("/usr/lib/udev/rules.d/")
    machine.at("/etc/udev/rules.d/68-staging-bench.rules").symlink_to("/dev/null")
    assert_mend(found(whole, "udev rules"), "not of this version", "sudo install")


def test_rules_of_another_name_are_in_the_way(whole: Station) -> None:
    installed = rules_at(whole.machine, "/etc/udev/rules.d")
    other = installed.rename(installed.with_name("99-staging-bench.rules"))
    assert_mend(found(whole, "udev rules"), "only others are", "sudo install")
    rules_at(whole.machine, "/etc/udev/rules.d")
    assert_mend(found(whole, "udev rules"), str(other.name), "Remove")


# ── seat and access ─────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"SSH_CONNECTION": "192.0.2.7 50000 192.0.2.8 22"}, "over ssh, which has no seat"),
        ({}, "this session has no seat"),
    ],
)
def test_a_session_without_a_seat_is_told_that_the_rules_open_nothing(
    whole: Station, environment: dict[str, str], said: str
) -> None:
    finding = found(replace(whole, environment=environment), "Seat")
    assert finding.severity is Severity.NOTE
    assert said in finding.found
    assert "the udev rules open nothing" in finding.found


def test_root_is_told_that_it_proves_nothing(whole: Station) -> None:
    as_root = replace(whole, account=Account(0, frozenset({0})))
    assert found(as_root, "Seat").severity is Severity.NOTE
    assert found(as_root, "Handsets").found == "2 handsets, open to this account as root"


def handset(where: str, rights: Rights | None, **properties: str) -> Plugged:
    return Plugged(Kind.HANDSET, where, Path("/dev/bus/usb/001/009"), rights, properties)


def test_handsets_that_only_root_may_open_are_named(whole: Station) -> None:
    closed = [handset(f"1-1.{port}", Rights(0, 0, 0o664)) for port in range(5, 12)]
    finding = found(with_plugged(whole, *PLUGGED, *closed), "Handsets")
    assert_mend(finding, "1-1.5 (/dev/bus/usb/001/009)", "Install the udev rules")
    assert "1-1.4" not in finding.found
    assert "and 3 more are closed to this account" in finding.found


def test_a_handset_whose_node_is_not_there_is_closed(whole: Station) -> None:
    finding = found(with_plugged(whole, handset("1-1.1", None)), "Handsets")
    assert_mend(finding, "1-1.1 (/dev/bus/usb/001/009) is closed", "plug in again")


def test_access_by_group_is_said_to_be_that(whole: Station) -> None:
    one = with_plugged(whole, handset("1-1.1", Rights(0, 46, 0o660)), handset("1-1.2", AT_THE_SEAT))
    said = found(one, "Handsets").found
    assert said == "2 handsets, open to this account through a group and through the seat"


def test_a_node_that_every_account_may_write_is_a_fault(whole: Station) -> None:
    one = with_plugged(whole, handset("1-1.1", Rights(0, 0, 0o666)))
    assert_mend(found(one, "Handsets"), "every account of this computer", 'MODE="0666"')


# ── who meddles ─────────────────────────────────────────────────────────────────────────────────
def test_modem_manager_that_takes_a_handset_for_a_modem_is_found(whole: Station) -> None:
    one = with_plugged(whole, *PLUGGED, handset("1-1.7", AT_THE_SEAT))
    assert_mend(found(one, "ModemManager"), "takes 1-1.7 for a modem", "disable --now")


def test_modem_manager_with_nothing_plugged_in_is_only_told_of(whole: Station) -> None:
    assert found(with_plugged(whole), "ModemManager").severity is Severity.NOTE


def test_a_desktop_that_would_mount_a_handset_is_found(whole: Station) -> None:
    one = with_plugged(whole, handset("1-1.7", AT_THE_SEAT, ID_MTP_DEVICE="1", **IGNORED))
    finding = found(one, "Automatic mounting")
    assert_mend(finding, "gvfs-mtp-volume runs and would mount 1-1.7", "udev rules")


@pytest.mark.parametrize("name", ["gvfsd-mtp", "jmtpfs", "gvfsd-gphoto2"])
def test_a_handset_that_is_mounted_is_found(whole: Station, name: str) -> None:
    run_process(whole.machine.root, 901, name)
    assert_mend(found(whole, "Automatic mounting"), f"{name} has a handset mounted", "Eject")


# ── ADB ─────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("version", "severity", "said"),
    [
        ("28.0.2", Severity.MEND, "is too old"),
        ("29.0.5", Severity.MEND, "is too old"),
        ("29.0.6", Severity.WELL, "asked for every second"),
        ("34.0.4", Severity.NOTE, "was tried with 29 and 36"),
        ("36.0.0", Severity.WELL, "version 36.0.0"),
        ("41.2.0", Severity.NOTE, "was tried with 29 and 36"),
        ("new", Severity.MEND, "does not say its version"),
    ],
)
def test_a_version_of_adb_is_judged(
    whole: Station, tmp_path: Path, version: str, severity: Severity, said: str
) -> None:
    program(tmp_path / "bin", version)
    finding = found(whole, "ADB")
    assert (finding.severity, said in finding.found) == (severity, True), finding


@pytest.mark.parametrize(
    "script",
    ["exit 1\n", "yes a | head -c 1048576\n", "head -c 1048576 /dev/urandom\n", "kill -9 $$\n"],
    ids=["says nothing", "1 MiB", "1 MiB of anything", "dies"],
)
def test_whatever_the_program_says_is_a_finding(
    whole: Station, tmp_path: Path, script: str
) -> None:
    file = program(tmp_path / "bin")
    file.write_text(f"#!/bin/sh\n{script}")
    finding = found(whole, "ADB")
    assert_mend(finding, "does not say its version", "Install the package adb")
    assert len(finding.found) <= 400


@pytest.mark.parametrize(("executable", "major"), [("adb", "29."), (ADB_36, "36.")])
def test_both_real_programs_are_ones_that_were_tried(
    whole: Station, executable: str, major: str
) -> None:
    finding = found(replace(whole, adb=executable, environment=dict(os.environ)), "ADB")
    assert finding.severity is Severity.WELL, "install the package adb"
    assert finding.found.startswith(f"version {major}")


def test_a_server_of_another_account_is_named(whole: Station) -> None:
    listen(whole.machine.root, whole.adb_port, 1001)
    finding = found(whole, "ADB server")
    assert_mend(finding, "is of the account someone", f"sudo -u someone adb -P {whole.adb_port}")


def test_something_else_on_the_port_is_told_of(whole: Station) -> None:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\x00\xffHTTP" * 200_000)
        with suppress(OSError):
            await writer.drain()
        writer.close()

    async def look() -> Finding:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            listen(whole.machine.root, port, 1000)
            return await asyncio.to_thread(found, replace(whole, adb_port=port), "ADB server")

    assert_mend(asyncio.run(look()), "is no ADB server", "ss -ltnp")


@pytest.mark.parametrize(
    "table",
    ["", TABLE, TABLE + "garbage\n", TABLE + "0: x y 0A 0 0 0 nobody\n", "\0" * 1000, "é" * 70000],
)
def test_a_garbled_table_of_connections_has_nobody_on_the_port(whole: Station, table: str) -> None:
    write(whole.machine.root, "/proc/net/tcp", table)
    assert found(whole, "ADB server").found.startswith("none runs")


# ── the printer ─────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("code", "mend"),
    [
        (ProblemCode.PRINTER_UNREACHABLE, "Switch it on"),
        (ProblemCode.PRINTER_OUT_OF_PAPER, "Put a new roll in"),
    ],
)
def test_what_keeps_the_printer_from_printing_is_said(
    whole: Station, code: ProblemCode, mend: str
) -> None:
    one: LabelPrinter = PrinterThat(Problem(code, "Label printer", "Connection refused"))
    assert_mend(found(replace(whole, printer=one), "Label printer"), "Connection refused", mend)


def test_a_printer_that_takes_connections_and_says_nothing_is_told_of(whole: Station) -> None:
    async def look() -> Finding:
        held: list[asyncio.StreamWriter] = []
        server = await asyncio.start_server(lambda _, writer: held.append(writer), "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            line = partial(connect_tcp, "127.0.0.1", port)
            printer = ZplPrinter(line, patience=0.05, deadline=0.2)
            made = await asyncio.to_thread(found, replace(whole, printer=printer), "Label printer")
            for writer in held:
                writer.close()
            return made

    assert_mend(asyncio.run(look()), "The label printer", ".")


# ── USB, folder, screen ─────────────────────────────────────────────────────────────────────────
def test_a_handset_that_may_be_put_to_sleep_is_found(whole: Station) -> None:
    one = with_plugged(whole, replace(PLUGGED[0], power="auto"), PLUGGED[1])
    assert_mend(found(one, "USB sleep"), "1-1.3 may be put to sleep", "TLP")


def test_more_slots_than_the_kernel_has_memory_for_is_told_of(whole: Station) -> None:
    finding = found(replace(whole, slots=96), "USB memory")
    assert finding.severity is Severity.NOTE
    assert "usbcore.usbfs_memory_mb=96" in finding.mend
    write(whole.machine.root, "/sys/module/usbcore/parameters/usbfs_memory_mb", "0\n")
    assert found(replace(whole, slots=96), "USB memory").severity is Severity.WELL


def test_slots_that_no_controller_can_bear_are_told_of(whole: Station) -> None:
    finding = found(replace(whole, slots=64), "USB controllers")
    assert finding.severity is Severity.NOTE
    assert "controller card" in finding.mend


def test_a_controller_with_too_many_slots_says_which_to_move(whole: Station) -> None:
    usb = UsbTree(whole.machine.at("/sys"))
    usb.hub("1-2", 16)
    ports = tuple(UsbPath.parse(f"1-2.{port}") for port in range(1, 15))
    finding = found(replace(whole, planned=ports, slots=14), "USB controllers")
    assert_mend(finding, "controller 0000:00:14.0 can bear", "to a socket of controller 0000:03")
    assert "Move 1-2." in finding.mend


MOUNTS = {
    "nfs4": "on another computer (nfs4)",
    "cifs": "on another computer (cifs)",
    "tmpfs": "kept in memory (tmpfs)",
}


@pytest.mark.parametrize("kind", MOUNTS)
def test_a_folder_that_keeps_nothing_whole_is_told_of(whole: Station, kind: str) -> None:
    write(
        whole.machine.root,
        "/proc/self/mountinfo",
        f"22 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
        f"36 22 0:30 / {whole.record} rw shared:1 - {kind} host:/x rw\n",
    )
    assert_mend(found(whole, "Folder of the record"), MOUNTS[kind], "station.ledger")


def test_wayland_is_told_of_for_scanners_that_type(whole: Station) -> None:
    one = replace(whole, environment={"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"})
    assert found(one, "Screen").severity is Severity.NOTE
    assert "only while the window has the focus" in found(one, "Screen").found


def test_the_doctor_changes_nothing(whole: Station, tmp_path: Path) -> None:
    def all_files() -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}

    before = all_files()
    findings(whole)
    assert all_files() == before
