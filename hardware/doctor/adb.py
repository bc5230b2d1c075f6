"""ADB: the program, its version, and whose server is on the port."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
from collections.abc import Iterator
from contextlib import suppress

from bench.checks import Answer
from bench.identity.plain import plain
from bench.problems import ProblemError
from hardware.adb.client import AdbClient, Deadlines
from hardware.adb.server import OLDEST
from hardware.doctor.machine import Account, Machine

TRIED = ((29, 0, 6), (36, 0, 0))
"""The versions that the bench was tried with; older ones cannot work, others may."""
_VERSION = re.compile(r"^Version (\d{1,4})\.(\d{1,4})\.(\d{1,4})", re.MULTILINE)
_LONGEST = 4096
_PATIENCE = 5.0
_TABLES = ("/proc/net/tcp", "/proc/net/tcp6")
_LISTENS = "0A"
"""TCP_LISTEN, Linux `include/net/tcp_states.h`, as the tables spell it."""
_FIELDS = 8


async def program_answer(executable: str, path: str | None = None) -> Answer:
    """Say which ADB is installed; `path` is where programs are looked for, as in `PATH`."""
    program = shutil.which(executable, path=path)
    if program is None:
        return Answer(
            f"the program {executable} is not installed",
            "Install the package adb, or name the program in the settings, adb.executable.",
        )
    said = await _said(program)
    found = _VERSION.search(said)
    if found is None:
        return Answer(f"{program} does not say its version: {said}", "Install the package adb.")
    major, minor, patch = (int(each) for each in found.groups())
    return version_answer((major, minor, patch), program)


def version_answer(version: tuple[int, int, int], program: str) -> Answer:
    """Judge a version of ADB."""
    spelt = ".".join(map(str, version))
    said = f"version {spelt} ({program})"
    oldest, newest = TRIED
    if version < oldest:
        return Answer(
            f"{said} is too old", f"Install version {oldest[0]}.{oldest[1]}.{oldest[2]} or later."
        )
    if version[0] == oldest[0]:
        return Answer(f"{said}; what it does not tell by itself is asked for every second")
    if version[0] == newest[0]:
        return Answer(said)
    return Answer(
        f"{said}; the bench was tried with {oldest[0]} and {newest[0]}",
        "If handsets come and go unseen, install one of these.",
        note=True,
    )


async def server_answer(machine: Machine, port: int, account: Account) -> Answer:
    """Say whose server is on the port, and whether it answers."""
    owners = set(_owners(machine, port))
    if not owners:
        return Answer(f"none runs on port {port}; the bench starts one")
    if strangers := sorted(owners - {account.user}):
        name = machine.name("passwd", strangers[0])
        return Answer(
            f"the one on port {port} is of the account {name}, and has its key and its rights",
            f"End it as that account: sudo -u {name} adb -P {port} kill-server",
        )
    return await _answers(port)


async def _answers(port: int) -> Answer:
    try:
        version = await AdbClient(port, deadlines=Deadlines(answer=_PATIENCE)).version()
    except ProblemError as error:
        return Answer(
            f"what is on port {port} is no ADB server that answers: {error.problem.detail}",
            f"Find out what it is with: ss -ltnp 'sport = :{port}'",
        )
    if version < OLDEST:
        return Answer(
            f"the one on port {port} speaks version {version}, needed is {OLDEST}",
            f"End it: adb -P {port} kill-server",
        )
    return Answer(f"it answers on port {port}, protocol {version}")


async def _said(program: str) -> str:
    """Return what `adb version` prints, or why it does not."""
    pipe, silent = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    child = await asyncio.create_subprocess_exec(
        program, "version", stdin=silent, stdout=pipe, stderr=silent, process_group=0
    )
    assert child.stdout is not None
    try:
        async with asyncio.timeout(_PATIENCE):
            return (await _to_its_end(child.stdout)).decode("utf-8", "replace")
    except TimeoutError:
        return plain(f"no answer within {_PATIENCE:g} s")
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)  # whatever it started holds the pipe open too
        await child.stdout.read()
        await child.wait()


async def _to_its_end(pipe: asyncio.StreamReader) -> bytes:
    """Return what comes until the program ends, or as much as is of use."""
    said = b""
    while len(said) < _LONGEST and (more := await pipe.read(_LONGEST - len(said))):
        said += more
    return said


def _owners(machine: Machine, port: int) -> Iterator[int]:
    """Yield the accounts that listen on a port of this computer (proc(5), /proc/net/tcp)."""
    for table in _TABLES:
        for line in (machine.text(table) or "").splitlines()[1:]:
            fields = line.split()
            if len(fields) < _FIELDS or fields[3] != _LISTENS or not fields[7].isdecimal():
                continue
            if fields[1].rpartition(":")[2].upper() == f"{port:04X}":
                yield int(fields[7])
