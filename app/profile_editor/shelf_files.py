"""Which profile files there are, and which of them may be written."""

from __future__ import annotations

import errno
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from app.profile_shelf import ProfileShelf

LARGEST = 65536
"""Bytes of a file that is opened here; a larger one is no profile."""


class ShelfFile(NamedTuple):
    """One file; `is_shipped` ones are only read, `is_used` ones the bench started with."""

    path: Path
    is_shipped: bool
    is_used: bool

    @property
    def told(self) -> str:
        """Return its name for the list, and what is to be known of it."""
        notes = [note for note, is_so in (("in use", self.is_used), ("example", self.is_shipped))
                 if is_so]  # fmt: skip
        return self.path.stem + (f"  ({', '.join(notes)})" if notes else "")


def files_on(shelf: ProfileShelf) -> tuple[ShelfFile, ...]:
    """Return every profile once: those in use, the user's own, then the shipped ones."""
    used = {real_path(path) for path in shelf.used}
    shipped = real_path(shelf.shipped)
    found: dict[Path, ShelfFile] = {}
    for path in filter(_may_be_one, _paths(shelf)):
        real = real_path(path)
        if real not in found:
            found[real] = ShelfFile(path, real.is_relative_to(shipped), real in used)
    return tuple(found.values())


def real_path(path: Path) -> Path:
    """Return where a path leads; one that leads back to itself is left as it is."""
    try:
        return path.resolve()
    except RuntimeError:  # before Python 3.13; from then on it does as is done here
        return path.absolute()


def path_of(name: str, shelf: ProfileShelf) -> Path | None:
    """Return where a profile of that name goes among the user's own; None: it is no file's name."""
    stem = name.strip().removesuffix(".toml")
    fits = stem.isascii() and stem.replace("-", "").replace("_", "").isalnum()
    return shelf.own / f"{stem}.toml" if fits and len(stem) <= _LONGEST else None


def free_name(path: Path, shelf: ProfileShelf) -> str:
    """Return a name for a copy of a file that no own profile has yet."""
    names = (path.stem, *(f"{path.stem}-{number}" for number in range(2, 1000)))
    return next((name for name in names if not (shelf.own / f"{name}.toml").exists()), "")


_LONGEST = 60


def _may_be_one(path: Path) -> bool:
    """Whether it is a file, or cannot be looked at: then it is said when it is opened."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError as error:
        return error.errno != errno.ELOOP


def _paths(shelf: ProfileShelf) -> Iterator[Path]:
    yield from shelf.used
    yield from sorted(shelf.own.glob("*.toml"))
    yield from sorted(shelf.shipped.glob("*.toml"))
    yield from sorted(shelf.shipped.glob("*/*.toml"))
