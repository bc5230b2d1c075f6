"""A computer's own files, as the kernel and udev show them; below a root, so that one can be made.

Nothing here is trusted and nothing raises: what cannot be read is not there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_LONGEST = 1 << 20
"""Bytes read of one file: the table of connections of a busy computer has fewer."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process: the kernel's name for it (at most 15 characters), its words, whose it is."""

    number: int
    name: str
    words: tuple[str, ...]
    owner: int


@dataclass(frozen=True, slots=True)
class Account:
    """Who is at work: user and group ids."""

    user: int
    groups: frozenset[int]

    @classmethod
    def own(cls) -> Account:
        """Return the account that this program runs as."""
        return cls(os.geteuid(), frozenset((os.getegid(), *os.getgroups())))


@dataclass(frozen=True, slots=True)
class Machine:
    """The files of a computer; `root` is `/` but for one that was made up."""

    root: Path = Path("/")

    def at(self, path: str | Path) -> Path:
        """Return where an absolute path lies."""
        return self.root / str(path).lstrip("/")

    def has(self, path: str | Path) -> bool:
        """Whether something is there."""
        try:
            return self.at(path).exists()
        except OSError:
            return False

    def data(self, path: str | Path) -> bytes | None:
        """Return what a file holds, at most 1 MiB of it; None where it cannot be read."""
        try:
            with self.at(path).open("rb") as file:
                return file.read(_LONGEST)
        except OSError:
            return None

    def text(self, path: str | Path) -> str | None:
        """Return the same as text, without white space at its ends."""
        data = self.data(path)
        return None if data is None else data.decode("utf-8", "replace").strip()

    def number(self, path: str | Path) -> int | None:
        """Return the number that a file holds; None where it holds none."""
        try:
            return int(self.text(path) or "")
        except ValueError:
            return None

    def processes(self) -> Iterator[Process]:
        """Yield what runs; one that ends meanwhile is passed over."""
        try:
            numbers = sorted(int(each.name) for each in self.at("/proc").iterdir() if _is_one(each))
        except OSError:
            return
        for number in numbers:
            if process := self._process(number):
                yield process

    def name(self, kind: str, number: int) -> str:
        """Return the name of an account (`passwd`) or a `group`, else its number."""
        for line in (self.text(f"/etc/{kind}") or "").splitlines():
            parts = line.split(":")
            if len(parts) > 2 and parts[2] == str(number):  # noqa: PLR2004 - passwd(5), group(5)
                return parts[0]
        return str(number)

    def _process(self, number: int) -> Process | None:
        name, words = self.text(f"/proc/{number}/comm"), self.data(f"/proc/{number}/cmdline")
        if name is None or words is None:
            return None
        try:
            owner = self.at(f"/proc/{number}").stat().st_uid
        except OSError:
            return None
        spelt = words.decode("utf-8", "replace").rstrip("\0").split("\0")
        return Process(number, name, tuple(spelt), owner)


def _is_one(folder: Path) -> bool:
    return folder.name.isdecimal() and folder.name.isascii()
