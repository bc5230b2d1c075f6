"""Files of a drop, read and written by whoever distrusts what else may lie there.

A folder that was carried may hold links, pipes and files of any length under any name: only plain
files are read, up to a bound, and nothing is written through a link.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_HERE = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READABLE = 0o644
"""Who carries a drop need not be who reads it; nothing in it is secret from them."""


class Folder:
    """A folder that is there and is no link; `OSError` where it is not. Close it."""

    def __init__(self, path: Path) -> None:
        self.path = path
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
