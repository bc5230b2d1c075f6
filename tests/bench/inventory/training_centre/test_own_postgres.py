"""A PostgreSQL of this program's own is gone when the program is, and when it did not come up."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.inventory.central.certificates import Authority, utc_now
from bench.inventory.training_centre.postgres import OwnPostgres
from bench.problems import ProblemCode, ProblemError
from tests.bench.custody.record import ROOT

_PROGRAM = """
from bench.inventory.central.certificates import Authority, utc_now
from bench.inventory.training_centre.postgres import OwnPostgres
its = Authority.begin("Centre", utc_now())
with OwnPostgres(its.identity.certificate, its.server(["localhost"], utc_now())) as server:
    print(server.folder, flush=True)
    input()
"""


def test_it_ends_with_the_program_that_started_it() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _PROGRAM], cwd=ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as program:  # fmt: skip
        assert program.stdout is not None
        folder = Path(program.stdout.readline().strip())
        postmaster = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        program.kill()
        program.wait()
    while folder.exists() or is_postgres(postmaster):
        time.sleep(0.02)


def is_postgres(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip() == "postgres"
    except OSError:
        return False


def test_one_that_does_not_come_up_leaves_nothing() -> None:
    its = Authority.begin("Centre", utc_now())
    server = its.server(["localhost"], utc_now())
    own = OwnPostgres(its.identity.certificate, server, options={"no_such_option": "on"})
    with pytest.raises(ProblemError, match="contains errors") as raised, own:
        pytest.fail("it came up")
    assert raised.value.problem.code is ProblemCode.CENTRE_UNUSABLE
    assert not own.folder.exists()
    assert own._process is None
