"""A real adb server of the test's own, and the adb program as a client of it."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

Said = tuple[int, bytes, bytes]


@pytest.fixture
def adb_environment(tmp_path: Path) -> dict[str, str]:
    """Return an environment in which adb finds no key but its own."""
    home = tmp_path / "adb-home"
    home.mkdir()
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ADB_", "ANDROID_"))}
    return {**kept, "HOME": str(home), "ADB_MDNS": "0"}


@pytest.fixture
def start_adb_server(
    tmp_path: Path, adb_environment: dict[str, str]
) -> Iterator[Callable[[int], subprocess.Popen[bytes]]]:
    """Return a way to start an adb server on a port; all that were started end with the test."""
    if shutil.which("adb") is None:
        pytest.fail("adb is missing: apt install adb")
    started: list[subprocess.Popen[bytes]] = []

    def start(port: int) -> subprocess.Popen[bytes]:
        command = ["adb", "-P", str(port), "server", "nodaemon"]
        with (tmp_path / "adb-server.log").open("ab") as log:
            server = subprocess.Popen(command, env=adb_environment, stdout=log, stderr=log)
        started.append(server)
        _wait_for(port)
        return server

    yield start
    for server in started:
        server.send_signal(signal.SIGTERM)
        server.wait(10)


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def adb_port(free_port: int, start_adb_server: Callable[[int], subprocess.Popen[bytes]]) -> int:
    start_adb_server(free_port)
    return free_port


@pytest.fixture
def adb(free_port: int, adb_environment: dict[str, str]) -> Callable[..., Awaitable[Said]]:
    """Return the adb program: its words in; its exit code, output and error output back."""

    def run(words: tuple[str, ...]) -> Said:
        command = ["adb", "-P", str(free_port), *words]
        done = subprocess.run(
            command, env=adb_environment, capture_output=True, timeout=60, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    async def adb(*words: object) -> Said:
        return await asyncio.to_thread(run, tuple(map(str, words)))

    return adb


def _wait_for(port: int) -> None:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    pytest.fail("the adb server did not start")
