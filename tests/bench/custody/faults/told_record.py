"""The record on a disk that is told what to do: made by the product, written by the product."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from pysqlite3 import dbapi2

from bench.custody.body import Author
from bench.custody.database import WRITER, told
from bench.custody.key import BenchKey
from bench.custody.ledger import Ledger
from tests.bench.custody.faults.apsw_connection import ApswConnection
from tests.bench.custody.faults.disk import Disk
from tests.bench.custody.faults.platter import Image
from tests.bench.custody.record import HEADER, CountingClock, open_ledger

RECORD = "ledger.db"


@contextmanager
def written_through(
    disk: Disk, folder: Path, pragmas: dict[str, str | int] = WRITER
) -> Iterator[Ledger]:
    """Open the record of the folder as the product does, but through that disk."""
    path = folder / RECORD
    with told(path):
        connection = ApswConnection(str(path), disk.name)
    try:
        for name, value in pragmas.items():
            assert connection.execute(f"PRAGMA {name} = {value}").fetchall() is not None
            assert connection.execute(f"PRAGMA {name}").fetchone() == (value,), name
        yield Ledger(
            path,
            cast("dbapi2.Connection", connection),
            BenchKey.open(folder / "bench.key"),
            HEADER,
            Author("0.1.0", "", "ab" * 32, "technician"),
            CountingClock(boot=str(uuid.uuid4())),
        )
    finally:
        connection.close()


def begin(folder: Path) -> None:
    """Make a record of one event in the folder, closed."""
    open_ledger(folder).close()


def lay_out(image: Image, folder: Path, key: Path) -> Path:
    """Put an image into an empty folder, with the bench's key; return the record's path."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in image.items():
        (folder / name).write_bytes(content)
    shutil.copy(key, folder)
    return folder / RECORD
