"""The book of orders and stock beside a record: it is backed up and restored with it.

What files said of orders, SIMs and budgets stands nowhere else. A record may have no book.
"""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

from bench.custody import durable
from bench.custody.backup.trial import Form
from bench.problems import Problem, ProblemCode, ProblemError

_SUFFIX = ".stock"


def book_beside(record: Path) -> Path:
    """Return where the book of a record lies, or that of a backup of it."""
    return record.with_name(record.name + _SUFFIX)


def keep_book(record: Path, backup: Path, draft_backup: Path, form: Form) -> None:
    """Copy the book of `record`, as it is committed now, beside `backup`; nothing where none is.

    The copy has its name only when it is whole and sound; until then it is named after the draft of
    the backup. Raises SQLite's errors, and `ProblemError` (BACKUP_FAILED) where it is not sound.
    """
    source, target = book_beside(record), book_beside(backup)
    if source.exists():
        draft = draft_backup.with_name(f"{draft_backup.name}-stock")
        try:
            _copied(source, draft, form)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
        durable.sync_folder(target.parent)


def drop_book(backup: Path) -> None:
    """Let the book of a backup go with it."""
    book_beside(backup).unlink(missing_ok=True)


def restore_book(backup: Path, record: Path, form: Form) -> None:
    """Copy the book of a backup beside the restored record; nothing where none was kept.

    A book that lies there already stays: it can be newer than the record, and knows more of what
    files said. Raises as `keep_book` does.
    """
    source, target = book_beside(backup), book_beside(record)
    if source.exists() and not target.exists():
        draft = record.with_name(f".{target.name}.{os.getpid()}.restoring")
        try:
            _copied(source, draft, form)
            durable.place(draft, target)
        finally:
            draft.unlink(missing_ok=True)


def _copied(source: Path, draft: Path, form: Form) -> None:
    draft.unlink(missing_ok=True)
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, durable.OWNER_ONLY))
    with closing(form.connect(source)) as live:
        live.execute("PRAGMA query_only = 0")  # VACUUM INTO counts as writing; the file stays ro
        live.execute("VACUUM INTO ?", (str(draft),))
    with closing(form.connect(draft)) as copy:
        (said,) = copy.execute("PRAGMA quick_check(1)").fetchone()
    if said != "ok":
        raise ProblemError(Problem(ProblemCode.BACKUP_FAILED, source.name, said))
    durable.sync_file(draft)
