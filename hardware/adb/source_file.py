"""A file of this computer on its way to a handset, read in threads: a slow disk holds up no slot.

No handle of it stays open between two reads, so whatever breaks a transfer leaves none behind; that
it is still the same file is checked each time instead.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bench.identity.plain import plain
from bench.problems import Problem, ProblemCode, ProblemError

_READ = 1 << 20
_LATEST = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The file as it was when the transfer began; what is wrong with it is PROFILE_UNUSABLE."""

    path: Path
    status: os.stat_result

    @classmethod
    async def of(cls, path: Path) -> Self:
        """Look at a file."""
        try:
            return cls(path, await asyncio.to_thread(path.stat))
        except OSError as error:
            raise _unreadable(path, error.strerror) from None

    @property
    def size(self) -> int:
        """Bytes."""
        return self.status.st_size

    @property
    def modified(self) -> int:
        """Time of the last change in whole seconds since 1970, as the sync protocol has it."""
        return max(0, min(int(self.status.st_mtime), _LATEST))

    async def chunks(self, length: int) -> AsyncGenerator[bytes, None]:
        """Read exactly `size` bytes, in pieces of at most `length`."""
        for offset in range(0, self.size, _READ):
            wanted = min(_READ, self.size - offset)
            try:
                data = await asyncio.to_thread(self._read, offset, wanted)
            except OSError as error:
                raise _unreadable(self.path, error.strerror) from None
            if len(data) != wanted:
                raise _unreadable(self.path, "it changed while it was sent")
            for start in range(0, wanted, length):
                yield data[start : start + length]

    def _read(self, offset: int, count: int) -> bytes:
        """Return bytes of the file, none when it is no longer the same."""
        with self.path.open("rb") as file:
            if _likeness(os.fstat(file.fileno())) != _likeness(self.status):
                return b""
            file.seek(offset)
            return file.read(count)


def _likeness(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _unreadable(path: Path, reason: str | None) -> ProblemError:
    return ProblemError(Problem(ProblemCode.PROFILE_UNUSABLE, str(path), plain(reason or "")))
