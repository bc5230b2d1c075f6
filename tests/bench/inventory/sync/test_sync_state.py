"""The file beside the record: several rooms, one file, and nothing lost with it."""

from __future__ import annotations

import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bench.inventory.sync.lock import SyncLock
from bench.inventory.sync.state import beside, open_state, read_state
from bench.inventory.sync.tables import Tables
from bench.problems import ProblemCode, ProblemError

ONE = Tables("one", ("CREATE TABLE a (x TEXT) STRICT; INSERT INTO a VALUES (';')",))
TWO = Tables("two", ("CREATE TABLE b (x INTEGER) STRICT",))
LATER = Tables(
    "one", (*ONE.steps, "ALTER TABLE a ADD COLUMN y TEXT; INSERT INTO a VALUES ('2', 'y')")
)


def test_it_lies_beside_the_record_for_this_account_alone(tmp_path: Path) -> None:
    path = beside(tmp_path / "ledger.db")
    with open_state(path):
        assert path.name == "ledger.db.centre"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_rooms_keep_their_tables_in_one_file(tmp_path: Path) -> None:
    with open_state(tmp_path / "f") as kept:
        kept.prepare(ONE)
        kept.prepare(TWO)
        kept.prepare(ONE)
        assert kept.connection.execute("SELECT x FROM a").fetchall() == [(";",)]


def test_a_later_program_adds_its_step_to_what_is_there(tmp_path: Path) -> None:
    with open_state(tmp_path / "f") as kept:
        kept.prepare(ONE)
    with open_state(tmp_path / "f") as kept:
        kept.prepare(LATER)
        assert kept.connection.execute("SELECT * FROM a").fetchall() == [(";", None), ("2", "y")]


def test_a_step_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    bad = Tables("one", ("CREATE TABLE a (x TEXT) STRICT; INSERT INTO nowhere VALUES (1)",))
    with open_state(tmp_path / "f") as kept:
        with pytest.raises(Exception, match="nowhere"):
            kept.prepare(bad)
        kept.prepare(ONE)
        assert kept.connection.execute("SELECT count(*) FROM a").fetchone() == (1,)


def test_the_file_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    with open_state(tmp_path / "f") as kept:
        kept.prepare(LATER)
        with pytest.raises(ProblemError) as refused:
            kept.prepare(ONE)
    assert refused.value.problem.code is ProblemCode.CENTRE_FILE_UNUSABLE


@pytest.mark.parametrize(
    "content", [b"no database at all" * 900, b"SQLite format 3\0" + b"\7" * 20_000]
)
def test_a_damaged_file_is_set_aside_and_another_begun(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "f"
    path.write_bytes(content)
    with open_state(path) as kept:
        assert kept.set_aside == tmp_path / "f.damaged-1"
        kept.prepare(ONE)
    assert (tmp_path / "f.damaged-1").read_bytes() == content


def test_a_file_damaged_in_the_middle_is_set_aside_and_none_before_it_lost(tmp_path: Path) -> None:
    path = tmp_path / "f"
    (tmp_path / "f.damaged-1").write_text("an earlier one")
    with open_state(path) as kept:
        kept.prepare(ONE)
        kept.connection.execute("INSERT INTO a SELECT hex(randomblob(9000)) FROM a, a AS b, a AS c")
    whole = bytearray(path.read_bytes())
    whole[8192:24_576] = bytes(16_384)
    path.write_bytes(whole)
    with open_state(path) as kept:
        assert kept.set_aside == tmp_path / "f.damaged-2"
    assert (tmp_path / "f.damaged-1").read_text() == "an earlier one"


def test_a_folder_without_rights_is_said(tmp_path: Path) -> None:
    with pytest.raises(ProblemError) as refused:
        open_state(tmp_path / "nowhere" / "f")
    assert refused.value.problem.code is ProblemCode.CENTRE_FILE_UNUSABLE


def test_it_is_read_while_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "f"
    assert read_state(path) is None
    with open_state(path) as kept:
        kept.prepare(ONE)
        reading = read_state(path)
        assert reading is not None
        with closing(reading):
            assert reading.execute("SELECT x FROM a").fetchall() == [(";",)]


def test_one_exchange_at_a_time(tmp_path: Path) -> None:
    record = tmp_path / "ledger.db"
    with SyncLock(record):
        words = (
            "from pathlib import Path; from bench.inventory.sync.lock import SyncLock; import sys\n"
            "try: SyncLock(Path(sys.argv[1]))\nexcept Exception as error: print(error)"
        )
        done = subprocess.run(
            [sys.executable, "-c", words, str(record)], capture_output=True, text=True, check=True
        )
        assert "Another program is exchanging this record" in done.stdout
    SyncLock(record).release()
