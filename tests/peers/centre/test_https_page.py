"""The second door's page is run as it stands, then the unit's command with the files it made."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.inventory.centre import Status
from bench.inventory.doors.https import HttpsDoor, WebPass
from bench.inventory.training_centre.postgres import OwnPostgres, programs
from tests.peers.centre.any_python import PATHS, python_of
from tests.peers.centre.centre_room import CentreRoom, centre_room

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "resources" / "help" / "central-https.md"
GIVEN = "/run/credentials/staging-bench-centre.service"
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class SetUp:
    """What the page made, and how its program is run as whoever made it."""

    centre: CentreRoom
    home: Path
    owner: int | None
    said: str

    @property
    def etc(self) -> Path:
        return self.home / "etc"

    @property
    def unit(self) -> str:
        return (self.home / "units" / "staging-bench-centre.service").read_text("utf-8")


def blocks() -> list[str]:
    return _BLOCK.findall(PAGE.read_text("utf-8"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SetUp]:
    with centre_room(tmp_path_factory.mktemp("centre")) as centre:
        centre.add_bench("bench-07")
        owner = centre.server.data.stat().st_uid if os.geteuid() == 0 else None
        python = python_of(owner)
        if python is None:
            assert "CI" not in os.environ, "no Python here may be run by the account of PostgreSQL"
            pytest.skip("no Python here may be run by the account of PostgreSQL")
        home = Path(tempfile.mkdtemp(prefix="staging-bench-home-"))
        try:
            authority(centre, home)
            yield SetUp(centre, home, owner, run(centre.server, home, owner, python))
        finally:
            shutil.rmtree(home)


def authority(centre: CentreRoom, home: Path) -> None:
    """Lay down the authority as `central init` does."""
    its = home / ".local" / "state" / "staging-bench" / "central"
    its.mkdir(mode=0o700, parents=True)
    (its / "ca.crt").write_bytes(centre.authority.identity.certificate)
    (its / "ca.key").write_bytes(centre.authority.identity.key)
    (its / "ca.key").chmod(0o600)
    (home / "units").mkdir()


def run(server: OwnPostgres, home: Path, owner: int | None, python: str) -> str:
    program = home / "staging-bench"
    program.write_text(f'#!/bin/sh\nexec {python} -B {ROOT / "main.py"} "$@"\n', "utf-8")
    program.chmod(0o755)
    if owner is not None:
        for each in (home, *home.rglob("*")):
            os.chown(each, owner, -1)
    tools = programs()
    assert tools is not None
    environment = PATHS | {
        "HOME": str(home), "PGHOST": str(server.folder), "PGPORT": str(server.port),
        "PGUSER": "postgres", "PATH": f"{home}:{tools}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8",
    }  # fmt: skip
    script = "set -eu\n" + "".join(blocks())
    for written, here in (
        ("DOOR=centre.example.org", "DOOR=127.0.0.1"), ("HOST=db.example.org", "HOST=localhost"),
        ("PORT=5432", f"PORT={server.port}"), ("ETC=/etc/staging-bench", f"ETC={home / 'etc'}"),
        ("UNITS=/etc/systemd/system", f"UNITS={home / 'units'}"),
    ):  # fmt: skip
        assert script.count(written) == 1
        script = script.replace(written, here)
    done = subprocess.run(
        ["bash", "-s"], input=script, env=environment, cwd=home, user=owner, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_the_page_makes_every_file_that_the_unit_is_handed(made: SetUp) -> None:
    handed = re.findall(r"^LoadCredential=(\S+):/etc/staging-bench/(\S+)$", made.unit, re.MULTILINE)
    assert len(handed) == 7
    for name, file in handed:
        assert name == file
        mode = (made.etc / file).stat().st_mode & 0o777
        assert mode == (0o600 if file.endswith(".key") else 0o644), file
    assert not [*(made.home / "for-the-door").glob("web.key")]


def test_the_service_file_has_the_sections_and_the_places_that_the_unit_names(made: SetUp) -> None:
    text = (made.etc / "pg_service.conf").read_text("utf-8")
    named = re.findall(r"service=(\S+)", made.unit)
    assert re.findall(r"^\[(.*)\]$", text, re.MULTILINE) == named == [
        "staging-door", "staging-centre",
    ]  # fmt: skip
    for place in re.findall(rf"={re.escape(GIVEN)}/(\S+)$", text, re.MULTILINE):
        assert f"LoadCredential={place}:" in made.unit


def test_what_the_unit_runs_serves_a_bench_with_the_files_of_the_page(made: SetUp) -> None:
    with serving(made) as port:
        its = made.centre.benches["bench-07"]
        trust = made.etc / "ca.crt"
        door = HttpsDoor(
            f"https://localhost:{port}",
            WebPass(its.name, its.certificate, its.key, trust=trust),
            20,
        )
        assert door.exchange(1, 1).status is Status.OK
        door.close()


@contextmanager
def serving(made: SetUp) -> Iterator[int]:
    """Run what `ExecStart=` says as systemd would, on a free port, with the files it hands in."""
    text = made.unit.replace("\\\n", " ")
    (line,) = re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE)
    for written, here in (
        ("%d", str(made.etc)), ("0.0.0.0:443", "127.0.0.1:0"), ("$STAGING_BENCH_ALSO", ""),
    ):  # fmt: skip
        assert written in line
        line = line.replace(written, here)
    services = made.etc / "pg_service.conf"
    services.write_text(services.read_text("utf-8").replace(GIVEN, str(made.etc)), "utf-8")
    process = subprocess.Popen(
        shlex.split(line), cwd=made.home, user=made.owner, stderr=subprocess.PIPE, text=True,
        env=PATHS | {"HOME": str(made.home), "PGSERVICEFILE": str(services)},
    )  # fmt: skip
    with process:
        try:
            assert process.stderr is not None
            began = process.stderr.readline()
            assert "The centre serves: 127.0.0.1, port " in began, began
            yield int(began.partition("port ")[2].partition(";")[0])
        finally:
            process.kill()


def test_each_file_of_the_unit_is_in_the_pages_table() -> None:
    page = PAGE.read_text("utf-8")
    unit = (ROOT / "resources" / "systemd" / "staging-bench-centre.service").read_text("utf-8")
    table = page[page.index("What it needs") : page.index("## What else")]
    for file in re.findall(r"/etc/staging-bench/([a-z_]+\.[a-z]+)", unit):
        assert f"`{file}`" in table


def test_each_option_that_the_page_names_is_one_that_there_is(made: SetUp) -> None:
    helped = subprocess.run(
        [str(made.home / "staging-bench"), "central", "serve", "--help"],
        env=PATHS | {"HOME": str(made.home)}, user=made.owner, capture_output=True, text=True,
        check=True,
    ).stdout  # fmt: skip
    page = PAGE.read_text("utf-8")
    table = page[page.index("## What else") : page.index("## Certificates")]
    for option in re.findall(r"`(--[a-z-]+)", table):
        assert option in helped
