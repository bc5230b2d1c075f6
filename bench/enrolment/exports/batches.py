"""Batches on the disk: a folder each, whole or not there, and nothing in it is ever overwritten.

The files come first, the manifest last: a folder without one was never finished, counts for
nothing, and its name is not used again. Any thread; it waits for the disk.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from bench.custody import durable
from bench.enrolment.exports.making import UploadFile
from bench.enrolment.exports.manifest import LARGEST, FileEntry, Manifest, digest
from bench.identity.plain import plain
from bench.problems import Problem, ProblemCode, ProblemError

FOLDER = "uploads"
"""The folder of batches, beside the record."""
MANIFEST, HANDED_IN = "manifest.json", "handed-in.json"
_NAME = re.compile(r"([a-z0-9][a-z0-9-]{0,60})-([0-9]{4,6})")
_NOTE = 4096
_LONGEST = 200


class BatchState(StrEnum):
    """How far a batch is."""

    UNFINISHED = "unfinished"
    MADE = "made"
    HANDED_IN = "handed in"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class KeptBatch:
    """A batch as it lies in its folder; `why` says what is wrong with one that cannot be used."""

    name: str
    state: BatchState
    manifest: Manifest | None = None
    manifest_sha256: str = ""
    why: str = ""


def next_name(folder: Path, stem: str) -> str:
    """Return the name of the next batch of a service: numbers only ever rise."""
    names = (_NAME.fullmatch(each.name) for each in _folders(folder))
    numbers = [int(found[2]) for found in names if found and found[1] == stem]
    return f"{stem}-{max(numbers, default=0) + 1:04d}"


def keep(folder: Path, manifest: Manifest, files: Sequence[UploadFile]) -> str:
    """Write a batch through to the disk and return its manifest's SHA-256.

    Raises `ProblemError` UPLOAD_REFUSED where the disk does not take it, or the name is taken.
    """
    place, content = folder / manifest.batch, manifest.to_bytes()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        place.mkdir(mode=0o700)
        durable.sync_folder(folder)
        for file in files:
            durable.create(place / file.name, file.data)
        durable.create(place / MANIFEST, content)
    except OSError as error:
        problem = Problem(ProblemCode.UPLOAD_REFUSED, manifest.batch, str(error.strerror or error))
        raise ProblemError(problem) from error
    return digest(content)


def hand_in(folder: Path, batch: KeptBatch, at: datetime, by: str) -> bool:
    """Say beside a batch that its files were handed in; return False if that was said before.

    Raises `ProblemError` UPLOAD_REFUSED where the disk does not take it.
    """
    note = {"at": at.isoformat(timespec="seconds"), "by": by, "manifest": batch.manifest_sha256}
    try:
        return durable.create(folder / batch.name / HANDED_IN, json.dumps(note, indent=1).encode())
    except OSError as error:
        why = f"it is not noted beside it: {error.strerror or error}; mend that and confirm again"
        raise ProblemError(Problem(ProblemCode.UPLOAD_REFUSED, batch.name, why)) from error


def places(folder: Path) -> tuple[Path, ...]:
    """Return the folders of the batches, by name."""
    return tuple(place for place in _folders(folder) if _NAME.fullmatch(place.name))


def read(place: Path) -> KeptBatch:
    """Read a batch: its files against its manifest, and that against what was handed in.

    Whatever lies there, nothing is raised: what this program did not write is DAMAGED.
    """
    try:
        content = _content(place / MANIFEST, LARGEST)
    except FileNotFoundError:
        return KeptBatch(place.name, BatchState.UNFINISHED, why="it was never finished")
    except OSError as error:
        return _damaged(place, str(error.strerror))
    except ValueError as error:
        return _damaged(place, str(error))
    try:
        manifest = Manifest.from_bytes(content)
        _compare(place, manifest)
        is_in = _is_handed_in(place, digest(content))
    except (OSError, ValueError) as error:
        return _damaged(place, str(error))
    state = BatchState.HANDED_IN if is_in else BatchState.MADE
    return KeptBatch(place.name, state, manifest, digest(content))


def _compare(place: Path, manifest: Manifest) -> None:
    if manifest.batch != place.name:
        raise ValueError(f"the manifest is that of {manifest.batch}")
    for file in manifest.files:
        _compare_file(place, file)


def _compare_file(place: Path, file: FileEntry) -> None:
    try:
        data = _content(place / file.name, file.size + 1)
    except FileNotFoundError:
        raise ValueError(f"{file.name} is gone") from None
    if digest(data) != file.sha256:
        raise ValueError(f"{file.name} is not what was made")


def _is_handed_in(place: Path, manifest_sha256: str) -> bool:
    try:
        note = json.loads(_content(place / HANDED_IN, _NOTE))
    except FileNotFoundError:
        return False
    except RecursionError:
        raise ValueError("what says that it was handed in is nested too deeply") from None
    if not isinstance(note, dict) or note.get("manifest") != manifest_sha256:
        raise ValueError("another manifest was handed in than the one that lies there")
    return True


def _content(path: Path, most: int) -> bytes:
    """Read a regular file, no link that leads elsewhere."""
    if path.is_symlink():
        raise ValueError(f"{path.name} is a link")
    with path.open("rb") as file:
        return file.read(most)


def _damaged(place: Path, why: str) -> KeptBatch:
    return KeptBatch(place.name, BatchState.DAMAGED, why=plain(why, _LONGEST))


def _folders(folder: Path) -> list[Path]:
    try:
        return sorted(each for each in folder.iterdir() if each.is_dir() and not each.is_symlink())
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        problem = Problem(ProblemCode.UPLOAD_DAMAGED, folder.name, str(error.strerror))
        raise ProblemError(problem) from error
