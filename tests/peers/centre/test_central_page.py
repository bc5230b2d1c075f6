"""The operator's page is run as it stands, by the account that owns a PostgreSQL of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from bench.inventory.central.certificates import Authority, utc_now
from bench.inventory.training_centre.postgres import OwnPostgres, programs
from tests.peers.centre import any_python
from tests.peers.centre.any_python import PATHS, python_for

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "resources" / "help" / "central.md"
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MARK = "======== "


@dataclass(frozen=True)
class Ran:
    """What a block of the page said."""

    block: str
    said: str


def blocks() -> list[str]:
    return _BLOCK.findall(PAGE.read_text("utf-8"))


@pytest.fixture(scope="module")
def server() -> Iterator[OwnPostgres]:
    """Start one whose certificates are of another authority than that which the page makes."""
    other = Authority.begin("Somebody else", utc_now())
    with OwnPostgres(other.identity.certificate, other.server(["localhost"], utc_now())) as server:
        yield server


@pytest.fixture(scope="module")
def ran(server: OwnPostgres) -> Iterator[list[Ran]]:
    """Run all blocks in one shell that ends at the first that fails."""
    owner = server.data.stat().st_uid if os.geteuid() == 0 else None
    python = python_for(owner)
    home = Path(tempfile.mkdtemp(prefix="staging-bench-home-"))
    try:
        yield _run(server, home, owner, python)
    finally:
        shutil.rmtree(home)


def _run(server: OwnPostgres, home: Path, owner: int | None, python: str) -> list[Ran]:
    program = home / "staging-bench"
    program.write_text(f'#!/bin/sh\nexec {python} -B {ROOT / "main.py"} "$@"\n', "utf-8")
    program.chmod(0o755)
    if owner is not None:
        os.chown(home, owner, -1)
    tools = programs()
    assert tools is not None
    environment = PATHS | {
        "HOME": str(home), "PGHOST": str(server.folder), "PGPORT": str(server.port),
        "PGUSER": "postgres", "PATH": f"{home}:{tools}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8",
    }  # fmt: skip
    script = "set -eu\n" + "".join(f"echo '{_MARK}'\n{block}" for block in blocks())
    script = script.replace("HOST=db.example.org", "HOST=localhost")
    done = subprocess.run(
        ["bash", "-s"], input=script, env=environment, cwd=home, user=owner, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    said = done.stdout.split(f"{_MARK}\n")[1:]
    return [Ran(block, text) for block, text in zip(blocks(), said, strict=True)]


def said_after(ran: list[Ran], words: str) -> str:
    (found,) = [each.said for each in ran if words in each.block]
    return found


def test_the_store_is_made_as_the_page_says(ran: list[Ran]) -> None:
    assert "The store Centre is of form" in said_after(
        ran, "createdb --template=template0 --encoding=UTF8 custody\n"
    )
    assert said_after(ran, "ssl_cert_file").count("ALTER SYSTEM") == 4
    assert "(0 rows)" in said_after(ran, "pg_hba_file_rules")


def test_a_bench_is_let_in_as_the_page_says(ran: list[Ran]) -> None:
    assert "[central]" in said_after(ran, "central add-bench")
    assert said_after(ran, "custody.exchange").strip() == "ok|0"


def test_it_looks_as_the_page_says(ran: list[Ran]) -> None:
    looked = said_after(ran, "central status")
    assert "OK: Centre" in looked
    assert "bench-07" in looked


def test_the_rest_of_the_page_does_what_it_says(ran: list[Ran]) -> None:
    assert said_after(ran, "pg_restore").strip() == "0"
    assert "bench-07" in said_after(ran, "central rotate")
    assert "epoch 2 is taken" in said_after(ran, "open-epoch")
    assert "retired" in said_after(ran, "central retire")


def test_nothing_is_left_where_it_was_taken_away(ran: list[Ran], server: OwnPostgres) -> None:
    assert ran
    with psycopg.connect(server.admin) as admin:
        left = admin.execute(
            "SELECT rolname FROM pg_roles WHERE rolname LIKE 'staging%' OR rolname LIKE 'bench%'"
            " UNION ALL SELECT datname FROM pg_database WHERE datname LIKE 'custody%'"
        ).fetchall()
    assert left == []
    assert "staging_bench" in (server.data / "pg_hba.conf").read_text()


def test_where_all_is_tried_no_page_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    nobodys = 2**31 - 7
    monkeypatch.setattr(any_python, "python_of", lambda _: None)
    for setting, outcome in (("true", "Failed"), ("", "Skipped")):
        monkeypatch.setenv("CI", setting)
        with pytest.raises(BaseException, match="no Python here") as found:
            python_for(nobodys)
        assert type(found.value).__name__ == outcome


def test_each_command_of_the_page_is_run_or_marked_as_not() -> None:
    fences = re.findall(r"^```(\w*)$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert set(fences) == {"sh", "text", ""}
    assert fences.count("") == fences.count("sh") + fences.count("text")
    assert len(blocks()) == fences.count("sh") > 10
