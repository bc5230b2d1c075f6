"""The page of what was counted in, and of every discrepancy with how it was settled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.custody.phases import Phase
from bench.events.orders import CustodyKind
from bench.stock.book.booked import Booked
from bench.stock.book.page import Page
from bench.stock.goods_in import taking_back
from bench.stock.goods_in.kinds import OPEN

if TYPE_CHECKING:
    import sqlite3

_SCHEMA = (
    """CREATE TABLE counted (
  uid TEXT PRIMARY KEY, imei TEXT NOT NULL, imei2 TEXT NOT NULL, model TEXT NOT NULL,
  number TEXT NOT NULL, despatch TEXT NOT NULL, pallet TEXT NOT NULL, carton TEXT NOT NULL,
  source TEXT NOT NULL, condition TEXT NOT NULL, late INTEGER NOT NULL, undone INTEGER NOT NULL,
  at INTEGER NOT NULL, actor TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX counted_by_imei ON counted (imei) WHERE undone = 0",
    "CREATE INDEX counted_by_imei2 ON counted (imei2) WHERE undone = 0 AND imei2 <> ''",
    "CREATE INDEX counted_by_number ON counted (number, model) WHERE undone = 0",
    "CREATE INDEX counted_by_despatch ON counted (despatch, pallet, carton) WHERE undone = 0",
    "CREATE INDEX counted_by_carton ON counted (carton) WHERE undone = 0",
    """CREATE TABLE discrepancy (
  entry INTEGER PRIMARY KEY, kind TEXT NOT NULL, uid TEXT NOT NULL, imei TEXT NOT NULL,
  number TEXT NOT NULL, despatch TEXT NOT NULL, pallet TEXT NOT NULL, carton TEXT NOT NULL,
  docket TEXT NOT NULL, count INTEGER NOT NULL, settlement TEXT NOT NULL, reason TEXT NOT NULL,
  at INTEGER NOT NULL, actor TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,
  open INTEGER NOT NULL, closed INTEGER NOT NULL, how TEXT NOT NULL
) STRICT""",
    "CREATE INDEX discrepancy_stands ON discrepancy (imei) WHERE closed = 0 AND imei <> ''",
    "CREATE INDEX discrepancy_by_uid ON discrepancy (uid) WHERE uid <> ''",
    "CREATE INDEX discrepancy_open ON discrepancy (at) WHERE open = 1",
    "CREATE INDEX discrepancy_by_number ON discrepancy (number)",
    "CREATE INDEX discrepancy_by_despatch ON discrepancy (despatch)",
    "CREATE INDEX discrepancy_by_closed ON discrepancy (closed) WHERE closed > 0",
)
_COUNT = """INSERT INTO counted VALUES (:uid, :imei, :imei2, :model, :number, :despatch,
  :pallet, :carton, :source, :condition, :late, 0, :at, :actor, :epoch, :seq)
ON CONFLICT (uid) DO UPDATE SET imei = :imei, imei2 = iif(:imei2 = '', imei2, :imei2),
  model = iif(:model = '', model, :model), number = :number, despatch = :despatch,
  pallet = :pallet, carton = :carton, source = :source, condition = :condition, late = :late,
  undone = 0, at = :at, actor = :actor, epoch = :epoch, seq = :seq"""
_FOUND = """UPDATE discrepancy SET open = 0, closed = :seq, how = 'counted'
WHERE imei IN (:imei, :imei2) AND imei <> '' AND closed = 0 AND kind <> 'duplicate'
  AND docket = ''"""
_NOTE = """INSERT INTO discrepancy (kind, uid, imei, number, despatch, pallet, carton, docket,
  count, settlement, reason, at, actor, epoch, seq, open, closed, how)
VALUES (:kind, :uid, :imei, :number, :despatch, :pallet, :carton, :docket, :count, :settlement,
  :reason, :at, :actor, :epoch, :seq, :open, 0, '')"""
_SETTLED = """UPDATE discrepancy SET open = 0, closed = :seq, how = 'settled'
WHERE imei = :imei AND imei <> '' AND closed = 0 AND kind = :kind AND docket = :docket
  AND (seq = :settles OR kind <> 'duplicate')"""
_SETTLED_COUNT = """UPDATE discrepancy SET open = 0, closed = :seq, how = 'settled'
WHERE open = 1 AND imei = '' AND :imei = '' AND kind = 'short' AND :kind = 'short'
  AND number = :number AND despatch = :despatch AND pallet = :pallet AND carton = :carton
  AND docket = :docket"""
_DECIDED = """UPDATE discrepancy SET open = 0, closed = ?, how = 'settled'
WHERE uid = ? AND uid <> '' AND open = 1"""
_ENDS_QUARANTINE = {CustodyKind.RELEASED.value, CustodyKind.DISPOSED.value}
_SAYS_OUTRIGHT = {CustodyKind.CORRECTED.value, CustodyKind.CONFLICT_RESOLVED.value}


def _fold(connection: sqlite3.Connection, event: Booked) -> None:
    if event.kind == CustodyKind.GOODS_IN.value and event.uid:
        values = _counted(event)
        connection.execute(_COUNT, values)
        connection.execute(_FOUND, values)
    elif event.kind == CustodyKind.DISCREPANCY.value:
        _note(connection, event)
    elif event.kind in _ENDS_QUARANTINE:
        connection.execute(_DECIDED, (event.seq, event.uid))
    elif event.kind in _SAYS_OUTRIGHT:
        _restate(connection, event)


def _note(connection: sqlite3.Connection, event: Booked) -> None:
    values = _discrepancy(event)
    connection.execute(_SETTLED, values)
    connection.execute(_SETTLED_COUNT, values)
    connection.execute(_NOTE, values)
    if values["kind"] == "damaged":
        damage = "UPDATE counted SET condition = 'damaged' WHERE uid = ?"
        connection.execute(damage, (event.uid,))


def _restate(connection: sqlite3.Connection, event: Booked) -> None:
    named = event.data.get("seq")
    undone = named if "undo" in event.data and isinstance(named, int) else 0
    if "phase" in event.dev:
        is_new = event.dev["phase"] == Phase.NEW.value
        taking_back.restate(connection, event.uid, event.seq, undone, is_new=is_new)
    if undone:
        taking_back.undo(connection, event.uid, event.epoch, undone, event.seq)


def _counted(event: Booked) -> dict[str, str | int]:
    """Of a handset that the record knew before, an event says only what stood on its box."""
    said = {**event.dev, **event.part("box")}
    return _where(event) | {
        "uid": event.uid,
        "imei": str(said.get("imei") or ""),
        "imei2": str(said.get("imei2") or ""),
        "model": str(said.get("model") or ""),
        "carton": event.text("lot"),
        "source": event.said("source"),
        "condition": event.said("condition") or "ok",
        "late": int(event.data.get("late") is True),
    }


def _discrepancy(event: Booked) -> dict[str, str | int]:
    count, settles = event.data.get("count"), event.data.get("settles")
    return _where(event) | {
        "uid": event.uid,
        "imei": event.said("imei") or str(event.dev.get("imei") or ""),
        "kind": event.said("discrepancy"),
        "carton": event.said("carton"),
        "docket": event.text("docket") or event.said("consignment"),
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
        "epoch": event.epoch,
        "seq": event.seq,
    }


COUNTED = Page("counted", 4, ("counted", "discrepancy"), _SCHEMA, _fold)
"""`counted`: one row a handset; `late` where it was at work before its box was counted, `undone`
the event that took the count back (0 for none). `model` is what it was counted as. `discrepancy`:
one row an event, numbered by `entry` across epochs; `docket` is the consignment that it is about,
"" for a delivery to this house; `open` while it is awaited or set aside, `closed` the event that
ended that (0 for none), `how` it did: `counted`, `settled` or `undone`. Times in milliseconds since
1970, UTC."""
