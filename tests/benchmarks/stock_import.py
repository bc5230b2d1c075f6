"""Files into the book: thirty thousand handsets and as many SIMs, beside bare csv."""

from __future__ import annotations

import csv
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from bench.custody.database import transaction
from bench.stock.book.book import Book
from bench.stock.intake.looking import look
from bench.stock.intake.taking import Source, take
from bench.stock.rooms import PAGES
from tests.bench.stock.intake import supplied
from tests.benchmarks.figures import Figure

_ROWS = 30_000
_AT = "2026-11-24T09:00:00.000Z"
_HANDSET = """INSERT INTO expected (imei, serial, model, number, despatch, pallet, carton, imei2,
  source, asset_tag, issued, import) VALUES (?, ?, ?, ?, ?, ?, ?, '', 'despatch', '', '', 1)"""
_SIM = """INSERT INTO sim (iccid, msisdn, supplier, contract, eid, number, import)
  VALUES (?, ?, ?, ?, '', '', 1)"""


def stock_import(times: int) -> Iterator[Figure]:
    """Take both files; the floor reads them by csv and puts them in by one call, unchecked.

    Both into the book as the bench has it: with every index that any room has of these tables.
    """
    Path("out").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="benchmark-", dir=Path("out").resolve()) as disk:
        folder = Path(disk)
        files = written(folder)
        bare = [_bare(folder / f"bare-{n}.stock", files) for n in range(times)]
        whole = [_whole(folder / f"whole-{n}.stock", files) for n in range(times)]
    name = f"import of {_ROWS} handsets and {_ROWS} SIMs"
    yield Figure(name, "s", whole, bare, "csv + executemany, same schema", ratio=5.0)


def written(folder: Path) -> tuple[Path, Path]:
    """Write a despatch note and an operator's list: cartons of ten, pallets of five hundred."""
    handsets = (_handset(number) for number in range(_ROWS))
    sims = (supplied.sim(number) for number in range(_ROWS))
    return (
        supplied.write(folder / "handsets.csv", (supplied.DESPATCH, *handsets)),
        supplied.write(folder / "sims.csv", (supplied.SIMS, *sims)),
    )


def _handset(number: int) -> Sequence[str]:
    its = supplied.handset(number, f"C{number // 10:05d}")
    return (*its[:5], f"P{number // 500:03d}", its[6])


def _bare(path: Path, files: tuple[Path, Path]) -> float:
    with closing(Book.open(path, PAGES, "here")) as book, book.writer() as connection:
        began = time.perf_counter()
        with transaction(connection):
            for file, statement in zip(files, (_HANDSET, _SIM), strict=True):
                with file.open(newline="") as text:
                    rows = csv.reader(text)
                    next(rows)
                    connection.executemany(statement, rows)
        return time.perf_counter() - began


def _whole(path: Path, files: tuple[Path, Path]) -> float:
    """Do all that a person waits for: the first look, the check of each row, the commit."""
    with closing(Book.open(path, PAGES, "here")) as book, book.writer() as connection:
        began = time.perf_counter()
        for file in files:
            found = look(connection, file)
            source = Source(found.name, found.seen.sha256, _AT)
            taken = take(connection, found, source, path.with_suffix(".refused"))
            assert (taken.stored.new, taken.refused) == (_ROWS, 0)
        return time.perf_counter() - began
