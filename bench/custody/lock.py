"""One program at a time writes a record: a lock on a file beside it, which names its holder.

The kernel drops the lock when its holder ends, however it ends. The database itself is never
opened here: closing it would drop SQLite's own locks, which belong to the whole process.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from bench.problems import Problem, ProblemCode, ProblemError


class RecordLock:
    """Held from construction until `release`; `ProblemError` while another program holds it."""

    def __init__(self, record: Path) -> None:
        path = record.with_name(record.name + ".lock")
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            problem = Problem(ProblemCode.LEDGER_UNUSABLE, record.name, str(error))
            raise ProblemError(problem) from error
        try:
            self._take(record)
        except BaseException:
            os.close(self._descriptor)
            raise

    def release(self) -> None:
        """Let another program have the record. The file stays: removing it would race."""
        os.close(self._descriptor)

    def _take(self, record: Path) -> None:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(self._descriptor, 20, 0).decode("ascii", "replace").strip()
            problem = Problem(ProblemCode.LEDGER_IN_USE, record.name, f"process {holder}")
            raise ProblemError(problem) from error
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"{os.getpid()}\n".encode("ascii"), 0)
