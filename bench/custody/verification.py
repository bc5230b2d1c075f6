"""Whether a record is what the bench wrote: every event, from the file alone.

What this cannot see: a tail cut off together with the tables made from it, and a chain made anew by
whoever holds the bench's key. Only a witness outside the bench can.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from bench.custody import queries, schema
from bench.custody.database import connect_reader
from bench.custody.entries import SealedEvent
from bench.custody.walk import Walk

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
    heads: Mapping[int, str] | None = None,
) -> Verdict:
    """Follow the chain from its first event; pure.

    Without `public_key` (32 bytes) the key that the first event names is believed: that proves that
    one hand wrote the whole, not whose. `thorough` checks every signature by itself: some 80 s a
    million. `heads` are signed notes by size: each must be over the events up to there.
    """
    walk = Walk(public_key, thorough)
    heads = dict(heads or {})
    for event in events:
        fault = walk.step(event) or (walk.events in heads and walk.head_fault(heads[walk.events]))
        if fault:
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

    Blocks for about a second per hundred thousand events: call it on a thread of its own.
    """
    try:
        connection = connect_reader(path)
    except _UNREADABLE as error:
        return Verdict(0, 0, f"it cannot be read: {error}")
    try:
        return _verify(connection, public_key, progress, thorough=thorough)
    except _UNREADABLE as error:
        return Verdict(0, 0, f"it cannot be read: {error}")
    finally:
        connection.close()


def _verify(
    connection: sqlite3.Connection,
    public_key: bytes | None,
    progress: Progress,
    *,
    thorough: bool,
) -> Verdict:
    application, (major, _) = schema.marks(connection)
    if application != schema.APPLICATION:
        return Verdict(0, 0, "it is no custody record")
    if major > schema.MAJOR:
        return Verdict(0, 0, "a newer Staging Bench wrote it")
    source = _Source(connection)
    heads = dict(connection.execute("SELECT size, note FROM checkpoint").fetchall())
    verdict = verify(source.events(), public_key, progress, thorough=thorough, heads=heads)
    if source.trouble:
        return Verdict(verdict.events, verdict.events + 1, f"it cannot be read: {source.trouble}")
    return _surroundings(connection, verdict) if verdict.verifies else verdict


def _surroundings(connection: sqlite3.Connection, verdict: Verdict) -> Verdict:
    """Look at what stands around a chain that verifies."""
    if fault := schema.deviation(connection):
        return Verdict(verdict.events, 0, fault)
    (known,) = connection.execute(
        "SELECT max((SELECT coalesce(max(seq), 0) FROM device),"
        " (SELECT coalesce(max(seq), 0) FROM run), (SELECT coalesce(max(seq), 0) FROM label_job))"
    ).fetchone()
    last = queries.tail(connection).seq
    if known > last:
        return Verdict(verdict.events, last + 1, f"it is missing: event {known} was once here")
    return verdict


class _Source:
    """The events of a file in batches, so that a writer's checkpoints need not wait for long.

    A page that cannot be read ends them; `trouble` says so.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.trouble = ""

    def events(self) -> Iterator[SealedEvent]:
        after = 0
        try:
            while batch := queries.events(self._connection, after, _BATCH):
                yield from batch
                after = batch[-1].seq
        except _UNREADABLE as error:
            self.trouble = str(error)
