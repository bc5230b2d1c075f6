"""What a bench keeps of the centre: a SQLite file of its own beside the record, `<record>.centre`.

It holds what can be had again: deleting it loses nothing, for the store says how far it is and
compares what it is sent twice. One that is damaged is set aside, and another is begun. Several
rooms keep their tables here, each its own (`prepare`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

from bench.custody.database import connect_reader, connect_writer, told, transaction
from bench.inventory.sync import tables
from bench.inventory.sync.tables import Tables
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import sqlite3
else:
    from pysqlite3 import dbapi2 as sqlite3

_BESIDE = ("", "-wal", "-shm")
_DAMAGED = (ProblemCode.LEDGER_DAMAGED,)


class CentreFile:
    """The file, open for writing on the thread that opened it.

    `set_aside` is where a damaged one was put, None where it was sound.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path, set_aside: Path | None) -> None:
        self.connection = connection
        self.path = path
        self.set_aside = set_aside

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def prepare(self, room: Tables) -> None:
        """Bring a room's tables up to date; `ProblemError` (CENTRE_FILE_UNUSABLE) if newer."""
        with _told(self.path):
            tables.prepare(self.connection, room, self.path.name)

    @contextmanager
    def turn(self) -> Iterator[sqlite3.Connection]:
        """Write all that is written meanwhile, or nothing; then it is on the disk.

        Raises `ProblemError` (CENTRE_FILE_UNUSABLE) where the disk refuses.
        """
        with _told(self.path), transaction(self.connection):
            yield self.connection

    def close(self) -> None:
        """Close the file."""
        self.connection.close()


def beside(record: Path) -> Path:
    """Return where that file of a record lies."""
    return record.with_name(record.name + ".centre")


def open_state(path: Path) -> CentreFile:
    """Open the file, or begin one; whoever writes it holds the `SyncLock` of the record.

    Raises `ProblemError` (CENTRE_FILE_UNUSABLE) where it can be neither read nor begun anew.
    """
    with _told(path):
        put = None if _is_sound(path) else _set_aside(path)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = connect_writer(path)
        connection.execute("PRAGMA wal_autocheckpoint = 1000")
    return CentreFile(connection, path, put)


def read_state(path: Path) -> sqlite3.Connection | None:
    """Open the file to read it while another may write; None where there is none yet.

    Close it soon: while it is open, what a damaged file held is not begun anew for its reader.
    """
    if not path.exists():
        return None
    with _told(path):
        return connect_reader(path)


def _is_sound(path: Path) -> bool:
    if not path.exists() or not path.stat().st_size:
        return True
    try:
        with told(path), closing(connect_writer(path)) as connection:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError:
        return False
    except ProblemError as error:
        if error.problem.code not in _DAMAGED:
            raise
        return False
    return bool(found == ("ok",))


def _set_aside(path: Path) -> Path:
    """Put the file and its log out of the way, under a name that nothing has yet."""
    number = 1
    while (put := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    for suffix in _BESIDE:
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(put.with_name(put.name + suffix))
    return put


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say what SQLite or the disk refuses as this file's trouble, not the record's."""
    try:
        with told(path):
            yield
    except OSError as error:
        raise _unusable(path, error.strerror or "") from error
    except ProblemError as error:
        if not error.problem.code.value.startswith("ledger-"):
            raise
        raise _unusable(path, error.problem.detail) from error


def _unusable(path: Path, detail: str) -> ProblemError:
    return ProblemError(Problem(ProblemCode.CENTRE_FILE_UNUSABLE, path.name, detail))
