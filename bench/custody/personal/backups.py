"""Which backups still hold someone who was erased, and when the last of them is gone. Pure.

A backup is a copy of what was live, so one made after the erasure is clean; older ones go as soon
as such a one stands (`bench.custody.backup.plan.to_remove`). Restoring an older one brings the
person back: whoever restores erases again whom `erased` events of any later copy name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bench.custody.backup.plan import BackupName, Keep, to_remove


@dataclass(frozen=True, slots=True)
class Cycle:
    """`go_now`: may be removed at once; `stay`: hold the person until `gone_by`, None for none."""

    go_now: tuple[BackupName, ...]
    stay: tuple[BackupName, ...]
    gone_by: datetime | None

    def __str__(self) -> str:
        """Say it to whoever asked for the erasure."""
        if not self.go_now and not self.stay:
            return "no backup holds the person"
        now = f"{len(self.go_now)} backups that hold the person may be removed now"
        if self.gone_by is None:
            return now
        return f"{now}, {len(self.stay)} by {self.gone_by:%Y-%m-%d %H:%M} UTC"


def after_erasure(
    backups: Iterable[BackupName], keep: Keep, erased: int, every: timedelta
) -> Cycle:
    """Say what becomes of the backups of one bench and epoch after event number `erased`.

    `every` is the time between two backups. The last backup never goes before there is a newer one,
    so it holds the person until the next is made.
    """
    known = tuple(backups)
    holding = {backup for backup in known if backup.seq < erased}
    go_now = tuple(each for each in to_remove(known, keep, erased) if each in holding)
    stay = tuple(sorted(holding - set(go_now), key=lambda backup: backup.at))
    return Cycle(go_now, stay, max(each.at for each in known) + every if stay else None)
