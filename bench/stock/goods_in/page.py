"""The page of what was counted in, and of every discrepancy with how it was settled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.custody.phases import Phase
from bench.events.orders import CustodyKind
from bench.stock.book.booked import Booked
from bench.stock.book.page import Page
from bench.stock.goods_in.kinds import OPEN

if TYPE_CHECKING:
    import sqlite3

_SCHEMA = (
    """CREATE TABLE counted (
  uid TEXT PRIMARY KEY, imei TEXT NOT NULL, imei2 TEXT NOT NULL, model TEXT NOT NULL,
  number TEXT NOT NULL, despatch TEXT NOT NULL, pallet TEXT NOT NULL, carton TEXT NOT NULL,
  source TEXT NOT NULL, condition TEXT NOT NULL, undone INTEGER NOT NULL, at INTEGER NOT NULL,
  actor TEXT NOT NULL, seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX counted_by_imei ON counted (imei) WHERE undone = 0",
    "CREATE INDEX counted_by_imei2 ON counted (imei2) WHERE undone = 0 AND imei2 <> ''",
    "CREATE INDEX counted_by_number ON counted (number, model) WHERE undone = 0",
    "CREATE INDEX counted_by_despatch ON counted (despatch, pallet, carton) WHERE undone = 0",
    "CREATE INDEX counted_by_carton ON counted (carton) WHERE undone = 0",
    "CREATE INDEX counted_by_at ON counted (at) WHERE undone = 0",
    """CREATE TABLE discrepancy (
  seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, uid TEXT NOT NULL, imei TEXT NOT NULL,
  number TEXT NOT NULL, despatch TEXT NOT NULL, pallet TEXT NOT NULL, carton TEXT NOT NULL,
  count INTEGER NOT NULL, settlement TEXT NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL,
  actor TEXT NOT NULL, open INTEGER NOT NULL, closed INTEGER NOT NULL, how TEXT NOT NULL
) STRICT""",
    "CREATE INDEX discrepancy_by_imei ON discrepancy (imei) WHERE imei <> ''",
    "CREATE INDEX discrepancy_stands ON discrepancy (imei) WHERE closed = 0 AND imei <> ''",
    "CREATE INDEX discrepancy_by_uid ON discrepancy (uid) WHERE uid <> ''",
    "CREATE INDEX discrepancy_open ON discrepancy (at) WHERE open = 1",
    "CREATE INDEX discrepancy_by_number ON discrepancy (number)",
    "CREATE INDEX discrepancy_by_despatch ON discrepancy (despatch)",
    "CREATE INDEX discrepancy_by_closed ON discrepancy (closed) WHERE closed > 0",
)
_COUNT = """INSERT INTO counted VALUES (:uid, :imei, :imei2, :model, :number, :despatch,
  :pallet, :carton, :source, :condition, 0, :at, :actor, :seq)
ON CONFLICT (uid) DO UPDATE SET imei = :imei, imei2 = iif(:imei2 = '', imei2, :imei2),
  model = iif(:model = '', model, :model), number = :number, despatch = :despatch,
  pallet = :pallet, carton = :carton, source = :source, condition = :condition, undone = 0,
  at = :at, actor = :actor, seq = :seq"""
_FOUND = """UPDATE discrepancy SET open = 0, closed = :seq, how = 'counted'
WHERE imei IN (:imei, :imei2) AND imei <> '' AND closed = 0 AND kind <> 'duplicate'"""
_NOTE = """INSERT INTO discrepancy VALUES (:seq, :kind, :uid, :imei, :number, :despatch, :pallet,
  :carton, :count, :settlement, :reason, :at, :actor, :open, 0, '')"""
_SETTLED = """UPDATE discrepancy SET open = 0, closed = :seq, how = 'settled'
WHERE closed = 0 AND (seq = :settles
  OR (imei = :imei AND imei <> '' AND kind = :kind AND kind <> 'duplicate'))"""
_SETTLED_COUNT = """UPDATE discrepancy SET open = 0, closed = :seq, how = 'settled'
WHERE open = 1 AND imei = '' AND :imei = '' AND kind = :kind AND number = :number
AND despatch = :despatch AND pallet = :pallet AND carton = :carton"""
_REOPEN = """UPDATE discrepancy SET open = settlement IN ('awaited', 'set-aside'), closed = 0,
  how = '' WHERE closed = (SELECT seq FROM counted WHERE uid = ?) AND how = 'counted'"""
_DECIDED = """UPDATE discrepancy SET open = 0, closed = ?, how = 'settled'
WHERE uid = ? AND uid <> '' AND open = 1"""
_ENDS_QUARANTINE = {CustodyKind.RELEASED.value, CustodyKind.DISPOSED.value}
_SAYS_OUTRIGHT = {CustodyKind.CORRECTED.value, CustodyKind.CONFLICT_RESOLVED.value}


def _fold(connection: sqlite3.Connection, event: Booked) -> None:
    if event.kind == CustodyKind.GOODS_IN.value:
        values = _counted(event)
        connection.execute(_COUNT, values)
        connection.execute(_FOUND, values)
    elif event.kind == CustodyKind.DISCREPANCY.value:
        _note(connection, event)
    elif event.kind in _ENDS_QUARANTINE:
        connection.execute(_DECIDED, (event.seq, event.uid))
    elif event.kind in _SAYS_OUTRIGHT and "phase" in event.dev:
        _restate(connection, event.uid, is_new=event.dev["phase"] == Phase.NEW.value)


def _note(connection: sqlite3.Connection, event: Booked) -> None:
    values = _discrepancy(event)
    connection.execute(_SETTLED, values)
    connection.execute(_SETTLED_COUNT, values)
    connection.execute(_NOTE, values)
    if values["kind"] == "damaged":
        damage = "UPDATE counted SET condition = 'damaged' WHERE uid = ?"
        connection.execute(damage, (event.uid,))


def _restate(connection: sqlite3.Connection, uid: str, *, is_new: bool) -> None:
    """A handset that is said to be new after all was not counted in."""
    connection.execute("UPDATE counted SET undone = ? WHERE uid = ?", (int(is_new), uid))
    if is_new:
        connection.execute(_REOPEN, (uid,))


def _counted(event: Booked) -> dict[str, str | int]:
    return _where(event) | {
        "uid": event.uid,
        "imei": str(event.dev.get("imei") or ""),
        "imei2": str(event.dev.get("imei2") or ""),
        "model": str(event.dev.get("model") or ""),
        "carton": event.text("lot"),
        "source": event.said("source"),
        "condition": event.said("condition") or "ok",
    }


def _discrepancy(event: Booked) -> dict[str, str | int]:
    count, settles = event.data.get("count"), event.data.get("settles")
    return _where(event) | {
        "uid": event.uid,
        "imei": event.said("imei") or str(event.dev.get("imei") or ""),
        "kind": event.said("discrepancy"),
        "carton": event.said("carton"),
        "count": count if isinstance(count, int) else 1,
        "settlement": event.said("settlement"),
        "settles": settles if isinstance(settles, int) else 0,
        "reason": event.text("reason"),
        "open": int(event.said("settlement") in OPEN),
    }


def _where(event: Booked) -> dict[str, str | int]:
    return {
        "number": event.text("order"),
        "despatch": event.said("despatch"),
        "pallet": event.said("pallet"),
        "at": event.at,
        "actor": event.actor,
        "seq": event.seq,
    }


COUNTED = Page("counted", 2, ("counted", "discrepancy"), _SCHEMA, _fold)
"""`counted`: one row a handset; `undone` where a correction took the count back. `model` is what
it was counted as. `discrepancy`: one row an event; `open` while it is awaited or set aside,
`closed` the event that settled it afterwards (0 for none), `how` that was: `counted` or `settled`.
Times in milliseconds since 1970, UTC."""
