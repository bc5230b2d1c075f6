"""Erasing from the files of earlier epochs: whoever goes, goes from all of them.

Their events stay as they are; that a person was erased stands in the epoch that goes on. A file
that cannot be written is told of, for it may hold the person until somebody destroys it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from bench.custody.database import PLAIN, Connect, Opener, connect_reader, transaction
from bench.custody.epochs.reach import TROUBLE
from bench.custody.epochs.swap import old_epochs
from bench.custody.lock import RecordLock
from bench.custody.people.change import Change
from bench.custody.personal import erasure, table

if TYPE_CHECKING:
    import sqlite3

_Decide: TypeAlias = "Callable[[sqlite3.Connection], Change | None]"


class Left(StrEnum):
    """What became of it in one file."""

    ERASED = "erased"
    NOTHING = "nothing of it was there"
    STAYS = "it may still hold what was erased; destroy it once it is no longer needed"


@dataclass(frozen=True, slots=True)
class OldEpoch:
    """A file of an earlier epoch, what became of it, and why where it could not be erased."""

    path: Path
    left: Left
    reason: str = ""

    def __str__(self) -> str:
        """Say it to whoever asked for the erasure."""
        reason = f" ({self.reason})" if self.reason else ""
        return f"{self.path.name}: {self.left}{reason}"


def erase_from_old(path: Path, subject: str, opener: Opener = PLAIN) -> tuple[OldEpoch, ...]:
    """Erase a person from every epoch before the record at `path`, to the last free page."""

    def decide(connection: sqlite3.Connection) -> Change | None:
        return erasure.erase(connection, subject) if _is_known(connection, subject) else None

    return tuple(_each(path, decide, opener.write))


def is_in_old(path: Path, subject: str, connect: Connect = connect_reader) -> bool:
    """Whether an epoch before the record at `path`, as far as it can be read, knows that person."""
    for old in old_epochs(path):
        try:
            with closing(connect(old)) as connection:
                if _is_known(connection, subject):
                    return True
        except TROUBLE:
            continue
    return False


def forget_in_old(path: Path, today: date, opener: Opener = PLAIN) -> tuple[OldEpoch, ...]:
    """Erase what is past its date from every epoch before the record at `path`."""

    def decide(connection: sqlite3.Connection) -> Change | None:
        due = table.overdue(connection, today)
        return erasure.forget(due) if due else None

    return tuple(_each(path, decide, opener.write))


def _each(path: Path, decide: _Decide, write: Connect) -> Iterator[OldEpoch]:
    for old in old_epochs(path):
        try:
            yield OldEpoch(old, _erase(old, decide, write))
        except (*TROUBLE, ValueError) as error:
            yield OldEpoch(old, Left.STAYS, str(error))


def _erase(old: Path, decide: _Decide, write: Connect) -> Left:
    with ExitStack() as held:
        held.callback(RecordLock(old).release)
        connection = write(old)
        held.callback(connection.close)
        change = decide(connection)
        if change is None and not erasure.is_pending(connection):
            return Left.NOTHING
        if change is not None:
            with transaction(connection):
                change.write(connection)
        erasure.scrub(connection)
    return Left.ERASED


def _is_known(connection: sqlite3.Connection, subject: str) -> bool:
    row = connection.execute(
        "SELECT 1 FROM personal_text WHERE subject = ?1"
        " UNION SELECT 1 FROM credential WHERE person = ?1"
        " UNION SELECT 1 FROM person WHERE id = ?1 AND standing <> 'erased'",
        (subject,),
    ).fetchone()
    return row is not None
