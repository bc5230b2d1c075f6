"""The epochs before a record, folded into a book whose pages begin anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from bench.custody import queries
from bench.custody.entries import SealedEvent
from bench.custody.epochs import swap
from bench.custody.ledger import Ledger
from bench.problems import ProblemError
from bench.stock.book.book import Book, catch_up_apart
from bench.stock.book.booked import Booked

if TYPE_CHECKING:
    import sqlite3
else:
    from pysqlite3 import dbapi2 as sqlite3

_Read: TypeAlias = "Callable[[sqlite3.Connection, int, int], Sequence[SealedEvent]]"


def read_earlier(book: Book, ledger: Ledger) -> None:
    """Fold the epochs before this one, the oldest first, before the first event of this one.

    A record that was set aside because it is damaged is read as far as it can be: this epoch begins
    with what was known of each handset.
    """
    for path in swap.old_epochs(ledger.path):
        with suppress(_IllegibleError):
            try:
                _fold_earlier(book, ledger, path, queries.events)
            except ValueError:
                _fold_earlier(book, ledger, path, _events_of_a_bench)


def _fold_earlier(book: Book, ledger: Ledger, path: Path, read: _Read) -> None:
    with _legibly():
        record = ledger.opener.read(path)
    with closing(record), book.writer() as connection:
        with _legibly():
            origin = queries.origin(record)

        def events(after: int, most: int) -> Sequence[SealedEvent]:
            with _legibly():
                return read(record, after, most)

        catch_up_apart(connection, book.pages, origin, events, lambda: False)


def _events_of_a_bench(record: sqlite3.Connection, after: int, most: int) -> Sequence[SealedEvent]:
    """Leave out events that no bench wrote so; looked at one by one, so only where there are."""
    return tuple(filter(_is_of_a_bench, queries.events(record, after, most)))


def _is_of_a_bench(event: SealedEvent) -> bool:
    try:
        Booked.of(event)
    except ValueError:
        return False
    return True


class _IllegibleError(Exception):
    """A record cannot be read any further."""


@contextmanager
def _legibly() -> Iterator[None]:
    try:
        yield
    except (sqlite3.DatabaseError, ProblemError) as error:
        raise _IllegibleError from error
