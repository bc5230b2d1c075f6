"""Signed heads of the record's tree: made, kept, and handed out with what witnesses added.

A checkpoint is over the tree that includes its own `checkpointed` event, and is kept in the same
transaction. Its frontier is kept with it, so that the next one reads only the leaves since.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.custody import queries
from bench.custody.chain import leaf_hash
from bench.custody.proof.checkpoint import (
    Checkpoint,
    Signing,
    is_log_signed,
    log_key,
    sign,
)
from bench.custody.proof.frontier import Frontier
from bench.custody.proof.note import SignedNote
from bench.custody.walk import Head
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True, slots=True)
class KeptCheckpoint:
    """A signed head and how many witnesses cosigned it."""

    size: int
    note: SignedNote
    cosigned: int


def make(connection: sqlite3.Connection, origin: str, key: Signing) -> SignedNote:
    """Sign the head of the whole tree and keep it, in the caller's transaction.

    Raises `ProblemError` (LEDGER_DAMAGED) where the last one kept is not what this bench signed.
    """
    frontier = _frontier(connection, origin, key)
    size = queries.tail(connection).seq
    frontier.extend(queries.leaf_hashes(connection, frontier.size, size))
    note = sign(Checkpoint(origin, size, frontier.root), key)
    connection.execute(
        "INSERT INTO checkpoint VALUES (?, ?, ?, 0)", (size, str(note), frontier.nodes)
    )
    return note


def signatures_sum(connection: sqlite3.Connection, origin: str, key: Signing) -> str:
    """Return the SHA-256, in hex, over the signatures since the last checkpoint, its own first.

    Each is made again (Ed25519 signs the same the same way), so that none that was changed since it
    was written is ever vouched for; `ProblemError` (LEDGER_DAMAGED) where one was.
    """
    since = max(_frontier(connection, origin, key).size, 1)
    rows = connection.execute(
        "SELECT seq, CAST(body AS BLOB), hash, sig FROM event WHERE seq >= ? ORDER BY seq", (since,)
    )
    found = hashlib.sha256()
    for seq, body, leaf, signature in rows:
        if leaf_hash(body) != leaf or key.sign(leaf) != signature:
            raise _damaged(f"event {seq} is not as it was written")
        found.update(signature)
    return found.hexdigest()


def last(connection: sqlite3.Connection, *, cosigned: bool = False) -> KeptCheckpoint | None:
    """Return the newest checkpoint, or the newest that a witness cosigned.

    Raises `ProblemError` (LEDGER_DAMAGED) where it cannot be read.
    """
    row = connection.execute(
        "SELECT size, note, cosigned FROM checkpoint WHERE cosigned >= ?"
        " ORDER BY size DESC LIMIT 1",
        (int(cosigned),),
    ).fetchone()
    return KeptCheckpoint(row[0], _note(row[0], row[1]), row[2]) if row else None


def heads(connection: sqlite3.Connection, after: int = 0, end: int = 0) -> dict[int, Head]:
    """Return the checkpoints kept over more than `after` events, up to `end` (0: all)."""
    rows = connection.execute(
        "SELECT size, note, frontier FROM checkpoint WHERE size > ? AND (size <= ? OR ? = 0)",
        (after, end, end),
    )
    return {size: Head(note, frontier) for size, note, frontier in rows}


def add_signatures(connection: sqlite3.Connection, note: SignedNote) -> None:
    """Add the lines of witnesses to the checkpoint that is kept, in the caller's transaction.

    Each of several witnesses answers with its own line only. `ValueError` for another's checkpoint.
    """
    size = Checkpoint.parse(note.text).size
    row = connection.execute("SELECT note FROM checkpoint WHERE size = ?", (size,)).fetchone()
    kept = _note(size, row[0]) if row else None
    if kept is None or kept.text != note.text:
        raise ValueError("This is no checkpoint of this record.")
    for line in note.signatures:
        kept = kept if line in kept.signatures else kept.with_signature(line)
    connection.execute(
        "UPDATE checkpoint SET note = ?, cosigned = ? WHERE size = ?",
        (str(kept), len(kept.signatures) - 1, size),
    )


def _frontier(connection: sqlite3.Connection, origin: str, key: Signing) -> Frontier:
    """Return the edge of the tree at the last checkpoint, if it is the one that was signed."""
    row = connection.execute(
        "SELECT size, note, frontier FROM checkpoint ORDER BY size DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return Frontier()
    size, text, nodes = row
    try:
        note, frontier = SignedNote.parse(text.encode()), Frontier(size, nodes)
        head = Checkpoint.parse(note.text)
    except ValueError as error:
        raise _damaged(f"the checkpoint of {size} events: {error}") from error
    said = (head.origin, head.size, head.root)
    if said != (origin, size, frontier.root) or not is_log_signed(note, log_key(origin, key)):
        raise _damaged(f"the checkpoint of {size} events is not the one that was signed")
    return frontier


def _note(size: int, text: str) -> SignedNote:
    try:
        return SignedNote.parse(text.encode())
    except ValueError as error:
        raise _damaged(f"the checkpoint of {size} events: {error}") from error


def _damaged(detail: str) -> ProblemError:
    return ProblemError(Problem(ProblemCode.LEDGER_DAMAGED, detail=detail))
