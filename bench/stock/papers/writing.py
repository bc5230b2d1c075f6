"""A report written into a file, row by row; on the thread whose connection it is given.

The file is written beside its place, brought onto the disk and given its name at the end: whoever
stops it, or a power cut, leaves the file that was there before, or none.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

from bench.custody.durable import OWNER_ONLY, sync_folder
from bench.problems import Problem, ProblemCode, ProblemError
from bench.stock.desk.turns import Cancelled, Job, JobCancelledError, Progress
from bench.stock.papers.report import Issue, Report, Row

if TYPE_CHECKING:
    import sqlite3

    from bench.stock.desk.means import Means

_EVERY = 200
"""Rows between two looks at whether it is stopped, and two words on how far it is."""
Sink: TypeAlias = Callable[[bytes], object]


class Form(StrEnum):
    """What a report is written as; the value is the file's ending."""

    PDF = "pdf"
    CSV = "csv"
    JSON_LINES = "jsonl"


@dataclass(frozen=True, slots=True)
class Written:
    """A report that lies there whole: its SHA-256 in hex, its rows without headings."""

    path: Path
    rows: int
    sha256: str


def report_job(means: Means, report: Report, form: Form) -> Job:
    """Return the work that writes a report into the bench's papers; its result is a `Written`."""
    issue = Issue(means.now(), means.bench, means.simulated)

    def work(progress: Progress, cancelled: Cancelled) -> Written:
        path = free_path(means.papers, report, form, issue)
        with means.book.reader() as book:
            return write(report, form, issue, book, path, means.fonts, progress, cancelled)

    return Job(report.title, work)


def free_path(folder: Path, report: Report, form: Form, issue: Issue) -> Path:
    """Return a name in `folder` that no file has: `discrepancies-20261124T190633Z.pdf`."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{_safe(report.name)}-{issue.at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    path, number = folder / f"{stem}.{form}", 1
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}.{form}"
    return path


def write(
    report: Report,
    form: Form,
    issue: Issue,
    book: sqlite3.Connection,
    path: Path,
    fonts: Path,
    progress: Progress = lambda _: None,
    cancelled: Cancelled = lambda: False,
) -> Written:
    """Write a report to `path`, in place of what was there.

    All rows are of one and the same state of the book. Raises `JobCancelledError`, and
    `ProblemError` (FILE_UNUSABLE) where the disk refuses.
    """
    digest = hashlib.sha256()
    with _told(path), _whole(path) as file, _one_state(book):

        def sink(piece: bytes) -> None:
            digest.update(piece)
            file.write(piece)

        watched = _Watched(report, book, progress, cancelled)
        _WAYS[form](report, issue, watched.rows(), sink, fonts)
    progress(1.0)
    return Written(path, watched.done, digest.hexdigest())


@dataclass
class _Watched:
    """The rows as they are read, with a word now and then to whoever watches."""

    report: Report
    book: sqlite3.Connection
    progress: Progress
    cancelled: Cancelled
    done: int = 0

    def rows(self) -> Iterator[Row]:
        total = self.report.total(self.book)
        for row in self.report.rows(self.book):
            if self.done % _EVERY == 0:
                self._look(total)
            self.done += 1
            yield row

    def _look(self, total: int) -> None:
        if self.cancelled():
            raise JobCancelledError
        self.progress(min(self.done / total, 1.0) if total else 0.0)


def _csv(report: Report, issue: Issue, rows: Iterator[Row], sink: Sink, fonts: Path) -> None:
    from bench.stock.papers.tables import csv_pieces  # noqa: PLC0415 - where it is used

    _ = issue, fonts
    for piece in csv_pieces(report, rows):
        sink(piece)


def _json_lines(report: Report, issue: Issue, rows: Iterator[Row], sink: Sink, fonts: Path) -> None:
    from bench.stock.papers.tables import json_pieces  # noqa: PLC0415 - where it is used

    _ = fonts
    for piece in json_pieces(report, issue, rows):
        sink(piece)


def _pdf(report: Report, issue: Issue, rows: Iterator[Row], sink: Sink, fonts: Path) -> None:
    from bench.stock.papers.pages import draw  # noqa: PLC0415 - it loads fontTools

    draw(report, issue, rows, sink, fonts)


_Way: TypeAlias = Callable[[Report, Issue, Iterator[Row], Sink, Path], None]
_WAYS: dict[Form, _Way] = {Form.CSV: _csv, Form.JSON_LINES: _json_lines, Form.PDF: _pdf}


@contextmanager
def _whole(path: Path) -> Iterator[BinaryIO]:
    """Give a file that takes its name when all of it is on the disk."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
        with os.fdopen(descriptor, "wb", buffering=1 << 16) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        sync_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def _one_state(book: sqlite3.Connection) -> Iterator[None]:
    """Read all that follows as the book is now, whatever is written to it meanwhile."""
    if book.in_transaction:
        yield
        return
    book.execute("BEGIN DEFERRED")
    try:
        yield
    finally:
        book.execute("ROLLBACK")


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        detail = error.strerror or str(error)
        raise ProblemError(Problem(ProblemCode.FILE_UNUSABLE, path.name, detail)) from error


def _safe(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower(), flags=re.ASCII).strip("-")[:60] or "report"
