"""The tables of the file beside the record, in steps that each room adds for itself.

A room's steps are applied in order, once, each room counting its own: no room has to know of
another's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.custody.database import transaction
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import sqlite3
    from sqlite3 import complete_statement
else:
    from pysqlite3.dbapi2 import complete_statement

_STEPS = """CREATE TABLE IF NOT EXISTS step (
    room TEXT PRIMARY KEY, number INTEGER NOT NULL CHECK (number > 0)
) STRICT, WITHOUT ROWID"""


@dataclass(frozen=True, slots=True)
class Tables:
    """What a room keeps: `steps` are SQL scripts, never changed and only ever added to."""

    room: str
    steps: tuple[str, ...]


def prepare(connection: sqlite3.Connection, tables: Tables, where: str) -> None:
    """Bring a room's tables up to what this program knows.

    Raises `ProblemError` (CENTRE_FILE_UNUSABLE) where a newer program has been at them.
    """
    with transaction(connection):
        connection.execute(_STEPS)
        at = applied(connection, tables.room)
        if at > len(tables.steps):
            detail = f"{tables.room}: step {at}, this program knows {len(tables.steps)}"
            raise ProblemError(Problem(ProblemCode.CENTRE_FILE_UNUSABLE, where, detail))
        for step in tables.steps[at:]:
            for statement in _statements(step):
                connection.execute(statement)
        if at < len(tables.steps):
            values = (tables.room, len(tables.steps))
            connection.execute("INSERT OR REPLACE INTO step VALUES (?, ?)", values)


def applied(connection: sqlite3.Connection, room: str) -> int:
    """Return how many steps of a room were applied."""
    row = connection.execute("SELECT number FROM step WHERE room = ?", (room,)).fetchone()
    return int(row[0]) if row else 0


def _statements(script: str) -> tuple[str, ...]:
    """Take a script apart: `executescript` would commit what was begun."""
    found, begun = [], ""
    for part in script.split(";"):
        begun += part
        begun += ";"
        if complete_statement(begun):
            found.append(begun)
            begun = ""
    return tuple(found)
