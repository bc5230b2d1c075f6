"""The page of consignments: what is in each, its seal, its manifests, and who signed them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.custody.phases import Phase
from bench.events.orders import CustodyKind
from bench.stock.book.booked import Booked
from bench.stock.book.page import Page
from bench.stock.consignments.dockets import read_docket
from bench.stock.consignments.restating import GONE, restate

if TYPE_CHECKING:
    import sqlite3

_SCHEMA = (
    """CREATE TABLE consignment (
  docket TEXT PRIMARY KEY, number INTEGER NOT NULL, destination TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'sealed', 'dispatched')),
  version INTEGER NOT NULL, seal TEXT NOT NULL, begun_at INTEGER NOT NULL, at INTEGER NOT NULL
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX consignment_by_state ON consignment (state, at)",
    "CREATE INDEX consignment_by_destination ON consignment (destination, at)",
    """CREATE TABLE consigned (
  docket TEXT NOT NULL, uid TEXT NOT NULL, tag TEXT NOT NULL, imei TEXT NOT NULL,
  model TEXT NOT NULL, seal TEXT NOT NULL, bag TEXT NOT NULL, at INTEGER NOT NULL,
  gone INTEGER NOT NULL DEFAULT 0, dispatched_at INTEGER NOT NULL DEFAULT 0,
  received_at INTEGER NOT NULL DEFAULT 0, left_seq INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (docket, uid)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX consigned_by_uid ON consigned (uid)",
    """CREATE TABLE manifest (
  docket TEXT NOT NULL, version INTEGER NOT NULL, sha256 TEXT NOT NULL, count INTEGER NOT NULL,
  seal TEXT NOT NULL, destination TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (docket, version)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE manifest_line (
  docket TEXT NOT NULL, version INTEGER NOT NULL, uid TEXT NOT NULL, tag TEXT NOT NULL,
  imei TEXT NOT NULL, model TEXT NOT NULL, seal TEXT NOT NULL, bag TEXT NOT NULL,
  PRIMARY KEY (docket, version, uid)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE manifest_signature (
  docket TEXT NOT NULL, version INTEGER NOT NULL, side TEXT NOT NULL, at INTEGER NOT NULL,
  actor TEXT NOT NULL, ref TEXT NOT NULL, place TEXT NOT NULL,
  PRIMARY KEY (docket, version, side, ref)
) STRICT, WITHOUT ROWID""",
)
_BEGIN = """INSERT INTO consignment VALUES (:docket, :number, :destination, 'open', 0, '', :at, :at)
ON CONFLICT (docket) DO NOTHING"""
_PUT_IN = """INSERT OR REPLACE INTO consigned (docket, uid, tag, imei, model, seal, bag, at)
VALUES (:docket, :uid, :tag, :imei, :model, :seal, :bag, :at)"""
_CLOSE = """UPDATE consignment SET state = 'sealed', version = :version, seal = :seal, at = :at,
  destination = iif(destination = '', :destination, destination)
WHERE docket = :docket"""
_MANIFEST = """INSERT OR REPLACE INTO manifest VALUES (:docket, :version, :sha256, :count, :seal,
  :destination, :at)"""
_LINES = """INSERT OR REPLACE INTO manifest_line
SELECT docket, :version, uid, tag, imei, model, seal, bag FROM consigned
WHERE docket = :docket"""
_IS = """ AND EXISTS (SELECT 1 FROM consignment AS c
WHERE c.docket = consigned.docket AND c.state = ?)"""
_LEFT_OPEN = f"DELETE FROM consigned WHERE uid = ?{_IS}"  # noqa: S608 - our own words
_LEFT_SEALED = f"UPDATE consigned SET gone = 1 WHERE uid = ?{_IS}"  # noqa: S608 - our own words
_LEFT_BEHIND = f"DELETE FROM consigned WHERE uid = ? AND dispatched_at = 0{_IS}"  # noqa: S608 - our own words
_REMAINS = ("", Phase.SEALED.value)
_SAYS_OUTRIGHT = (CustodyKind.CORRECTED.value, CustodyKind.CONFLICT_RESOLVED.value)


def _fold(connection: sqlite3.Connection, event: Booked) -> None:
    docket = event.text("docket")
    match event.kind:
        case CustodyKind.CONSIGNED:
            _consigned(connection, event, docket)
        case CustodyKind.CONSIGNMENT_SEALED:
            _closed(connection, event, docket)
        case CustodyKind.MANIFEST_SIGNED:
            _signed(connection, event, docket)
        case CustodyKind.UNSEALED if not event.uid:
            _opened(connection, event, docket)
        case CustodyKind.DISPATCHED | CustodyKind.RECEIVED:
            _moved(connection, event, docket)
        case _:
            _stands(connection, event)


def _stands(connection: sqlite3.Connection, event: Booked) -> None:
    """What stands elsewhere is in no consignment that is here."""
    if event.kind in _SAYS_OUTRIGHT:
        restate(connection, event)
    if str(event.dev.get("phase") or "") not in _REMAINS:
        connection.execute(_LEFT_OPEN, (event.uid, "open"))
        connection.execute(_LEFT_SEALED, (event.uid, "sealed"))
        connection.execute(_LEFT_BEHIND, (event.uid, "dispatched"))


def _consigned(connection: sqlite3.Connection, event: Booked, docket: str) -> None:
    if event.data.get("out"):
        inside = "DELETE FROM consigned WHERE docket = ? AND uid = ?"
        connection.execute(inside, (docket, event.uid))
        return
    code = read_docket(docket)
    said = {
        "docket": docket,
        "number": code.number if code else 0,
        "destination": event.said("destination"),
        "uid": event.uid,
        "imei": str(event.dev.get("imei") or ""),
        "tag": event.said("tag") or str(event.dev.get("label") or ""),
        **{name: event.said(name) for name in ("model", "seal", "bag")},
        "at": event.at,
    }
    connection.execute(_LEFT_BEHIND, (event.uid, "dispatched"))
    connection.execute(_BEGIN, said)
    connection.execute(_PUT_IN, said)


def _closed(connection: sqlite3.Connection, event: Booked, docket: str) -> None:
    said = {
        "docket": docket,
        "version": _whole(event, "version") or _last(connection, docket) + 1,
        "sha256": event.said("manifest"),
        "count": _whole(event, "count"),
        "seal": event.said("seal"),
        "destination": event.said("destination"),
        "at": event.at,
    }
    for statement in (_CLOSE, _MANIFEST, _LINES):
        connection.execute(statement, said)


def _signed(connection: sqlite3.Connection, event: Booked, docket: str) -> None:
    version = _whole(event, "version") or _last(connection, docket)
    said = (docket, version, event.said("side"), event.at, event.actor)
    signature = "INSERT OR REPLACE INTO manifest_signature VALUES (?, ?, ?, ?, ?, ?, ?)"
    connection.execute(signature, (*said, str(event.body.get("id") or ""), event.said("at")))


def _opened(connection: sqlite3.Connection, event: Booked, docket: str) -> None:
    state = "UPDATE consignment SET state = 'open', seal = '', at = ? WHERE docket = ?"
    connection.execute(state, (event.at, docket))
    connection.execute("DELETE FROM consigned WHERE docket = ? AND gone", (docket,))


def _moved(connection: sqlite3.Connection, event: Booked, docket: str) -> None:
    if event.kind == CustodyKind.RECEIVED:
        received = "UPDATE consigned SET received_at = ? WHERE docket = ? AND uid = ?"
        connection.execute(received, (event.at, docket, event.uid))
        return
    left = "UPDATE consigned SET dispatched_at = ?, left_seq = ? WHERE docket = ? AND uid = ?"
    connection.execute(left, (event.at, event.seq, docket, event.uid))
    connection.execute(GONE, (event.at, docket))


def _last(connection: sqlite3.Connection, docket: str) -> int:
    """Return the version of its last manifest: an event that names none is about that."""
    known = "SELECT coalesce(max(version), 0) FROM manifest WHERE docket = ?"
    (last,) = connection.execute(known, (docket,)).fetchone()
    return int(last)


def _whole(event: Booked, name: str) -> int:
    found = event.data.get(name)
    return found if isinstance(found, int) else 0


CONSIGNMENTS = Page(
    "consignments",
    2,
    ("consignment", "consigned", "manifest", "manifest_line", "manifest_signature"),
    _SCHEMA,
    _fold,
)
"""`consigned` is what is in each, and stays when it is dispatched; `gone` is 1 for a handset that
is in a sealed one and is no longer fit to go. `left_seq` is the event that said that it left, or
that it did not: one whose dispatch was taken back has `dispatched_at` 0, in a consignment that left
without it. `manifest` keeps every version, `manifest_line` what stood in it. `consignment.at` is
when it last changed its state; `manifest_signature.ref` the id of the event that commits to the
signature, `place` "site" where it was signed there. Times in milliseconds since 1970, UTC; 0 for
never."""
