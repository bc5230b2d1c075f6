"""Records that are long at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from bench.custody.database import connect_writer


def lengthen(path: Path, bench: str, upto: int) -> None:
    """Lengthen a record to so many events without a ledger: quickly, signed by nobody."""
    with closing(connect_writer(path)) as connection:
        connection.execute("PRAGMA synchronous = 0")
        seq, before = connection.execute(
            "SELECT seq, lower(hex(hash)) FROM event ORDER BY seq DESC LIMIT 1"
        ).fetchone()
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT INTO event (seq, body, hash, sig) VALUES (?, ?, ?, zeroblob(64))",
            _events(bench, seq, before, upto),
        )
        connection.execute("COMMIT")


def _events(bench: str, seq: int, before: str, upto: int) -> Iterator[tuple[Any, ...]]:
    while seq < upto:
        seq += 1
        body = (
            f'{{"at":"2026-11-24T10:00:00.000Z","bench":"{bench}","data":{{"note":"made up for a'
            f' test, {"x" * 300}"}},"epoch":1,"id":"ffffffff-0000-7000-8000-{seq:012x}",'
            f'"prev":"{before}","seq":{seq},"sim":true,"type":"exported","v":1}}'
        )
        leaf = hashlib.sha256(b"\0" + body.encode()).digest()
        before = leaf.hex()
        yield seq, body, leaf
