"""What the page of gaps is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.custody.entries import SealedEvent
from bench.stock.book.booked import Booked
from bench.stock.gaps.keeping import Gap, Keeping, advance, tells
from bench.stock.gaps.page import steps, told

if TYPE_CHECKING:
    import sqlite3

OVERDUE_DAYS = 3
"""Days after which what was sent and not received is named: a carrier's usual term, doubled."""
_DAY = 86_400_000


@dataclass(frozen=True, slots=True)
class Account:
    """All handsets in one sum: milliseconds since each was met, and how many of them are in gaps.

    `open` counts handsets that are in a gap now.
    """

    handsets: int
    time: int
    gaps: int
    gap_time: int
    open: int

    @property
    def is_whole(self) -> bool:
        """Whether every minute is accounted for."""
        return not self.gaps and not self.open


@dataclass(frozen=True, slots=True)
class Period:
    """A time that a handset was with one custodian; `until` None: it is now. `by` gave it there."""

    custodian: str
    since: int
    until: int | None
    length: int
    by: str


def account(book: sqlite3.Connection, now: int) -> Account:
    """Return the sum of all handsets at a moment (milliseconds since 1970, by the clock)."""
    passed = now - steps(book)
    handsets, time = book.execute(
        "SELECT count(*), coalesce(sum(max(coalesce(ended, ?) - met, 0)), 0) FROM keeping",
        (passed,),
    ).fetchone()
    gaps, lost = book.execute("SELECT count(*), coalesce(sum(length), 0) FROM gap").fetchone()
    (count,) = book.execute(
        f"SELECT count(*) FROM ({_OPEN})",  # noqa: S608 - our own words
        {"sent": now - OVERDUE_DAYS * _DAY, "now": now},
    ).fetchone()
    return Account(handsets, time, gaps, lost, count)


_OPEN = """SELECT uid, 'nobody-named' AS kind, met_at AS began, '' AS detail FROM keeping
  WHERE custodian = ''
UNION ALL SELECT uid, 'unsealed', unsealed_at, 'with ' || custodian FROM keeping
  WHERE unsealed_at IS NOT NULL
UNION ALL SELECT uid, 'on-its-way', since_at, 'sent to ' || custodian FROM keeping
  WHERE is_sent AND since_at < :sent"""

GAP_ROWS = f"""SELECT imei, serial, asset_tag, kind, began, ended, length, detail FROM (
  SELECT uid, kind, began, 0 AS ended, :now - began AS length, detail FROM ({_OPEN})
  UNION ALL SELECT uid, kind, began_at, ended_at, length, detail FROM gap
) JOIN handset USING (uid) ORDER BY ended, began, uid"""  # noqa: S608 - our own words


def gap_rows(book: sqlite3.Connection, now: int) -> Iterator[tuple[str | int, ...]]:
    """Yield each gap, those that are open now first: handset, kind, begin, end (0: none), length.

    Times are milliseconds since 1970 as the clock showed them.
    """
    return book.execute(GAP_ROWS, {"sent": now - OVERDUE_DAYS * _DAY, "now": now})


def gap_count(book: sqlite3.Connection, now: int) -> int:
    """Return how many there are."""
    found = account(book, now)
    return found.gaps + found.open


def periods(
    book: sqlite3.Connection, events: Sequence[SealedEvent], now: int
) -> tuple[tuple[Period, ...], tuple[Gap, ...]]:
    """Return with whom a handset was and is, from its events, and its gaps that have ended.

    The events are of all epochs, the oldest first.
    """
    kept: Keeping | None = None
    found: list[Period] = []
    gaps: list[Gap] = []
    by = ""
    for event in map(Booked.of, events):
        if kept and not tells(event.kind, event.text("from"), event.text("to")):
            continue
        before, (kept, ended) = kept, advance(kept, told(event, steps(book, event)))
        gaps += ended
        if before and kept.custodian != before.custodian:
            found += _period(before, kept.seen.at, kept.seen.passed, by)
        if before is None or kept.custodian != before.custodian:
            by = event.actor
    if kept:
        end = kept.ended
        found += _period(
            kept, end.at if end else None, end.passed if end else now - steps(book), by
        )
    return tuple(found), tuple(gaps)


def _period(kept: Keeping, until: int | None, passed: int, by: str) -> Iterator[Period]:
    since = kept.since or kept.met
    yield Period(kept.custodian or "?", since.at, until, max(passed - since.passed, 0), by)
