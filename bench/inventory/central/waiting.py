"""How long an administrator waits for what a session holds, and who that is: never for ever.

Whoever is signed in may hold the locks of what it did in a transaction that it leaves open, for as
long as it likes. What would wait for that gives up, and names the holders.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bench.identity.plain import plain
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import psycopg

PATIENCE = 10.0
"""Seconds for which a lock is waited for, unless told otherwise."""
_MOST_NAMED = 3
_HOLDERS = """SELECT DISTINCT a.usename, a.pid, a.xact_start AT TIME ZONE 'UTC'
  FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_stat_activity a USING (pid)
  WHERE l.granted AND c.relnamespace = to_regnamespace('custody')
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND pid <> pg_backend_pid() AND a.xact_start IS NOT NULL ORDER BY 3"""


@contextmanager
def patient(connection: psycopg.Connection[Any], seconds: float | None = None) -> Iterator[None]:
    """Be in a transaction that waits for no lock longer than that, or than `PATIENCE`.

    `ProblemError` (CENTRE_UNUSABLE) where one is still held then, with who has a transaction open;
    nothing of it is done then. A superuser's connection.
    """
    from psycopg import errors  # noqa: PLC0415 - only who works with a store loads it

    try:
        with connection.transaction():
            milliseconds = str(round((seconds or PATIENCE) * 1000))
            connection.execute("SELECT set_config('lock_timeout', %s, true)", (milliseconds,))
            yield
    except errors.LockNotAvailable:
        raise _held(connection) from None


def _held(connection: psycopg.Connection[Any]) -> ProblemError:
    found = connection.execute(_HOLDERS).fetchall()
    named = [
        f"{plain(name or 'somebody', 63)} (process {pid}, since {since:%Y-%m-%d %H:%M} UTC)"
        for name, pid, since in found[:_MOST_NAMED]
    ]
    more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
    who = (
        f"held by {', '.join(named)}{more}: SELECT pg_terminate_backend(process) ends one"
        if named
        else "it was held by another session; try again"
    )
    return ProblemError(Problem(ProblemCode.CENTRE_UNUSABLE, "store", who))
