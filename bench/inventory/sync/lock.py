"""One exchange at a time with the centre: a lock on a file beside the record.

The kernel drops it when its holder ends, however it ends.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Self

from bench.problems import Problem, ProblemCode, ProblemError


class SyncLock:
    """Held from construction until `release`; `ProblemError` (SYNC_RUNNING) while another has it.

    Raises CENTRE_FILE_UNUSABLE where the folder refuses the file.
    """

    def __init__(self, record: Path) -> None:
        path = record.with_name(record.name + ".centre.lock")
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            detail = error.strerror or ""
            problem = Problem(ProblemCode.CENTRE_FILE_UNUSABLE, path.name, detail)
            raise ProblemError(problem) from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(self._descriptor, 20, 0).decode("ascii", "replace").strip()
            os.close(self._descriptor)
            problem = Problem(ProblemCode.SYNC_RUNNING, record.name, f"process {holder}")
            raise ProblemError(problem) from error
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"{os.getpid()}\n".encode("ascii"), 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def release(self) -> None:
        """Let another program exchange. The file stays: removing it would race."""
        os.close(self._descriptor)
