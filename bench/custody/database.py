"""Connections to the record: how it is opened, and what SQLite's refusals mean to a person.

SQLite before 3.51.3 may corrupt a file in WAL mode (sqlite.org/wal.html, "WAL-reset bug"), and
Debian's has it: hence pysqlite3, which brings its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote

from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import sqlite3
else:
    from pysqlite3 import dbapi2 as sqlite3

Connect: TypeAlias = "Callable[[Path], sqlite3.Connection]"
"""Opens a record for reading: `connect_reader`, or what an encrypted one takes."""
OLDEST = (3, 51, 3)
WRITER: dict[str, str | int] = {
    "busy_timeout": 5000,
    "page_size": 8192,
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "recursive_triggers": 1,
    "trusted_schema": 0,
    "wal_autocheckpoint": 10_000,
    "secure_delete": 1,
}
"""What the writing connection must read back. 2 is FULL: what was acknowledged survives a power
cut. Eight kilobytes a page hold some nine events. Without recursive triggers, INSERT OR REPLACE
gets past the trigger that forbids deleting. What is erased is overwritten. The
write-ahead log is copied into the file when nobody waits for a commit (`Ledger.tidy`), and by
SQLite itself only when it has grown to 80 MB."""
_READER: dict[str, str | int] = {"busy_timeout": 5000, "trusted_schema": 0, "query_only": 1}

LOG_ROOM = 32_000_000
"""Bytes: more than a thousand events of one bench between two pauses."""
_SPILLING = -64
"""KiB of cache, so that SQLite writes to the log before it would commit."""
_P = ProblemCode
_MEANINGS = {
    sqlite3.SQLITE_FULL: _P.LEDGER_FULL,
    sqlite3.SQLITE_IOERR: _P.LEDGER_FULL,
    sqlite3.SQLITE_BUSY: _P.LEDGER_FULL,
    sqlite3.SQLITE_LOCKED: _P.LEDGER_FULL,
    sqlite3.SQLITE_READONLY: _P.LEDGER_UNUSABLE,
    sqlite3.SQLITE_CANTOPEN: _P.LEDGER_UNUSABLE,
    sqlite3.SQLITE_PERM: _P.LEDGER_UNUSABLE,
    sqlite3.SQLITE_AUTH: _P.LEDGER_UNUSABLE,
    sqlite3.SQLITE_CONSTRAINT: _P.LEDGER_DAMAGED,
    sqlite3.SQLITE_CORRUPT: _P.LEDGER_DAMAGED,
    sqlite3.SQLITE_NOTADB: _P.LEDGER_DAMAGED,
}


def connect_writer(path: Path) -> sqlite3.Connection:
    """Open for writing, on the bench's thread only; the caller holds the lock beside the file."""
    return _opened(path, "rw", WRITER)


def connect_reader(path: Path) -> sqlite3.Connection:
    """Open for reading while another may write; each thread its own."""
    return _opened(path, "ro", _READER)


def lay_out_log(connection: sqlite3.Connection) -> None:
    """Give the write-ahead log its room on the disk now.

    A commit that need not make the file grow takes half the time. What is written for it is rolled
    back; SQLite then writes over it. Takes some 80 ms.
    """
    (cache,) = connection.execute("PRAGMA cache_size").fetchone()
    connection.execute(f"PRAGMA cache_size = {_SPILLING}")
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("CREATE TABLE room (bytes BLOB)")
        connection.execute("INSERT INTO room VALUES (zeroblob(?))", (LOG_ROOM,))
    finally:
        if connection.in_transaction:  # a full disk has rolled it back already
            connection.execute("ROLLBACK")
        connection.execute(f"PRAGMA cache_size = {cache}")


def connect_first(path: Path) -> sqlite3.Connection:
    """Open for a first look, changing nothing but what a cut power left half done.

    SQLite rolls that back before it reads, for which it has to be allowed to write; the caller
    holds the lock beside the file.
    """
    return _opened(path, "rw", _READER)


@dataclass(frozen=True, slots=True)
class Opener:
    """How the file of a record is opened: to read it, to write it, and for a first look.

    Plain, unless it is encrypted. While it is open, nothing else in this program may open it.
    """

    read: Connect = connect_reader
    write: Connect = connect_writer
    first: Connect = connect_first


PLAIN = Opener()


@contextmanager
def sound(path: Path) -> Iterator[None]:
    """Turn what reading damaged content raises into a problem that names the file."""
    try:
        yield
    except (ValueError, TypeError, AttributeError, LookupError, sqlite3.DatabaseError) as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        if code & 0xFF != sqlite3.SQLITE_ERROR:
            raise
        raise ProblemError(Problem(_P.LEDGER_DAMAGED, path.name, str(error))) from error


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn SQLite's known refusals into problems that name the file; others are bugs."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", None)
        meaning = None if code is None else _MEANINGS.get(code & 0xFF)
        if meaning is None:
            raise
        raise ProblemError(Problem(meaning, path.name, str(error))) from error


@contextmanager
def transaction(connection: sqlite3.Connection, lock: str = "IMMEDIATE") -> Iterator[None]:
    """All or nothing; the write lock is taken first, so that what is read stays true.

    DEFERRED takes none: for several reads of one and the same state.
    """
    connection.execute(f"BEGIN {lock}")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def refuse_old(version: tuple[int, ...], where: str) -> None:
    """Raise `ProblemError` for a SQLite that may corrupt the record."""
    if version < OLDEST:
        have, need = (".".join(map(str, each)) for each in (version, OLDEST))
        detail = f"SQLite {have}, needs {need} or later"
        raise ProblemError(Problem(ProblemCode.LEDGER_UNUSABLE, where, detail))


def _opened(path: Path, mode: str, pragmas: dict[str, str | int]) -> sqlite3.Connection:
    connection = _connect(path, mode)
    try:
        _set(connection, path, pragmas)
    except BaseException:
        connection.close()
        raise
    return connection


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    refuse_old(sqlite3.sqlite_version_info, path.name)
    uri = f"file:{quote(str(path.absolute()))}?mode={mode}"
    return sqlite3.connect(uri, uri=True, isolation_level=None)


def _set(connection: sqlite3.Connection, path: Path, pragmas: dict[str, str | int]) -> None:
    """Set and read back: a build may ignore a PRAGMA, and a file system may refuse WAL."""
    for name, value in pragmas.items():
        connection.execute(f"PRAGMA {name} = {value}")
        (found,) = connection.execute(f"PRAGMA {name}").fetchone()
        if found != value:
            detail = f"SQLite set {name} to {found}, not {value}"
            raise ProblemError(Problem(ProblemCode.LEDGER_UNUSABLE, path.name, detail))
