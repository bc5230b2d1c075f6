"""The restore test: whether a copy of a record could take its place. Reads only; any thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from bench.custody import database, queries
from bench.custody.database import Opener, connect_reader
from bench.custody.verification import Progress, Verdict, verify_file
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import sqlite3
else:
    from pysqlite3 import dbapi2 as sqlite3


class Verify(Protocol):
    """Verifies a whole record, as `verify_file` does."""

    def __call__(
        self, path: Path, *, public_key: bytes | None = ..., progress: Progress = ...
    ) -> Verdict:
        """Return the verdict."""
        ...


@dataclass(frozen=True, slots=True)
class Form:
    """How records are opened for reading and verified: plain, unless they are encrypted.

    `opener` is how a new one beside them is opened.
    """

    connect: Callable[[Path], sqlite3.Connection] = connect_reader
    verify: Verify = verify_file
    opener: Opener = database.PLAIN


PLAIN = Form()


@dataclass(frozen=True, slots=True)
class Contents:
    """Whose record a copy is, and its last event: number, leaf hash (32 bytes), when (text)."""

    bench: str
    epoch: int
    public_key: bytes
    seq: int
    hash: bytes
    at: str


def prove(path: Path, form: Form, progress: Progress = lambda _: None) -> Contents:
    """Read every page and every event of a copy; return what is in it.

    Raises `ProblemError` (BACKUP_UNUSABLE) for one that could not be gone on with.
    """
    try:
        contents = _read(path, form)
    except (sqlite3.Error, OSError, UnicodeDecodeError) as error:
        raise _unusable(path, str(error)) from error
    verdict = form.verify(path, public_key=contents.public_key, progress=progress)
    if not verdict.verifies:
        raise _unusable(path, f"event {verdict.events + 1}: {verdict.reason}")
    return contents


def _read(path: Path, form: Form) -> Contents:
    connection = form.connect(path)
    try:
        (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if said != "ok":
            raise _unusable(path, said)
        header = connection.execute("SELECT bench, epoch, public_key FROM header").fetchone()
        last = queries.last(connection)
        if header is None or last is None:
            raise _unusable(path, "it holds no event")
        (at,) = connection.execute("SELECT at FROM event WHERE seq = ?", (last.seq,)).fetchone()
    finally:
        connection.close()
    bench, epoch, public_key = header
    return Contents(bench, epoch, public_key, last.seq, last.hash, at)


def _unusable(path: Path, detail: str) -> ProblemError:
    return ProblemError(Problem(ProblemCode.BACKUP_UNUSABLE, path.name, detail))
