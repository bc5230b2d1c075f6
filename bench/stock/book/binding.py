"""How the book holds together: its form, its pages' versions, and how far each was folded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bench.custody.database import transaction
from bench.custody.entries import SealedEvent
from bench.problems import Problem, ProblemCode, ProblemError
from bench.stock.book.files import FILES, FILES_FORM
from bench.stock.book.page import Page

if TYPE_CHECKING:
    import sqlite3

_BINDING = (
    "CREATE TABLE binding (one INTEGER PRIMARY KEY CHECK (one = 1), files INTEGER NOT NULL) STRICT",
    """CREATE TABLE page (
  name TEXT PRIMARY KEY, version INTEGER NOT NULL, tables TEXT NOT NULL
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE mark (
  page TEXT NOT NULL, origin TEXT NOT NULL, seq INTEGER NOT NULL, hash BLOB NOT NULL,
  PRIMARY KEY (page, origin)
) STRICT, WITHOUT ROWID""",
)


def bind(connection: sqlite3.Connection, path: Path, pages: Sequence[Page]) -> None:
    """Make or check the tables; tear out pages of another version."""
    with transaction(connection):
        if not _has(connection, "binding"):
            for statement in (*_BINDING, *FILES):
                connection.execute(statement)
            connection.execute("INSERT INTO binding VALUES (1, ?)", (FILES_FORM,))
        (form,) = connection.execute("SELECT files FROM binding").fetchone()
        if form > FILES_FORM:
            detail = f"it is of form {form}, this program knows {FILES_FORM}"
            raise ProblemError(Problem(ProblemCode.BOOK_UNUSABLE, path.name, detail))
        for page in pages:
            _put_in(connection, page)


def marks(connection: sqlite3.Connection, origin: str, pages: Sequence[Page]) -> Mapping[str, int]:
    """Return the last event of `origin` that each page was folded with, 0 for none."""
    rows = connection.execute("SELECT page, seq FROM mark WHERE origin = ?", (origin,))
    known: dict[str, int] = dict(rows.fetchall())
    return {page.name: known.get(page.name, 0) for page in pages} or {"": 0}


def mark(
    connection: sqlite3.Connection, origin: str, pages: Sequence[Page], last: SealedEvent
) -> None:
    """Note how far pages were folded."""
    for page in pages:
        connection.execute(
            "INSERT OR REPLACE INTO mark VALUES (?, ?, ?, ?)",
            (page.name, origin, last.seq, last.hash),
        )


def tear_out(connection: sqlite3.Connection, pages: Sequence[Page]) -> None:
    """Empty pages, so that they are folded again from the first event."""
    with transaction(connection):
        for page in pages:
            connection.execute("UPDATE page SET version = -1 WHERE name = ?", (page.name,))
            _put_in(connection, page)


def is_of(connection: sqlite3.Connection, origin: str, event: SealedEvent | None, seq: int) -> bool:
    """Whether the pages were folded with this very event `seq` of the record.

    A record that was restored from an older copy has another there, or none: `event` is None.
    """
    rows = connection.execute(
        "SELECT hash FROM mark WHERE origin = ? AND seq = ?", (origin, seq)
    ).fetchall()
    return all(event is not None and hash_ == event.hash for (hash_,) in rows)


def _put_in(connection: sqlite3.Connection, page: Page) -> None:
    row = connection.execute(
        "SELECT version, tables FROM page WHERE name = ?", (page.name,)
    ).fetchone()
    if row and row[0] == page.version:
        return
    for table in row[1].split() if row else ():
        connection.execute(f"DROP TABLE {table}")
    for statement in page.schema:
        connection.execute(statement)
    connection.execute("DELETE FROM mark WHERE page = ?", (page.name,))
    connection.execute(
        "INSERT OR REPLACE INTO page VALUES (?, ?, ?)",
        (page.name, page.version, " ".join(page.tables)),
    )


def _has(connection: sqlite3.Connection, table: str) -> bool:
    known = "SELECT 1 FROM sqlite_schema WHERE name = ?"
    return connection.execute(known, (table,)).fetchone() is not None
