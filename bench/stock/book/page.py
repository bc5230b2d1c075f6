"""A page of the book: tables, and how an event of the record changes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from bench.stock.book.booked import Booked

if TYPE_CHECKING:
    import sqlite3

Fold: TypeAlias = "Callable[[sqlite3.Connection, Booked], None]"
"""Changes a page's own tables by an event, within the caller's transaction. The same events in the
same order give the same tables; a fold reads its own tables and what files said, nothing else."""


@dataclass(frozen=True, slots=True)
class Page:
    """Tables by name with the statements that make them; raise `version` with any change of them.

    A page of another version is torn out and folded again from the record's first event.
    """

    name: str
    version: int
    tables: tuple[str, ...]
    schema: tuple[str, ...]
    fold: Fold
