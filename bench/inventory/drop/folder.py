"""Files of a drop, read and written by whoever distrusts what else may lie there.

A folder that was carried may hold links, pipes and files of any length under any name: only plain
files are read, up to a bound, and nothing is written through a link.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_HERE = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_DRAFT = re.compile(r"\.[0-9a-f]{16}\.draft")
_OLD = 3600.0
"""Seconds after which nobody goes on with a draft."""
_READABLE = 0o644
"""Who carries a drop need not be who reads it; nothing in it is secret from them."""


class Folder:
    """A folder that is there and is no link; `OSError` where it is not. Close it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.written: set[str] = set()
        """The names of what was written since it was opened."""
        self._here = os.open(path, _HERE)

    def close(self) -> None:
        """Let go of it."""
        os.close(self._here)

    def names(self) -> tuple[str, ...]:
        """Return the names of all that lies in it, in order."""
        with os.scandir(self._here) as found:
            return tuple(sorted(each.name for each in found))

    def has_folder(self, name: str) -> bool:
        """Whether a folder of that name lies in it, and no link to one."""
        return stat.S_ISDIR(os.lstat(name, dir_fd=self._here).st_mode)

    def read(self, name: str, most: int) -> bytes | None:
        """Return the content of a plain file; None for anything else, and above `most` bytes."""
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            descriptor = os.open(name, flags, dir_fd=self._here)
        except OSError:
            return None
        try:
            state = os.fstat(descriptor)
            if not stat.S_ISREG(state.st_mode) or state.st_size > most:
                return None
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                return file.read(most)
        finally:
            os.close(descriptor)

    def write(self, name: str, content: bytes) -> None:
        """Have a file there whole, on the disk, in place of any of that name; `OSError`."""
        draft = f".{secrets.token_hex(8)}.draft"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(draft, flags, _READABLE, dir_fd=self._here)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(descriptor)
            os.rename(draft, name, src_dir_fd=self._here, dst_dir_fd=self._here)
        except BaseException:
            os.unlink(draft, dir_fd=self._here)
            raise
        os.fsync(self._here)
        self.written.add(name)

    def clear_drafts(self) -> None:
        """Take away what writes that were broken off left long ago, as far as it can be."""
        for name in filter(_DRAFT.fullmatch, self.names()):
            with suppress(OSError):
                if time.time() - os.lstat(name, dir_fd=self._here).st_mtime > _OLD:
                    self.remove(name)

    def marks(self) -> dict[str, tuple[int, int, int]]:
        """Return by the name of each file what changes with it: its number, size and time."""
        with os.scandir(self._here) as found:
            states = {each.name: each.stat(follow_symlinks=False) for each in found}
        return {name: (s.st_ino, s.st_size, s.st_mtime_ns) for name, s in states.items()}

    def remove(self, name: str) -> None:
        """Take a file away."""
        os.unlink(name, dir_fd=self._here)


@contextmanager
def opened(path: Path) -> Iterator[Folder]:
    """Open a folder, and let go of it."""
    folder = Folder(path)
    try:
        yield folder
    finally:
        folder.close()
