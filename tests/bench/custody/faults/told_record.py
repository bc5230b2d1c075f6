"""The record on a disk that is told what to do: made by the product, written by the product."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from pysqlite3 import dbapi2

from bench.clock import SystemClock
from bench.custody.body import Author
from bench.custody.database import WRITER, told
from bench.custody.entries import Actor
from bench.custody.key import BenchKey
from bench.custody.ledger import Ledger
from tests.bench.custody.faults.apsw_connection import ApswConnection
from tests.bench.custody.faults.disk import Disk
from tests.bench.custody.faults.platter import Image
from tests.bench.custody.record import HEADER

RECORD = "ledger.db"
_VERSION, _POLICY = "0.1.0", "ab" * 32


def opened(folder: Path) -> Ledger:
    """Open the record of a folder, new or old, as the product does, by the computer's own clock."""
    key = BenchKey.open(folder / "bench.key")
    clock = SystemClock()
    return Ledger.open(
        folder / RECORD, key, HEADER, clock, app_version=_VERSION, policy_hash=_POLICY
    )


@contextmanager
def connected(
    disk: Disk, path: Path, pragmas: dict[str, str | int] = WRITER
) -> Iterator[dbapi2.Connection]:
    """Connect to a record through that disk, with the settings that the product writes with."""
    with told(path):
        connection = ApswConnection(str(path), disk.name)
    try:
        for name, value in pragmas.items():
            assert connection.execute(f"PRAGMA {name} = {value}").fetchall() is not None
            assert connection.execute(f"PRAGMA {name}").fetchone() == (value,), name
        yield cast("dbapi2.Connection", connection)
    finally:
        connection.close()


@contextmanager
def written_through(
    disk: Disk, folder: Path, pragmas: dict[str, str | int] = WRITER
) -> Iterator[Ledger]:
    """Open the record of the folder through that disk."""
    with connected(disk, folder / RECORD, pragmas) as connection:
        yield ledger_on(connection, folder)


def ledger_on(connection: dbapi2.Connection, folder: Path) -> Ledger:
    """Write the folder's record over that connection."""
    key = BenchKey.open(folder / "bench.key")
    author = Author(_VERSION, "", _POLICY, Actor("technician"))
    return Ledger(folder / RECORD, connection, key, HEADER, author, SystemClock())


def lay_out(image: Image, folder: Path, key: Path) -> Path:
    """Put an image into an empty folder, with the bench's key; return the record's path."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in image.items():
        (folder / name).write_bytes(content)
    shutil.copy(key, folder)
    return folder / RECORD
