"""Whoever changes a record and knows how it is made: every trace is removed that can be.

With the file alone they make all hashes, numbers and tables anew, but for an event that they
changed they have no signature. With the bench's key they have that too.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias, cast

from pysqlite3 import dbapi2

from bench.custody import projection, queries
from bench.custody.chain import GENESIS, canonical, leaf_hash, parse
from bench.custody.key import BenchKey
from bench.custody.proof.checkpoint import Checkpoint, sign
from bench.custody.proof.frontier import Frontier
from bench.custody.schema import EVENT
from bench.custody.walk import uid_of
from bench.events.orders import CustodyKind, Json

Body: TypeAlias = dict[str, Json]
Change: TypeAlias = Callable[[list[Body]], None]
"""Changes the bodies in place; numbers and hashes are none of its business."""
OWN_PLACE = ("v", "id", "seq", "prev", "at", "boot", "mono", "clock")
"""Of these only the place in the record speaks; the rest of a body is what happened."""
NO_SIGNATURE = b"\0" * 64


def forge(path: Path, key: BenchKey | None, change: Change) -> None:
    """Let `change` happen to the record as well as it can be done."""
    connection = dbapi2.connect(str(path), isolation_level=None)
    connection.execute("PRAGMA synchronous = 0")
    try:
        rows = connection.execute("SELECT CAST(body AS BLOB), sig FROM event ORDER BY seq")
        signatures = {bytes(body): signature for body, signature in rows}
        bodies = [parse(body) for body in signatures]
        change(bodies)
        chain = Chain(signatures, key)
        _write(connection, [chain.sealed(body) for body in bodies])
        _sign_heads(connection, key)
    finally:
        connection.close()


@dataclass(slots=True)
class Chain:
    """Seals bodies one behind the other; whom they name as before them is always true."""

    signatures: Mapping[bytes, bytes]
    key: BenchKey | None
    seq: int = 0
    prev: str = GENESIS
    handsets: dict[str, tuple[int, str]] = field(default_factory=dict)
    sum: hashlib._Hash = field(default_factory=hashlib.sha256)

    def sealed(self, body: Body) -> tuple[str, bytes, bytes]:
        """Return text, hash and signature of the next event."""
        self.seq += 1
        body |= {"seq": self.seq, "prev": self.prev}
        uid = uid_of(body)
        if uid is not None:
            body["dseq"], body["dprev"] = self.handsets.get(uid, (0, GENESIS))
        if body["type"] == CustodyKind.CHECKPOINTED:
            body["data"] = cast("Body", body["data"]) | {"sigs": self.sum.hexdigest()}
            self.sum = hashlib.sha256()
        text = canonical(body)
        leaf = leaf_hash(text)
        self.prev = leaf.hex()
        if uid is not None:
            self.handsets[uid] = (self.seq, self.prev)
        signature = self.key.sign(leaf) if self.key else self.signatures.get(text, NO_SIGNATURE)
        self.sum.update(signature)
        return text.decode(), leaf, signature


def between(before: Body, after: Body) -> str:
    """Return an event id that rises from one to the other."""
    low, high = (uuid.UUID(str(body["id"])).int for body in (before, after))
    return str(uuid.UUID(int=(low + high) // 2 & ~(0xF << 76 | 3 << 62) | 7 << 76 | 2 << 62))


def _write(connection: dbapi2.Connection, rows: list[tuple[str, bytes, bytes]]) -> None:
    """Put the events in place of those that were there, past the triggers, and all tables anew."""
    triggers = [name for name, sql in EVENT.items() if "TRIGGER" in sql]
    for name in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("DELETE FROM event")
    connection.executemany(
        "INSERT INTO event (seq, body, hash, sig) VALUES (?, ?, ?, ?)",
        [(seq, *row) for seq, row in enumerate(rows, start=1)],
    )
    for name in triggers:
        connection.execute(EVENT[name])
    projection.rebuild(connection)


def _sign_heads(connection: dbapi2.Connection, key: BenchKey | None) -> None:
    """Make the signed heads anew too; with no key, keep those that the record still reaches."""
    (last,) = connection.execute("SELECT max(seq) FROM event").fetchone()
    connection.execute("DELETE FROM checkpoint WHERE size > ? OR ?", (last, key is not None))
    if key is None:
        return
    select = "SELECT seq FROM event WHERE type = 'checkpointed' ORDER BY seq"
    for (size,) in connection.execute(select).fetchall():
        frontier = Frontier()
        frontier.extend(queries.leaf_hashes(connection, 0, size))
        note = sign(Checkpoint(queries.origin(connection), size, frontier.root), key)
        values = size, str(note), frontier.nodes
        connection.execute("INSERT INTO checkpoint VALUES (?, ?, ?, 0)", values)
