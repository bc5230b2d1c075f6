"""A change of who may act: what the record says of it and what the tables take, together.

It is decided before the transaction and written within it: `Ledger.append(change.entries, by=...,
besides=change.write)`. There is one writer, so nothing changes in between.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.custody.entries import Entry

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True, slots=True)
class Change:
    """Entries to append, and what to write in the same transaction."""

    entries: tuple[Entry, ...]
    write: Callable[[sqlite3.Connection], None]
