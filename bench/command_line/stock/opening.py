"""How a command of the stock gets at the book of a record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bench.command_line.forms import form_of
from bench.command_line.late_stock import opened
from bench.custody.ledger import Ledger
from bench.problems import Problem, ProblemCode, ProblemError
from bench.stock.book.book import Book, beside
from bench.stock.rooms import PAGES

if TYPE_CHECKING:
    import sqlite3

    from bench.command_line.program import Program
else:
    from pysqlite3 import dbapi2 as sqlite3


@contextmanager
def open_stock(program: Program, record: Path) -> Iterator[tuple[Ledger, Book]]:
    """Open a record and its book for writing, the book read up to the record's last event.

    Raises `ProblemError`; LEDGER_IN_USE while a bench works on it.
    """
    with closing(program.open_record(record)) as ledger, closing(opened(ledger)) as book:
        book.catch_up(ledger.events)
        yield ledger, book


@contextmanager
def read_book(record: Path) -> Iterator[sqlite3.Connection]:
    """Open a record's book as it lies there, also while a bench works on it; nothing is folded.

    Raises `ProblemError`; BOOK_UNUSABLE where there is none yet, or one that another version of the
    program folded.
    """
    path = beside(record)
    if not path.exists():
        detail = "no bench has opened this record's stock yet"
        raise ProblemError(Problem(ProblemCode.BOOK_UNUSABLE, path.name, detail))
    with closing(form_of(record).opener.read(path)) as connection:
        _refuse_other_version(connection, path)
        yield connection


def _refuse_other_version(connection: sqlite3.Connection, path: Path) -> None:
    try:
        known = dict(connection.execute("SELECT name, version FROM page").fetchall())
    except sqlite3.DatabaseError as error:
        raise ProblemError(Problem(ProblemCode.BOOK_UNUSABLE, path.name, str(error))) from error
    if any(known.get(page.name) != page.version for page in PAGES):
        detail = "another version of the program read it last: `stock shift` reads it anew"
        raise ProblemError(Problem(ProblemCode.BOOK_UNUSABLE, path.name, detail))
