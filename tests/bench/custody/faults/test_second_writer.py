"""Two programs want to write one record: the second is refused, or what it wrote is seen."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pysqlite3 import dbapi2

from bench.custody.ledger import Ledger
from bench.custody.verification import Verdict, verify_file
from bench.problems import ProblemCode, ProblemError
from tests.bench.custody.faults.told_record import RECORD, opened
from tests.bench.custody.record import ROOT, program, scanned


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(opened(tmp_path)) as ledger:
        ledger.append([scanned(1)])
        yield ledger


def test_a_second_program_is_refused_until_the_first_ends(tmp_path: Path) -> None:
    opened(tmp_path).close()
    command = program("hold_open", tmp_path)
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        for _ in range(3):
            with pytest.raises(ProblemError) as refused:
                opened(tmp_path)
            assert refused.value.problem.code is ProblemCode.LEDGER_IN_USE
        holder.kill()
        holder.wait()
        opened(tmp_path).close()


def test_a_program_that_minds_no_lock_is_found_out_before_anything_is_signed_on_top(
    ledger: Ledger, tmp_path: Path
) -> None:
    connection = dbapi2.connect(str(tmp_path / RECORD), isolation_level=None)
    connection.execute(
        "INSERT INTO event (seq, body, hash, sig)"
        " SELECT 3, replace(body, '-', '.'), hash, sig FROM event WHERE seq = 2"
    )
    connection.close()
    with pytest.raises(ProblemError) as refused:
        ledger.append([scanned(2)])
    assert refused.value.problem.code is ProblemCode.LEDGER_DAMAGED
    assert verify_file(tmp_path / RECORD).events == 2


def test_a_program_that_holds_the_file_for_a_while_is_waited_for(
    ledger: Ledger, tmp_path: Path
) -> None:
    other = dbapi2.connect(str(tmp_path / RECORD), isolation_level=None)
    other.execute("PRAGMA busy_timeout = 0")
    other.execute("BEGIN IMMEDIATE")
    ledger._connection.execute("PRAGMA busy_timeout = 10")
    with pytest.raises(ProblemError) as refused:
        ledger.append([scanned(2)])
    assert refused.value.problem.code is ProblemCode.LEDGER_FULL
    other.execute("ROLLBACK")
    other.close()
    ledger.append([scanned(2)])
    assert verify_file(tmp_path / RECORD) == Verdict(3)
