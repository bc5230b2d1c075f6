"""What the exchange itself keeps: how far the store was, its receipts, and how it went last.

A receipt says that the store had all events up to a number, by that event's leaf hash, at a time of
its own clock. The last of each exchange is kept, and of those older than a month one a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from bench.custody.body import utc
from bench.custody.entries import LedgerHeader
from bench.inventory.sync.state import CentreFile
from bench.inventory.sync.tables import Tables
from bench.problems import Problem

if TYPE_CHECKING:
    import sqlite3

TABLES = Tables(
    "sync",
    (
        """
CREATE TABLE receipt (
    store TEXT NOT NULL, bench TEXT NOT NULL, epoch INTEGER NOT NULL CHECK (epoch > 0),
    seq INTEGER NOT NULL CHECK (seq > 0), hash BLOB NOT NULL CHECK (length(hash) = 32),
    said_at TEXT NOT NULL,
    PRIMARY KEY (store, bench, epoch, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX receipt_by_time ON receipt (said_at);
CREATE TABLE watermark (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    store TEXT NOT NULL, bench TEXT NOT NULL, epoch INTEGER NOT NULL CHECK (epoch > 0),
    accepted INTEGER NOT NULL CHECK (accepted >= 0),
    hash BLOB NOT NULL CHECK (length(hash) = 32), at TEXT NOT NULL
) STRICT;
CREATE TABLE went (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    well_at TEXT, badly_at TEXT, code TEXT NOT NULL DEFAULT '', detail TEXT NOT NULL DEFAULT ''
) STRICT;
INSERT INTO went (one) VALUES (1);
""",
        "ALTER TABLE went ADD COLUMN thinned_at TEXT",
    ),
)
_WHOLE, _DAY = timedelta(days=30), timedelta(days=1)
_THIN = """DELETE FROM receipt WHERE (store, bench, epoch, seq) IN (
  SELECT store, bench, epoch, seq FROM (
    SELECT store, bench, epoch, seq, row_number() OVER (
      PARTITION BY store, bench, epoch, substr(said_at, 1, 10) ORDER BY seq DESC) AS number
    FROM receipt WHERE said_at < ?)
  WHERE number > 1)"""


@dataclass(frozen=True, slots=True)
class Watermark:
    """How far the store was of a bench and epoch, and by which leaf hash (32 bytes)."""

    store: str
    bench: str
    epoch: int
    accepted: int
    hash: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """The store had all events of an epoch up to `seq` at that time of its own clock."""

    store: str
    epoch: int
    seq: int
    hash: bytes
    said_at: datetime


@dataclass(frozen=True, slots=True)
class Went:
    """When the store last had all there was, and when something was last in the way (UTC)."""

    well_at: datetime | None
    badly_at: datetime | None
    code: str
    detail: str


class Keeping(Protocol):
    """What an exchange keeps of how it went; `Kept`, or of an epoch before only the receipts."""

    def watermark(self, header: LedgerHeader) -> Watermark | None:
        """Return how far the store was of that record; None where nothing is known."""
        ...

    def receipt(self, store: str, header: LedgerHeader) -> Receipt | None:
        """Return the receipt of the most events of that record; None without."""
        ...

    def keep(self, mark: Watermark, receipt: Receipt | None) -> None:
        """Keep how far the store is, and its receipt where it gave one."""
        ...

    def keep_well(self, at: datetime) -> None:
        """Keep that the store had all there was."""
        ...

    def keep_badly(self, at: datetime, problem: Problem) -> None:
        """Keep what was in the way."""
        ...


class Kept:
    """The exchange's own tables of the file beside the record."""

    def __init__(self, file: CentreFile) -> None:
        self._file = file
        file.prepare(TABLES)

    def watermark(self, header: LedgerHeader) -> Watermark | None:
        """Return how far the store was of that record; None where nothing is known."""
        row = self._file.connection.execute(
            "SELECT store, bench, epoch, accepted, hash, at FROM watermark"
            " WHERE bench = ? AND epoch = ?",
            (header.bench, header.epoch),
        ).fetchone()
        if row is None:
            return None
        store, bench, epoch, accepted, leaf, at = row
        return Watermark(store, bench, epoch, accepted, leaf, _moment(at))

    def receipts(self) -> tuple[Receipt, ...]:
        """Return the receipts, the oldest first."""
        rows = self._file.connection.execute(
            "SELECT store, epoch, seq, hash, said_at FROM receipt ORDER BY said_at, seq"
        ).fetchall()
        return tuple(
            Receipt(store, epoch, seq, leaf, _moment(said_at))
            for store, epoch, seq, leaf, said_at in rows
        )

    def went(self) -> Went:
        """Return how it went last."""
        well, badly, code, detail = self._file.connection.execute(
            "SELECT well_at, badly_at, code, detail FROM went"
        ).fetchone()
        return Went(well and _moment(well), badly and _moment(badly), code, detail)

    def receipt(self, store: str, header: LedgerHeader) -> Receipt | None:
        """Return the receipt of the most events of that record; None without."""
        row = self._file.connection.execute(
            "SELECT store, epoch, seq, hash, said_at FROM receipt"
            " WHERE store = ? AND bench = ? AND epoch = ? ORDER BY seq DESC LIMIT 1",
            (store, header.bench, header.epoch),
        ).fetchone()
        if row is None:
            return None
        named, epoch, seq, leaf, said_at = row
        return Receipt(named, epoch, seq, leaf, _moment(said_at))

    def keep(self, mark: Watermark, receipt: Receipt | None) -> None:
        """Keep how far the store is, and its receipt where it gave one."""
        with self._file.turn() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO watermark VALUES (1, ?, ?, ?, ?, ?, ?)",
                (mark.store, mark.bench, mark.epoch, mark.accepted, mark.hash, utc(mark.at)),
            )
            if receipt is not None:
                _keep_receipt(connection, mark.bench, receipt)

    def keep_receipt(self, bench: str, receipt: Receipt) -> None:
        """Keep a receipt alone."""
        with self._file.turn() as connection:
            _keep_receipt(connection, bench, receipt)

    def keep_well(self, at: datetime) -> None:
        """Keep that the store had all there was; once a day, thin out old receipts."""
        with self._file.turn() as connection:
            connection.execute("UPDATE went SET well_at = ?", (utc(at),))
            (thinned,) = connection.execute("SELECT thinned_at FROM went").fetchone()
            if thinned is None or abs(at - _moment(thinned)) >= _DAY:
                connection.execute(_THIN, (utc(at - _WHOLE),))
                connection.execute("UPDATE went SET thinned_at = ?", (utc(at),))

    def keep_badly(self, at: datetime, problem: Problem) -> None:
        """Keep what was in the way."""
        with self._file.turn() as connection:
            connection.execute(
                "UPDATE went SET badly_at = ?, code = ?, detail = ?",
                (utc(at), problem.code.value, problem.detail),
            )


def _keep_receipt(connection: sqlite3.Connection, bench: str, receipt: Receipt) -> None:
    connection.execute(
        "INSERT OR IGNORE INTO receipt VALUES (?, ?, ?, ?, ?, ?)",
        (receipt.store, bench, receipt.epoch, receipt.seq, receipt.hash, utc(receipt.said_at)),
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
