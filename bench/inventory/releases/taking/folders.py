"""The profiles of a release as files: a folder for each set of them, and one name for the newest.

A set is called by its digest and never changes; `now` is a link that is replaced at a stroke. So a
bench that is killed at any moment has the old files or the new ones.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from bench.custody import durable
from bench.inventory.releases.parts.profiles import SentProfile

_NOW = "now"
_OF_DIGEST = 16
_SET = re.compile(r"[0-9a-f]{16}")
_DRAFT = ".draft-"


def folder_of(record: Path) -> Path:
    """Return where the profiles that are sent down to a record's bench lie."""
    return record.with_name(f"{record.name}.profiles")


def set_of(record: Path, sha256: str) -> Path:
    """Return the folder of the set with that digest (hex)."""
    return folder_of(record) / sha256[:_OF_DIGEST]


def newest(record: Path) -> Path:
    """Return the name under which settings find the newest set: `…/now/a32.toml`."""
    return folder_of(record) / _NOW


def lay_out(record: Path, sha256: str, profiles: Iterable[SentProfile]) -> None:
    """Write a set, whole or not at all; nothing where it is there. `OSError` where it cannot be."""
    place = set_of(record, sha256)
    if place.exists():
        return
    folder_of(record).mkdir(mode=0o700, exist_ok=True)
    draft = place.with_name(f"{_DRAFT}{place.name}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    for each in profiles:
        durable.write_through(draft / each.name, each.text.encode())
    durable.sync_folder(draft)
    draft.rename(place)
    durable.sync_folder(place.parent)


def point_at(record: Path, sha256: str | None) -> None:
    """Let `now` lead to that set, to none where there is none, and remove the others."""
    folder, link = folder_of(record), newest(record)
    if not folder.exists():
        return
    if sha256 is None:
        link.unlink(missing_ok=True)
    elif not link.is_symlink() or str(link.readlink()) != sha256[:_OF_DIGEST]:
        draft = folder / f"{_DRAFT}{_NOW}"
        draft.unlink(missing_ok=True)
        draft.symlink_to(sha256[:_OF_DIGEST])
        os.replace(draft, link)  # noqa: PTH105 - the link itself, not where it leads
        durable.sync_folder(folder)
    for each in folder.iterdir():
        old = _SET.fullmatch(each.name) and each.name != (sha256 or "")[:_OF_DIGEST]
        if old or each.name.startswith(_DRAFT):
            shutil.rmtree(each, ignore_errors=True)
