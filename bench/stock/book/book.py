"""The book as it is opened, followed and written.

One connection is the bench's own, on its loop: folding and asking. What takes long runs on a thread
with a connection of its own (`reader`, `writer`). A fold never waits: while a file is being taken
the book stays behind by as much, says so, and catches up after it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeAlias

from bench.custody.backup.book import book_beside
from bench.custody.database import PLAIN, Opener, transaction
from bench.custody.entries import SealedEvent
from bench.problems import Problem, ProblemCode, ProblemError
from bench.stock.book import binding
from bench.stock.book.booked import Booked
from bench.stock.book.page import Page

if TYPE_CHECKING:
    import sqlite3
else:
    from pysqlite3 import dbapi2 as sqlite3

ReadEvents: TypeAlias = Callable[[int, int], Sequence[SealedEvent]]
"""Returns up to so many events (second) that follow a number (first)."""
_BATCH = 500


def beside(record: Path) -> Path:
    """Return where the book of a record lies."""
    return book_beside(record)


class Book:
    """The book of one record; for the thread that opened it, but for `reader` and `writer`."""

    def __init__(self, path: Path, opener: Opener, connection: sqlite3.Connection) -> None:
        self._path, self._opener = path, opener
        self.connection = connection
        self.pages: tuple[Page, ...] = ()
        self.origin = ""
        self.is_behind = False

    @classmethod
    def open(cls, path: Path, pages: Sequence[Page], origin: str, opener: Opener = PLAIN) -> Self:
        """Open the book, or begin it; pages of another form are torn out.

        `origin` names the tree that pages are folded from. Raises `ProblemError` BOOK_UNUSABLE.
        """
        with _told(path):
            if not path.exists():
                os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
            connection = opener.write(path)
            try:
                connection.execute("PRAGMA synchronous = 1")  # what is folded can be folded again
                binding.bind(connection, path, pages)
                connection.execute("PRAGMA busy_timeout = 0")
            except BaseException:
                connection.close()
                raise
        book = cls(path, opener, connection)
        book.pages, book.origin = tuple(pages), origin
        return book

    @property
    def name(self) -> str:
        """The name of its file."""
        return self._path.name

    def close(self) -> None:
        """Close the bench's own connection."""
        self.connection.close()

    @contextmanager
    def reader(self) -> Iterator[sqlite3.Connection]:
        """Open a connection that only reads, for another thread; it sees what was committed."""
        with _told(self._path):
            connection = self._opener.read(self._path)
        try:
            yield connection
        finally:
            connection.close()

    @contextmanager
    def writer(self) -> Iterator[sqlite3.Connection]:
        """Open a connection that writes what files say, for another thread.

        What it commits survives a power cut. Whoever holds it has all or nothing in one
        transaction (`bench.custody.database.transaction`).
        """
        with _told(self._path):
            connection = self._opener.write(self._path)
        try:
            yield connection
        finally:
            connection.close()

    def backlog(self, last: int) -> int:
        """Return how many events the page that is furthest behind has not seen, of `last`."""
        return last - self.read_to()

    def read_to(self) -> int:
        """Return the last event that every page was folded with."""
        return min(binding.marks(self.connection, self.origin, self.pages).values())

    def fits(self, event: SealedEvent | None) -> bool:
        """Whether the event after `read_to() - 1` is the one that the pages were folded with."""
        return binding.is_of(self.connection, self.origin, event, self.read_to())

    def tear_out(self) -> None:
        """Empty all pages: the record is another than they were folded from."""
        with _told(self._path):
            binding.tear_out(self.connection, self.pages)

    def catch_up(self, read: ReadEvents, most: int | None = None) -> int:
        """Fold what the record has that the pages have not; return how many events were folded.

        Stops behind `most` of them. Where a file is being taken just now nothing is folded, and
        `is_behind` says so.
        """
        try:
            with _told(self._path):
                folded = _follow(self.connection, self.pages, self.origin, read, most)
        except ProblemError as error:
            if error.problem.code is not ProblemCode.BOOK_BUSY:
                raise
            self.is_behind = True
            return 0
        self.is_behind = False
        return folded


def catch_up_apart(
    connection: sqlite3.Connection,
    pages: Sequence[Page],
    origin: str,
    read: ReadEvents,
    stopped: Callable[[], bool],
) -> None:
    """Fold a long backlog over a connection of another thread, some events at a time."""
    while not stopped() and _follow(connection, pages, origin, read, _BATCH):
        pass


def _follow(
    connection: sqlite3.Connection,
    pages: Sequence[Page],
    origin: str,
    read: ReadEvents,
    most: int | None,
) -> int:
    done = 0
    while most is None or done < most:
        with transaction(connection):
            folded = _some(connection, pages, origin, read)
        done += folded
        if not folded:
            break
    return done


def _some(
    connection: sqlite3.Connection, pages: Sequence[Page], origin: str, read: ReadEvents
) -> int:
    """Fold some events, in the caller's transaction: nobody else folds meanwhile."""
    marks = binding.marks(connection, origin, pages)
    events = read(min(marks.values()), _BATCH)
    for event in events:
        _fold(connection, pages, marks, Booked.of(event))
    if events:
        behind = [page for page in pages if marks[page.name] < events[-1].seq]
        binding.mark(connection, origin, behind, events[-1])
    return len(events)


def _fold(
    connection: sqlite3.Connection, pages: Sequence[Page], marks: Mapping[str, int], event: Booked
) -> None:
    for page in pages:
        if marks[page.name] < event.seq:
            page.fold(connection, event)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say what keeps the book from being read or written."""
    try:
        yield
    except sqlite3.OperationalError as error:
        busy = getattr(error, "sqlite_errorcode", 0) & 0xFF in _BUSY
        code = ProblemCode.BOOK_BUSY if busy else ProblemCode.BOOK_UNUSABLE
        raise ProblemError(Problem(code, path.name, str(error))) from error
    except sqlite3.DatabaseError as error:
        raise ProblemError(Problem(ProblemCode.BOOK_UNUSABLE, path.name, str(error))) from error


_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
