"""`central serve` from outside: it says when it serves, does its chores, and ends when told to."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bench.inventory.central.certificates import utc_now
from bench.inventory.centre import Status
from bench.inventory.doors.https import HttpsDoor, WebPass
from bench.inventory.doors.postgres import PostgresDoor
from bench.inventory.doors.trouble import UnreachableError, UntrustedError
from tests.peers.centre.centre_room import CentreRoom, centre_room, made_up
from tests.peers.door.door_room import database_of_door, kept

ROOT = Path(__file__).parents[3]
UNIT = ROOT / "resources" / "systemd" / "staging-bench-centre.service"


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentreRoom]:
    with centre_room(tmp_path_factory.mktemp("centre")) as room:
        room.add_bench("bench-07")
        room.add_service("works")
        yield room


def service(centre: CentreRoom) -> str:
    its = centre.benches["works"]
    return (
        f"host=localhost hostaddr=127.0.0.1 port={centre.server.port} user=works"
        f" dbname={centre.database} sslmode=verify-full sslcert={its.certificate}"
        f" sslkey={its.key} sslrootcert={its.trust}"
    )


def door_words(centre: CentreRoom) -> list[str]:
    server = centre.authority.server(["localhost"], utc_now())
    its = kept(centre.folder, "web", server, centre.authority)
    return [
        "--listen", "127.0.0.1:0", "--cert", str(its.certificate), "--tls-key", str(its.key),
        "--client-authority", str(its.trust), "--door-database", database_of_door(centre),
    ]  # fmt: skip


class Served:
    def __init__(self, process: subprocess.Popen[str], listening: str) -> None:
        self.process = process
        self.port = int(listening.partition("port ")[2].partition(";")[0] or 0)
        self.said = [listening]

    def until(self, words: str) -> str:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said.append(line)
            if words in line:
                return line
        raise AssertionError("".join(self.said))


@contextmanager
def serving(centre: CentreRoom, words: list[str], **environment: str) -> Iterator[Served]:
    command = [sys.executable, str(ROOT / "main.py"), "central", "serve"]
    process = subprocess.Popen(
        [*command, "--database", service(centre), *words],
        stderr=subprocess.PIPE, text=True, env={**os.environ, **environment}, cwd=centre.folder,
    )  # fmt: skip
    with process:
        try:
            assert process.stderr is not None
            yield Served(process, process.stderr.readline())
        finally:
            process.kill()


def test_it_serves_projects_and_ends_in_order(centre: CentreRoom, tmp_path: Path) -> None:
    its = centre.benches["bench-07"]
    address = f"postgresql://localhost:{centre.server.port}/{centre.database}"
    before = PostgresDoor(address, its.certificate, its.key, its.trust, its.name)
    before.exchange(1, 1, made_up("bench-07", 3))
    before.close()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(30)
        with serving(centre, door_words(centre), NOTIFY_SOCKET=str(tmp_path / "notify")) as served:
            assert systemd.recv(100) == b"READY=1"
            served.until("project: 3 events")
            door = to(centre, served.port)
            assert door.exchange(1, 1).accepted_through == 3
            served.process.send_signal(signal.SIGTERM)
            assert served.process.wait(20) == 0
            assert systemd.recv(100) == b"STOPPING=1"
            door.close()
    assert not [line for line in served.said if "Traceback" in line or "sslkey" in line]


def test_a_renewed_certificate_is_read_again_when_told_to(centre: CentreRoom) -> None:
    words = door_words(centre)
    ended = centre.authority.server(["localhost"], utc_now() - timedelta(days=9), days=3)
    kept(centre.folder, "web", ended, centre.authority)
    with serving(centre, words) as its:
        with pytest.raises(UntrustedError):
            to(centre, its.port).exchange(1, 1)
        door_words(centre)
        its.process.send_signal(signal.SIGHUP)
        assert "it is good until" in its.until("web.crt was read again")
        door = to(centre, its.port)
        assert door.exchange(1, 1).status is Status.OK
        door.close()


def test_it_works_without_a_door_and_without_its_extra(centre: CentreRoom, tmp_path: Path) -> None:
    for name in ("fastapi", "uvicorn", "starlette", "pydantic", "h11"):
        (tmp_path / f"{name}.py").write_text("raise ModuleNotFoundError(name=__name__)\n")
    without = {"PYTHONPATH": str(tmp_path)}
    with serving(centre, ["--no-door"], **without) as its:
        assert its.said == ["The centre serves: no door; project.\n"]
        its.process.send_signal(signal.SIGINT)
        assert its.process.wait(20) == 0
    with serving(centre, door_words(centre), **without) as its:
        assert "extra `centre`" in its.said[0]
        assert its.process.wait(20) != 0


def test_an_address_that_is_taken_is_said(centre: CentreRoom) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        words = door_words(centre)
        words[1] = f"127.0.0.1:{taken.getsockname()[1]}"
        with serving(centre, words) as its:
            assert "in use" in its.said[0]
            assert its.process.wait(20) != 0


def test_the_door_bears_what_it_is_told_to(centre: CentreRoom) -> None:
    words = [*door_words(centre), "--most-connections", "1", "--largest-body", "1"]
    with serving(centre, words) as its:
        door, other = to(centre, its.port), to(centre, its.port)
        assert door.exchange(1, 1).status is Status.OK
        with pytest.raises(UnreachableError):
            other.exchange(1, 1)
        door.close()


def test_the_unit_that_is_printed_runs_the_program_that_prints_it() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "main.py", "central", "serve", "--print-unit"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    started = f"ExecStart={sys.executable} {ROOT / 'main.py'} central serve"
    assert done.stdout == UNIT.read_text("utf-8").replace(
        "ExecStart=/usr/bin/staging-bench central serve", started
    )
    assert started in done.stdout


def test_the_unit_is_well_formed_and_gives_little_away(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        assert "CI" not in os.environ, "install systemd: resources/debian-packages.sh"
        pytest.skip("systemd-analyze is missing: apt-get install systemd")
    text = UNIT.read_text("utf-8")
    (tmp_path / UNIT.name).write_text(text.replace("/usr/bin/staging-bench", "/bin/true"))
    for words in (["verify", "--man=no"], ["security", "--offline=true", "--threshold=20"]):
        done = subprocess.run(
            ["systemd-analyze", *words, tmp_path / UNIT.name], capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert words[0] != "verify" or not done.stderr, done.stderr


def to(centre: CentreRoom, port: int) -> HttpsDoor:
    its = centre.benches["bench-07"]
    shown = WebPass("bench-07", its.certificate, its.key, trust=its.trust)
    return HttpsDoor(f"https://localhost:{port}", shown, 20)
