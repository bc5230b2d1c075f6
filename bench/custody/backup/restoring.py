"""Brings a backup back as a record. It must go on in a new epoch: what came after it is not in it.

It blocks: on a thread of its own, or before the bench runs.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from bench.custody import durable
from bench.custody.backup.book import restore_book
from bench.custody.backup.trial import PLAIN, Contents, Form, prove
from bench.custody.verification import Progress
from bench.problems import Problem, ProblemCode, ProblemError


@dataclass(frozen=True, slots=True)
class Restored:
    """What the first event of the new epoch names: the end of the record that was restored."""

    bench: str
    epoch: int
    seq: int
    hash: bytes
    at: str

    @property
    def advice(self) -> str:
        """Say to a person what has to follow."""
        return (
            f"Restored: {self.bench}, epoch {self.epoch}, up to event {self.seq} of {self.at}. "
            f"It misses whatever was recorded after that: work goes on in a new epoch, "
            f"{self.epoch + 1}, which two persons open and whose first event names event "
            f"{self.seq}. Never write on in epoch {self.epoch}."
        )


def restore(
    backup: Path,
    target: Path,
    *,
    form: Form = PLAIN,
    progress: Progress = lambda _: None,
) -> Restored:
    """Verify a backup, copy it to `target`, verify the copy, and say what the new epoch must name.

    Raises `ProblemError` (BACKUP_UNUSABLE) where something lies at `target` already, or the backup
    does not verify, or the disk refuses; then nothing lies there that did not before.
    """
    _refuse_overwriting(target)
    draft = target.with_name(f".{target.name}.{os.getpid()}.restoring")
    try:
        prove(backup, form, progress)
        contents = _copied(backup, draft, form, progress)
        if not durable.place(draft, target):
            raise _refused(target, "something lies there already")
        restore_book(backup, target, form)
    except OSError as error:
        raise _refused(backup, error.strerror or str(error)) from error
    finally:
        draft.unlink(missing_ok=True)
    return Restored(contents.bench, contents.epoch, contents.seq, contents.hash, contents.at)


def _refuse_overwriting(target: Path) -> None:
    """A write-ahead log left beside it would be taken for the restored record's own."""
    for name in (target.name, f"{target.name}-wal", f"{target.name}-shm"):
        if target.with_name(name).exists():
            raise _refused(target, f"{name} lies there already")


def _copied(backup: Path, draft: Path, form: Form, progress: Progress) -> Contents:
    durable.write_through(draft, b"")
    shutil.copyfile(backup, draft)
    durable.sync_file(draft)
    return prove(draft, form, progress)


def _refused(where: Path, detail: str) -> ProblemError:
    return ProblemError(Problem(ProblemCode.BACKUP_UNUSABLE, where.name, detail))
