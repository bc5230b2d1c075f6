"""What the page of holders is asked, over any connection to the book; each by an index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.stock.standing.naming import called

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True, slots=True)
class Spell:
    """One handset with one person, `holder` by pseudonym; `until` is 0 while it lasts.

    `accepted` is badge or signature; times in milliseconds since 1970, UTC.
    """

    uid: str
    tag: str
    imei: str
    model: str
    holder: str
    since: int
    until: int
    accepted: str
    variant: str

    @property
    def name(self) -> str:
        """What a person calls the handset: its tag, else the end of its IMEI."""
        return called(self.tag, self.imei)


@dataclass(frozen=True, slots=True)
class Holder:
    """A person by pseudonym, how many handsets they have, and since when the first of them."""

    holder: str
    handsets: int
    since: int


@dataclass(frozen=True, slots=True)
class Sent:
    """A consignment that was dispatched; at its site, signatures are 0 while they are missing.

    `opened` is when its seal was found to be another or none, 0 for not. Times as everywhere.
    """

    docket: str
    dispatched: int
    signed_from: int
    signed_to: int
    opened: int


@dataclass(frozen=True, slots=True)
class Awaited:
    """A handset of a consignment; `how` it ended is received, missing, lost, elsewhere, "" so far.

    `seq` is the event that ended it, 0 for none.
    """

    uid: str
    tag: str
    imei: str
    model: str
    how: str
    seq: int

    @property
    def name(self) -> str:
        """What a person calls it: its tag, else the end of its IMEI."""
        return called(self.tag, self.imei)


_SPELL = """SELECT uid, coalesce(asset_tag, ''), coalesce(imei, ''), coalesce(model, ''), holder,
  since, until, accepted, variant FROM holding AS s LEFT JOIN handset USING (uid)"""
_SENT = "SELECT docket, dispatched, signed_from, signed_to, opened FROM sent"
_AWAITED = """SELECT uid, coalesce(asset_tag, ''), coalesce(imei, ''), coalesce(model, ''), how,
  a.seq FROM arrival AS a LEFT JOIN handset USING (uid)"""


def holder_of(connection: sqlite3.Connection, uid: str) -> str:
    """Return who has that handset now, "" where no person has."""
    row = connection.execute(
        "SELECT holder FROM holding WHERE uid = ? AND until = 0", (uid,)
    ).fetchone()
    return str(row[0]) if row else ""


def spells(connection: sqlite3.Connection, uid: str) -> tuple[Spell, ...]:
    """Return who had that handset, the last one first."""
    asked = f"{_SPELL} WHERE s.uid = ? AND NOT undone ORDER BY s.since DESC, s.seq DESC"
    rows = connection.execute(asked, (uid,))
    return tuple(Spell(*row) for row in rows)


def held_by(connection: sqlite3.Connection, holder: str) -> tuple[Spell, ...]:
    """Return what a person has now, the longest held first."""
    rows = connection.execute(
        f"{_SPELL} WHERE holder = ? AND until = 0 ORDER BY since, uid", (holder,)
    )
    return tuple(Spell(*row) for row in rows)


def ever_held_by(connection: sqlite3.Connection, holder: str) -> tuple[Spell, ...]:
    """Return what a person has or had, the first first."""
    asked = f"{_SPELL} WHERE holder = ? AND NOT undone ORDER BY since, uid"
    rows = connection.execute(asked, (holder,))
    return tuple(Spell(*row) for row in rows)


def holders(connection: sqlite3.Connection, after: str = "", most: int = -1) -> Iterator[Holder]:
    """Yield who has handsets, by pseudonym behind `after`; all of them unless `most` says else."""
    rows = connection.execute(
        "SELECT holder, count(*), min(since) FROM holding WHERE until = 0 AND holder > ?"
        " GROUP BY holder ORDER BY holder LIMIT ?",
        (after, most),
    )
    return (Holder(*row) for row in rows)


def sent(connection: sqlite3.Connection, docket: str) -> Sent | None:
    """Return that consignment; None where it was not dispatched."""
    row = connection.execute(f"{_SENT} WHERE docket = ?", (docket,)).fetchone()
    return Sent(*row) if row else None


def on_their_way(connection: sqlite3.Connection, most: int) -> tuple[Sent, ...]:
    """Return consignments that were dispatched and nobody took over yet, the oldest first."""
    question = f"{_SENT} WHERE signed_to = 0 ORDER BY dispatched LIMIT ?"
    return tuple(Sent(*row) for row in connection.execute(question, (most,)))


def share(connection: sqlite3.Connection, docket: str) -> tuple[int, int]:
    """Return how many handsets of a consignment were settled, and how many there are."""
    question = """SELECT coalesce(sum(at > 0), 0), count(*) FROM arrival
      WHERE docket = ? AND how <> 'not-sent'"""
    done, total = connection.execute(question, (docket,)).fetchone()
    return int(done), int(total)


def awaited(connection: sqlite3.Connection, docket: str) -> tuple[Awaited, ...]:
    """Return what has not arrived of a consignment and was not settled, by tag."""
    question = f"{_AWAITED} WHERE a.docket = ? AND a.at = 0 ORDER BY asset_tag, uid"
    return tuple(Awaited(*row) for row in connection.execute(question, (docket,)))


def is_incomplete(connection: sqlite3.Connection, docket: str) -> bool:
    """Whether something of a consignment is awaited: it has not come, and is not lost."""
    question = "SELECT 1 FROM arrival WHERE docket = ? AND how IN ('missing', '') LIMIT 1"
    return connection.execute(question, (docket,)).fetchone() is not None


def arrival(connection: sqlite3.Connection, docket: str, uid: str) -> Awaited | None:
    """Return a handset as it stands in a consignment; None where it was not dispatched in it."""
    row = connection.execute(
        f"{_AWAITED} WHERE a.docket = ? AND a.uid = ? AND how <> 'not-sent'", (docket, uid)
    ).fetchone()
    return Awaited(*row) if row else None


def docket_of(connection: sqlite3.Connection, uid: str) -> str:
    """Return the consignment in which a handset is awaited; "" for none."""
    row = connection.execute(
        "SELECT docket FROM arrival WHERE uid = ? AND at = 0", (uid,)
    ).fetchone()
    return str(row[0]) if row else ""
