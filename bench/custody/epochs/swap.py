"""A new epoch's file takes the place of the one before, which keeps its bytes under another name.

The file is made as `NAME.partial`. Once it is whole it is named `NAME.after.OLD`, OLD being the
name that the old file will have: from then on the change is finished, however often it is cut
short; before, it is taken back. Old log and old file go before the new one comes, because SQLite
takes a write-ahead log that it finds beside a file for that file's own.
"""

from __future__ import annotations

import re
from itertools import chain, count
from pathlib import Path

from bench.custody import durable
from bench.problems import Problem, ProblemCode, ProblemError

_LOG, _SHARED = "-wal", "-shm"
_COMPANIONS = (_LOG, _SHARED, ".lock")


def old_epochs(path: Path) -> tuple[Path, ...]:
    """Return the files of the epochs before the one at `path`, the oldest first."""
    named = re.compile(rf"{re.escape(path.stem)}-e(\d+)(?:-(\d+))?{re.escape(path.suffix)}")
    found = [(each, named.fullmatch(each.name)) for each in _neighbours(path)]
    numbered = [
        (int(name[1]), int(name[2] or 1), each) for each, name in found if name and each.is_file()
    ]
    return tuple(each for *_, each in sorted(numbered))


def number_of(old: Path) -> int:
    """Return which epoch a file that was set aside is of, by its name."""
    found = re.search(r"-e(\d+)(?:-\d+)?$", old.stem)
    return int(found[1]) if found else 0


def successor(path: Path) -> Path | None:
    """Return the record that goes on from a file that was set aside, by their names."""
    found = re.fullmatch(r"(.+)-e\d+(?:-\d+)?", path.stem)
    return path.with_name(found[1] + path.suffix) if found else None


def in_effect(path: Path) -> Path:
    """Return the file that is, or will be, the record at `path`."""
    ready = _ready(path)
    return path if ready is None else ready


def partial(path: Path) -> Path:
    """Return where the next record at `path` is made."""
    return path.with_name(f"{path.name}.partial")


def settle(path: Path) -> None:
    """Finish a change of epoch that was cut short, or take it back; the caller holds the lock."""
    try:
        ready = _ready(path)
        if ready is not None:
            _finish(path, ready)
        drop(partial(path))
    except OSError as error:
        raise ProblemError(Problem(ProblemCode.LEDGER_UNUSABLE, path.name, str(error))) from error


def replace(path: Path, epoch: int) -> Path:
    """Put the partial file in the place of epoch `epoch`; return where the old file is now.

    The caller holds the lock; nobody has either file open.
    """
    draft, aside = partial(path), _aside(path, epoch)
    log = _beside(draft, _LOG)
    if log.exists() and log.stat().st_size:
        raise ProblemError(Problem(ProblemCode.LEDGER_IN_USE, draft.name, "its log is not empty"))
    durable.sync_file(draft)
    durable.sync_folder(path.parent)
    ready = path.with_name(f"{path.name}.after.{aside.name}")
    draft.rename(ready)
    durable.sync_folder(path.parent)
    _finish(path, ready)
    return aside


def drop(draft: Path) -> None:
    """Remove what was made of a new record that never came to be, and what lies beside it."""
    for each in (draft, *(_beside(draft, end) for end in _COMPANIONS)):
        each.unlink(missing_ok=True)


def _finish(path: Path, ready: Path) -> None:
    aside = path.with_name(ready.name.removeprefix(f"{path.name}.after."))
    log = _beside(path, _LOG)
    if log.exists() and not log.stat().st_size:
        log.unlink()
    _move(log, _beside(aside, _LOG))
    _beside(path, _SHARED).unlink(missing_ok=True)
    _move(path, aside)
    durable.sync_folder(path.parent)
    ready.rename(path)
    durable.sync_folder(path.parent)


def _move(old: Path, new: Path) -> None:
    if not old.exists():
        return
    if new.exists():
        raise ProblemError(Problem(ProblemCode.LEDGER_UNUSABLE, new.name, "it lies there already"))
    old.rename(new)


def _ready(path: Path) -> Path | None:
    found = [each for each in _neighbours(path) if each.name.startswith(f"{path.name}.after.")]
    return found[0] if found else None


def _aside(path: Path, epoch: int) -> Path:
    """Return a name that no file has, nor its log: an epoch may be set aside more than once."""
    names = (
        f"{path.stem}-e{epoch}{again}{path.suffix}"
        for again in chain(("",), (f"-{n}" for n in count(2)))
    )
    files = (path.with_name(name) for name in names)
    return next(each for each in files if not each.exists() and not _beside(each, _LOG).exists())


def _beside(path: Path, end: str) -> Path:
    return path.with_name(path.name + end)


def _neighbours(path: Path) -> list[Path]:
    folder = path.parent
    return sorted(folder.iterdir()) if folder.is_dir() else []
