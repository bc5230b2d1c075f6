"""What a witness must never forget: the last tree head that it cosigned of each log.

One SQLite file, written through before an answer leaves. A lost or restored file would let a log's
past be rewritten: it belongs to one key, and a key without its file signs no more.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from bench.custody.database import connect_writer, told, transaction
from bench.custody.proof.merkle import EMPTY_ROOT
from bench.custody.proof.note import SignedNote
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import sqlite3

_SCHEMA = """
CREATE TABLE IF NOT EXISTS keeper (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    public BLOB NOT NULL CHECK (length(public) = 32)
) STRICT;
CREATE TABLE IF NOT EXISTS head (
    origin TEXT PRIMARY KEY,
    size INTEGER NOT NULL CHECK (size >= 0),
    root BLOB NOT NULL CHECK (length(root) = 32),
    time INTEGER NOT NULL CHECK (time > 0),
    note TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS head_time ON head (time);
CREATE TABLE IF NOT EXISTS evidence (
    origin TEXT NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    time INTEGER NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (origin, hash)
) STRICT, WITHOUT ROWID;
"""
_MOST_EVIDENCE = 100
"""Notes kept of one log: the first ones, so that whoever holds its key cannot push them out."""


@dataclass(frozen=True, slots=True)
class Head:
    """The last tree that was cosigned of a log; none yet is the empty tree."""

    size: int = 0
    root: bytes = EMPTY_ROOT


class WitnessState:
    """The file, held open by one thread; others may hold it too, and take turns."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the file, and make it where there is none; `ProblemError` if unusable."""
        _create(path)
        with told(path):
            connection = connect_writer(path)
            connection.execute("PRAGMA wal_autocheckpoint = 1000")
            connection.executescript(_SCHEMA)
        return cls(connection, path)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def belongs_to(self, public: bytes) -> bool:
        """Whether this is the file of the key (32 bytes); a new file becomes that of the first."""
        with self.turn():
            self._connection.execute("INSERT OR IGNORE INTO keeper VALUES (1, ?)", (public,))
            return self._one("SELECT public FROM keeper") == (public,)

    @contextmanager
    def turn(self) -> Iterator[Turn]:
        """Have the file alone: what was read stays true until all that was written is kept.

        On any exception nothing is kept. `ProblemError` where the file cannot be written.
        """
        with told(self._path), transaction(self._connection):
            yield Turn(self._connection)

    def note(self, origin: str) -> SignedNote | None:
        """Return the last checkpoint that was cosigned of a log, cosignature included."""
        with told(self._path):
            found = self._one("SELECT note FROM head WHERE origin = ?", origin)
        return None if found is None else SignedNote.parse(str(found[0]).encode())

    def evidence(self, origin: str) -> tuple[SignedNote, ...]:
        """Return what a log signed that contradicts what it had signed before."""
        select = "SELECT note FROM evidence WHERE origin = ? ORDER BY time, hash"
        with told(self._path):
            rows = self._connection.execute(select, (origin,)).fetchall()
        return tuple(SignedNote.parse(str(note).encode()) for (note,) in rows)

    def _one(self, select: str, *values: str) -> tuple[object, ...] | None:
        found: tuple[object, ...] | None = self._connection.execute(select, values).fetchone()
        return found


class Turn:
    """What may be done with the file while it is held alone."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def head(self, origin: str) -> Head:
        """Return the last tree that was cosigned of a log."""
        select = "SELECT size, root FROM head WHERE origin = ?"
        found = self._connection.execute(select, (origin,)).fetchone()
        return Head(*found) if found else Head()

    def last_time(self) -> int:
        """Return the latest time that was signed, for any log: seconds since 1970, UTC; or 0."""
        (latest,) = self._connection.execute("SELECT max(time) FROM head").fetchone()
        return latest or 0

    def keep(self, origin: str, head: Head, time: int, note: SignedNote) -> None:
        """Take this for the last head of the log; `note` holds the cosignature of `time`."""
        self._connection.execute(
            "INSERT INTO head VALUES (?, ?, ?, ?, ?) ON CONFLICT (origin) DO UPDATE SET "
            "size = excluded.size, root = excluded.root, time = excluded.time, "
            "note = excluded.note",
            (origin, head.size, head.root, time, str(note)),
        )

    def keep_evidence(self, origin: str, time: int, note: SignedNote) -> None:
        """Keep what a log signed against its own past; the same text once."""
        digest = hashlib.sha256(note.text.encode()).digest()
        self._connection.execute(
            "INSERT INTO evidence SELECT ?1, ?2, ?3, ?4 "
            "WHERE (SELECT count(*) FROM evidence WHERE origin = ?1) < ?5 ON CONFLICT DO NOTHING",
            (origin, digest, time, str(note), _MOST_EVIDENCE),
        )


def _create(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        problem = Problem(ProblemCode.WITNESS_UNUSABLE, path.name, str(error))
        raise ProblemError(problem) from error
