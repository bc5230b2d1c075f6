"""What a report is: a title, columns, and a question to the book whose rows come one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import sqlite3

Cell: TypeAlias = "str | int | date | None"
"""A value of a report; a `datetime` is a `date` too, aware, and shown in UTC."""
Row: TypeAlias = "Sequence[Cell]"
Rows: TypeAlias = "Callable[[sqlite3.Connection], Iterable[Row]]"
"""Asks the book over a connection of the writing thread; an iterator, so that none is held."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its share of a page's width beside the others, and its side.

    Numbers stand right. Its name in JSON is the heading in small letters with low lines.
    """

    title: str
    weight: int = 10
    is_number: bool = False

    @property
    def name(self) -> str:
        """The column's name in JSON."""
        return "_".join(self.title.lower().split())


@dataclass(frozen=True, slots=True)
class Report:
    """A report: `name` goes into the file's name (small letters, digits, hyphens).

    `total` says how many rows `rows` will give, for the progress. `remarks` are sentences that
    stand above the rows on paper; `none` stands in their place where there is no row. Texts may
    hold anything that a file or a person said: the writing makes them plain.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Rows = field(repr=False)
    total: Callable[[sqlite3.Connection], int] = field(repr=False)
    remarks: tuple[str, ...] = ()
    none: str = "There is nothing to tell."


@dataclass(frozen=True, slots=True)
class Issue:
    """One making of a report: when, by which bench, whether all in it is simulated."""

    at: datetime
    bench: str
    simulated: bool


def counted(question: str, *values: str | int) -> Callable[[sqlite3.Connection], int]:
    """Return what asks for one number; `values` fill the question's marks."""
    return lambda connection: int(connection.execute(question, values).fetchone()[0])


def asked(question: str, *values: str | int) -> Rows:
    """Return what asks for rows as they stand; `values` fill the question's marks."""
    return lambda connection: connection.execute(question, values)


def moment(milliseconds: int) -> datetime | None:
    """Return a time of the book (since 1970, UTC) as a cell; 0 is none."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds else None


def shown(cell: Cell) -> str:
    """Return a value in words, not made plain yet: times to the second, "" for nothing."""
    match cell:
        case None:
            return ""
        case datetime():
            return f"{cell.astimezone(UTC).replace(tzinfo=None).isoformat(' ', 'seconds')} UTC"
        case date():
            return cell.isoformat()
        case _:
            return str(cell)
