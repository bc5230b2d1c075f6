"""Says how many handsets carry another version of a profile that the bench stages with now."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from contextlib import closing
from datetime import UTC, date
from typing import TYPE_CHECKING

from bench.custody.body import short
from bench.custody.database import Connect, told
from bench.custody.ledger import Ledger
from bench.custody.queries import LAST_STAGED
from bench.identity.plain import plain
from bench.ports import Clock, Post
from bench.problems import Problem, ProblemCode, ProblemError
from bench.upkeep.notice import Notice
from bench.upkeep.plan import Rhythm

if TYPE_CHECKING:
    import sqlite3

    from bench.enrolment.profiles.profile import EnrolmentProfile


def current(profiles: Iterable[EnrolmentProfile]) -> dict[str, set[str]]:
    """Return the fingerprints of a bench's profiles and variants by name, as a `Plan` has them."""
    found: dict[str, set[str]] = {}
    for each in profiles:
        name = unicodedata.normalize("NFC", each.name)
        found.setdefault(name, set()).add(short(each.fingerprint))
    return found


async def count_daily(
    ledger: Ledger,
    clock: Clock,
    post: Post,
    rhythm: Rhythm,
    connect: Connect,
    profiles: Mapping[str, Collection[str]],
) -> None:
    """Show it for each of `profiles` at once, and anew each day until cancelled."""
    notices = {name: Notice(post) for name in profiles}
    counted: date | None = None
    while profiles:
        today = clock.moment().at.astimezone(UTC).date()
        if today != counted:
            due = await asyncio.to_thread(_due, ledger, connect, profiles)
            for name, notice in notices.items():
                notice.show(due.get(name))
            counted = today
        await asyncio.sleep(rhythm.look)


def _due(
    ledger: Ledger, connect: Connect, profiles: Mapping[str, Collection[str]]
) -> dict[str, Problem]:
    """On a thread: return what is due by the profile's name; what cannot be read is tomorrow."""
    try:
        with told(ledger.path), closing(connect(ledger.path)) as connection:
            counts = {name: carrying_others(connection, name, profiles[name]) for name in profiles}
    except ProblemError:
        return {}
    return {name: _problem(name, count) for name, count in counts.items() if count}


def carrying_others(connection: sqlite3.Connection, name: str, current: Collection[str]) -> int:
    """Count the handsets staged under other versions of that profile than the `current` ones.

    Those are fingerprints as `body.short` spells them; the same are listed by `profile restage`.
    """
    marks = ", ".join("?" for _ in current)
    (count,) = connection.execute(
        f"SELECT count(*) FROM ({LAST_STAGED}) JOIN policy USING (policy_hash)"  # noqa: S608 - our own words
        f" WHERE name = ? AND policy_hash NOT IN ({marks})",
        (name, *current),
    ).fetchone()
    return int(count)


def _problem(name: str, count: int) -> Problem:
    several = "handsets carry" if count > 1 else "handset carries"
    detail = f"{count} {several} another version"
    return Problem(ProblemCode.RESTAGE_DUE, plain(name), detail)
