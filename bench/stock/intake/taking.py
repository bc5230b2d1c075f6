"""Taking a file in: one transaction, so that all of what it says stands in the book, or nothing.

On a thread of its own; memory does not grow with the file. The rows that are refused are written
to a file beside it before the transaction ends: whoever finds that file without the import had the
power cut between the two, and takes the file once more.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from bench.custody.database import transaction
from bench.problems import Problem, ProblemCode, ProblemError
from bench.stock.desk.turns import JobCancelledError
from bench.stock.intake.checking import Refused, RowCheck, rounded
from bench.stock.intake.kinds import FileKind
from bench.stock.intake.layout import Layout, digest_of
from bench.stock.intake.looking import Look, taken_at
from bench.stock.intake.reading.opening import open_table, read_bytes
from bench.stock.intake.reading.table import Row, unusable
from bench.stock.intake.refusals import Refusals
from bench.stock.intake.storing import Checked, Storage, Stored

if TYPE_CHECKING:
    import sqlite3

_BATCH, _SHOWN = 500, 20
_ROUNDED = "a spreadsheet rounded its numbers, they end in zeros: have the column sent as text"
_BEGIN = """INSERT INTO import (kind, name, sha256, taken, refused, at, actor)
  VALUES (?, ?, ?, 0, 0, ?, ?)"""
_END = "UPDATE import SET taken = ?, refused = ? WHERE import = ?"
_REMEMBER = "INSERT OR REPLACE INTO mapping VALUES (?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Watch:
    """Who watches a file being taken: told the share that is done, asked whether to stop."""

    progress: Callable[[float], None] = lambda _: None
    cancelled: Callable[[], bool] = lambda: False

    def tell(self, share: float) -> None:
        """Tell how far it is; raises `JobCancelledError` where it is to be stopped."""
        if self.cancelled():
            raise JobCancelledError
        self.progress(share)


@dataclass(frozen=True, slots=True)
class Source:
    """Where rows come from: `name` and digest (hex) of the file, when and by whom it is taken."""

    name: str
    sha256: str
    at: str
    actor: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that was taken, as import `number`.

    `first` are the first of the `refused` rows; `refusals` is the file of all of them, None where
    none was refused.
    """

    number: int
    kind: FileKind
    source: Source
    stored: Stored
    refused: int = 0
    first: tuple[Refused, ...] = ()
    refusals: Path | None = None


@dataclass(slots=True)
class _Pile:
    """The refused rows: all in a file, the first in hand."""

    file: Refusals
    first: list[Refused] = field(default_factory=list)

    def add(self, refused: Iterable[Refused]) -> None:
        for each in refused:
            if len(self.first) < _SHOWN:
                self.first.append(each)
            self.file.add(each)


def take(
    connection: sqlite3.Connection,
    found: Look,
    source: Source,
    refusals: Path,
    watch: Watch | None = None,
) -> Taken:
    """Take a file as it was looked at; `refusals` is the folder for what is refused of it.

    Raises `ProblemError`: FILE_TAKEN for a file that was taken as that kind already, FILE_UNUSABLE
    where nothing of it can be taken, or it is damaged or changes while it is read.
    """
    watch = watch or Watch()
    kept = Refusals(refusals, found.name, found.seen.sha256, found.layout.labels)
    with kept, open_table(found.path, found.seen, found.sheet) as table:
        rows = _counted(table.rows, table.share, found.heading, watch)
        with transaction(connection):
            taken = _take(connection, found.layout, source, rows, kept)
            if read_bytes(found.path).sha256 != found.seen.sha256:
                raise unusable(found.name, "it changed while it was read")
            watch.tell(1.0)
    return taken


def take_rows(
    connection: sqlite3.Connection,
    layout: Layout,
    source: Source,
    rows: Iterable[Row],
    beside: Path,
) -> Taken:
    """Take rows that come from no file, such as orders that the centre sent down."""
    kept = Refusals(beside, source.name, source.sha256, layout.labels)
    with kept, transaction(connection):
        return _take(connection, layout, source, iter(rows), kept)


def _take(
    connection: sqlite3.Connection,
    layout: Layout,
    source: Source,
    rows: Iterator[Row],
    kept: Refusals,
) -> Taken:
    _refuse_incomplete(connection, layout, source)
    number = _begin(connection, layout.kind, source)
    storage, pile = Storage(connection, layout.kind, number), _Pile(kept)
    check = RowCheck(layout).check
    while batch := list(islice(rows, _BATCH)):
        if title := rounded(layout, batch):
            raise unusable(source.name, f"{title}: {_ROUNDED}")
        good: list[Checked] = []
        for row in batch:
            values = check(row)
            if isinstance(values, Refused):
                pile.add((values,))
            else:
                good.append((row, values))
        pile.add(storage.store(good))
    stored = storage.stored
    taken = stored.new + stored.known
    kept.keep()
    if not taken:
        why = f"row {pile.first[0].row.number}: {pile.first[0].reason}" if pile.first else ""
        raise unusable(source.name, f"no row of it can be taken; {why or 'it has none'}")
    connection.execute(_END, (taken, kept.count, number))
    _remember(connection, layout, source.at)
    refusals = kept.path if kept.count else None
    first = tuple(pile.first)
    return Taken(number, layout.kind, source, stored, kept.count, first, refusals)


def _refuse_incomplete(connection: sqlite3.Connection, layout: Layout, source: Source) -> None:
    if layout.missing:
        titles = ", ".join(each.title for each in layout.missing)
        raise unusable(source.name, f"no column of it says: {titles}")
    if at := taken_at(connection, layout.kind, source.sha256):
        raise ProblemError(Problem(ProblemCode.FILE_TAKEN, source.name, f"taken {at}"))


def _begin(connection: sqlite3.Connection, kind: FileKind, source: Source) -> int:
    its = (kind.value, source.name, source.sha256, source.at, source.actor)
    number = connection.execute(_BEGIN, its).lastrowid
    assert number is not None, "a row was just put in"
    return number


def _remember(connection: sqlite3.Connection, layout: Layout, at: str) -> None:
    columns = json.dumps(dict(layout.named()), ensure_ascii=False, sort_keys=True)
    its = (layout.kind.value, digest_of(layout.labels), columns, at)
    connection.execute(_REMEMBER, its)


def _counted(
    rows: Iterator[Row], share: Callable[[], float], heading: int, watch: Watch
) -> Iterator[Row]:
    """Yield the rows below the headings that are not blank, and tell how far it is."""
    for row in rows:
        if row.number % _BATCH == 0:
            watch.tell(share())
        if row.number > heading and not row.is_blank:
            yield row
