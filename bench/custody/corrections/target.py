"""Which event is meant: by number, by id, or by leaf hash in hex, as papers and people name it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from bench.custody import queries
from bench.custody.chain import parse
from bench.custody.walk import uid_of
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import sqlite3

Target: TypeAlias = int | str
"""An event's number in this epoch; or its id; or its leaf hash, 64 hex digits."""
_HASH = re.compile(r"[0-9a-f]{64}")
_ELSEWHERE = (
    "there is no such event in this epoch; what an earlier epoch says of a handset is corrected at "
    "the event by which it was carried over"
)


def find(connection: sqlite3.Connection, target: Target) -> tuple[int, str]:
    """Return an event's number and its handset's uid; `ProblemError` NOT_CORRECTABLE."""
    seq = target if isinstance(target, int) else _number(connection, target)
    found = queries.events(connection, seq - 1, 1) if seq > 0 else ()
    if not found or found[0].seq != seq:
        raise refused(target, _ELSEWHERE)
    uid = uid_of(parse(found[0].body))
    if uid is None:
        raise refused(target, "it is about no handset")
    return seq, uid


def refused(target: Target, why: str) -> ProblemError:
    """Return the refusal to correct an event in that way."""
    return ProblemError(Problem(ProblemCode.NOT_CORRECTABLE, f"event {target}", why))


def _number(connection: sqlite3.Connection, name: str) -> int:
    if _HASH.fullmatch(name):
        sql = "SELECT seq FROM event WHERE hash = ?"
        row = connection.execute(sql, (bytes.fromhex(name),)).fetchone()
        return int(row[0]) if row else 0
    return _by_id(connection, name)


def _by_id(connection: sqlite3.Connection, name: str) -> int:
    """Ids rise with the numbers, so no index is needed."""
    low, high = 1, queries.tail(connection).seq
    while low <= high:
        middle = (low + high) // 2
        row = connection.execute("SELECT event_id FROM event WHERE seq = ?", (middle,)).fetchone()
        if row is None or row[0] == name:
            return middle if row else 0
        low, high = (middle + 1, high) if row[0] < name else (low, middle - 1)
    return 0
