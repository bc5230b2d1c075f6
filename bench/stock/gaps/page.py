"""The page of gaps: with whom each handset is, and each time for which nobody can be named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.events.orders import CustodyKind
from bench.stock.book.booked import Booked
from bench.stock.book.page import Page
from bench.stock.gaps.keeping import Gap, Keeping, Moment, Told, advance, tells

if TYPE_CHECKING:
    import sqlite3

_SCHEMA = (
    """CREATE TABLE keeping (
  uid TEXT PRIMARY KEY, met_at INTEGER NOT NULL, met INTEGER NOT NULL,
  seen_at INTEGER NOT NULL, seen INTEGER NOT NULL, custodian TEXT NOT NULL,
  since_at INTEGER, since INTEGER, before TEXT NOT NULL, unsealed_at INTEGER, unsealed INTEGER,
  is_sent INTEGER NOT NULL, ended_at INTEGER, ended INTEGER
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX keeping_by_nobody ON keeping (met_at) WHERE custodian = ''",
    "CREATE INDEX keeping_unsealed ON keeping (unsealed_at) WHERE unsealed_at IS NOT NULL",
    "CREATE INDEX keeping_sent ON keeping (since_at) WHERE is_sent",
    """CREATE TABLE gap (
  number INTEGER PRIMARY KEY, uid TEXT NOT NULL, kind TEXT NOT NULL, began_at INTEGER NOT NULL,
  ended_at INTEGER NOT NULL, length INTEGER NOT NULL, detail TEXT NOT NULL, seq INTEGER NOT NULL
) STRICT""",
    "CREATE INDEX gap_by_uid ON gap (uid)",
    """CREATE TABLE clock_step (
  epoch INTEGER NOT NULL, seq INTEGER NOT NULL, by_ms INTEGER NOT NULL, total INTEGER NOT NULL,
  PRIMARY KEY (epoch, seq)
) STRICT, WITHOUT ROWID""",
)
_KEPT = "met_at, met, seen_at, seen, custodian, since_at, since, before, unsealed_at, unsealed"
_KEPT = f"{_KEPT}, is_sent, ended_at, ended"


def kept(connection: sqlite3.Connection, uid: str) -> Keeping | None:
    """Return with whom a handset is; None for one never met."""
    asked = f"SELECT {_KEPT} FROM keeping WHERE uid = ?"  # noqa: S608 - our own words
    row = connection.execute(asked, (uid,)).fetchone()
    return _keeping(row) if row else None


def steps(connection: sqlite3.Connection, event: Booked | None = None) -> int:
    """Return by how much the clock was set in all, or up to an event of whatever epoch."""
    asked = "SELECT total FROM clock_step ORDER BY epoch DESC, seq DESC LIMIT 1"
    values: tuple[int, ...] = ()
    if event is not None:
        asked = """SELECT total FROM clock_step WHERE (epoch, seq) <= (?, ?)
ORDER BY epoch DESC, seq DESC LIMIT 1"""
        values = (event.epoch, event.seq)
    row = connection.execute(asked, values).fetchone()
    return int(row[0]) if row else 0


def told(event: Booked, stepped: int) -> Told:
    """Return what an event says of its handset's keeping, the clock's steps left out."""
    when = Moment(event.at, event.at - stepped)
    return Told(event.kind, when, event.text("from"), event.text("to"))


def _fold(connection: sqlite3.Connection, event: Booked) -> None:
    if event.kind == CustodyKind.CLOCK_STEPPED:
        _step(connection, event)
    is_first = "serial" in event.dev
    if event.uid and (is_first or tells(event.kind, event.text("from"), event.text("to"))):
        now, gaps = advance(kept(connection, event.uid), told(event, steps(connection)))
        _keep(connection, event.uid, now)
        for gap in gaps:
            _note(connection, event, gap)


def _step(connection: sqlite3.Connection, event: Booked) -> None:
    by = event.data.get("by_ms")
    if isinstance(by, int):
        connection.execute(
            "INSERT OR REPLACE INTO clock_step VALUES (?, ?, ?, ?)",
            (event.epoch, event.seq, by, steps(connection) + by),
        )


_KEEP = """INSERT INTO keeping VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (uid) DO UPDATE SET seen_at = excluded.seen_at, seen = excluded.seen,
  custodian = excluded.custodian, since_at = excluded.since_at, since = excluded.since,
  before = excluded.before, unsealed_at = excluded.unsealed_at, unsealed = excluded.unsealed,
  is_sent = excluded.is_sent, ended_at = excluded.ended_at, ended = excluded.ended"""


def _keep(connection: sqlite3.Connection, uid: str, now: Keeping) -> None:
    connection.execute(
        _KEEP,
        (
            uid, *_pair(now.met), *_pair(now.seen), now.custodian, *_pair(now.since), now.before,
            *_pair(now.unsealed), now.is_sent, *_pair(now.ended),
        ),
    )  # fmt: skip


def _note(connection: sqlite3.Connection, event: Booked, gap: Gap) -> None:
    connection.execute(
        """INSERT INTO gap (uid, kind, began_at, ended_at, length, detail, seq)
  VALUES (?, ?, ?, ?, ?, ?, ?)""",
        (
            event.uid, gap.kind.value, gap.began.at, gap.ended.at, gap.length, gap.detail,
            event.seq,
        ),
    )  # fmt: skip


def _pair(when: Moment | None) -> tuple[int | None, int | None]:
    return (when.at, when.passed) if when else (None, None)


def _keeping(row: tuple[int | str | None, ...]) -> Keeping:
    met_at, met, seen_at, seen, custodian, since_at, since, before, *rest = row
    unsealed_at, unsealed, is_sent, ended_at, ended = rest
    met_, seen_ = _moment(met_at, met), _moment(seen_at, seen)
    assert met_ is not None, "the column has no nulls"
    assert seen_ is not None, "as above"
    return Keeping(
        met_, seen_, str(custodian), _moment(since_at, since), str(before),
        _moment(unsealed_at, unsealed), bool(is_sent), _moment(ended_at, ended),
    )  # fmt: skip


def _moment(at: object, passed: object) -> Moment | None:
    return Moment(at, passed) if isinstance(at, int) and isinstance(passed, int) else None


GAPS = Page("gaps", 2, ("keeping", "gap", "clock_step"), _SCHEMA, _fold)
"""Each moment is two columns: what the clock showed (`…_at`), and without the clock's steps."""
