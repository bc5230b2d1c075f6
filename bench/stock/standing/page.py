"""The page of handsets: who each is, where it is, since when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.custody.phases import Phase
from bench.events.orders import CustodyKind
from bench.stock.book.booked import Booked
from bench.stock.book.page import Page
from bench.stock.standing.places import ELSEWHERE

if TYPE_CHECKING:
    import sqlite3

_SCHEMA = (
    """CREATE TABLE handset (
  uid TEXT PRIMARY KEY, imei TEXT NOT NULL, imei2 TEXT NOT NULL, serial TEXT NOT NULL,
  model TEXT NOT NULL, asset_tag TEXT NOT NULL, phase TEXT NOT NULL, phase_since INTEGER NOT NULL,
  place TEXT NOT NULL, number TEXT NOT NULL, carton TEXT NOT NULL, docket TEXT NOT NULL,
  first_seq INTEGER NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX handset_by_imei ON handset (imei)",
    "CREATE INDEX handset_by_imei2 ON handset (imei2) WHERE imei2 <> ''",
    "CREATE INDEX handset_by_serial ON handset (serial) WHERE serial <> ''",
    "CREATE INDEX handset_by_tag ON handset (asset_tag) WHERE asset_tag <> ''",
    "CREATE INDEX handset_by_phase ON handset (phase, phase_since)",
    "CREATE INDEX handset_by_carton ON handset (carton) WHERE carton <> ''",
    "CREATE INDEX handset_by_number ON handset (number) WHERE number <> ''",
    "CREATE INDEX handset_by_docket ON handset (docket) WHERE docket <> ''",
    f"CREATE INDEX handset_elsewhere ON handset (phase, place) WHERE {ELSEWHERE}",
)
_MEET = """INSERT INTO handset VALUES (:uid, :imei, :imei2, :serial, :model, :tag, :phase, :at,
  :place, :number, :carton, :docket, :seq, :seq, :at)
ON CONFLICT (uid) DO UPDATE SET
  imei = iif(:whole, :imei, imei), imei2 = iif(:whole, :imei2, imei2),
  serial = iif(:whole, :serial, serial), model = iif(:whole, :model, model),
  asset_tag = iif(:no_tag, '', iif(:tag = '', asset_tag, :tag)),
  phase_since = iif(:phase IN ('', phase), phase_since, :at),
  phase = iif(:phase = '', phase, :phase),
  place = iif(:place = '', place, :place), number = iif(:number = '', number, :number),
  carton = iif(:carton = '', carton, :carton),
  docket = iif(:no_docket, '', iif(:docket = '', docket, :docket)), seq = :seq, at = :at"""
_HERE_AGAIN = frozenset({
    Phase.NEW, Phase.IN_STOCK, Phase.AT_BENCH, Phase.STAGED, Phase.PACKED, Phase.RETURNED,
    Phase.WIPED,
})  # fmt: skip
"""What stands so is in no consignment."""


def _fold(connection: sqlite3.Connection, event: Booked) -> None:
    if event.uid:
        connection.execute(_MEET, _said(event))


def _said(event: Booked) -> dict[str, str | int]:
    dev = event.dev
    told = event.part("set")
    return {
        "imei": str(dev.get("imei") or ""),
        "imei2": str(dev.get("imei2") or ""),
        "serial": str(dev.get("serial") or ""),
        "model": str(dev.get("model") or ""),
        "uid": event.uid,
        "whole": int("serial" in dev),
        "tag": str(dev.get("label") or ""),
        "no_tag": int("label" in told and told["label"] is None),
        "phase": str(dev.get("phase") or ""),
        "place": event.text("to"),
        "number": event.text("order"),
        "carton": event.text("lot") if event.kind == "goods_in" else "",
        "docket": event.text("docket"),
        "no_docket": int(_is_out(event)),
        "seq": event.seq,
        "at": event.at,
    }


def _is_out(event: Booked) -> bool:
    """Whether it is in no consignment after this: taken out of it, come back, or packed anew."""
    if event.kind == CustodyKind.CONSIGNED:
        return bool(event.data.get("out"))
    return event.dev.get("phase") in _HERE_AGAIN


STANDING = Page("standing", 2, ("handset",), _SCHEMA, _fold)
"""`number` is the order it was counted in under, `carton` the one it came in, `docket` the
consignment that it is in or left in, "" where it is in none or came back since, `place` the
custodian it was last given to; times in milliseconds since 1970, UTC."""
