"""What files were taken, what of it is not yet recorded, and where files disagree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.custody.entries import Entry
from bench.events.orders import CustodyKind
from bench.stock.intake.shelves import SHELVES, key_of

if TYPE_CHECKING:
    import sqlite3

_IMPORTS = """SELECT i.import, i.kind, i.name, i.sha256, i.taken, i.refused, i.at,
  coalesce(r.actor, i.actor), coalesce(r.seq, 0)
FROM import i LEFT JOIN import_recorded r USING (kind, sha256)"""
_OPEN = """SELECT d.kind, d.key, d.field, d.import, d.ours, d.theirs, d.settled,
  coalesce(i.name, '') FROM disagreement d LEFT JOIN import i USING (import)"""
_ORDER = " ORDER BY d.import, d.kind, d.key, d.field LIMIT ?"
_PRIVATE = "msisdn"
_TAIL = 3


@dataclass(frozen=True, slots=True)
class Import:
    """A file that was taken; `seq` is the event that recorded it, 0 for none yet."""

    number: int
    kind: str
    name: str
    sha256: str
    taken: int
    refused: int
    at: str
    actor: str
    seq: int


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Of a thing the book says `ours` and a later file `theirs`; `settled` is "" while it is open.

    `file` is the name of the later one.
    """

    kind: str
    key: str
    field: str
    number: int
    ours: str
    theirs: str
    settled: str
    file: str

    @property
    def thing(self) -> str:
        """What they differ about, as a person says it."""
        return " / ".join(map(str, key_of(SHELVES[self.kind], self.key)))

    @property
    def shown(self) -> tuple[str, str]:
        """Both sayings as they are shown; of a telephone number the end alone."""
        both = (self.ours, self.theirs)
        return both if self.field != _PRIVATE else (_masked(self.ours), _masked(self.theirs))


def imports(connection: sqlite3.Connection, most: int = 1_000) -> tuple[Import, ...]:
    """Return what was taken, the newest first."""
    rows = connection.execute(f"{_IMPORTS} ORDER BY i.import DESC LIMIT ?", (most,))
    return tuple(Import(*row) for row in rows)


def unrecorded(connection: sqlite3.Connection) -> tuple[Entry, ...]:
    """Return an entry for each import that the record has no event of, the oldest first."""
    rows = connection.execute(f"{_IMPORTS} WHERE r.seq IS NULL ORDER BY i.import")
    return tuple(entry_of(Import(*row)) for row in rows)


def entry_of(its: Import) -> Entry:
    """Return what the record says of an import."""
    return Entry(
        CustodyKind.IMPORTED,
        data={
            "kind": its.kind, "name": its.name, "sha256": its.sha256, "taken": its.taken,
            "refused": its.refused,
        },
    )  # fmt: skip


def open_disagreements(
    connection: sqlite3.Connection, most: int = 1_000
) -> tuple[Disagreement, ...]:
    """Return what is to be settled, the oldest first."""
    rows = connection.execute(f"{_OPEN} WHERE d.settled = ''{_ORDER}", (most,))
    return tuple(Disagreement(*row) for row in rows)


def all_disagreements(
    connection: sqlite3.Connection, most: int = 1_000
) -> tuple[Disagreement, ...]:
    """Return what was ever to be settled, the oldest first."""
    return tuple(Disagreement(*row) for row in connection.execute(f"{_OPEN}{_ORDER}", (most,)))


def count_open(connection: sqlite3.Connection) -> int:
    """Return how many fields are to be settled."""
    row = connection.execute("SELECT count(*) FROM disagreement WHERE settled = ''").fetchone()
    return int(row[0])


def _masked(text: str) -> str:
    return f"…{text[-_TAIL:]}" if text else ""
