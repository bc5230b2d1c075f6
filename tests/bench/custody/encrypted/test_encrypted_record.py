from __future__ import annotations

import secrets
import sqlite3 as plain_sqlite
import stat
import subprocess
import sys
import uuid
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from pysqlite3 import dbapi2

from bench.custody import opening, queries
from bench.custody.backup.making import Backups
from bench.custody.backup.restoring import restore
from bench.custody.backup.trial import Form
from bench.custody.body import Author
from bench.custody.database import WRITER
from bench.custody.encrypted import dialect
from bench.custody.encrypted.connection import PAGE, EncryptedForm, Mode, connect, is_plain
from bench.custody.encrypted.conversion import decrypt, decrypt_book, encrypt, encrypt_book
from bench.custody.entries import Actor, SealedEvent
from bench.custody.key import BenchKey
from bench.custody.ledger import Ledger
from bench.custody.lock import RecordLock
from bench.custody.opening import Beginning
from bench.custody.verification import verify_file
from bench.problems import ProblemCode, ProblemError
from bench.stock.book.book import Book
from bench.stock.standing.page import STANDING
from tests.bench.custody.record import HEADER, ROOT, START, CountingClock, fill, scanned, tamper

KEY = secrets.token_bytes(32)
FORM = EncryptedForm(KEY)
WORDS = (b"SQLite", b"bench-07", b"SM-A325F", b"RTEST", b"CREATE TABLE", b"scanned")


def open_encrypted(folder: Path, key: bytes = KEY) -> Ledger:
    """Open the record of a folder as `Ledger.open` does, encrypted."""
    path, bench_key = folder / "ledger.db", BenchKey.open(folder / "bench.key")
    path.touch(0o600)
    connection = connect(path, key, Mode.WRITE)
    is_new = opening.prepare(connection, path, HEADER, bench_key.public)
    author = Author("0.1.0", "", "ab" * 32, Actor("technician"))
    clock = CountingClock(boot=uuid.uuid4().hex, start=START + timedelta(days=1))
    ledger = Ledger(path, connection, bench_key, HEADER, author, clock)
    ledger._held.callback(connection.close)
    if is_new:
        ledger.append((opening.opening_entry(bench_key.public, HEADER.origin, Beginning()),))
    return ledger


def fill_encrypted(folder: Path, events: int) -> Path:
    ledger = open_encrypted(folder)
    for number in range(events - 1):
        ledger.append([scanned(number % 7 + 1)])
    ledger.close()
    return folder / "ledger.db"


def events(path: Path) -> tuple[SealedEvent, ...]:
    """Return the events of a record, plain or encrypted."""
    form = Form() if is_plain(path) else Form(FORM.read, FORM.verify)
    with closing(form.connect(path)) as connection:
        return queries.events(connection, 0, 10_000)


# ── a record from the start ─────────────────────────────────────────────────────────────────────
def test_an_encrypted_record_is_written_and_its_chain_verifies(tmp_path: Path) -> None:
    path = fill_encrypted(tmp_path, 51)
    verdict = FORM.verify(path)
    assert (verdict.events, verdict.verifies) == (51, True)
    ledger = open_encrypted(tmp_path)
    assert ledger.tail().seq == 51
    assert ledger.projections_match()
    ledger.close()


def test_no_word_of_it_lies_in_the_file_its_log_or_anything_beside_it(tmp_path: Path) -> None:
    ledger = open_encrypted(tmp_path)
    ledger.append([scanned(number) for number in range(1, 51)])
    lying = [path for path in tmp_path.iterdir() if path.name != "bench.key"]
    assert {path.name for path in lying} == {"ledger.db", "ledger.db-wal", "ledger.db-shm"}
    contents = [path.read_bytes() for path in lying]
    ledger.close()
    contents.append((tmp_path / "ledger.db").read_bytes())
    assert [word for word in WORDS for content in contents if word in content] == []
    assert not is_plain(tmp_path / "ledger.db")


def test_a_reader_without_the_key_learns_nothing(tmp_path: Path) -> None:
    path = fill_encrypted(tmp_path, 5)
    with closing(dbapi2.connect(str(path))) as reader, pytest.raises(dbapi2.DatabaseError):
        reader.execute("SELECT * FROM sqlite_schema")
    with (
        closing(plain_sqlite.connect(path)) as older,
        pytest.raises(plain_sqlite.DatabaseError, match="not a database"),
    ):
        older.execute("SELECT * FROM sqlite_schema")
    assert not verify_file(path).verifies


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(
    "key",
    [secrets.token_bytes(32), b"", KEY[:31], KEY + b"x"],
    ids=["another", "none", "too short", "too long"],
)
def test_another_key_is_a_known_problem_and_changes_nothing(
    tmp_path: Path, mode: Mode, key: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    path = fill_encrypted(tmp_path, 5)
    before = path.read_bytes()
    with pytest.raises(ProblemError) as refused:
        connect(path, key, mode)
    assert refused.value.problem.code is ProblemCode.KEY_UNUSABLE
    assert not key or key.hex() not in str(refused.value)
    assert path.read_bytes() == before
    assert capfd.readouterr() == ("", "")


def test_a_plain_record_is_not_taken_for_an_encrypted_one(tmp_path: Path) -> None:
    path = fill(tmp_path, 5)
    with pytest.raises(ProblemError, match="no encrypted record"):
        FORM.read(path)
    assert verify_file(path).events == 5


def test_its_sqlite_is_new_enough_and_what_it_was_told_is_read_back(tmp_path: Path) -> None:
    assert dialect.VERSION >= (3, 51, 3)
    path = fill_encrypted(tmp_path, 2)
    with closing(FORM.write(path)) as connection:
        for name, value in {**WRITER, "temp_store": 2, "page_size": PAGE}.items():
            (found,) = connection.execute(f"PRAGMA {name}").fetchone()
            assert str(found) == str(value), name
    with closing(FORM.read(path)) as connection, pytest.raises(dbapi2.OperationalError):
        connection.execute("DELETE FROM run")


def test_its_refusals_are_those_of_any_record(tmp_path: Path) -> None:
    path = fill_encrypted(tmp_path, 5)
    with closing(FORM.write(path)) as connection:
        with pytest.raises(dbapi2.IntegrityError, match="append-only") as refused:
            connection.execute("DELETE FROM event")
        assert refused.value.sqlite_errorcode & 0xFF == dbapi2.SQLITE_CONSTRAINT
        with pytest.raises(dbapi2.OperationalError, match="no such table"):
            connection.cursor().executemany("INSERT INTO nowhere VALUES (?)", [(1,)])
        with pytest.raises(dbapi2.ProgrammingError):
            connection.execute("SELECT ?", ())


def test_a_disk_that_is_full_is_told_as_for_any_record(tmp_path: Path) -> None:
    ledger = open_encrypted(tmp_path)
    (pages,) = ledger._connection.execute("PRAGMA page_count").fetchone()
    ledger._connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(ProblemError) as refused:
        ledger.append([scanned(number) for number in range(1, 200)])
    assert refused.value.problem.code is ProblemCode.LEDGER_FULL
    ledger.close()


def test_every_flipped_bit_of_a_page_is_found(tmp_path: Path) -> None:
    path = fill_encrypted(tmp_path, 20)
    content = path.read_bytes()
    for place in range(7, len(content), 4099):
        path.write_bytes(content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :])
        with closing_anyway(path) as read:
            assert not read, place
    path.write_bytes(content)
    assert FORM.verify(path).verifies


class closing_anyway:  # noqa: N801 - reads as a function
    """Whether all of a file can be read."""

    def __init__(self, path: Path) -> None:
        try:
            with closing(FORM.read(path)) as connection:
                connection.execute("PRAGMA cipher_integrity_check").fetchone()
                (said,) = connection.execute("PRAGMA quick_check").fetchone()
                self.read = said == "ok" and FORM.verify(path).verifies
        except (ProblemError, dbapi2.DatabaseError):
            self.read = False

    def __enter__(self) -> bool:
        return self.read

    def __exit__(self, *_: object) -> None:
        pass


def test_a_key_never_shows_itself() -> None:
    assert KEY.hex() not in repr(FORM)
    assert repr(KEY) not in repr(FORM)


# ── conversion ──────────────────────────────────────────────────────────────────────────────────
def test_a_plain_record_is_encrypted_in_its_place_and_back(tmp_path: Path) -> None:
    path = fill(tmp_path, 50)
    before = events(path)
    (tmp_path / "second-name").hardlink_to(path)
    encrypt(path, KEY)
    assert not is_plain(path)
    assert events(path) == before
    assert FORM.verify(path).events == 50
    assert set((tmp_path / "second-name").read_bytes()) == {0}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    encrypt(path, KEY)
    ledger = open_encrypted(tmp_path)
    ledger.append([scanned(3)])
    ledger.close()
    decrypt(path, KEY)
    assert is_plain(path)
    assert events(path)[:50] == before
    assert verify_file(path).events == 51
    left = {each.name for each in tmp_path.iterdir()}
    assert left <= {"bench.key", "second-name", "ledger.db", "ledger.db.lock", *SIDE_FILES}


SIDE_FILES = ("ledger.db-wal", "ledger.db-shm")


def test_another_key_converts_nothing(tmp_path: Path) -> None:
    path = fill_encrypted(tmp_path, 5)
    for convert in (encrypt, decrypt):
        with pytest.raises(ProblemError) as refused:
            convert(path, secrets.token_bytes(32))
        assert refused.value.problem.code is ProblemCode.KEY_UNUSABLE
    assert FORM.verify(path).events == 5


def test_a_record_that_does_not_verify_or_is_in_use_is_not_converted(tmp_path: Path) -> None:
    path = fill(tmp_path, 20)
    lock = RecordLock(path)
    with pytest.raises(ProblemError) as refused:
        encrypt(path, KEY)
    assert refused.value.problem.code is ProblemCode.LEDGER_IN_USE
    lock.release()
    tamper(path, "UPDATE event SET body = replace(body, 'bench-07', 'bench-70') WHERE seq = 9")
    before = path.read_bytes()
    with pytest.raises(ProblemError) as refused:
        encrypt(path, KEY)
    assert refused.value.problem.code is ProblemCode.LEDGER_DAMAGED
    assert path.read_bytes() == before


def test_a_record_that_another_program_reads_is_not_swapped_under_it(tmp_path: Path) -> None:
    path = fill(tmp_path, 5)
    reading = (
        "import sys; from pathlib import Path; from bench.custody.database import connect_reader\n"
        "c = connect_reader(Path(sys.argv[1])); c.execute('SELECT * FROM event').fetchone()\n"
        "print('open', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", reading, str(path)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == b"open\n"
        with pytest.raises(ProblemError) as refused:
            encrypt(path, KEY)
        assert refused.value.problem.code is ProblemCode.LEDGER_IN_USE
        reader.communicate(b"")
    assert verify_file(path).events == 5
    encrypt(path, KEY)
    assert FORM.verify(path).events == 5


@pytest.mark.parametrize("way", ["encrypt", pytest.param("decrypt", marks=pytest.mark.soak)])
def test_a_conversion_cut_short_anywhere_leaves_the_whole_record(tmp_path: Path, way: str) -> None:
    for step in range(1, 100):
        folder = tmp_path / str(step)
        folder.mkdir()
        path = fill(folder, 12) if way == "encrypt" else fill_encrypted(folder, 12)
        code = subprocess.run(
            [sys.executable, "-m", "tests.bench.custody.encrypted.convert_until_cut",
             way, str(path), str(step)],
            cwd=ROOT,
            input=KEY,
            check=False,
        ).returncode  # fmt: skip
        assert len(events(path)) == 12, step
        (encrypt if way == "encrypt" else decrypt)(path, KEY)
        assert is_plain(path) == (way == "decrypt")
        assert len(events(path)) == 12
        assert not [each for each in folder.iterdir() if each.name.startswith(".")], step
        if code == 0:
            return
        assert code == 9
    pytest.fail("it never came to an end")


# ── backups ─────────────────────────────────────────────────────────────────────────────────────
def test_a_backup_of_it_is_encrypted_under_the_same_key_and_restores(tmp_path: Path) -> None:
    fill_encrypted(tmp_path, 30)
    (tmp_path / "shelf").mkdir()
    form = Form(FORM.read, FORM.verify)
    record, clock = tmp_path / "ledger.db", CountingClock()
    path = Backups(record, HEADER, tmp_path / "shelf", clock, form=form).make()
    assert not [word for word in WORDS if word in path.read_bytes()]
    assert restore(path, tmp_path / "restored.db", form=form).seq == 30
    assert FORM.verify(tmp_path / "restored.db").events == 30
    with pytest.raises(ProblemError):
        restore(path, tmp_path / "plain.db")


def test_the_book_beside_it_is_turned_with_it_and_keeps_every_row(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db.stock"
    with closing(Book.open(path, (STANDING,), "tree")) as book:
        book.connection.execute("INSERT INTO budget VALUES ('2022/23', 'capital', 'x', 820, 1)")
    encrypt_book(path, KEY)
    assert not is_plain(path)
    assert b"2022/23" not in path.read_bytes()
    with closing(Book.open(path, (STANDING,), "tree", FORM.opener)) as book:
        assert book.connection.execute("SELECT pence FROM budget").fetchall() == [(820,)]
    decrypt_book(path, KEY)
    with closing(Book.open(path, (STANDING,), "tree")) as book:
        assert book.connection.execute("SELECT pence FROM budget").fetchall() == [(820,)]


def test_a_book_of_another_key_says_so(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db.stock"
    Book.open(path, (STANDING,), "tree").close()
    encrypt_book(path, KEY)
    other = EncryptedForm(secrets.token_bytes(32))
    with pytest.raises(ProblemError) as told:
        Book.open(path, (STANDING,), "tree", other.opener)
    assert told.value.problem.code is ProblemCode.KEY_UNUSABLE
