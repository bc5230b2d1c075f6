"""Reads the report's sections from the store row by row, all at one moment, in flat memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from bench.inventory.reports.sections import BOOKS, SECTIONS, Section

if TYPE_CHECKING:
    import psycopg

Cell: TypeAlias = "str | int | bool | datetime | date | None"
Rows: TypeAlias = "Iterator[tuple[Cell, ...]]"
Report: TypeAlias = "Iterator[tuple[Section, Rows]]"
"""The rows of a section are read before the next section is."""
_AT_ONCE = 1000


@contextmanager
def report(
    connection: psycopg.Connection[Any], sections: Iterable[Section] = SECTIONS
) -> Iterator[Report]:
    """Let the sections be read; what is stored meanwhile is in none of them.

    As far as who signed in may read. The connection is in autocommit. `psycopg.Error`.
    """
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield ((section, _rows(connection, section)) for section in sections)


class Books:
    """The sections as they pass by; afterwards, which of the books do not agree."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self.disagree: list[str] = []

    def __iter__(self) -> Report:
        """Pass each section on."""
        for section, rows in self._report:
            yield section, self._noted(rows) if section is BOOKS else rows

    def _noted(self, rows: Rows) -> Rows:
        for row in rows:
            if row[-1] is not True:
                self.disagree.append(f"{row[0]}: {row[1]}, {row[2]}")
            yield row


def _rows(connection: psycopg.Connection[Any], section: Section) -> Rows:
    with connection.cursor(name=f"report_{section.name}") as cursor:
        cursor.itersize = _AT_ONCE
        yield from cursor.execute(section.sql)
