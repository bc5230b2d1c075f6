"""Whether a record is what the bench wrote: every event, from the file alone.

What this cannot see: a tail cut off together with the tables made from it, and a chain made anew by
whoever holds the bench's key. Only a witness outside the bench can.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import BrokenExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from bench.custody import checkpoints, queries, schema, segments
from bench.custody.database import connect_reader
from bench.custody.entries import SealedEvent
from bench.custody.walk import Head, Walk

if TYPE_CHECKING:
    import sqlite3
else:
    from pysqlite3 import dbapi2 as sqlite3

Progress: TypeAlias = Callable[[int], None]
"""Told, now and then, how many events are verified."""
_BATCH = 500
_UNREADABLE = (sqlite3.Error, UnicodeDecodeError)
"""A damaged schema may hold names that are no text at all."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many events verify, from the first on, and the number and fault of the next one.

    `first_bad` is None when all is well, and 0 when the fault is the file's and no event's.
    """

    events: int
    first_bad: int | None = None
    reason: str = ""

    @property
    def verifies(self) -> bool:
        """Whether nothing is wrong."""
        return self.first_bad is None


def verify(
    events: Iterable[SealedEvent],
    public_key: bytes | None = None,
    progress: Progress = lambda _: None,
    *,
    thorough: bool = False,
    heads: Mapping[int, Head] | None = None,
) -> Verdict:
    """Follow the chain from its first event; pure.

    Without `public_key` (32 bytes) the key that the first event names is believed: that proves that
    one hand wrote the whole, not whose. `thorough` checks every signature by itself: some 80 s a
    million. `heads` are the checkpoints kept, by size: each must be over the events up to there.
    """
    walk = Walk(public_key, thorough)
    heads = heads or {}
    for event in events:
        if fault := walk.step(event) or walk.head_fault(heads):
            return Verdict(fault.seq - 1, fault.seq, fault.reason)
        if walk.events % _BATCH == 0:
            progress(walk.events)
    progress(walk.events)
    if fault := walk.close():
        return Verdict(fault.seq - 1, fault.seq, fault.reason)
    return Verdict(walk.events) if walk.events else Verdict(0, 0, "it holds no event")


def verify_file(
    path: Path,
    *,
    public_key: bytes | None = None,
    progress: Progress = lambda _: None,
    thorough: bool = False,
) -> Verdict:
    """Verify the record at `path`; reads only, takes no lock, and another program may write on.

    A long record is read by several processes. Blocks for about a second per hundred thousand
    events: call it on a thread of its own.
    """
    try:
        with closing(connect_reader(path)) as connection:
            sizes = _sizes(connection)
            if len(sizes) > 1 and sizes[-1] >= segments.WORTH_IT:
                walked = _walked_in_pieces(path, sizes, public_key, progress, thorough=thorough)
                return walked if not walked.verifies else _surroundings(connection, walked)
            return verify_connection(connection, public_key, progress, thorough=thorough)
    except (*_UNREADABLE, TypeError, ValueError) as error:
        return Verdict(0, 0, f"it cannot be read: {error}")


def verify_connection(
    connection: sqlite3.Connection,
    public_key: bytes | None = None,
    progress: Progress = lambda _: None,
    *,
    thorough: bool = False,
) -> Verdict:
    """Verify an open record, whatever opened it; SQLite's errors are the caller's."""
    application, (major, _) = schema.marks(connection)
    if application != schema.APPLICATION:
        return Verdict(0, 0, "it is no custody record")
    if major != schema.MAJOR:
        return Verdict(0, 0, "another Staging Bench wrote it")
    source = _Source(connection)
    heads = checkpoints.heads(connection)
    verdict = verify(source.events(), public_key, progress, thorough=thorough, heads=heads)
    if source.trouble:
        return Verdict(verdict.events, verdict.events + 1, f"it cannot be read: {source.trouble}")
    return _surroundings(connection, verdict) if verdict.verifies else verdict


def _walked_in_pieces(
    path: Path, sizes: list[int], public_key: bytes | None, progress: Progress, *, thorough: bool
) -> Verdict:
    """As `verify` does it; where a piece cannot be read, one process finds out how far it can."""
    joined = segments.Joined(public_key)
    try:
        for piece in segments.walk_all(path, sizes, thorough=thorough):
            if fault := joined.take(piece):
                return Verdict(fault.seq - 1, fault.seq, fault.reason)
            progress(joined.events)
    except (*_UNREADABLE, ValueError, OSError, BrokenExecutor):
        with closing(connect_reader(path)) as connection:
            return verify_connection(connection, public_key, progress, thorough=thorough)
    return Verdict(joined.events)


def _sizes(connection: sqlite3.Connection) -> list[int]:
    """Return where checkpoints stand, in a record of this form."""
    application, (major, _) = schema.marks(connection)
    if (application, major) != (schema.APPLICATION, schema.MAJOR):
        return []
    rows = connection.execute("SELECT size FROM checkpoint ORDER BY size")
    return [size for (size,) in rows.fetchall()]


def _surroundings(connection: sqlite3.Connection, verdict: Verdict) -> Verdict:
    """Look at what stands around a chain that verifies."""
    if fault := schema.deviation(connection):
        return Verdict(verdict.events, 0, fault)
    (known,) = connection.execute(
        "SELECT max((SELECT coalesce(max(seq), 0) FROM device),"
        " (SELECT coalesce(max(seq), 0) FROM run), (SELECT coalesce(max(seq), 0) FROM label_job))"
    ).fetchone()
    last = queries.tail(connection).seq
    if type(known) is not int:
        return Verdict(verdict.events, 0, "a table holds what it cannot")
    if known > last:
        return Verdict(verdict.events, last + 1, f"it is missing: event {known} was once here")
    return verdict


class _Source:
    """The events of a file; a page that cannot be read ends them, and `trouble` says so."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.trouble = ""

    def events(self) -> Iterator[SealedEvent]:
        try:
            yield from queries.events_between(self._connection, 0)
        except _UNREADABLE as error:
            self.trouble = str(error)
