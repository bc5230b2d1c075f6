"""The side table: the texts that the record has only committed to.

A row is written in the transaction of its event and erased alone; it goes without a trace in the
event, which keeps the commitment.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from bench.custody.personal.commitments import Commitment
from bench.custody.personal.retention import keep_until

if TYPE_CHECKING:
    import sqlite3

_ROW = "SELECT ref, field, subject, text, salt, keep_until FROM personal_text"


@dataclass(frozen=True, slots=True)
class KeptText:
    """A text as it is kept: `ref` is its event's id, `keep_until` the last day, None for no end."""

    ref: str
    field: str
    subject: str
    text: str
    salt: bytes
    keep_until: date | None


def keep(connection: sqlite3.Connection, event_id: str, commitment: Commitment) -> None:
    """Keep the text that the event of this id commits to, for as long as its field is kept."""
    end = keep_until(commitment.field, _day(event_id))
    connection.execute(
        "INSERT INTO personal_text (ref, field, subject, text, salt, keep_until)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            event_id,
            commitment.field,
            commitment.subject,
            commitment.text,
            commitment.salt,
            None if end is None else end.isoformat(),
        ),
    )


def read(connection: sqlite3.Connection, ref: str) -> tuple[KeptText, ...]:
    """Return what is still known of the texts of one event, by field."""
    rows = connection.execute(f"{_ROW} WHERE ref = ? ORDER BY field", (ref,))
    return tuple(_kept(*row) for row in rows)


def by_subject(connection: sqlite3.Connection, subject: str) -> tuple[KeptText, ...]:
    """Return every text about that person or handset, the oldest first."""
    rows = connection.execute(f"{_ROW} WHERE subject = ? ORDER BY ref, field", (subject,))
    return tuple(_kept(*row) for row in rows)


def everything(connection: sqlite3.Connection) -> Iterator[KeptText]:
    """Yield every text there is, by event."""
    for row in connection.execute(f"{_ROW} ORDER BY ref, field"):
        yield _kept(*row)


def overdue(connection: sqlite3.Connection, today: date) -> tuple[KeptText, ...]:
    """Return the texts whose last day has passed, the longest overdue first."""
    rows = connection.execute(
        f"{_ROW} WHERE keep_until < ? ORDER BY keep_until, ref, field", (today.isoformat(),)
    )
    return tuple(_kept(*row) for row in rows)


def name_of(connection: sqlite3.Connection, subject: str) -> str:
    """Return the name last kept of that person; "" when it is erased or was never said."""
    row = connection.execute(
        "SELECT text FROM personal_text WHERE subject = ? AND field = 'name'"
        " ORDER BY ref DESC LIMIT 1",
        (subject,),
    ).fetchone()
    return str(row[0]) if row else ""


def _day(event_id: str) -> date:
    """An event's id begins with its time: milliseconds since 1970 (RFC 9562, clause 5.7)."""
    return datetime.fromtimestamp((uuid.UUID(event_id).int >> 80) / 1000, UTC).date()


def _kept(ref: str, field: str, subject: str, text: str, salt: bytes, end: str | None) -> KeptText:
    return KeptText(ref, field, subject, text, salt, date.fromisoformat(end) if end else None)
