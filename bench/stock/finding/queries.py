"""What the book is asked to find something; each answers within a few milliseconds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.stock.finding.lists import COLUMNS, MOST, Found, FoundGroup, Group, size
from bench.stock.finding.sought import Sought

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True, slots=True)
class FoundSim:
    """A SIM that a file named: its number is none of the record's, and is shown by its end."""

    iccid: str
    msisdn: str
    supplier: str
    contract: str
    uid: str
    """The handset that it was put into last, "" for none."""


@dataclass(frozen=True, slots=True)
class FoundExpected:
    """A handset that a file named and that nobody has counted in yet."""

    imei: str
    serial: str
    model: str
    number: str
    carton: str


@dataclass(frozen=True, slots=True)
class Answer:
    """All that was found; no part of it holds more than `MOST`."""

    handsets: tuple[Found, ...] = ()
    sims: tuple[FoundSim, ...] = ()
    expected: tuple[FoundExpected, ...] = ()
    groups: tuple[FoundGroup, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing."""
        return not (self.handsets or self.sims or self.expected or self.groups)


def find(book: sqlite3.Connection, sought: Sought) -> Answer:
    """Return all that goes by what is sought."""
    if not sought.tail:
        return Answer(groups=tuple(_groups(book, sought)))
    sims = tuple(_sims(book, sought)) if sought.kind in ("", "iccid", "eid") else ()
    uids = dict.fromkeys([*_traced(book, sought), *(sim.uid for sim in sims if sim.uid)])
    is_open = not sought.kind
    return Answer(
        tuple(found for uid in list(uids)[:MOST] if (found := handset(book, uid))),
        sims,
        tuple(_expected(book, sought)) if sought.kind in ("", "imei", "serial") else (),
        tuple(_groups(book, sought)) if is_open else (),
    )


def handset(book: sqlite3.Connection, uid: str) -> Found | None:
    """Return a handset by the record's name for it."""
    asked = f"SELECT {COLUMNS} FROM handset WHERE uid = ?"  # noqa: S608 - our own words
    row = book.execute(asked, (uid,)).fetchone()
    return Found(*row) if row else None


def _traced(book: sqlite3.Connection, sought: Sought) -> list[str]:
    low = sought.tail[::-1]
    asked = "SELECT DISTINCT uid FROM trace WHERE backwards >= ? AND backwards < ? "
    values: tuple[str | int, ...] = (low, f"{low}\U0010ffff")
    if sought.kind:
        asked, values = f"{asked} AND kind = ?", (*values, sought.kind)
    rows = book.execute(f"{asked} LIMIT ?", (*values, MOST))
    return [uid for (uid,) in rows.fetchall()]


_SIMS = """SELECT iccid, msisdn, supplier, contract FROM sim WHERE iccid IN (
  SELECT iccid FROM sim WHERE substr(iccid, -4) = substr(:tail, -4)
    AND substr(iccid, -length(:tail)) = :tail
  UNION SELECT iccid FROM sim WHERE :line <> '' AND msisdn <> ''
    AND substr(msisdn, -4) = substr(:line, -4) AND substr(msisdn, -length(:line)) = :line
  UNION SELECT iccid FROM sim WHERE eid <> '' AND eid = :tail
) LIMIT :most"""


def _sims(book: sqlite3.Connection, sought: Sought) -> Iterator[FoundSim]:
    if not (sought.tail.isascii() and sought.tail.isdigit()):
        return
    values = {"tail": sought.tail, "line": sought.line, "most": MOST}
    for iccid, msisdn, supplier, contract in book.execute(_SIMS, values).fetchall():
        yield FoundSim(iccid, msisdn, supplier, contract, _holder(book, iccid))


def _holder(book: sqlite3.Connection, iccid: str) -> str:
    asked = """SELECT uid FROM trace JOIN handset USING (uid) WHERE backwards = ? AND kind = 'iccid'
  ORDER BY handset.seq DESC LIMIT 1"""
    row = book.execute(asked, (iccid[::-1],)).fetchone()
    return row[0] if row else ""


_EXPECTED = """SELECT imei, serial, model, number, carton FROM expected WHERE imei IN (
  SELECT imei FROM expected WHERE substr(imei, -4) = substr(:tail, -4)
    AND substr(imei, -length(:tail)) = :tail
  UNION SELECT imei FROM expected WHERE serial <> ''
    AND substr(serial, -4) = substr(:tail, -4) AND substr(serial, -length(:tail)) = :tail
) AND NOT EXISTS (SELECT 1 FROM handset WHERE handset.imei = expected.imei) LIMIT :most"""


def _expected(book: sqlite3.Connection, sought: Sought) -> Iterator[FoundExpected]:
    for row in book.execute(_EXPECTED, {"tail": sought.tail, "most": MOST}).fetchall():
        yield FoundExpected(*row)


def _groups(book: sqlite3.Connection, sought: Sought) -> Iterator[FoundGroup]:
    for group, name in (
        (Group.ORDER, sought.text),
        (Group.CARTON, sought.text),
        (Group.CONSIGNMENT, sought.text),
        (Group.PLACE, f"person:{sought.text}"),
        (Group.PLACE, f"site:{sought.text}"),
    ):
        if count := size(book, group, name):
            yield FoundGroup(group, name, count)
