"""The page of boxes: under which profile each handset was staged, what is in its box, its seal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bench.events.orders import CustodyKind
from bench.stock.book.booked import Booked
from bench.stock.book.page import Page

if TYPE_CHECKING:
    import sqlite3

_SCHEMA = (
    """CREATE TABLE boxed (
  uid TEXT PRIMARY KEY, policy TEXT NOT NULL DEFAULT '', stands INTEGER NOT NULL DEFAULT 0,
  run TEXT NOT NULL DEFAULT '',
  staged_at INTEGER NOT NULL DEFAULT 0, kit TEXT NOT NULL DEFAULT '',
  bag TEXT NOT NULL DEFAULT '', seal TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE seal (
  seal TEXT PRIMARY KEY, uid TEXT NOT NULL, docket TEXT NOT NULL, at INTEGER NOT NULL,
  broken INTEGER NOT NULL DEFAULT 0 CHECK (broken IN (0, 1))
) STRICT, WITHOUT ROWID""",
    "CREATE TABLE kit_code (gtin TEXT PRIMARY KEY, item TEXT NOT NULL) STRICT, WITHOUT ROWID",
)
_STAGED = """INSERT INTO boxed (uid, policy, stands, run, staged_at)
VALUES (:uid, :policy, 1, :run, :at)
ON CONFLICT (uid) DO UPDATE SET policy = :policy, stands = 1, run = :run, staged_at = :at,
  kit = '', bag = '', seal = ''"""
_TOLD = """INSERT INTO boxed (uid, policy, stands, run, staged_at)
VALUES (:uid, :policy, 1, :run, :at)
ON CONFLICT (uid) DO UPDATE SET policy = iif(:policy = '', policy, :policy), stands = 1,
  run = :run"""
_UNSTAGED = "UPDATE boxed SET stands = 0 WHERE uid = ? AND run = ?"
_UNTOLD = "UPDATE boxed SET stands = 0 WHERE uid = ?"
_PACKED = """INSERT INTO boxed (uid, kit) VALUES (:uid, :kit)
ON CONFLICT (uid) DO UPDATE SET kit = :kit, bag = '', seal = ''"""
_SEALED = """INSERT INTO boxed (uid, bag, seal) VALUES (:uid, :bag, :seal)
ON CONFLICT (uid) DO UPDATE SET bag = :bag, seal = :seal"""
_USED = "INSERT OR IGNORE INTO seal (seal, uid, docket, at) VALUES (?, ?, ?, ?)"
_TELLS = {CustodyKind.CARRIED.value: "carried", CustodyKind.CORRECTED.value: "set"}


def _fold(connection: sqlite3.Connection, event: Booked) -> None:  # noqa: C901 - a row for each kind
    match event.kind:
        case CustodyKind.STAGED:
            _staged(connection, event)
        case CustodyKind.VOIDED:
            _unstaged(connection, event.uid, str(event.part("run").get("id") or ""))
        case CustodyKind.CARRIED | CustodyKind.CORRECTED:
            _told(connection, event)
        case CustodyKind.PACKED:
            _packed(connection, event)
        case CustodyKind.UNPACKED:
            connection.execute(_PACKED, {"uid": event.uid, "kit": ""})
        case CustodyKind.SEALED:
            said = {"uid": event.uid, "bag": event.said("bag"), "seal": event.said("seal")}
            connection.execute(_SEALED, said)
            _use(connection, event)
        case CustodyKind.CONSIGNMENT_SEALED:
            _use(connection, event)
        case CustodyKind.UNSEALED:
            _broken(connection, event)


def _staged(connection: sqlite3.Connection, event: Booked) -> None:
    run = str(event.part("run").get("id") or "")
    said = {"uid": event.uid, "policy": event.text("policy_hash"), "run": run, "at": event.at}
    connection.execute(_STAGED, said)


def _unstaged(connection: sqlite3.Connection, uid: str, run: str) -> None:
    """A run that was voided before it was staged changes nothing."""
    connection.execute(_UNSTAGED, (uid, run))


def _told(connection: sqlite3.Connection, event: Booked) -> None:
    told = event.part(_TELLS[event.kind])
    run = str(told.get("run") or event.part("run").get("id") or "")
    if told.get("outcome") == CustodyKind.STAGED.value:
        said = {"uid": event.uid, "policy": str(told.get("policy") or ""), "run": run}
        connection.execute(_TOLD, said | {"at": event.at})
    elif "outcome" in told:
        connection.execute(_UNTOLD, (event.uid,))


def _packed(connection: sqlite3.Connection, event: Booked) -> None:
    kit = json.dumps(event.part("kit"), sort_keys=True)
    connection.execute(_PACKED, {"uid": event.uid, "kit": kit})
    codes = event.part("codes")
    known = [(gtin, item) for gtin, item in codes.items() if isinstance(item, str)]
    connection.executemany("INSERT OR REPLACE INTO kit_code VALUES (?, ?)", known)


def _use(connection: sqlite3.Connection, event: Booked) -> None:
    if seal := event.said("seal"):
        docket = "" if event.uid else event.text("docket")
        connection.execute(_USED, (seal, event.uid, docket, event.at))


def _broken(connection: sqlite3.Connection, event: Booked) -> None:
    if event.uid:
        connection.execute(_SEALED, {"uid": event.uid, "bag": "", "seal": ""})
    connection.execute("UPDATE seal SET broken = 1 WHERE seal = ?", (event.said("seal"),))


BOXES = Page("boxes", 2, ("boxed", "seal", "kit_code"), _SCHEMA, _fold)
"""`boxed.policy` is the short fingerprint of the profile it was staged under last, and `stands` 0
where that was taken back; `kit` a JSON object of item to count, "" while it is not packed. A `seal`
that was used is in its table for ever. `kit_code` is which item a product number was said to be,
the last time somebody said so. Times in milliseconds since 1970, UTC."""
