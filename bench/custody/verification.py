"""Whether a record is what the bench wrote: every event, from the file alone.

What this cannot see: a tail cut off together with the tables made from it, and a chain made anew by
whoever holds the bench's key. Only a witness outside the bench can.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from bench.custody import queries, schema
from bench.custody.body import VERSION
from bench.custody.chain import GENESIS, is_signed, leaf_hash, parse
from bench.custody.database import connect_reader
from bench.custody.entries import SealedEvent
from bench.events.orders import CustodyKind, Json

if TYPE_CHECKING:
    import sqlite3
else:
    from pysqlite3 import dbapi2 as sqlite3

Progress: TypeAlias = Callable[[int], None]
"""Told, now and then, how many events are verified."""
_BATCH = 500
_UNREADABLE = (sqlite3.Error, UnicodeDecodeError)
"""A damaged schema may hold names that are no text at all."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many events verify, from the first on, and the number and fault of the next one.

    `first_bad` is None when all is well, and 0 when the fault is the file's and no event's.
    """

    events: int
    first_bad: int | None = None
    reason: str = ""

    @property
    def verifies(self) -> bool:
        """Whether nothing is wrong."""
        return self.first_bad is None


def verify(
    events: Iterable[SealedEvent],
    public_key: bytes | None = None,
    progress: Progress = lambda _: None,
) -> Verdict:
    """Follow the chain from its first event; pure.

    Without `public_key` (32 bytes) the key that the first event names is believed: that proves that
    one hand wrote the whole, not whose.
    """
    walk = _Walk(public_key)
    for event in events:
        if fault := walk.fault_of(event):
            return Verdict(walk.events, walk.events + 1, fault)
        if walk.events % _BATCH == 0:
            progress(walk.events)
    progress(walk.events)
    return Verdict(walk.events) if walk.events else Verdict(0, 0, "it holds no event")


def verify_file(
    path: Path, *, public_key: bytes | None = None, progress: Progress = lambda _: None
) -> Verdict:
    """Verify the record at `path`; reads only, takes no lock, and another program may write on.

    Blocks for about a second per ten thousand events: call it on a thread of its own.
    """
    try:
        connection = connect_reader(path)
    except _UNREADABLE as error:
        return Verdict(0, 0, f"it cannot be read: {error}")
    try:
        return _verify(connection, public_key, progress)
    except _UNREADABLE as error:
        return Verdict(0, 0, f"it cannot be read: {error}")
    finally:
        connection.close()


def _verify(
    connection: sqlite3.Connection, public_key: bytes | None, progress: Progress
) -> Verdict:
    application, (major, _) = schema.marks(connection)
    if application != schema.APPLICATION:
        return Verdict(0, 0, "it is no custody record")
    if major > schema.MAJOR:
        return Verdict(0, 0, "a newer Staging Bench wrote it")
    source = _Source(connection)
    verdict = verify(source.events(), public_key, progress)
    if source.trouble:
        return Verdict(verdict.events, verdict.events + 1, f"it cannot be read: {source.trouble}")
    return _surroundings(connection, verdict) if verdict.verifies else verdict


def _surroundings(connection: sqlite3.Connection, verdict: Verdict) -> Verdict:
    """Look at what stands around a chain that verifies."""
    if fault := schema.deviation(connection):
        return Verdict(verdict.events, 0, fault)
    (known,) = connection.execute(
        "SELECT max((SELECT coalesce(max(seq), 0) FROM device),"
        " (SELECT coalesce(max(seq), 0) FROM run), (SELECT coalesce(max(seq), 0) FROM label_job))"
    ).fetchone()
    last = queries.tail(connection).seq
    if known > last:
        return Verdict(verdict.events, last + 1, f"it is missing: event {known} was once here")
    return verdict


class _Source:
    """The events of a file in batches, so that a writer's checkpoints need not wait for long.

    A page that cannot be read ends them; `trouble` says so.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.trouble = ""

    def events(self) -> Iterator[SealedEvent]:
        after = 0
        try:
            while batch := queries.events(self._connection, after, _BATCH):
                yield from batch
                after = batch[-1].seq
        except _UNREADABLE as error:
            self.trouble = str(error)


@dataclass(slots=True)
class _Walk:
    """How far along the chain, and what the next event must agree with."""

    public_key: bytes | None
    events: int = 0
    prev: str = GENESIS
    home: tuple[Json, ...] = ()
    boot: Json = None
    mono: int = 0
    devices: dict[str, tuple[int, str]] = field(default_factory=dict)

    def fault_of(self, event: SealedEvent) -> str:
        """Take the next event in: "" when it is good, else what is wrong with it."""
        if event.seq != self.events + 1:
            return f"it is missing: event {event.seq} comes next"
        if not all(isinstance(each, bytes) for each in (event.body, event.hash, event.signature)):
            return "its row is not whole"
        if leaf_hash(event.body) != event.hash:
            return "its text does not fit its hash"
        try:
            body = parse(event.body)
        except ValueError as error:
            return f"its text cannot be read: {error}"
        fault = self._opening_fault(body) or self._fault(event, body)
        if not fault:
            self._advance(event, body)
        return fault

    def _opening_fault(self, body: dict[str, Json]) -> str:
        if (body.get("type") == CustodyKind.EPOCH_OPENED) != (self.events == 0):
            return "an epoch is opened by the first event and no other"
        if self.events:
            return ""
        named = named_key(body)
        if named is None or self.public_key not in (None, named):
            return "it does not name the bench's key"
        self.public_key, self.home = named, _home(body)
        return ""

    def _fault(self, event: SealedEvent, body: dict[str, Json]) -> str:
        checks = (
            (is_signed(event.hash, event.signature, self.public_key or b""),
             "the bench did not sign it"),
            (body.get("v") == VERSION, "its version is not known"),
            (body.get("seq") == event.seq, "it was written with another number"),
            (body.get("prev") == self.prev, "it does not follow the event before it"),
            (_home(body) == self.home, "it is of another bench, epoch or kind of record"),
            (self._is_later(body), "its clock ran backwards"),
            (self._continues_its_device(body), "an event of its handset before it is left out"),
        )  # fmt: skip
        return next((fault for good, fault in checks if not good), "")

    def _is_later(self, body: dict[str, Json]) -> bool:
        mono = body.get("mono")
        return isinstance(mono, int) and (body.get("boot") != self.boot or mono >= self.mono)

    def _continues_its_device(self, body: dict[str, Json]) -> bool:
        uid = _uid(body)
        if uid is None:
            return True
        return (body.get("dseq"), body.get("dprev")) == self.devices.get(uid, (0, GENESIS))

    def _advance(self, event: SealedEvent, body: dict[str, Json]) -> None:
        mono, uid = body.get("mono"), _uid(body)
        self.events, self.prev = event.seq, event.hash.hex()
        self.boot, self.mono = body.get("boot"), mono if isinstance(mono, int) else 0
        if uid is not None:
            self.devices[uid] = (self.events, self.prev)


def named_key(body: dict[str, Json]) -> bytes | None:
    """Return the public key (32 bytes) that the first event of an epoch names."""
    data = body.get("data")
    text = data.get("public_key") if isinstance(data, dict) else None
    try:
        key = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except binascii.Error:
        return None
    return key if len(key) == 32 else None  # noqa: PLR2004 - Ed25519 (RFC 8032)


def _home(body: dict[str, Json]) -> tuple[Json, ...]:
    return body.get("bench"), body.get("epoch"), body.get("sim", False)


def _uid(body: dict[str, Json]) -> str | None:
    device = body.get("dev")
    uid = device.get("uid") if isinstance(device, dict) else None
    return uid if isinstance(uid, str) else None
