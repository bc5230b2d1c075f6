"""One exchange at a time with the centre: a lock on a file beside the record.

The kernel drops it when its holder ends, however it ends.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from bench.problems import Problem, ProblemCode, ProblemError


class SyncLock:
    """Held from construction until `release`; `ProblemError` (SYNC_RUNNING) while another has it.

    Raises CENTRE_FILE_UNUSABLE where the folder refuses the file, or the disk what is in it.
    """

    def __init__(self, record: Path) -> None:
        self._record = record
        self._path = record.with_name(record.name + ".centre.lock")
        with _told(self._path):
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._take()
        except BaseException:
            os.close(self._descriptor)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    @contextmanager
    def let_go(self) -> Iterator[None]:
        """Leave the exchange to others meanwhile; afterwards they may have it (SYNC_RUNNING)."""
        with _told(self._path):
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        yield
        self._take()

    def release(self) -> None:
        """Let another program exchange. The file stays: removing it would race."""
        os.close(self._descriptor)

    def _take(self) -> None:
        with _told(self._path):
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                holder = os.pread(self._descriptor, 20, 0).decode("ascii", "replace").strip()
                detail = f"process {holder}"
                problem = Problem(ProblemCode.SYNC_RUNNING, self._record.name, detail)
                raise ProblemError(problem) from error
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, f"{os.getpid()}\n".encode("ascii"), 0)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say what the disk or the file system refuses."""
    try:
        yield
    except OSError as error:
        problem = Problem(ProblemCode.CENTRE_FILE_UNUSABLE, path.name, error.strerror or "")
        raise ProblemError(problem) from error
