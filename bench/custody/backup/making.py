"""Makes backups, proves them at once, and lets old ones go. It blocks: on a thread of its own.

A backup has its name only when it is whole, on the disk and proved to restore; until then it is a
`.partial`, which the next attempt removes. The bench's key is in none.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from bench.custody import durable
from bench.custody.backup import plan
from bench.custody.backup.book import book_beside, drop_book, keep_book
from bench.custody.backup.plan import USUAL, BackupName, Keep
from bench.custody.backup.trial import PLAIN, Contents, Form, prove
from bench.custody.entries import LedgerHeader
from bench.custody.lock import RecordLock
from bench.custody.personal.erasure import last_erasure
from bench.ports import Clock
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import sqlite3
else:
    from pysqlite3 import dbapi2 as sqlite3

DAY = timedelta(days=1)
_ROOM = 32 * 1024 * 1024
"""Bytes that a backup leaves free: the record itself may lie on the same disk."""
_STEPS = 50_000
"""So many steps of SQLite's machine between two looks whether to stop: some milliseconds."""


class Stopped(Exception):  # noqa: N818 - nothing went wrong
    """The program ends; the backup in the making was dropped."""


class Backups:
    """The backups of one record in one folder, which must be there: it is never made here.

    So a disk that is not mounted is missed, and not quietly replaced by a folder of its name.
    """

    def __init__(
        self,
        record: Path,
        header: LedgerHeader,
        folder: Path,
        clock: Clock,
        *,
        every: timedelta = DAY,
        keep: Keep = USUAL,
        form: Form = PLAIN,
    ) -> None:
        self._record = record
        self._header = header
        self._folder = folder
        self._clock = clock
        self._every = every
        self._keep = keep
        self._form = form
        self._since = clock.moment().at
        self._stopping = Event()

    @property
    def folder(self) -> Path:
        """Where they lie."""
        return self._folder

    def newest(self) -> BackupName | None:
        """Return the one that goes furthest; raises as `taken` does."""
        return max(self.taken(), key=lambda name: (name.seq, name.at), default=None)

    def stop(self) -> None:
        """Let a backup in the making end soon, dropped; from any thread."""
        self._stopping.set()

    def taken(self) -> tuple[BackupName, ...]:
        """Return the backups of this bench and epoch; `ProblemError` (BACKUP_FAILED) if unknown."""
        with self._told():
            names = [BackupName.parse(path.name) for path in self._folder.iterdir()]
        ours = (self._header.bench, self._header.epoch)
        return tuple(name for name in names if name and (name.bench, name.epoch) == ours)

    def keep_up(self) -> Problem | None:
        """Make a backup if one is due and let old ones go; return what stands in the way.

        A failure counts as BACKUP_FAILED until the last backup is old enough for BACKUP_OVERDUE.
        """
        try:
            if plan.due(self._now(), self.taken(), self._every):
                self.make()
            return self.overdue()
        except ProblemError as error:
            return self._overdue_or(error.problem)

    def overdue(self) -> Problem | None:
        """Return BACKUP_OVERDUE when the last backup is too old; raises as `taken` does."""
        age = plan.late(self._now(), self.taken(), self._every, self._since)
        if age is None:
            return None
        detail = f"{age.days} days and {age.seconds // 3600} hours without one"
        return Problem(ProblemCode.BACKUP_OVERDUE, self._folder.name, detail)

    def make(self) -> Path:
        """Make a backup now, prove it, and let old ones go; return where it lies.

        Raises `ProblemError` (BACKUP_FAILED), and `Stopped`; then nothing is left that could be
        taken for a backup.
        """
        with self._told(), self._alone():
            self._sweep()
            draft = self._folder / f"{self._stem}.{os.getpid()}.partial"
            try:
                path = self._make(draft)
            finally:
                draft.unlink(missing_ok=True)
            self._let_go(path)
            return path

    # ── one backup ──────────────────────────────────────────────────────────────────────────────
    def _make(self, draft: Path) -> Path:
        self._refuse_without_room()
        at = self._now()
        with closing(self._form.connect(self._record)) as live:
            live.set_progress_handler(self._stopping.is_set, _STEPS)
            self._copy(live, draft)
            contents = prove(draft, self._form, self._go_on)
            self._compare(live, contents)
        path = self._folder / str(BackupName(contents.bench, contents.epoch, at, contents.seq))
        keep_book(self._record, path, draft, self._form)
        draft.rename(path)
        durable.sync_folder(self._folder)
        return path

    def _copy(self, live: sqlite3.Connection, draft: Path) -> None:
        """Copy what is committed now; whoever appends meanwhile does not wait."""
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, durable.OWNER_ONLY))
        live.execute("PRAGMA query_only = 0")  # VACUUM INTO counts as writing; the file stays ro
        live.execute("VACUUM INTO ?", (str(draft),))
        durable.sync_file(draft)

    def _compare(self, live: sqlite3.Connection, contents: Contents) -> None:
        if (contents.bench, contents.epoch) != (self._header.bench, self._header.epoch):
            raise self._failed(f"it is the record of {contents.bench}, epoch {contents.epoch}")
        row = live.execute("SELECT hash FROM event WHERE seq = ?", (contents.seq,)).fetchone()
        if row is None or row[0] != contents.hash:
            raise self._failed(f"its event {contents.seq} is another than the record's")

    def _refuse_without_room(self) -> None:
        wal = self._record.with_name(f"{self._record.name}-wal")
        need = sum(path.stat().st_size for path in (self._record, wal) if path.exists()) + _ROOM
        free = shutil.disk_usage(self._folder).free
        if free < need:
            raise self._failed(f"{free // 1_000_000} MB are free, it takes {need // 1_000_000}")

    def _go_on(self, _events: int) -> None:
        if self._stopping.is_set():
            raise Stopped

    # ── the folder ──────────────────────────────────────────────────────────────────────────────
    @property
    def _stem(self) -> str:
        return f"ledger-{self._header.bench}-e{self._header.epoch}"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        lock = RecordLock(self._folder / f".{self._stem}")
        try:
            yield
        finally:
            lock.release()

    def _sweep(self) -> None:
        """Remove what earlier attempts have left; under the lock, none of it is being made."""
        left = re.compile(re.escape(self._stem) + r"\.[0-9]+\.partial(-[a-z]+)*")
        for path in self._folder.iterdir():
            if left.fullmatch(path.name) or self._is_alone(path):
                path.unlink()

    def _is_alone(self, path: Path) -> bool:
        """Whether it is the book of a backup of ours that never got its name."""
        backup = path.with_suffix("")
        name = BackupName.parse(backup.name)
        ours = name and (name.bench, name.epoch) == (self._header.bench, self._header.epoch)
        return bool(ours) and path == book_beside(backup) and not backup.exists()

    def _let_go(self, newest: Path) -> None:
        with closing(self._form.connect(newest)) as copy:
            erased = last_erasure(copy)
        for name in plan.to_remove(self.taken(), self._keep, erased):
            (self._folder / str(name)).unlink()
            drop_book(self._folder / str(name))
        durable.sync_folder(self._folder)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Let every refusal of the disk, SQLite or the copy say that there is no backup."""
        try:
            yield
        except ProblemError as error:
            raise self._failed(error.problem.detail) from error
        except sqlite3.Error as error:
            self._go_on(0)
            raise self._failed(str(error)) from error
        except OSError as error:
            raise self._failed(error.strerror or str(error)) from error

    def _overdue_or(self, problem: Problem) -> Problem:
        try:
            return self.overdue() or problem
        except ProblemError:
            return problem

    def _failed(self, detail: str) -> ProblemError:
        return ProblemError(Problem(ProblemCode.BACKUP_FAILED, self._folder.name, detail))

    def _now(self) -> datetime:
        return self._clock.moment().at.astimezone(UTC)
