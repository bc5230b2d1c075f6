"""How far the chain of a record holds, whatever else is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bench.custody import queries
from bench.custody.backup.trial import PLAIN, Form
from bench.custody.entries import SealedEvent
from bench.custody.verification import Progress, Verdict
from bench.custody.walk import Walk
from bench.problems import ProblemError

if TYPE_CHECKING:
    import sqlite3
else:
    from pysqlite3 import dbapi2 as sqlite3

TROUBLE = (sqlite3.Error, OSError, UnicodeDecodeError, ProblemError)
"""What a damaged file may answer to any question."""


def verdict_of(
    path: Path,
    form: Form = PLAIN,
    public_key: bytes | None = None,
    progress: Progress = lambda _: None,
) -> Verdict:
    """Verify a file that may hold anything: pages of one table may be read as another's."""
    try:
        return form.verify(path, public_key=public_key, progress=progress)
    except (*TROUBLE, TypeError, ValueError) as error:
        return Verdict(0, 0, f"it cannot be read: {error}")


def reach(record: sqlite3.Connection, public_key: bytes | None = None) -> int:
    """Return how many events, from the first on, are the bench's own, in order and unchanged.

    A sign-off that is missing, or a kept checkpoint that was changed, makes a record fail to
    verify, but none of its events false: work goes on from the last of them.
    """
    walk = Walk(public_key)
    for event in _one_by_one(record):
        fault = walk.step(event)
        if fault is not None and walk.alone:
            walk.alone.clear()
            fault = walk.step(event)
        if fault is not None:
            return fault.seq - 1
    walk.alone.clear()
    fault = walk.close()
    return walk.events if fault is None else fault.seq - 1


def _one_by_one(record: sqlite3.Connection) -> Iterator[SealedEvent]:
    """Yield all up to the very one that cannot be read: of a batch none would be left."""
    after = 0
    try:
        while batch := queries.events(record, after, 1):
            yield from batch
            after = batch[-1].seq
    except TROUBLE:
        return


def readable(record: sqlite3.Connection, end: int = 0) -> Iterator[SealedEvent]:
    """Yield the events up to number `end` (0: all), for as long as they can be read."""
    try:
        yield from queries.events_between(record, 0, end)
    except TROUBLE:
        return
