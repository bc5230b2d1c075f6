"""Takes new events into what is looked up at the centre: batch by batch, each its own transaction.

What is cut short loses nothing: how far it got moves with what it changed. Two at once wait for
each other. It blocks; on a thread or in a process of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

BATCH = 20_000
"""Events in one transaction; with the bodies of real benches it takes about a second."""
_ALL_AT_ONCE = 100_000
Progress = Callable[[int], None]
"""Is told how many were taken so far."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is not taken in yet, and what never was because nobody could read it: numbers of events.

    Both over all benches.
    """

    behind: int
    unread: int


def project(connection: psycopg.Connection[Any], most: int = BATCH) -> int:
    """Take up to `most` events in, all benches in turn; return how many, 0 when none waits.

    Who signed in may execute `custody.project`; the connection is in autocommit. `psycopg.Error`.
    """
    found = connection.execute("SELECT custody.project(%s)", (most,)).fetchone()
    return int(found[0]) if found else 0


def project_all(
    connection: psycopg.Connection[Any],
    told: Progress = lambda _: None,
    *,
    most: int = BATCH,
) -> int:
    """Take in all that waits, and what comes meanwhile; return how many events that were."""
    taken = 0
    while many := project(connection, most):
        taken += many
        told(taken)
    return taken


def begin_anew(connection: psycopg.Connection[Any]) -> None:
    """Forget all that is looked up; the next `project` begins to make it again from the events."""
    connection.execute("SELECT custody.project_anew()")


def project_anew(connection: psycopg.Connection[Any], told: Progress = lambda _: None) -> int:
    """Forget all that is looked up, and make it again; return how many events that were.

    In one transaction: until it ends everybody reads what was there before, and what is cut short
    changed nothing. Room on disk for both is wanted for so long.
    """
    with connection.transaction():
        begin_anew(connection)
        taken = project_all(connection, told, most=_ALL_AT_ONCE)
    return taken + project_all(connection, lambda more: told(taken + more))


def is_caught_up(connection: psycopg.Connection[Any]) -> bool:
    """Whether what is looked up is of the present, so that others may be told by it."""
    found = connection.execute("SELECT custody.is_caught_up()").fetchone()
    return bool(found and found[0])


def waiting(connection: psycopg.Connection[Any]) -> Waiting:
    """Return how far behind it is."""
    found = connection.execute(
        "SELECT (SELECT coalesce(sum(last_seq), 0) FROM custody.head)"
        " - (SELECT coalesce(sum(seq), 0) FROM custody.projected),"
        " (SELECT count(*) FROM custody.unprojected)"
    ).fetchone()
    return Waiting(*map(int, found)) if found else Waiting(0, 0)
