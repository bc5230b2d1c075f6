"""What is looked at before a record is written to: is it ours, whole, and of the right kind.

Fast whatever its length: the first event, the end of the chain, the text of the tables.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from bench.custody import queries, schema
from bench.custody.chain import is_signed, leaf_hash, parse
from bench.custody.database import PLAIN, Connect, Opener, connect_reader, transaction
from bench.custody.entries import Actor, Entry, LedgerHeader, PersonalText, SealedEvent
from bench.custody.epochs import swap
from bench.custody.people.change import Change
from bench.custody.walk import named_key, named_origin
from bench.events.orders import CustodyKind, Json
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import sqlite3
else:
    from pysqlite3 import dbapi2 as sqlite3

_END = 32
_NO_CHANGE = Change((), lambda _: None)


@dataclass(frozen=True, slots=True)
class Beginning:
    """How an epoch begins: at first with nothing; a later one with what the one before left.

    `continues` says where that ended; `asset_numbers` is the highest number ever given under each
    prefix, `policies` which profile each fingerprint is of, `people` who may act from the first
    event on, `note` free text about the reason. `by` opens it and `second` signs it off.
    """

    continues: Mapping[str, Json] | None = None
    reason: str | None = None
    note: PersonalText | None = None
    asset_numbers: Mapping[str, int] = field(default_factory=dict)
    policies: Mapping[str, list[str | int]] = field(default_factory=dict)
    people: Change = _NO_CHANGE
    carried: tuple[Entry, ...] = ()
    by: Actor | None = None
    second: Actor | None = None


def connect(path: Path, opener: Opener = PLAIN) -> sqlite3.Connection:
    """Open the record for writing, new or old; `ProblemError` before anything is changed.

    The caller holds its lock. A new file is made with this account's rights only.
    """
    if path.is_dir():
        raise _problem(ProblemCode.LEDGER_UNUSABLE, path, "a folder has its name")
    if not path.exists() or path.stat().st_size == 0:
        _refuse_lost(path)
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    else:
        _refuse_set_aside(path, opener.read)
        schema.refuse_foreign(path, opener.first)
    return opener.write(path)


def prepare(connection: sqlite3.Connection, path: Path, header: LedgerHeader, key: bytes) -> bool:
    """Make or check the tables and the chain; return whether the epoch has still to be opened."""
    try:
        return _prepared(connection, path, header, key)
    except (TypeError, ValueError) as error:
        detail = f"it holds what no bench wrote: {error}"
        raise _problem(ProblemCode.LEDGER_DAMAGED, path, detail) from error


def _prepared(connection: sqlite3.Connection, path: Path, header: LedgerHeader, key: bytes) -> bool:
    schema.migrate(connection)
    if fault := schema.deviation(connection):
        raise _problem(ProblemCode.LEDGER_DAMAGED, path, fault)
    if queries.last(connection) is None:
        _refuse_emptied(connection, path)
        _write_header(connection, header, key)
        return True
    _refuse_other(connection, path, header, key)
    if fault := _end_fault(connection):
        raise _problem(ProblemCode.LEDGER_DAMAGED, path, fault)
    return False


def opening_entry(key: bytes, origin: str, begins: Beginning) -> Entry:
    """Return the first event of an epoch: it names its tree, and the key that signs all of them."""
    data: dict[str, Json] = {
        "algorithm": "Ed25519",
        "public_key": base64.b64encode(key).decode("ascii"),
        "origin": origin,
    }
    if begins.continues:
        data["continues"] = dict(begins.continues)
    if begins.asset_numbers:
        data["asset_numbers"] = dict(begins.asset_numbers)
    if begins.policies:
        data["policies"] = {name: [*each] for name, each in begins.policies.items()}
    personal = (begins.note,) if begins.note else ()
    return Entry(CustodyKind.EPOCH_OPENED, data=data, reason=begins.reason, personal=personal)


def _write_header(connection: sqlite3.Connection, header: LedgerHeader, key: bytes) -> None:
    with transaction(connection):
        connection.execute(
            "INSERT OR REPLACE INTO header VALUES (1, ?, ?, ?, ?, ?)",
            (header.bench, header.epoch, int(header.simulated), key, header.origin),
        )


def _refuse_other(
    connection: sqlite3.Connection, path: Path, header: LedgerHeader, key: bytes
) -> None:
    """Believe the signed first event, and the header only if it says the same."""
    (first,) = queries.events(connection, 0, 1)
    row = connection.execute(
        "SELECT bench, epoch, simulated, public_key, origin FROM header"
    ).fetchone()
    if row is None or not _says(first, row):
        raise _problem(ProblemCode.LEDGER_DAMAGED, path, "event 1 and the header differ")
    bench, epoch, simulated, public_key, _ = row
    if bool(simulated) != header.simulated:
        kind = "simulated" if simulated else "real"
        raise _problem(ProblemCode.NOT_REAL, path, f"this is a {kind} record")
    if (bench, epoch) != (header.bench, header.epoch):
        detail = f"it is the record of {bench}, epoch {epoch}"
        raise _problem(ProblemCode.LEDGER_UNUSABLE, path, detail)
    if public_key != key:
        raise _problem(ProblemCode.LEDGER_UNUSABLE, path, "another key signed it")


def _says(first: SealedEvent, row: tuple[str, int, int, bytes, str]) -> bool:
    if leaf_hash(first.body) != first.hash or not is_signed(first.hash, first.signature, row[3]):
        return False
    body = parse(first.body)
    said = (
        body.get("bench"),
        body.get("epoch"),
        int("sim" in body),
        named_key(body),
        named_origin(body),
    )
    return body.get("type") == CustodyKind.EPOCH_OPENED and said == row


def epoch_of(path: Path, connect: Connect = connect_reader) -> int:
    """Return the epoch of the record at `path`, 1 where there is none that can be read.

    What is wrong with it is for opening to say.
    """
    try:
        with closing(connect(swap.in_effect(path))) as connection:
            row = connection.execute("SELECT epoch FROM header").fetchone()
    except (sqlite3.Error, UnicodeDecodeError, ProblemError):
        return 1
    return row[0] if row and type(row[0]) is int else 1


def _refuse_lost(path: Path) -> None:
    """Never begin a second first epoch where there was one: its tree would have two histories."""
    if old := swap.old_epochs(path):
        detail = f"it is missing, and {old[-1].name} was before it: open a new epoch"
        raise _problem(ProblemCode.LEDGER_DAMAGED, path, detail)


def _refuse_emptied(connection: sqlite3.Connection, path: Path) -> None:
    """Never begin an epoch anew whose events somebody took away."""
    (left,) = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM device) OR EXISTS (SELECT 1 FROM run)"
        " OR EXISTS (SELECT 1 FROM checkpoint)"
    ).fetchone()
    if left:
        raise _problem(
            ProblemCode.LEDGER_DAMAGED, path, "event 1: it is missing, as are all others"
        )


def _refuse_set_aside(path: Path, connect: Connect) -> None:
    """Write nothing to an epoch after which another goes on: its end is named there."""
    later = swap.successor(path)
    if later is not None and later.exists() and epoch_of(later, connect) > swap.number_of(path):
        detail = f"it was set aside: work goes on in {later.name}"
        raise _problem(ProblemCode.EPOCH_FROZEN, path, detail)


def _end_fault(connection: sqlite3.Connection) -> str:
    end = queries.events(connection, max(0, queries.tail(connection).seq - _END), _END)
    for event in end:
        if leaf_hash(event.body) != event.hash:
            return f"event {event.seq}: its text does not fit its hash"
    for before, event in pairwise(end):
        body = parse(event.body)
        if (body.get("seq"), body.get("prev")) != (before.seq + 1, before.hash.hex()):
            return f"event {event.seq}: it does not follow the event before it"
    (key,) = connection.execute("SELECT public_key FROM header").fetchone()
    signed = is_signed(end[-1].hash, end[-1].signature, key)
    return "" if signed else f"event {end[-1].seq}: the bench did not sign it"


def _problem(code: ProblemCode, path: Path, detail: str) -> ProblemError:
    return ProblemError(Problem(code, path.name, detail))
