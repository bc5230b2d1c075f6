"""The page of SIMs: where each stands, and all that ever became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.events.orders import CustodyKind
from bench.stock.book.booked import Booked
from bench.stock.book.page import Page
from bench.stock.sims.states import SimState, after

if TYPE_CHECKING:
    import sqlite3

_SCHEMA = (
    """CREATE TABLE sim_holder (
  iccid TEXT PRIMARY KEY, state TEXT NOT NULL, uid TEXT NOT NULL, since INTEGER NOT NULL,
  why TEXT NOT NULL, seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX sim_holder_by_uid ON sim_holder (uid) WHERE uid <> ''",
    "CREATE INDEX sim_holder_by_state ON sim_holder (state)",
    """CREATE TABLE sim_move (
  iccid TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, uid TEXT NOT NULL,
  state TEXT NOT NULL, why TEXT NOT NULL, actor TEXT NOT NULL, PRIMARY KEY (iccid, at, seq)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX sim_move_by_uid ON sim_move (uid, seq) WHERE uid <> ''",
    """CREATE TABLE sim_rehoming (
  supplier TEXT NOT NULL, before TEXT NOT NULL, contract TEXT NOT NULL, since TEXT NOT NULL,
  sims TEXT NOT NULL, count INTEGER NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (supplier, before, contract, since, sims)
) STRICT, WITHOUT ROWID""",
)
_STAND = "INSERT OR REPLACE INTO sim_holder VALUES (?, ?, ?, ?, ?, ?)"
_MOVE = "INSERT OR IGNORE INTO sim_move VALUES (?, ?, ?, ?, ?, ?, ?)"
_REHOME = "INSERT OR IGNORE INTO sim_rehoming VALUES (?, ?, ?, ?, ?, ?, ?, ?)"


def _fold(connection: sqlite3.Connection, event: Booked) -> None:
    match event.kind:
        case CustodyKind.SIM_MARRIED:
            if instead := event.said("instead"):
                _take(connection, event, instead)
            if iccid := _iccid(event):
                _put(connection, event, iccid, SimState.MARRIED, event.uid, "")
        case CustodyKind.SIM_TAKEN:
            if iccid := _iccid(event):
                _take(connection, event, iccid)
        case CustodyKind.SIMS_REHOMED:
            _rehome(connection, event)


def _take(connection: sqlite3.Connection, event: Booked, iccid: str) -> None:
    why = event.said("why")
    _put(connection, event, iccid, after(why), "", why)


def _put(
    connection: sqlite3.Connection,
    event: Booked,
    iccid: str,
    state: SimState,
    uid: str,
    why: str,
) -> None:
    connection.execute(_STAND, (iccid, state, uid, event.at, why, event.seq))
    values = (iccid, event.seq, event.at, event.uid, state, why, event.actor)
    connection.execute(_MOVE, values)


def _rehome(connection: sqlite3.Connection, event: Booked) -> None:
    said = (event.said(name) for name in ("supplier", "before", "contract", "since", "sims"))
    count = event.data.get("count")
    known = count if isinstance(count, int) else 0
    connection.execute(_REHOME, (*said, known, event.seq, event.at))


def _iccid(event: Booked) -> str:
    found = event.part("sim").get("iccid")
    return found if isinstance(found, str) else ""


SIMS = Page("sims", 2, ("sim_holder", "sim_move", "sim_rehoming"), _SCHEMA, _fold)
"""`sim_holder.uid` is the handset that a SIM is in, "" for none; a SIM without a row is free and
was never in one. `sim_move.uid` is the handset that an event was about. Times in milliseconds since
1970, UTC."""
