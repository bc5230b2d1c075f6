"""What the doctor says of ADB and of the label printer."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import adbutils
import pytest

from bench.checks import Finding, Severity
from bench.ports import LabelPrinter
from bench.problems import Problem, ProblemCode
from hardware.doctor.station import Station
from hardware.printers.transports.network import connect_tcp
from hardware.printers.zpl.printer import ZplPrinter
from tests.hardware.doctor.made_up import (
    TABLE,
    PrinterThat,
    assert_mend,
    found,
    listen,
    program,
    write,
)

ADB_36 = str(Path(adbutils.__file__).with_name("binaries") / "adb")


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


def test_a_program_that_says_its_version_bit_by_bit_is_heard_out(
    whole: Station, tmp_path: Path
) -> None:
    file = program(tmp_path / "bin")
    file.write_text("#!/bin/sh\nprintf 'Android Debug'\nsleep 0.2\necho\necho 'Version 36.0.0'\n")
    assert found(whole, "ADB").severity is Severity.WELL


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
        (ProblemCode.PRINTER_UNREACHABLE, "or name it in the settings: address under [printer]."),
        (ProblemCode.PRINTER_OUT_OF_PAPER, "Put a new roll in"),
    ],
)
def test_what_keeps_the_printer_from_printing_is_said(
    whole: Station, code: ProblemCode, mend: str
) -> None:
    one: LabelPrinter = PrinterThat(Problem(code, "Label printer", "Connection refused"))
    assert_mend(found(replace(whole, printer=one), "Label printer"), "Connection refused", mend)


def test_a_printer_that_the_bench_prints_with_is_waited_for(whole: Station) -> None:
    class PrintingPrinter(PrinterThat):
        async def trouble(self) -> Problem | None:
            problem, self.problem = self.problem, None
            return problem

    one = PrintingPrinter(Problem(ProblemCode.PRINTER_IN_USE, "Label printer"))
    finding = found(replace(whole, printer=one), "Label printer")
    assert (finding.severity, finding.found) == (Severity.WELL, "it is ready")


def test_a_printer_that_stays_in_use_is_worth_knowing(
    whole: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hardware.doctor.station._LABEL", 0.3)
    one = PrinterThat(Problem(ProblemCode.PRINTER_IN_USE, "Label printer"))
    finding = found(replace(whole, printer=one), "Label printer")
    assert finding.severity is Severity.NOTE
    assert finding.found == "it is in use; a bench that prints has it"
    assert finding.ok


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
