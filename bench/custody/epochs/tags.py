"""Which asset tags were ever given, read from whatever is left of a record.

A tag that was printed must never be given to another handset, also where its event cannot be read
or believed any more. So these numbers are looked for in the bytes, and only ever raised.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from bench.custody.database import Connect
from bench.problems import ProblemError

if TYPE_CHECKING:
    import sqlite3
else:
    from pysqlite3 import dbapi2 as sqlite3

HIGHEST = 99_999_999
"""The last number of a prefix: an asset tag has at most eight digits."""
_LABEL = re.compile(rb'"label":"([A-Z]{2,5})-([0-9]{6,8})"')
_PREFIX = re.compile(r"[A-Z]{2,5}")
_CHUNK, _OVERLAP = 1 << 20, 32


def in_bytes(parts: Iterable[bytes]) -> dict[str, int]:
    """Return the highest number of each prefix in labels that stand in these bytes."""
    found: dict[str, int] = {}
    for part in parts:
        for prefix, number in _LABEL.findall(part):
            name = prefix.decode("ascii")
            found[name] = max(found.get(name, 0), int(number))
    return found


def in_file(path: Path) -> dict[str, int]:
    """Return those in a file and its log, be it a database that can be read or not.

    Only while this program has it open nowhere: closing it drops SQLite's locks on it.
    """
    files = (path, path.with_name(path.name + "-wal"))
    return in_bytes(part for each in files if each.is_file() for part in _chunks(each))


def in_record(path: Path, connect: Connect) -> dict[str, int]:
    """Return those in a file that only its key can read: as far as it is read from either end."""
    found: dict[str, int] = {}
    for order in ("ASC", "DESC"):
        try:
            with closing(connect(path)) as record:
                found = highest(found, _numbers(record), in_bytes(_bodies(record, order)))
        except (sqlite3.Error, UnicodeDecodeError, ProblemError):
            continue
    return found


def _bodies(record: sqlite3.Connection, order: str) -> Iterator[bytes]:
    try:
        for (body,) in record.execute(f"SELECT CAST(body AS BLOB) FROM event ORDER BY seq {order}"):  # noqa: S608 - a word of this module's own
            yield body or b""
    except (sqlite3.Error, UnicodeDecodeError):
        return


def _numbers(record: sqlite3.Connection) -> dict[str, int]:
    try:
        table = record.execute("SELECT prefix, number FROM asset_number").fetchall()
    except (sqlite3.Error, UnicodeDecodeError):
        return {}
    return {prefix: number for prefix, number in table if _is_tag(prefix, number)}


def in_rest(record: sqlite3.Connection, after: int) -> dict[str, int]:
    """Return those that a record's tables and the events after number `after` still show."""
    found: dict[str, int] = {}
    try:
        rows = record.execute("SELECT CAST(body AS BLOB) FROM event WHERE seq > ?", (after,))
        found = in_bytes(body for (body,) in rows if body)
        table = record.execute("SELECT prefix, number FROM asset_number").fetchall()
    except (sqlite3.Error, UnicodeDecodeError):
        return found
    return highest(found, {prefix: number for prefix, number in table if _is_tag(prefix, number)})


def highest(*found: Mapping[str, int]) -> dict[str, int]:
    """Return the highest number of each prefix."""
    prefixes = sorted({prefix for each in found for prefix in each})
    return {prefix: max(each.get(prefix, 0) for each in found) for prefix in prefixes}


def raised(numbers: Mapping[str, int], by: int) -> dict[str, int]:
    """Leave out `by` numbers of each prefix: an event gives one tag at most."""
    return {prefix: min(number + by, HIGHEST) for prefix, number in numbers.items()}


def _is_tag(prefix: object, number: object) -> bool:
    known = isinstance(prefix, str) and _PREFIX.fullmatch(prefix)
    return bool(known) and isinstance(number, int) and 0 < number <= HIGHEST


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        before = b""
        while chunk := file.read(_CHUNK):
            yield before + chunk
            before = chunk[-_OVERLAP:]
