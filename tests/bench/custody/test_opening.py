from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from pysqlite3 import dbapi2

from bench.custody.database import WRITER, refuse_old
from bench.custody.entries import LedgerHeader
from bench.custody.verification import Verdict, verify_file
from bench.problems import ProblemCode, ProblemError
from tests.bench.custody.record import HEADER, ROOT, fill, open_ledger, program, scanned, tamper


def refusal(folder: Path, header: LedgerHeader = HEADER) -> ProblemCode:
    with pytest.raises(ProblemError) as refused:
        open_ledger(folder, header)
    return refused.value.problem.code


def execute(path: Path, *statements: str) -> None:
    connection = dbapi2.connect(str(path), isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def test_what_sqlite_was_told_is_read_back(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    for name, value in WRITER.items():
        (found,) = ledger._connection.execute(f"PRAGMA {name}").fetchone()
        assert found == value, name
    ledger.close()


def test_a_sqlite_that_may_corrupt_the_record_is_refused_by_its_version() -> None:
    with pytest.raises(ProblemError, match=r"SQLite 3\.40\.1, needs 3\.51\.3") as refused:
        refuse_old((3, 40, 1), "ledger.db")
    assert refused.value.problem.code is ProblemCode.LEDGER_UNUSABLE
    refuse_old((3, 51, 3), "ledger.db")


def test_nobody_else_may_read_a_new_record(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        ledger = open_ledger(tmp_path)
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    ledger.close()
    assert modes == dict.fromkeys(
        ("bench.key", "ledger.db", "ledger.db-shm", "ledger.db-wal", "ledger.db.lock"), 0o600
    )


def test_a_second_program_is_told_who_holds_the_record(tmp_path: Path) -> None:
    command = program("hold_open", tmp_path)
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(ProblemError, match=f"process {holder.pid}") as refused:
            open_ledger(tmp_path)
        assert refused.value.problem.code is ProblemCode.LEDGER_IN_USE
        assert verify_file(tmp_path / "ledger.db") == Verdict(1)
        holder.communicate("")
    assert holder.returncode == 0
    open_ledger(tmp_path).close()


def test_the_same_program_does_not_open_a_record_twice(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    assert refusal(tmp_path) is ProblemCode.LEDGER_IN_USE
    ledger.append([scanned(1)])
    ledger.close()


@pytest.mark.parametrize("version", [2 << 16 | 2, 3 << 16, 99 << 16 | 7])
def test_a_record_of_a_newer_program_is_left_as_it_is(tmp_path: Path, version: int) -> None:
    path = fill(tmp_path, 5)
    execute(path, f"PRAGMA user_version = {version}")
    before = path.read_bytes()
    assert refusal(tmp_path) is ProblemCode.LEDGER_NEWER
    assert path.read_bytes() == before
    assert not (tmp_path / "ledger.db-wal").exists()


def test_reading_understands_a_newer_minor_form_and_no_newer_major(tmp_path: Path) -> None:
    path = fill(tmp_path, 5)
    execute(path, f"PRAGMA user_version = {2 << 16 | 9}")
    assert verify_file(path) == Verdict(5)
    execute(path, f"PRAGMA user_version = {3 << 16}")
    assert verify_file(path).first_bad == 0


def test_a_simulated_and_a_real_bench_never_open_each_other_s_record(tmp_path: Path) -> None:
    fill(tmp_path, 3)
    assert refusal(tmp_path, LedgerHeader("bench-07", simulated=False)) is ProblemCode.NOT_REAL
    (tmp_path / "real").mkdir()
    open_ledger(tmp_path / "real", LedgerHeader("bench-07", simulated=False)).close()
    assert refusal(tmp_path / "real") is ProblemCode.NOT_REAL


def test_the_record_of_another_bench_epoch_or_key_is_refused(tmp_path: Path) -> None:
    fill(tmp_path, 3)
    other = ProblemCode.LEDGER_UNUSABLE
    assert refusal(tmp_path, LedgerHeader("bench-08", simulated=True)) is other
    assert refusal(tmp_path, LedgerHeader("bench-07", simulated=True, epoch=2)) is other
    (tmp_path / "bench.key").unlink()
    assert refusal(tmp_path) is other


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TRIGGER event_never_goes",
        "DROP TRIGGER event_once",
        "CREATE TRIGGER run_changes AFTER INSERT ON event BEGIN DELETE FROM run; END",
        "CREATE INDEX event_by_type ON event (type)",
        "UPDATE header SET bench = 'bench-08'",
        "DELETE FROM header",
    ],
)
def test_a_record_that_was_tinkered_with_is_not_written_to(tmp_path: Path, statement: str) -> None:
    path = fill(tmp_path, 3)
    execute(path, statement)
    assert refusal(tmp_path) is ProblemCode.LEDGER_DAMAGED


@pytest.mark.parametrize("seq", [1, 69, 99, 100])
def test_a_changed_first_or_late_event_is_found_on_opening(tmp_path: Path, seq: int) -> None:
    path = fill(tmp_path, 100)
    tamper(path, f"UPDATE event SET body = replace(body, 'bench-07', 'bench-70') WHERE seq = {seq}")
    assert refusal(tmp_path) is ProblemCode.LEDGER_DAMAGED
    assert verify_file(path).first_bad == seq


def test_a_database_of_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    execute(path, "CREATE TABLE recipe (name TEXT)")
    before = path.read_bytes()
    assert refusal(tmp_path) is ProblemCode.LEDGER_UNUSABLE
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(b"Dear bench, " * 1000)
    assert refusal(tmp_path) is ProblemCode.LEDGER_DAMAGED
    assert path.read_bytes() == b"Dear bench, " * 1000


def test_a_folder_in_the_place_of_the_record_is_a_known_problem(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").mkdir()
    assert refusal(tmp_path) is ProblemCode.LEDGER_UNUSABLE


def test_a_folder_that_is_not_there_is_a_known_problem(tmp_path: Path) -> None:
    with pytest.raises(ProblemError) as refused:
        open_ledger(tmp_path, name="nowhere/ledger.db")
    assert refused.value.problem.code is ProblemCode.LEDGER_UNUSABLE


def test_a_creation_that_was_cut_short_is_completed(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").touch()
    ledger = open_ledger(tmp_path)
    ledger.close()
    tamper(tmp_path / "ledger.db", "DELETE FROM event")
    ledger = open_ledger(tmp_path)
    assert ledger.tail().seq == 1
    ledger.close()


def test_a_path_with_marks_that_mean_something_in_an_address(tmp_path: Path) -> None:
    folder = tmp_path / "50% of? bench#7 & ü"
    folder.mkdir()
    path = fill(folder, 3)
    assert verify_file(path) == Verdict(3)
    shutil.rmtree(folder)
