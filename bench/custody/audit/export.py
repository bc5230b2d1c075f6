"""Reads what goes into a handset's bundle out of the records that know it.

Blocks for about two seconds per million events: call it on a thread of its own, with connections
that are opened there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from bench.custody import queries
from bench.custody.audit.assembly import bundle, read_section
from bench.custody.audit.bundle import to_bytes
from bench.custody.database import connect_reader
from bench.custody.proof.note import SignedNote
from bench.custody.proof.policy import PolicyError, TrustPolicy
from bench.identity.identifiers import IdentifierError, Imei

if TYPE_CHECKING:
    import sqlite3

Connect: TypeAlias = "Callable[[Path], sqlite3.Connection]"
"""Opens a record for reading: `connect_reader`, or another for a record that is encrypted."""


def make_bundle(
    records: Sequence[Path],
    handset: str,
    policy: TrustPolicy | None = None,
    *,
    statement: SignedNote | None = None,
    connect: Connect = connect_reader,
) -> bytes:
    """Return the bundle of a handset, named by its IMEI or by the record's own id.

    `records` are the files of all epochs and benches that know it; the first one says which handset
    is meant. In the newest epoch of each bench it has been `exported`, and a checkpoint over that
    is kept. `policy` and the checkpoints: see `believed`.

    Raises `BundleError` where no bundle can be made, and what reading a record raises.
    """
    with ExitStack() as held:
        opened = [held.enter_context(closing(connect(record))) for record in records]
        uid = uid_of(opened[0], handset)
        parts = [read_section(each, uid, believed(each, policy)) for each in opened]
    return to_bytes(bundle(parts, statement=statement))


def uid_of(connection: sqlite3.Connection, handset: str) -> str:
    """Return the record's own id of a handset that is named by it or by its IMEI."""
    try:
        found = queries.device_by_imei(connection, Imei.parse(handset))
    except IdentifierError:
        return handset
    return found.uid if found else handset


def believed(connection: sqlite3.Connection, policy: TrustPolicy | None) -> list[SignedNote]:
    """Return the kept checkpoints that a verifier will take.

    Those that `policy` believes; without one, those with as many signatures as the newest.
    """
    rows = connection.execute("SELECT note FROM checkpoint ORDER BY size").fetchall()
    notes = [SignedNote.parse(note.encode()) for (note,) in rows]
    if policy is not None:
        return [note for note in notes if _is_believed(note, policy)]
    fewest = len(notes[-1].signatures) if notes else 0
    return [note for note in notes if len(note.signatures) >= fewest]


def _is_believed(note: SignedNote, policy: TrustPolicy) -> bool:
    try:
        policy.check(note)
    except PolicyError:
        return False
    return True
