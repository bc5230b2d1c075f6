"""Record and service side by side, in a table of its own on the disk.

Both are tens of thousands of handsets, and either may come in any order. They go into a temporary
SQLite database (`""`: a file that has no name and is gone with its connection, a cache of 2 MB in
front), so that memory does not grow with their number. It blocks: call it on a thread.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Self

from bench.enrolment.intune.devices import contradicts
from bench.enrolment.intune.verdicts import Entry, Expected, Finding, Verdict, judged
from bench.events.management import Compliance, ManagedHandset
from bench.identity.identifiers import Imei

_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -2000;
CREATE TABLE expected (n INTEGER PRIMARY KEY, uid TEXT, serial TEXT, imeis TEXT, profile TEXT,
  due INTEGER);
CREATE TABLE expected_key (key TEXT, n INTEGER, PRIMARY KEY (key, n)) WITHOUT ROWID;
CREATE TABLE seen (n INTEGER PRIMARY KEY, id TEXT UNIQUE, name TEXT, serial TEXT, imei TEXT,
  model TEXT, mode TEXT, compliance TEXT, enrolled TEXT, synced TEXT);
CREATE TABLE seen_key (key TEXT, n INTEGER, PRIMARY KEY (key, n)) WITHOUT ROWID;
"""
_BATCH = 500
_SEEN = "coalesce(seen.id, ''), name, serial, imei, model, mode, compliance, enrolled, synced"


class Comparison:
    """Takes what the record expects and what the service has seen, then tells how they agree."""

    def __init__(self) -> None:
        self._tables = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._tables.executescript(_SCHEMA)
        self.counts: Counter[Verdict] = Counter()
        """How many findings of each verdict were told."""

    def expect(self, handsets: Iterable[Expected]) -> None:
        """Take the handsets of the record, one after the other."""
        coming = iter(handsets)
        while some := list(islice(coming, _BATCH)):
            with self._together():
                for each in some:
                    self._expect(each)

    def see(self, entries: Sequence[ManagedHandset]) -> None:
        """Take a page of the service's; an entry that comes again replaces itself.

        One without an id is nobody else's.
        """
        with self._together():
            for each in entries:
                self._see(each)

    def findings(self) -> Iterator[Finding]:
        """Yield one finding a handset that is due or seen, then one a handset not in the record."""
        self.counts.clear()
        for finding in self._all():
            self.counts[finding.verdict] += 1
            yield finding

    def close(self) -> None:
        """Drop both; nothing stays on the disk."""
        self._tables.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _all(self) -> Iterator[Finding]:
        for row in self._rows(
            "SELECT n, uid, serial, imeis, profile, due FROM expected ORDER BY n"
        ):
            expected = _expected(row[1:])
            finding = judged(expected, self._entries(row[0], expected))
            if finding is not None:
                yield finding
        for row in self._rows(
            f"""SELECT {_SEEN} FROM seen WHERE n NOT IN (
            SELECT seen_key.n FROM seen_key JOIN expected_key USING (key)) ORDER BY n"""  # noqa: S608 - our own words
        ):
            yield Finding(Verdict.UNRECORDED, None, _handset(row))

    def _entries(self, number: int, expected: Expected) -> list[Entry]:
        """Return what shares an identifier with a handset, by the keys that both have."""
        keys = _keys(expected.serial, expected.imeis)
        rows = self._rows(
            f"""SELECT {_SEEN} FROM seen WHERE n IN (
            SELECT n FROM seen_key WHERE key IN ({_marks(keys)})) ORDER BY n""",  # noqa: S608 - our own words
            *keys,
        )
        return [Entry(seen, self._rivals(number, seen)) for seen in map(_handset, rows)]

    def _rivals(self, number: int, seen: ManagedHandset) -> int:
        keys = _keys(seen.serial, (seen.imei,) if seen.imei else ())
        rows = self._rows(
            f"""SELECT uid, serial, imeis, profile, due FROM expected WHERE n <> ? AND n IN (
            SELECT n FROM expected_key WHERE key IN ({_marks(keys)}))""",  # noqa: S608 - our own words
            number,
            *keys,
        )
        return sum(not contradicts(seen, _expected(row).wanted) for row in rows)

    def _expect(self, each: Expected) -> None:
        imeis = " ".join(map(str, each.imeis))
        number = self._tables.execute(
            "INSERT INTO expected (uid, serial, imeis, profile, due) VALUES (?, ?, ?, ?, ?)",
            (each.uid, each.serial, imeis, each.profile, each.due),
        ).lastrowid
        self._tables.executemany(
            "INSERT OR IGNORE INTO expected_key VALUES (?, ?)",
            [(key, number) for key in _keys(each.serial, each.imeis)],
        )

    def _see(self, each: ManagedHandset) -> None:
        for (former,) in self._rows("SELECT n FROM seen WHERE id = ?", each.id):
            self._tables.execute("DELETE FROM seen_key WHERE n = ?", (former,))
        number = self._tables.execute(
            "INSERT OR REPLACE INTO seen VALUES (NULL, nullif(?, ''), ?, ?, ?, ?, ?, ?, ?, ?)",
            _values(each),
        ).lastrowid
        self._tables.executemany(
            "INSERT OR IGNORE INTO seen_key VALUES (?, ?)",
            [(key, number) for key in _keys(each.serial, (each.imei,) if each.imei else ())],
        )

    def _rows(self, statement: str, *values: object) -> Iterator[Any]:
        return iter(self._tables.execute(statement, values))

    def _together(self) -> _Together:
        return _Together(self._tables)


class _Together:
    """What is done within it is one transaction; there is nothing to undo, the table is its own."""

    def __init__(self, tables: sqlite3.Connection) -> None:
        self._tables = tables

    def __enter__(self) -> None:
        self._tables.execute("BEGIN")

    def __exit__(self, *_: object) -> None:
        self._tables.execute("COMMIT")


def _keys(serial: str, imeis: Iterable[Imei]) -> list[str]:
    found = [f"i{imei}" for imei in imeis]
    return [*found, f"s{serial.upper()}"] if serial else found


def _marks(keys: Sequence[str]) -> str:
    return ", ".join("?" * len(keys))


def _values(each: ManagedHandset) -> tuple[str, ...]:
    return (
        each.id, each.name, each.serial, str(each.imei or ""), each.model, each.mode,
        each.compliance.value, _written(each.enrolled_at), _written(each.synced_at),
    )  # fmt: skip


def _expected(row: tuple[str, str, str, str, int]) -> Expected:
    uid, serial, imeis, profile, due = row
    return Expected(uid, serial, tuple(map(Imei, imeis.split())), profile, bool(due))


def _handset(row: tuple[str, ...]) -> ManagedHandset:
    id_, name, serial, imei, model, mode, compliance, enrolled, synced = row
    return ManagedHandset(
        id_, name, serial, Imei(imei) if imei else None, model, mode, Compliance(compliance),
        _read(enrolled), _read(synced),
    )  # fmt: skip


def _written(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _read(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
