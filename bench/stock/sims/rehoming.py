"""SIMs that come under another contract: what files say is changed, and the record is told.

A re-homing is an import of its own: it has its number and its digest, and what each SIM was under
before stays in the book. The event comes after it, from what stands in the book: one that was cut
off in between is told at the next look, and none is told twice.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.custody.database import transaction
from bench.custody.entries import Entry
from bench.events.orders import CustodyKind

if TYPE_CHECKING:
    import sqlite3

REHOMING = "rehoming"
_SIMS = "SELECT iccid FROM sim WHERE supplier = ? AND contract = ? ORDER BY iccid"
_BEGIN = """INSERT INTO import (kind, name, sha256, taken, refused, at, actor)
  VALUES (?, ?, ?, ?, 0, ?, ?)"""
_BEFORE = """INSERT INTO sim_contract (iccid, since, supplier, contract, import)
  SELECT s.iccid,
    coalesce((SELECT i.at FROM import AS i WHERE i.import = s.import AND i.at < ?), ''),
    s.supplier, s.contract, s.import
  FROM sim AS s WHERE s.supplier = ? AND s.contract = ?
    AND NOT EXISTS (SELECT 1 FROM sim_contract AS c WHERE c.iccid = s.iccid)"""
_AFTER = """INSERT INTO sim_contract (iccid, since, supplier, contract, import)
  SELECT iccid, ?, supplier, ?, ? FROM sim WHERE supplier = ? AND contract = ?"""
_CHANGE = "UPDATE sim SET contract = ? WHERE supplier = ? AND contract = ?"
_CHANGED = """SELECT c.supplier, coalesce(
    (SELECT b.contract FROM sim_contract AS b WHERE b.iccid = c.iccid AND b.since < c.since
      ORDER BY b.since DESC LIMIT 1),
    (SELECT d.ours FROM disagreement AS d WHERE d.kind = 'sims' AND d.key = c.iccid
      AND d.field = 'contract' AND d.settled = 'theirs ' || c.import)) AS before,
  c.contract, c.since, c.iccid
  FROM sim_contract AS c WHERE before IS NOT NULL AND before <> c.contract ORDER BY c.iccid"""
_TOLD = "SELECT supplier, before, contract, since, sims FROM sim_rehoming"


@dataclass(frozen=True, slots=True)
class Rehoming:
    """SIMs of a supplier that were under contract `before` and are under `contract` from `since`.

    `sims` is the SHA-256 (hex) of their ICCIDs, sorted, one a line; `count` is how many they are.
    """

    supplier: str
    before: str
    contract: str
    since: str
    sims: str
    count: int

    @property
    def entry(self) -> Entry:
        """What the record says of it."""
        return Entry(
            CustodyKind.SIMS_REHOMED,
            data={
                "supplier": self.supplier, "before": self.before, "contract": self.contract,
                "since": self.since, "count": self.count, "sims": self.sims,
            },
        )  # fmt: skip


def rehome(
    connection: sqlite3.Connection,
    supplier: str,
    before: str,
    contract: str,
    at: str,
    actor: str = "",
) -> int:
    """Put all SIMs of a contract under another, all or none; return how many there were.

    `at` is now, in UTC (ISO 8601): later than any re-homing before it. `connection` writes the
    book, and is another than the bench's own. `ValueError` where the two are one contract, or the
    new one has no name.
    """
    if not contract or contract == before:
        raise ValueError("name another contract than they are under")
    with transaction(connection):
        sims = [iccid for (iccid,) in connection.execute(_SIMS, (supplier, before))]
        if sims:
            told = json.dumps([supplier, before, contract, at, _digest(sims)])
            digest = hashlib.sha256(told.encode()).hexdigest()
            its = (REHOMING, f"{before} → {contract}"[:80], digest, len(sims), at, actor)
            connection.execute(_BEFORE, (at, supplier, before))
            number = connection.execute(_BEGIN, its).lastrowid
            connection.execute(_AFTER, (at, contract, number, supplier, before))
            connection.execute(_CHANGE, (contract, supplier, before))
    return len(sims)


def untold(connection: sqlite3.Connection) -> tuple[Rehoming, ...]:
    """Return the re-homings that the record was not told of, those of files too.

    Asks for the history of every SIM that ever had one: after a file, a settlement or a re-homing.
    """
    told = set(connection.execute(_TOLD).fetchall())
    groups: dict[tuple[str, str, str, str], list[str]] = {}
    for supplier, before, contract, since, iccid in connection.execute(_CHANGED):
        groups.setdefault((supplier, before, contract, since), []).append(iccid)
    found = (Rehoming(*home, _digest(sims), len(sims)) for home, sims in groups.items())
    return tuple(
        each for each in sorted(found, key=lambda each: (each.since, each.supplier, each.before))
        if (each.supplier, each.before, each.contract, each.since, each.sims) not in told
    )  # fmt: skip


def entries(connection: sqlite3.Connection) -> tuple[Entry, ...]:
    """Return what the record is still to be told of re-homings."""
    return tuple(each.entry for each in untold(connection))


def _digest(sims: list[str]) -> str:
    return hashlib.sha256("\n".join(sims).encode()).hexdigest()
