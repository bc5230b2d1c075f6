"""Handsets by where they stand, what they came under or where they are: lists, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import sqlite3

MOST: Final = 50
"""Rows that are looked up at once: more say that more has to be typed, or the next page asked."""
COLUMNS = "uid, imei, serial, model, asset_tag, phase, phase_since, place, number, carton, docket"


@dataclass(frozen=True, slots=True)
class Found:
    """A handset as the book has it; `at` is when its phase began, in milliseconds since 1970."""

    uid: str
    imei: str
    serial: str
    model: str
    asset_tag: str
    phase: str
    at: int
    place: str
    number: str
    carton: str
    docket: str


class Group(StrEnum):
    """What handsets are listed by; the value is the book's word for it."""

    PHASE = "phase"
    ORDER = "number"
    CARTON = "carton"
    CONSIGNMENT = "docket"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class FoundGroup:
    """A phase, order, carton, consignment or place, and how many handsets are of it."""

    group: Group
    name: str
    handsets: int


def size(book: sqlite3.Connection, group: Group, name: str) -> int:
    """Return how many handsets a list has."""
    (count,) = book.execute(_SIZE[group], (name,)).fetchone()
    return int(count)


def page_of(
    book: sqlite3.Connection, group: Group, name: str, after: Found | None = None, most: int = MOST
) -> tuple[Found, ...]:
    """Return the next handsets of a list after one of them; of a phase, the longest in it first."""
    at, uid = (after.at, after.uid) if after else (-1, "")
    rows = book.execute(_LISTED[group], {"name": name, "at": at, "uid": uid, "most": most})
    return tuple(Found(*row) for row in rows.fetchall())


def names(book: sqlite3.Connection, group: Group, most: int = MOST) -> tuple[FoundGroup, ...]:
    """Return the lists there are of a kind; of holders only places, for people are looked for."""
    rows = book.execute(_NAMES[group], (most,)).fetchall()
    return tuple(FoundGroup(group, name, count) for name, count in rows)


_PHASE, _PLACE = Group.PHASE, Group.PLACE
_BY_UID = (Group.ORDER, Group.CARTON, Group.CONSIGNMENT)
_SIZE = {
    group: f"SELECT count(*) FROM handset WHERE {group} = ? AND {group} <> ''"  # noqa: S608 - our own words
    for group in (*_BY_UID, _PHASE)
} | {_PLACE: "SELECT count(*) FROM whereabouts WHERE place = ?"}
_LISTED = {
    group: f"""SELECT {COLUMNS} FROM handset WHERE {group} = :name AND {group} <> ''
  AND uid > :uid ORDER BY uid LIMIT :most"""  # noqa: S608 - our own words
    for group in _BY_UID
} | {
    _PHASE: f"""SELECT {COLUMNS} FROM handset WHERE phase = :name
  AND (phase_since, uid) > (:at, :uid) ORDER BY phase_since, uid LIMIT :most""",  # noqa: S608 - as above
    _PLACE: f"""SELECT {COLUMNS} FROM handset WHERE uid IN (SELECT uid FROM whereabouts
  WHERE place = :name AND uid > :uid ORDER BY uid LIMIT :most) ORDER BY uid""",  # noqa: S608 - as above
}
_NAMES = {
    group: f"""SELECT {group}, count(*) FROM handset WHERE {group} <> ''
  GROUP BY {group} ORDER BY {group} DESC LIMIT ?"""  # noqa: S608 - our own words
    for group in (*_BY_UID, _PHASE)
} | {
    _PLACE: """SELECT place, count(*) FROM whereabouts WHERE place NOT LIKE 'person:%'
  GROUP BY place ORDER BY place LIMIT ?"""
}
