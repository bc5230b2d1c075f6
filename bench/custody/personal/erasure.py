"""Erasing a person, or texts past their date: the chain stays as it is, its commitments unopened.

Two steps. The rows go in one transaction with the event that says so; then `scrub` makes the file
anew, because a deleted row lies on in free space. A row moved by a page split leaves copies that
SQLite's `secure_delete` does not reach. Until it is scrubbed an erasure is pending, also over a
restart. What a disk itself keeps of overwritten blocks is for its encryption to hide.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from bench.custody.entries import Entry
from bench.custody.people.change import Change
from bench.custody.personal import table
from bench.custody.personal.table import KeptText
from bench.events.orders import CustodyKind, Json
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import sqlite3

_REFS = 500
"""Event ids that one `erased` event names: about 20 kB."""
_LONGEST_NAME = 200


def erase(connection: sqlite3.Connection, subject: str) -> Change:
    """Erase all that is known of a person: name, badge, PIN, key, every text about them.

    Also of whom this bench only knows as a recipient. `roster.refuse_last_supervisor` is the
    caller's to ask.
    """
    texts = table.by_subject(connection, subject)

    def write(connection: sqlite3.Connection) -> None:
        _delete(connection, texts)
        connection.execute("DELETE FROM credential WHERE person = ?", (subject,))
        connection.execute(
            "UPDATE person SET standing = 'erased', tries = 0 WHERE id = ?", (subject,)
        )
        _note(connection, (subject,))

    return Change(_entries(texts, "a person was erased", {"person": subject}), write)


def forget(texts: Sequence[KeptText]) -> Change:
    """Erase single texts that are past their date (`table.overdue`)."""

    def write(connection: sqlite3.Connection) -> None:
        _delete(connection, texts)
        _note(connection, {text.subject for text in texts})

    return Change(_entries(texts, "texts past their date", {}), write)


def mentions(connection: sqlite3.Connection, subject: str) -> tuple[KeptText, ...]:
    """Return texts about others that hold the person's name: only a person can decide on those."""
    names = {text.text.casefold() for text in table.by_subject(connection, subject)}
    names = {name for name in names if name and len(name) < _LONGEST_NAME}
    return tuple(
        text
        for text in table.everything(connection)
        if text.subject != subject and any(name in text.text.casefold() for name in names)
    )


def is_pending(connection: sqlite3.Connection, subject: str | None = None) -> bool:
    """Whether something (of `subject`) was erased since the file was last scrubbed."""
    row = connection.execute(
        "SELECT 1 FROM erasure WHERE NOT scrubbed AND coalesce(subject = ?, 1) LIMIT 1", (subject,)
    ).fetchone()
    return row is not None


def last_erasure(connection: sqlite3.Connection) -> int:
    """Return the number of the last `erased` event, 0 for none: older backups hold what it took."""
    (seq,) = connection.execute("SELECT coalesce(max(seq), 0) FROM erasure").fetchone()
    return int(seq)


def scrub(connection: sqlite3.Connection) -> None:
    """Make the file anew without a trace of what was erased, and its write-ahead log empty.

    On the writing connection, outside a transaction, when nobody waits: it takes a few seconds per
    gigabyte, and as much room again on the disk. Raises `ProblemError` ERASURE_UNFINISHED while
    another connection still reads an older state; the erasure stays pending.
    """
    if connection.in_transaction:
        raise ValueError("A file is scrubbed outside a transaction.")
    connection.execute("PRAGMA secure_delete = 1").fetchone()
    connection.execute("VACUUM")
    busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise ProblemError(Problem(ProblemCode.ERASURE_UNFINISHED))
    connection.execute("UPDATE erasure SET scrubbed = 1 WHERE NOT scrubbed")


def _delete(connection: sqlite3.Connection, texts: Iterable[KeptText]) -> None:
    for text in texts:
        found = connection.execute(
            "DELETE FROM personal_text WHERE ref = ? AND field = ?", (text.ref, text.field)
        )
        if found.rowcount != 1:
            raise ValueError("The texts changed since they were counted.")


def _note(connection: sqlite3.Connection, subjects: Iterable[str]) -> None:
    (seq,) = connection.execute("SELECT coalesce(max(seq), 0) FROM event").fetchone()
    connection.executemany(
        "INSERT OR REPLACE INTO erasure VALUES (?, ?, 0)", [(each, seq) for each in subjects]
    )


def _entries(texts: Sequence[KeptText], reason: str, whom: dict[str, Json]) -> tuple[Entry, ...]:
    """Say what was erased in counts and event ids; in several events when it was much."""
    refs = sorted({text.ref for text in texts})
    counts: dict[str, Json] = dict(sorted(Counter(text.field for text in texts).items()))
    parts = [refs[at : at + _REFS] for at in range(0, len(refs), _REFS)] or [[]]
    return tuple(
        Entry(
            CustodyKind.ERASED,
            data={**whom, **({} if number else {"texts": counts}), "refs": [*part]},
            reason=reason,
        )
        for number, part in enumerate(parts)
    )
