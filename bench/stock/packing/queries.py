"""What the page of boxes is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.custody.phases import Phase
from bench.identity.identifiers import AssetTag, Imei, SerialNumber
from bench.identity.scans import Meaning
from bench.stock.standing.naming import called

if TYPE_CHECKING:
    import sqlite3

_BOX = """SELECT h.uid, h.asset_tag, h.imei, h.model, h.phase, h.place, iif(b.stands, b.policy, ''),
  coalesce(b.staged_at, 0), coalesce(b.bag, ''), coalesce(b.seal, '')
  FROM handset AS h LEFT JOIN boxed AS b USING (uid) WHERE """
_BY = {
    AssetTag: ("h.asset_tag <> '' AND h.asset_tag = ?1",),
    SerialNumber: ("h.serial <> '' AND h.serial = ?1",),
    Imei: ("h.imei = ?1", "h.imei2 <> '' AND h.imei2 = ?1"),
}
"""Each is found by an index of its own."""
_HERE = (Phase.STAGED, Phase.PACKED, Phase.SEALED)


@dataclass(frozen=True, slots=True)
class Box:
    """A handset and its box; `policy` is "" where no staging of it stands, texts "" for none.

    `staged_at` is in milliseconds since 1970, UTC.
    """

    uid: str
    tag: str
    imei: str
    model: str
    phase: Phase
    place: str
    policy: str
    staged_at: int
    bag: str
    seal: str

    @property
    def name(self) -> str:
        """What a person calls it: its tag, else the end of its IMEI."""
        return called(self.tag, self.imei)


@dataclass(frozen=True, slots=True)
class UsedSeal:
    """A seal that was used: on a handset, else on a consignment; `at` as everywhere in the book."""

    seal: str
    uid: str
    docket: str
    at: int
    broken: int


def boxes(connection: sqlite3.Connection, meaning: Meaning | None) -> tuple[Box, ...]:
    """Return the handsets that a scan may mean: more than one where identities are doubled."""
    found = {
        box.uid: box
        for which in _BY.get(type(meaning), ())
        for box in map(_read, connection.execute(_BOX + which, (str(meaning),)))
    }
    return tuple(found.values())


def box(connection: sqlite3.Connection, uid: str) -> Box | None:
    """Return the handset of that name."""
    row = connection.execute(f"{_BOX} h.uid = ?", (uid,)).fetchone()
    return _read(row) if row else None


def used_seal(connection: sqlite3.Connection, seal: str) -> UsedSeal | None:
    """Return what that seal was used for; None for a new one."""
    asked = "SELECT seal, uid, docket, at, broken FROM seal WHERE seal = ?"
    row = connection.execute(asked, (seal,)).fetchone()
    return UsedSeal(*row) if row else None


def item_of(connection: sqlite3.Connection, gtin: str) -> str:
    """Return which item that product number was said to be, as the record spells it, or ""."""
    row = connection.execute("SELECT item FROM kit_code WHERE gtin = ?", (gtin,)).fetchone()
    return str(row[0]) if row else ""


def waiting(connection: sqlite3.Connection, phase: Phase, most: int) -> tuple[Box, ...]:
    """Return handsets that stand in a phase, those that have stood in it longest first."""
    asked = f"{_BOX} h.phase = ? ORDER BY h.phase_since LIMIT ?"
    return tuple(map(_read, connection.execute(asked, (phase.value, most))))


def due(connection: sqlite3.Connection, before: int) -> tuple[Box, ...]:
    """Return what is still here and was staged before that moment, the longest ago first.

    Their patches may have fallen behind (Cyber Essentials: within 14 days).
    """
    asked = f"{_BOX} h.phase = ? AND b.staged_at > 0 AND b.staged_at < ?"
    rows = [row for phase in _HERE for row in connection.execute(asked, (phase.value, before))]
    return tuple(sorted(map(_read, rows), key=lambda each: (each.staged_at, each.uid)))


def _read(row: tuple[str, str, str, str, str, str, str, int, str, str]) -> Box:
    uid, tag, imei, model, phase, place, policy, staged_at, bag, seal = row
    return Box(uid, tag, imei, model, Phase(phase), place, policy, staged_at, bag, seal)
