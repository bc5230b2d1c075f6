"""What a shift leaves, read from book and record on the bench's own thread."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bench.custody.entries import OpenRun
from bench.stock.shifts.sheet import OpenSlot, Shift
from bench.stock.standing.queries import here

if TYPE_CHECKING:
    import sqlite3


def read(book: sqlite3.Connection, runs: Sequence[OpenRun], at: datetime) -> Shift:
    """Return what is handed over; `runs` are those that occupy a slot."""
    slots = sorted(map(_slot, runs), key=lambda slot: (slot.slot[:1], len(slot.slot), slot.slot))
    done = dict(book.execute("SELECT kind, count FROM shift_count").fetchall())
    house = here(book)
    (open_,) = book.execute("SELECT count(*) FROM discrepancy WHERE open = 1").fetchone()
    return Shift(at.astimezone(UTC), last(book), tuple(slots), house, done, open_)


def last(book: sqlite3.Connection) -> int:
    """Return when a shift was handed over last, in milliseconds since 1970; 0 for never."""
    row = book.execute("SELECT at FROM shift ORDER BY number DESC LIMIT 1").fetchone()
    return int(row[0]) if row else 0


def _slot(run: OpenRun) -> OpenSlot:
    device = run.device
    if device is None:
        return OpenSlot(run.position.slot, run.position.state, "")
    tail = f"…{device.imeis[0].tail}" if device.imeis else ""
    name = ", ".join(filter(None, (str(device.asset_tag or ""), tail)))
    return OpenSlot(run.position.slot, run.position.state, name)
