"""What the page of returns is asked; each by an index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.stock.standing.naming import called

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True, slots=True)
class Aside:
    """A handset in quarantine and why; `at` in milliseconds since 1970, UTC."""

    uid: str
    tag: str
    imei: str
    model: str
    problem: str
    at: int

    @property
    def name(self) -> str:
        """What a person calls it: its tag, else the end of its IMEI."""
        return called(self.tag, self.imei)


def in_quarantine(connection: sqlite3.Connection, most: int) -> tuple[Aside, ...]:
    """Return what is set aside, the longest first."""
    rows = connection.execute(
        "SELECT uid, asset_tag, imei, model, problem, aside.at FROM aside JOIN handset USING (uid)"
        " WHERE ended = 0 ORDER BY aside.at LIMIT ?",
        (most,),
    )
    return tuple(Aside(*row) for row in rows)


def problem_of(connection: sqlite3.Connection, uid: str) -> str:
    """Return why a handset is in quarantine; "" where it is not."""
    asked = "SELECT problem FROM aside WHERE uid = ? AND ended = 0"
    row = connection.execute(asked, (uid,)).fetchone()
    return str(row[0]) if row else ""


def last_scenario(connection: sqlite3.Connection, uid: str) -> str:
    """Return why a handset came back the last time; "" where it never did."""
    row = connection.execute(
        "SELECT scenario FROM came_back WHERE uid = ? AND undone = 0"
        " ORDER BY at DESC, seq DESC LIMIT 1",
        (uid,),
    ).fetchone()
    return str(row[0]) if row else ""


def supplier_of(connection: sqlite3.Connection, uid: str) -> str:
    """Return who supplied a handset, by the order it was counted in under; "" for unknown."""
    row = connection.execute(
        "SELECT supplier FROM handset JOIN purchase USING (number) WHERE uid = ?", (uid,)
    ).fetchone()
    return str(row[0]) if row else ""
