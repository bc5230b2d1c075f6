"""Files that come into being whole or not at all, and go for good: any thread, no database.

A record that is open is never touched here: closing it would drop the locks that SQLite holds on
it, which belong to the whole process.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

OWNER_ONLY = 0o600
_NOTHING = bytes(1 << 20)


def create(path: Path, content: bytes) -> bool:
    """Write a file that only its owner may read; return False, changing nothing, if there is one.

    It is written beside its place and linked into it: a link, unlike a rename, never overwrites.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        write_through(draft, content)
        return place(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def place(draft: Path, path: Path) -> bool:
    """Give a finished file its name as well; return False if another has it."""
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    sync_folder(path.parent)
    return True


def write_through(path: Path, content: bytes) -> None:
    """Write a new file onto the disk, for its owner only."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def destroy(path: Path) -> None:
    """Overwrite a file, then remove it; both are on the disk on return.

    A disk that writes elsewhere (flash, copy on write) may keep the old bytes: only a secret that
    was never on it in the clear is safe from who reads the raw disk.
    """
    with path.open("r+b") as file:
        for left in range(os.fstat(file.fileno()).st_size, 0, -len(_NOTHING)):
            file.write(_NOTHING[:left])
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Bring a file that another wrote onto the disk."""
    _sync(path, os.O_RDONLY)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder onto the disk."""
    _sync(folder, os.O_RDONLY | os.O_DIRECTORY)


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
