"""What the page of consignments is asked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bench.custody.phases import Phase
from bench.stock.consignments.manifest import Manifest, ManifestLine

if TYPE_CHECKING:
    import sqlite3

_CONSIGNMENT = """SELECT docket, number, destination, state, version, seal, begun_at, at,
  (SELECT count(*) FROM consigned AS i WHERE i.docket = c.docket AND NOT i.gone
    AND (c.state <> 'dispatched' OR i.dispatched_at > 0)),
  (SELECT count(*) FROM consigned AS i WHERE i.docket = c.docket AND i.received_at > 0)
  FROM consignment AS c"""
_INSIDE = """SELECT i.uid, i.tag, i.imei, i.model, i.seal, i.bag, i.at, i.gone,
  coalesce(h.phase, ''), coalesce(h.place, ''), iif(b.stands, b.policy, ''),
  coalesce(b.staged_at, 0)
  FROM (SELECT * FROM consigned WHERE docket = ? ORDER BY {order} LIMIT ?) AS i
  LEFT JOIN handset AS h USING (uid) LEFT JOIN boxed AS b USING (uid)
  ORDER BY {outer}"""
_ALL = -1
"""As a limit, none (SQLite)."""


class State(StrEnum):
    """How far a consignment is."""

    OPEN = "open"
    SEALED = "sealed"
    DISPATCHED = "dispatched"


@dataclass(frozen=True, slots=True)
class Consignment:
    """A consignment: `version` is that of its last manifest, 0 for none; `at` its last change.

    `count` handsets are in it, `received` of them are at their site. Times in milliseconds since
    1970, UTC.
    """

    docket: str
    number: int
    destination: str
    state: State
    version: int
    seal: str
    begun_at: int
    at: int
    count: int
    received: int


@dataclass(frozen=True, slots=True)
class Inside:
    """A handset in a consignment: what stood on its box, and how it stands now.

    `gone` is 1 for one that stopped being fit to go when its consignment was sealed already.
    """

    uid: str
    tag: str
    imei: str
    model: str
    seal: str
    bag: str
    at: int
    gone: int
    phase: str
    place: str
    policy: str
    staged_at: int

    @property
    def is_fit(self) -> bool:
        """Whether it may still go."""
        return self.phase == Phase.SEALED and bool(self.policy) and not self.gone


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed which side of a manifest; `ref` is the id of the event that commits to it.

    `place` is "site" where it was signed for there, "" where it was handed over.
    """

    side: str
    at: int
    actor: str
    ref: str
    place: str


def consignment(connection: sqlite3.Connection, docket: str) -> Consignment | None:
    """Return that consignment."""
    row = connection.execute(f"{_CONSIGNMENT} WHERE docket = ?", (docket,)).fetchone()
    return _read(row) if row else None


def in_state(connection: sqlite3.Connection, state: State, most: int) -> tuple[Consignment, ...]:
    """Return the consignments that are so far, the one that changed last first."""
    asked = f"{_CONSIGNMENT} WHERE state = ? ORDER BY at DESC LIMIT ?"
    return tuple(map(_read, connection.execute(asked, (state.value, most)).fetchall()))


def next_number(connection: sqlite3.Connection, bench: str) -> int:
    """Return a number that no consignment of that bench has."""
    like = f"{bench.upper()}-C"
    asked = "SELECT max(number) FROM consignment WHERE docket >= ? AND docket < ?"
    (last,) = connection.execute(asked, (like, f"{like}:")).fetchone()
    return (last or 0) + 1


def destinations(connection: sqlite3.Connection, most: int) -> tuple[str, ...]:
    """Return where consignments went, the last one first."""
    asked = "SELECT destination FROM consignment GROUP BY destination ORDER BY max(at) DESC LIMIT ?"
    return tuple(name for (name,) in connection.execute(asked, (most,)))


def holding(connection: sqlite3.Connection, uid: str) -> str:
    """Return which consignment that did not leave yet has that handset; "" for none."""
    asked = """SELECT docket FROM consigned JOIN consignment USING (docket)
      WHERE uid = ? AND NOT gone AND state <> 'dispatched'"""
    row = connection.execute(asked, (uid,)).fetchone()
    return str(row[0]) if row else ""


def inside(connection: sqlite3.Connection, docket: str) -> tuple[Inside, ...]:
    """Return what is in a consignment, by tag."""
    rows = connection.execute(
        _INSIDE.format(order="tag, uid", outer="i.tag, i.uid"), (docket, _ALL)
    )
    return tuple(Inside(*row) for row in rows.fetchall())


def last_in(connection: sqlite3.Connection, docket: str, most: int) -> tuple[Inside, ...]:
    """Return what was put into a consignment last, that first."""
    rows = connection.execute(
        _INSIDE.format(order="at DESC, uid", outer="i.at DESC, i.uid"), (docket, most)
    )
    return tuple(Inside(*row) for row in rows.fetchall())


def manifest(connection: sqlite3.Connection, docket: str, version: int) -> Manifest | None:
    """Return a manifest as it was sealed, with the digest that the record has of it."""
    head = connection.execute(
        "SELECT destination, seal, at, sha256 FROM manifest WHERE docket = ? AND version = ?",
        (docket, version),
    ).fetchone()
    lines = connection.execute(
        "SELECT tag, imei, model, seal, bag FROM manifest_line WHERE docket = ? AND version = ?"
        " ORDER BY tag, uid",
        (docket, version),
    ).fetchall()
    if head is None:
        return None
    destination, seal, at, digest = head
    told = tuple(ManifestLine(*line) for line in lines)
    return Manifest(docket, version, destination, seal, told, at, digest)


def signatures(connection: sqlite3.Connection, docket: str, version: int) -> tuple[Signature, ...]:
    """Return who signed that manifest, in the order in which they did."""
    asked = """SELECT side, at, actor, ref, place FROM manifest_signature
      WHERE docket = ? AND version = ? ORDER BY at, ref"""
    return tuple(Signature(*row) for row in connection.execute(asked, (docket, version)))


def _read(row: tuple[str, int, str, str, int, str, int, int, int, int]) -> Consignment:
    docket, number, to, state, version, seal, begun_at, at, count, received = row
    so_far = State(state)
    return Consignment(docket, number, to, so_far, version, seal, begun_at, at, count, received)
