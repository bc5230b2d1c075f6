"""Turns a plain record into an encrypted one and back, in its place, while nobody has it open.

The new file is written beside the old, compared with it row by row and verified event by event;
only then it takes its name. Cut short, the old one is there, and calling it again ends it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.custody import durable, schema
from bench.custody.database import WRITER, Connect, connect_reader, told
from bench.custody.encrypted.connection import EncryptedForm, is_plain
from bench.custody.lock import RecordLock
from bench.custody.verification import verify_file
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import sqlite3
else:
    from pysqlite3 import dbapi2 as sqlite3


@dataclass(frozen=True, slots=True)
class _Soundness:
    """What is looked at before a copy takes the place of what it was made of; "" for sound.

    `plain` and `encrypted` look at a whole file, `tables` at the tables of an open one.
    """

    plain: Callable[[Path], str]
    encrypted: Callable[[EncryptedForm, Path], str]
    tables: Callable[[sqlite3.Connection], str | None]


_RECORD = _Soundness(
    lambda path: verify_file(path).reason,
    lambda form, path: form.verify(path).reason,
    schema.deviation,
)
_BOOK = _Soundness(
    lambda path: _checked(connect_reader, path),
    lambda form, path: _checked(form.read, path),
    lambda _: None,
)


def encrypt(path: Path, key: bytes) -> None:
    """Encrypt the plain record at `path` under `key` (32 bytes), and overwrite the plain one.

    Raises `ProblemError`: LEDGER_IN_USE, LEDGER_DAMAGED if it does not verify, LEDGER_FULL,
    LEDGER_UNUSABLE, KEY_UNUSABLE; then the record is as it was. One that is encrypted stays so.
    """
    _encrypt(path, EncryptedForm(key), _RECORD)


def decrypt(path: Path, key: bytes) -> None:
    """Make the encrypted record at `path` a plain one; raises as `encrypt` does."""
    _decrypt(path, EncryptedForm(key), _RECORD)


def encrypt_book(path: Path, key: bytes) -> None:
    """Encrypt the book beside a record under its key; raises as `encrypt` does."""
    _encrypt(path, EncryptedForm(key), _BOOK)


def decrypt_book(path: Path, key: bytes) -> None:
    """Make the encrypted book beside a record a plain one; raises as `encrypt` does."""
    _decrypt(path, EncryptedForm(key), _BOOK)


def _encrypt(path: Path, form: EncryptedForm, sound: _Soundness) -> None:
    with _alone(path):
        if is_plain(path):
            _refuse_damaged(path, sound.plain(path))
            with closing(form.write(_draft(path))) as copy:
                copy.execute("ATTACH DATABASE ? AS other KEY ''", (str(path),))
                _export(copy, path, "other", "main", sound)
            _refuse_damaged(path, sound.encrypted(form, _draft(path)))
            _swap(path, plain=False)
        form.read(path).close()


def _decrypt(path: Path, form: EncryptedForm, sound: _Soundness) -> None:
    with _alone(path):
        if not is_plain(path):
            _refuse_damaged(path, sound.encrypted(form, path))
            with closing(form.write(path)) as record:
                record.execute("ATTACH DATABASE ? AS other KEY ''", (str(_draft(path)),))
                record.execute(f"PRAGMA other.page_size = {WRITER['page_size']}")
                _export(record, path, "main", "other", sound)
            _refuse_damaged(path, sound.plain(_draft(path)))
            _swap(path, plain=True)


def _checked(connect: Connect, path: Path) -> str:
    """Have SQLite look a file over; "" where it is sound."""
    with closing(connect(path)) as connection:
        (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    return "" if said == "ok" else str(said)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the record; begin with an empty draft, and leave none, nor an old one on its way out."""
    lock = RecordLock(path)
    try:
        _sweep(path)
        os.close(os.open(_draft(path), os.O_CREAT | os.O_EXCL | os.O_WRONLY, durable.OWNER_ONLY))
        with told(path):
            yield
    except OSError as error:
        detail = error.strerror or str(error)
        raise ProblemError(Problem(ProblemCode.LEDGER_UNUSABLE, path.name, detail)) from error
    finally:
        _sweep(path)
        lock.release()


def _export(
    connection: sqlite3.Connection, path: Path, source: str, target: str, sound: _Soundness
) -> None:
    """Copy every table, index and trigger, and the two marks that SQLCipher leaves out.

    Neither has a write-ahead log afterwards: one left beside the name would be taken for the new
    file's. Whoever opens it to write brings it back.
    """
    _without_log(connection, path, source)
    connection.execute("SELECT sqlcipher_export(?, ?)", (target, source)).fetchone()
    for mark in ("application_id", "user_version"):
        (value,) = connection.execute(f"PRAGMA {source}.{mark}").fetchone()
        connection.execute(f"PRAGMA {target}.{mark} = {value}")
    _without_log(connection, path, target)
    if sound.tables(connection) or not _same(connection):
        raise ProblemError(Problem(ProblemCode.LEDGER_UNUSABLE, path.name, "the copy differs"))


def _without_log(connection: sqlite3.Connection, path: Path, side: str) -> None:
    try:
        (mode,) = connection.execute(f"PRAGMA {side}.journal_mode = delete").fetchone()
    except sqlite3.OperationalError as error:
        mode = str(error)
    if mode != "delete":
        raise ProblemError(
            Problem(ProblemCode.LEDGER_IN_USE, path.name, "another program reads it")
        )


def _same(connection: sqlite3.Connection) -> bool:
    listing = "SELECT type, name, tbl_name, sql FROM {}.sqlite_schema"
    if not _equal(connection, *(listing.format(side) for side in ("main", "other"))):
        return False
    tables = connection.execute("SELECT name FROM main.sqlite_schema WHERE type = 'table'")
    return all(
        _equal(connection, *(f'SELECT * FROM {side}."{name}"' for side in ("main", "other")))  # noqa: S608 - the record's own tables
        for (name,) in tables.fetchall()
    )


def _equal(connection: sqlite3.Connection, one: str, other: str) -> bool:
    """Whether two queries give the same rows."""
    (differ,) = connection.execute(
        f"SELECT EXISTS ({one} EXCEPT {other}) OR EXISTS ({other} EXCEPT {one})"  # noqa: S608 - as above
        f" OR (SELECT count(*) FROM ({one})) <> (SELECT count(*) FROM ({other}))"
    ).fetchone()
    return not differ


def _swap(path: Path, *, plain: bool) -> None:
    """Give the draft the record's name; what was there is overwritten where it lies."""
    durable.sync_file(_draft(path))
    if is_plain(_draft(path)) != plain:
        raise ProblemError(Problem(ProblemCode.LEDGER_UNUSABLE, path.name, "nothing was converted"))
    os.link(path, _going(path))
    _draft(path).replace(path)
    durable.sync_folder(path.parent)


def _sweep(path: Path) -> None:
    """Remove what is left of this attempt or an earlier one."""
    going = _going(path)
    if going.exists() and path.exists() and path.samefile(going):
        going.unlink()  # cut short before the draft took its place: it is the record
    if going.exists():
        durable.destroy(going)
    for end in ("", "-wal", "-shm", "-journal"):
        draft = _draft(path)
        draft.with_name(draft.name + end).unlink(missing_ok=True)


def _draft(path: Path) -> Path:
    return path.with_name(f".{path.name}.converting")


def _going(path: Path) -> Path:
    return path.with_name(f".{path.name}.going")


def _refuse_damaged(path: Path, reason: str) -> None:
    if reason:
        raise ProblemError(Problem(ProblemCode.LEDGER_DAMAGED, path.name, reason))
