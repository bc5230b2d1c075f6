"""Time stamps of an authority on the record's signed heads (RFC 3161): kept, and checked again.

Stamped is the text of a checkpoint, which bench and witnesses sign, not the lines of signatures:
those grow in number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bench.custody.proof.note import NoteError, SignedNote

if TYPE_CHECKING:
    import sqlite3

    from cryptography.x509 import Certificate


@dataclass(frozen=True, slots=True)
class TimeStamp:
    """DER of an authority's reply (TimeStampResp) on the head of `size` events."""

    size: int
    token: bytes


@dataclass(frozen=True, slots=True)
class Stamped:
    """When, by the authority's clock (UTC), the head of `size` events was there; or what is wrong.

    `at` is None where the time stamp does not hold; `fault` says why.
    """

    size: int
    at: datetime | None
    fault: str = ""


def keep(connection: sqlite3.Connection, stamp: TimeStamp) -> None:
    """Keep a time stamp, in place of any on the same head; in the caller's transaction."""
    connection.execute("INSERT OR REPLACE INTO timestamp VALUES (?, ?)", (stamp.size, stamp.token))


def newest(connection: sqlite3.Connection) -> TimeStamp | None:
    """Return the time stamp that goes furthest."""
    row = connection.execute("SELECT size, token FROM timestamp ORDER BY size DESC LIMIT 1")
    found = row.fetchone()
    return TimeStamp(*found) if found else None


def checked(connection: sqlite3.Connection, roots: Sequence[Certificate]) -> tuple[Stamped, ...]:
    """Check every time stamp against its head, the oldest first; trusted are these authorities."""
    rows = connection.execute(
        "SELECT timestamp.size, token, note FROM timestamp LEFT JOIN checkpoint USING (size)"
        " ORDER BY timestamp.size"
    )
    return tuple(_checked(TimeStamp(size, token), note, roots) for size, token, note in rows)


def check_newest(connection: sqlite3.Connection, roots: Sequence[Certificate]) -> Stamped | None:
    """Check the time stamp that goes furthest; None where there is none."""
    stamp = newest(connection)
    if stamp is None:
        return None
    row = connection.execute("SELECT note FROM checkpoint WHERE size = ?", (stamp.size,)).fetchone()
    return _checked(stamp, row[0] if row else None, roots)


def stamped_text(note: SignedNote) -> bytes:
    """Return what of a checkpoint is stamped."""
    return note.text.encode()


def _checked(stamp: TimeStamp, note: str | None, roots: Sequence[Certificate]) -> Stamped:
    from bench.custody.proof import timestamp  # noqa: PLC0415 - loads rfc3161-client

    if note is None:
        return Stamped(stamp.size, None, "Its checkpoint is missing.")
    try:
        text = stamped_text(SignedNote.parse(note.encode()))
    except NoteError as error:
        return Stamped(stamp.size, None, f"Its checkpoint cannot be read: {error}")
    try:
        return Stamped(stamp.size, timestamp.check(stamp.token, text, roots))
    except timestamp.TimestampError as error:
        return Stamped(stamp.size, None, str(error))
