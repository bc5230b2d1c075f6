"""Keeps the backups up while the bench works: on its loop, the work on a thread beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bench.custody.backup.making import Backups, Stopped
from bench.problems import Problem

LOOK = 60.0
AGAIN = 900.0


async def keep_up(
    backups: Backups,
    tell: Callable[[Problem | None], None],
    *,
    look: float = LOOK,
    again: float = AGAIN,
) -> None:
    """Make a backup whenever one is due, until cancelled; `tell` what stands in the way, or None.

    It looks every `look` seconds, after a failure every `again`. Cancelled, it drops the backup in
    the making, and the thread ends soon after.
    """
    try:
        while True:
            problem = await asyncio.to_thread(_attempt, backups)
            tell(problem)
            await asyncio.sleep(again if problem else look)
    finally:
        backups.stop()


def _attempt(backups: Backups) -> Problem | None:
    try:
        return backups.keep_up()
    except Stopped:
        return None
