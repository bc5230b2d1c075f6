"""Opening a file that was named, whatever it is called: its bytes say what it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.identity.plain import plain
from bench.stock.intake.reading.delimited import open_csv
from bench.stock.intake.reading.encoding import Seen, seen
from bench.stock.intake.reading.table import Table, TableError, unusable
from bench.stock.intake.reading.workbook import open_xlsx

_ZIP, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_NAME = 80


def named(path: Path) -> str:
    """Return the name of a file as it is shown and kept."""
    return plain(path.name, _NAME)


def read_bytes(path: Path) -> Seen:
    """Read a file through; `ProblemError` FILE_UNUSABLE where it is none, or too large."""
    with _told(path):
        if not path.is_file():
            raise TableError("it is no file" if path.exists() else "there is no such file")
        return seen(path)


@contextmanager
def open_table(path: Path, its: Seen, sheet: str = "") -> Iterator[Table]:
    """Open the table of a file; `ProblemError` FILE_UNUSABLE, also while its rows are read."""
    with _told(path):
        if its.head.startswith(_OLD):
            raise TableError("it has a password, or is an old XLS: save it as XLSX or CSV")
        opening = open_xlsx(path, sheet) if its.head.startswith(_ZIP) else open_csv(path, its)
        with opening as table:
            yield table


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except TableError as error:
        raise unusable(named(path), str(error)) from error
    except OSError as error:
        raise unusable(named(path), plain(error.strerror or str(error))) from error
