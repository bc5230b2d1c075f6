"""Checks a text on a thread that knows nothing of Qt; whoever shows it fetches what was found.

The text of a profile is checked in a few milliseconds, but the disk its files lie on may be slow.
"""

from __future__ import annotations

import errno
import stat
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from bench.enrolment.profiles.faults import Fault
from bench.enrolment.profiles.files import Digest, sha256, unread
from bench.enrolment.profiles.profile import EnrolmentProfile
from bench.enrolment.profiles.reading import read_text
from bench.identity.plain import plain

_LINE = 300


class Checked(NamedTuple):
    """What a check found: faults, or the profile that the text says."""

    faults: tuple[Fault, ...]
    profile: EnrolmentProfile | None = None


Look = Callable[[str, Path, str], Checked]


def whole_check() -> Look:
    """Return a check that reads the files of a profile's steps too."""
    return partial(check, digest=Digests())


def check(text: str, folder: Path, name: str, digest: Digest = unread) -> Checked:
    """Return all that is wrong with a profile's text; a check that breaks off finds so much.

    The profile's fingerprint is right only where `digest` reads the files of its steps.
    """
    try:
        reading = read_text(text, folder, name, digest)
    except Exception as error:  # noqa: BLE001 - a text that cannot be checked must not pass for well
        told = plain(f"the check broke off: {type(error).__name__}", _LINE)
        return Checked((Fault(0, "file", told),))
    return Checked(reading.faults, reading.profile)


class Digests:
    """The SHA-256 of files, computed once for each state of a file: packages are large."""

    def __init__(self) -> None:
        self._known: dict[tuple[Path, int, int], str] = {}

    def __call__(self, file: Path) -> str:
        """Return the SHA-256 of a file; raises an `OSError`."""
        state = file.stat()
        if not stat.S_ISREG(state.st_mode):  # a pipe would be waited for without an end
            raise OSError(errno.EINVAL, "it is no file", str(file))
        key = file, state.st_mtime_ns, state.st_size
        if key not in self._known:
            self._known[key] = sha256(file)
        return self._known[key]


class Checking:
    """One check under way."""

    def __init__(self, text: str, folder: Path, name: str, look: Look = check) -> None:
        self.text = text
        self._found: Checked | None = None
        self._look, self._where = look, (folder, name)
        self._thread = threading.Thread(target=self._work, name="profile check", daemon=True)
        self._thread.start()

    @property
    def found(self) -> Checked | None:
        """What was found; None while it is under way."""
        return self._found

    def _work(self) -> None:
        self._found = self._look(self.text, *self._where)
