"""The folder of the record: whether it is on a disk that keeps what is written. And the screen."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bench.checks import Answer
from hardware.doctor.machine import Machine

_MOUNTS = "/proc/self/mountinfo"
_FLEETING = frozenset({"tmpfs", "ramfs"})
_FAR = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "9p",
        "afs",
        "ceph",
        "glusterfs",
        "fuse.sshfs",
        "fuse.glusterfs",
    }
)
"""File systems of another computer: SQLite's write-ahead log shares memory, which they cannot
(sqlite.org/wal.html, section 1)."""
_TYPEFACES = ("DejaVuSansCondensed.ttf", "DejaVuSansMono.ttf")
_ESCAPED = re.compile(r"\\([0-7]{3})")


def folder_answer(machine: Machine, folder: Path) -> Answer:
    """Say on which file system the record lies, and whether a file can be written there."""
    kind = file_system(machine.text(_MOUNTS) or "", folder)
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"\0")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return Answer(
            f"nothing can be written in {folder}: {error.strerror}",
            "Let this account write there, or name another file in the settings, station.ledger.",
        )
    if kind in _FLEETING:
        return Answer(
            f"{folder} is kept in memory ({kind}) and gone after a power cut",
            "Name a file on a disk in the settings, station.ledger.",
        )
    if kind in _FAR:
        return Answer(
            f"{folder} lies on another computer ({kind}), which cannot keep a record whole",
            "Name a file on a disk of this computer in the settings, station.ledger.",
        )
    return Answer(f"{folder} can be written; file system {kind or 'not known'}")


def file_system(mounts: str, folder: Path) -> str:
    """Return the type of the file system a folder lies on, by `/proc/self/mountinfo` (proc(5)).

    Empty where that does not say.
    """
    best, found = -1, ""
    for line in mounts.splitlines():
        head, _, tail = line.partition(" - ")
        fields, kind = head.split(), tail.split()
        if len(fields) < 5 or not kind:  # noqa: PLR2004 - the fifth field is where it is mounted
            continue
        point = Path(_ESCAPED.sub(lambda code: chr(int(code[1], 8)), fields[4]))
        depth = len(point.parts)
        if depth >= best and folder.resolve().is_relative_to(point):
            best, found = depth, kind[0]
    return found


def typefaces_answer(folder: Path) -> Answer:
    """Say whether the typefaces of labels and papers are there."""
    missing = [name for name in _TYPEFACES if not (folder / name).is_file()]
    if missing:
        return Answer(f"{', '.join(missing)} is missing in {folder}", "Install the program again.")
    return Answer("those of labels and papers are there")


def screen_answer(environment: Mapping[str, str]) -> Answer:
    """Say on what the window would be shown, and what that means for scanners that type."""
    if environment.get("WAYLAND_DISPLAY"):
        return Answer(
            "Wayland: a scanner that types is heard only while the window has the focus",
            "Set the scanner to serial mode; or keep the window in front.",
            note=True,
        )
    if display := environment.get("DISPLAY"):
        return Answer(f"X11, {display}")
    if platform := environment.get("QT_QPA_PLATFORM"):
        return Answer(f"the platform {platform}, as asked for", note=True)
    return Answer("there is none here: only commands work, no window", note=True)
