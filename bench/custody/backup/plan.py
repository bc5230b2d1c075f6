"""When a backup is due, when it is late, and which ones may go. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

_NAME = re.compile(
    r"ledger-(?P<bench>[A-Za-z0-9][A-Za-z0-9._-]{0,62})-e(?P<epoch>[1-9][0-9]{0,8})"
    r"-(?P<at>[0-9]{8}T[0-9]{6}Z)-(?P<seq>[1-9][0-9]{0,15})\.db",
    re.ASCII,
)
_AT = "%Y%m%dT%H%M%SZ"
_LATE = 2
"""A backup is late when twice the time between two has passed."""


@dataclass(frozen=True, slots=True)
class BackupName:
    """What the name of a backup says: whose, when (UTC, to the second), and its last event."""

    bench: str
    epoch: int
    at: datetime
    seq: int

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read a file's name; None if it is not that of a backup."""
        found = _NAME.fullmatch(text)
        if found is None:
            return None
        try:
            at = datetime.strptime(found["at"], _AT).replace(tzinfo=UTC)
        except ValueError:
            return None
        return cls(found["bench"], int(found["epoch"]), at, int(found["seq"]))

    def __str__(self) -> str:
        at = self.at.astimezone(UTC).strftime(_AT)
        return f"ledger-{self.bench}-e{self.epoch}-{at}-{self.seq}.db"


@dataclass(frozen=True, slots=True)
class Keep:
    """How many backups stay: the newest of each of the last so many days, weeks and months.

    Only days, weeks and months that have one count, so that a bench in store loses none.
    """

    daily: int = 7
    weekly: int = 4
    monthly: int = 12


USUAL = Keep()


def due(now: datetime, backups: Iterable[BackupName], every: timedelta) -> bool:
    """Whether one should be made; one that claims to come from the future does not count."""
    return not any(now - every < backup.at <= now for backup in backups)


def late(
    now: datetime, backups: Iterable[BackupName], every: timedelta, since: datetime
) -> timedelta | None:
    """Return the age of the last one if it is too old; where there is none, count from `since`."""
    last = max((backup.at for backup in backups if backup.at <= now), default=since)
    age = now - last
    return age if age > _LATE * every else None


def to_remove(backups: Iterable[BackupName], keep: Keep, erased: int = 0) -> tuple[BackupName, ...]:
    """Return which backups of one bench and epoch may go, the oldest first; never the last one.

    `erased` is the number of the last event that says a person was erased: what was copied before
    still holds the person, and goes as soon as a backup from then or later stands.
    """
    newest_first = sorted(backups, key=_age, reverse=True)
    if not newest_first:
        return ()
    last = newest_first[0]
    kept = {last, *_kept(newest_first, keep)}
    if last.seq >= erased:
        kept = {backup for backup in kept if backup.seq >= erased}
    return tuple(backup for backup in reversed(newest_first) if backup not in kept)


def _kept(newest_first: list[BackupName], keep: Keep) -> Iterator[BackupName]:
    yield from _newest_of_each(newest_first, keep.daily, "%Y-%m-%d")
    yield from _newest_of_each(newest_first, keep.weekly, "%G-%V")
    yield from _newest_of_each(newest_first, keep.monthly, "%Y-%m")


def _newest_of_each(
    newest_first: list[BackupName], count: int, period: str
) -> Iterator[BackupName]:
    """Yield the newest of each of the last `count` periods, named as strftime(3) does."""
    seen: set[str] = set()
    for backup in newest_first:
        name = backup.at.strftime(period)
        if name not in seen and len(seen) < count:
            seen.add(name)
            yield backup


def _age(backup: BackupName) -> tuple[int, datetime]:
    """Order them: a record only grows, so its length tells even where a clock was set back."""
    return backup.seq, backup.at
