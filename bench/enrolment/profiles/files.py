"""The files that steps use: they lie beside their profile, and it reaches nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from bench.enrolment.profiles.table import Table

Digest = Callable[[Path], str]
"""Gives the SHA-256 of a file in hex; raises `OSError`."""


def sha256(file: Path) -> str:
    """Read the whole file."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def unread(_: Path) -> str:
    """Let a file be as it is: enough to check a profile while it is written."""
    return ""


class Files:
    """The folder of the profile called `name`."""

    def __init__(self, folder: Path, name: str, digest: Digest) -> None:
        self._folder = folder
        self._name = name
        self._digest = digest

    def named(self, table: Table, key: str) -> tuple[Path, str]:
        """Return the file that a key names, and its digest."""
        name = table.text(key)
        try:
            folder = self._folder.resolve()
            file = (folder / name).resolve()
            if name and file.is_relative_to(folder) and file.is_file():
                return file, self._digest(file)
        except (OSError, RuntimeError):  # a name too long, a loop of links, no leave to read it
            pass
        table.wrong(key, f"there is no file of that name that can be read beside {self._name}")
        return Path(), ""
