"""A handset's events in the epochs before this one; reads files, which only few records have."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from bench.custody import queries
from bench.custody.database import Opener
from bench.custody.entries import SealedEvent
from bench.custody.epochs import swap
from bench.custody.epochs.reach import TROUBLE


def earlier(record: Path, opener: Opener, uid: str) -> tuple[SealedEvent, ...]:
    """Return its events before the epoch at `record`, the oldest first.

    What of an earlier file cannot be read any more is left out: the time is not accounted for then.
    """
    found: list[SealedEvent] = []
    for path in swap.old_epochs(record):
        try:
            with closing(opener.read(path)) as connection:
                found += queries.history(connection, uid)
        except TROUBLE:
            continue
    return tuple(found)
