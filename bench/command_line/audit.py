"""For auditors on the command line: a handset's history, records compared, a bundle handed out.

Each returns an exit code and says why on standard error; records are only read, and another
program may write on.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from bench.custody import durable, queries
from bench.custody.audit import difference
from bench.custody.audit.bundle import BUNDLE_LIMIT, Bundle, from_bytes
from bench.custody.audit.difference import Difference
from bench.custody.audit.export import Connect, make_bundle, uid_of
from bench.custody.audit.timeline import timeline
from bench.custody.database import connect_reader
from bench.custody.entries import SealedEvent
from bench.custody.proof.checkpoint import Checkpoint
from bench.custody.proof.merkle import Tree
from bench.custody.proof.note import SignedNote
from bench.custody.proof.policy import TrustPolicy
from bench.custody.statement.content import Bound
from bench.identity.plain import plain
from bench.problems import ProblemError

if TYPE_CHECKING:
    import sqlite3
else:
    from pysqlite3 import dbapi2 as sqlite3

SAME, DIFFERENT, UNUSABLE = 0, 1, 2
"""Exit codes of `compare`; of the others 0 done, 1 not done, 2 unusable."""
_UNUSABLE = (sqlite3.Error, OSError, ProblemError, ValueError)
_BATCH = 500
_SQLITE = b"SQLite format 3\x00"


def show(
    record: Path, handset: str, bounds: Sequence[Bound] = (), *, connect: Connect = connect_reader
) -> int:
    """Print the history of a handset, named by its IMEI or the record's own id."""
    try:
        with closing(connect(record)) as connection:
            events = queries.history(connection, uid_of(connection, handset))
        if not events:
            return _say(record, f"no handset {plain(handset)} in it", DIFFERENT)
        sys.stdout.write(timeline(events, bounds))
    except _UNUSABLE as error:
        return _say(record, str(error), UNUSABLE)
    return SAME


def compare(
    one: Path, other: Path, *, connect: Connect = connect_reader, second: Connect | None = None
) -> int:
    """Compare a record with another record, a signed checkpoint or a bundle; say where they part.

    0: the same, or the record holds all that the checkpoint or the bundle says. 1: they differ.
    2: one of them cannot be read. `second` opens the other record, where `connect` would not.
    """
    try:
        found = _difference(one, other, connect, second or connect)
    except _UNUSABLE as error:
        return _say(other, str(error), UNUSABLE)
    sys.stdout.write(f"{one}, {other}: {found.words}\n")
    return DIFFERENT if found.differs else SAME


def write_bundle(
    records: Sequence[Path],
    handset: str,
    out: Path,
    policy: TrustPolicy | None = None,
    *,
    statement: SignedNote | None = None,
    connect: Connect = connect_reader,
) -> int:
    """Write a handset's bundle, as `make_bundle` makes it, to a new file for its owner only."""
    try:
        data = make_bundle(records, handset, policy, statement=statement, connect=connect)
        if not out.exists() and durable.create(out, data):
            sys.stdout.write(f"{out}: {len(data)} bytes\n")
            return SAME
    except _UNUSABLE as error:
        return _say(out, f"not written: {error}", DIFFERENT)
    return _say(out, "not written: there is a file of that name already", DIFFERENT)


# ── comparing ───────────────────────────────────────────────────────────────────────────────────
def _difference(one: Path, other: Path, connect: Connect, second: Connect) -> Difference:
    said = _read(other)
    with closing(connect(one)) as connection:
        if said is None:
            with closing(second(other)) as record:
                return difference.between(
                    queries.events_between(connection, 0), queries.events_between(record, 0)
                )
        origin = queries.origin(connection)
        if isinstance(said, Bundle):
            return difference.from_bundle(said, origin, lambda seq: _event(connection, seq))
        last = queries.last(connection)
        tree = Tree(lambda lo, hi: queries.leaf_hashes(connection, lo, hi))
        return difference.from_checkpoint(said, origin, last.seq if last else 0, tree)


def _read(path: Path) -> Bundle | Checkpoint | None:
    """Read a bundle or a checkpoint; None for what must be a record.

    This opens the file, which drops the locks that SQLite holds on it: never in a program that has
    it open.
    """
    with path.open("rb") as file:
        data = file.read(len(_SQLITE))
        if data == _SQLITE:
            return None
        data += file.read(BUNDLE_LIMIT)
    if data.startswith(b"{") and data[: len(_SQLITE)].isascii():  # not a key's salt
        return from_bytes(data)
    if "\n— ".encode() in data:
        return Checkpoint.parse(SignedNote.parse(data).text)
    return None


def _event(connection: sqlite3.Connection, seq: int) -> SealedEvent | None:
    found = queries.events(connection, seq - 1, 1)
    return found[0] if found and found[0].seq == seq else None


def _say(where: Path, reason: str, code: int) -> int:
    sys.stderr.write(f"{where}: {plain(reason, 200)}\n")
    return code
