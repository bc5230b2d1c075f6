"""A text is written to a file whole or not at all, and never over what somebody else wrote."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from app.profile_editor.shelf_files import LARGEST, real_path

_MODE = 0o644


class ChangedMeanwhileError(Exception):
    """The file is not what it was when it was read: somebody else wrote, moved or removed it."""


def write(path: Path, content: bytes, before: bytes | None) -> None:
    """Put `content` in the place of `before`; None: there must be no such file yet.

    A new file is written beside it, brought to the disk and renamed. Raises `FileExistsError`,
    `ChangedMeanwhileError` or another `OSError`; then the file is as it was.
    """
    place = real_path(path)
    _make(place.parent)
    with _beside(place, content, _mode(place)) as new:
        if before is None:
            os.link(new, place)  # refuses where there is a file; a rename would not
        elif read(place) != before:
            raise ChangedMeanwhileError
        else:
            new.replace(place)
    _to_disk(place.parent)


def read(path: Path) -> bytes | None:
    """Return what a file holds, None where there is none; raises another `OSError`.

    Of a file that is too large for a profile, one byte more than the largest has. Nothing else is
    read: a pipe or a device might have no end, or never begin.
    """
    try:
        with open(path, "rb", opener=_at_once) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise OSError(errno.EINVAL, "it is no file", str(path))
            return file.read(LARGEST + 1)
    except FileNotFoundError:
        return None


def _at_once(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


@contextlib.contextmanager
def _beside(path: Path, content: bytes, mode: int) -> Iterator[Path]:
    """A file with that content in the same folder; gone at the end unless it was renamed."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=".new")
    new = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield new
    finally:
        new.unlink(missing_ok=True)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except FileExistsError as error:  # which elsewhere says that the file is there already
        raise NotADirectoryError(errno.ENOTDIR, "it is no folder", str(folder)) from error


def _mode(path: Path) -> int:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return _MODE


def _to_disk(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
