"""What a record knows of its witnesses, and the proofs they ask for: over readers, any thread."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bench.custody import queries
from bench.custody.database import Connect, told
from bench.custody.proof.checkpoint import Checkpoint, cosigned_at
from bench.custody.proof.merkle import Tree
from bench.custody.proof.note import NoteError, SignedNote, VerifierKey

if TYPE_CHECKING:
    import sqlite3

_LOOKED_AT = 1000
"""Cosigned heads that are searched: what is older the witness itself remembers."""


@dataclass(frozen=True, slots=True)
class Cosigned:
    """The newest head that a witness cosigned: its size, and when, by the witness' clock (UTC)."""

    size: int
    at: datetime


def last_cosigned(connection: sqlite3.Connection, key: VerifierKey) -> Cosigned | None:
    """Return the newest head that this witness cosigned; None for none, or none of late."""
    rows = connection.execute(
        "SELECT note FROM checkpoint WHERE cosigned ORDER BY size DESC LIMIT ?",
        (_LOOKED_AT,),
    )
    for (note,) in rows:
        with suppress(NoteError):  # one that cannot be read is found where the record is verified
            if found := cosigned_in(SignedNote.parse(note.encode()), key):
                return found
    return None


def cosigned_in(note: SignedNote, key: VerifierKey) -> Cosigned | None:
    """Return what this witness says in a signed head; None where it has not signed it."""
    time = cosigned_at(note, key)
    if time is None:
        return None
    return Cosigned(Checkpoint.parse(note.text).size, datetime.fromtimestamp(time, UTC))


class RecordTree(Tree):
    """The tree over a record's file; each proof reads over a connection of the asking thread."""

    def __init__(self, path: Path, connect: Connect) -> None:
        super().__init__(self._read_leaves)
        self._path = path
        self._connect = connect
        self._turn = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def consistency(self, old: int, size: int) -> tuple[bytes, ...]:
        """As `Tree.consistency`; `ProblemError` where the file cannot be read."""
        with self._turn, told(self._path), closing(self._connect(self._path)) as connection:
            self._connection = connection
            return super().consistency(old, size)

    def _read_leaves(self, lo: int, hi: int) -> Iterable[bytes]:
        assert self._connection is not None, "leaves are read while a proof is made"
        return queries.leaf_hashes(self._connection, lo, hi)
