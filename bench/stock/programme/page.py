"""The page of the programme: what was done each day, how long steps take, what fails and where.

Days and hours are those of UTC. Every number is kept as it grows, so that nothing is counted when
the page is opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.events.orders import CustodyKind
from bench.stock.book.booked import Booked
from bench.stock.book.page import Fold, Page
from bench.stock.programme import deeds, lives, runs

if TYPE_CHECKING:
    import sqlite3

_SCHEMA = (
    """CREATE TABLE programme_day (
  day TEXT NOT NULL, what TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (day, what)
) STRICT, WITHOUT ROWID""",
    "CREATE TABLE programme_hour (hour INTEGER PRIMARY KEY, n INTEGER NOT NULL) STRICT",
    """CREATE TABLE programme_handset (
  uid TEXT PRIMARY KEY, imei TEXT NOT NULL, model TEXT NOT NULL,
  counted INTEGER NOT NULL DEFAULT 0, fleet INTEGER NOT NULL DEFAULT 0,
  came_under TEXT NOT NULL DEFAULT '', came_as TEXT NOT NULL DEFAULT '',
  first_run TEXT NOT NULL DEFAULT '', judged TEXT NOT NULL DEFAULT '',
  judged_on TEXT NOT NULL DEFAULT '',
  staged INTEGER NOT NULL DEFAULT 0, issued TEXT NOT NULL DEFAULT '',
  gone INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX programme_handset_gone ON programme_handset (imei) WHERE gone = 1",
    """CREATE TABLE programme_run (
  run TEXT PRIMARY KEY, uid TEXT NOT NULL, boot TEXT NOT NULL, mono INTEGER NOT NULL,
  troubled INTEGER NOT NULL DEFAULT 0, outcome TEXT NOT NULL DEFAULT '',
  staged_as TEXT NOT NULL DEFAULT '', staged_at INTEGER NOT NULL DEFAULT 0,
  staged_on TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX programme_run_by_uid ON programme_run (uid)",
    deeds.TABLE,
    """CREATE TABLE programme_step (
  name TEXT NOT NULL, bucket INTEGER NOT NULL, n INTEGER NOT NULL, ms INTEGER NOT NULL,
  PRIMARY KEY (name, bucket)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE programme_result (
  slot TEXT NOT NULL, name TEXT NOT NULL, result TEXT NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (slot, name, result)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE programme_received (
  number TEXT NOT NULL, model TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (number, model)
) STRICT, WITHOUT ROWID""",
    "CREATE TABLE programme_issue (month TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT",
)
_K = CustodyKind
_FOLDS: dict[str, Fold] = {
    _K.GOODS_IN: lives.counted,
    _K.SCANNED: runs.begun,
    _K.STEP_FINISHED: runs.finished,
    _K.HELD: runs.held,
    _K.STAGED: runs.staged,
    _K.VOIDED: runs.voided,
    _K.CORRECTED: lives.corrected,
    _K.CONFLICT_RESOLVED: lives.restated,
    _K.QUARANTINED: lives.quarantined,
    _K.DISPATCHED: lives.dispatched,
    _K.HANDED_OVER: lives.handed_over,
    _K.RETURNED: lives.returned,
    _K.DOA: lives.dead_on_arrival,
    _K.DISPOSED: lives.disposed,
}


def _fold(connection: sqlite3.Connection, event: Booked) -> None:
    if not event.uid:
        return
    lives.met(connection, event)
    if fold := _FOLDS.get(event.kind):
        fold(connection, event)
    if event.part("run"):
        runs.marked(connection, event)


PROGRAMME = Page(
    "programme",
    2,
    (
        "programme_day", "programme_hour", "programme_handset", "programme_run", "programme_deed",
        "programme_step", "programme_result", "programme_received", "programme_issue",
    ),
    _SCHEMA,
    _fold,
)  # fmt: skip
"""`programme_day.what` is a name of `days.What`. `programme_hour.hour` is hours since 1970, `n`
handsets staged in it. `judged` says whether a handset passed its first run untroubled (`pass`,
`trouble`, "" while that is open), and `judged_on` on which day it was counted. `came_under` is the
order it was counted in under, `came_as` the model. `programme_run.outcome` is staged, voided or "";
it is `troubled` where a step did not pass or something held it; its `boot` and `mono` are when its
last event was, on the clock that no one steps. A `bucket` is `durations.bucket`, `ms` the sum of
milliseconds.
`programme_result.result` is pass, fail, error, or held, and then `name` is the problem's code.
`programme_received` counts handsets by the order they came under; `programme_issue` those that are
not gone by the month of their first issue, but for the earlier fleet."""
