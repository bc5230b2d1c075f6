"""Who signs in to a store: a role by name in a group, without password, with limits of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bench.identity.plain import plain
from bench.inventory.central.roles import Group
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import psycopg

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_OWN_FILES = ("ca", "server")
_GOING_MS = 5_000
"""How long a session that is ended is waited for."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How often a role may be signed in at once, and what its sessions begin with.

    A session may set the latter otherwise, to its own harm: they are against accidents. Only
    `temp_file_limit` holds against malice, for that a superuser alone may set.
    """

    sessions: int
    settings: Mapping[str, str] = field(default_factory=dict)


_PATIENCE = {
    "statement_timeout": "60s",
    "lock_timeout": "30s",
    "idle_in_transaction_session_timeout": "60s",
}
LIMITS: Mapping[Group, Limits] = {
    Group.BENCH: Limits(3, {**_PATIENCE, "temp_file_limit": "64MB"}),
    Group.DOOR: Limits(40, {**_PATIENCE, "temp_file_limit": "256MB"}),
    Group.SERVICE: Limits(
        20, {"idle_in_transaction_session_timeout": "10min", "temp_file_limit": "16GB"}
    ),
    Group.READER: Limits(
        5,
        {
            **_PATIENCE,
            "statement_timeout": "5min",
            "default_transaction_read_only": "on",
            "temp_file_limit": "2GB",
        },
    ),
}


def checked(name: str) -> str:
    """Return a name that may sign in; `ProblemError` (CENTRE_NAME) for any other.

    ASCII letters, digits, dot, hyphen and underscore, the first a letter or digit, 63 at most: it
    is a role, the common name of a certificate, and part of file names.
    """
    if not _NAME.fullmatch(name):
        raise name_error(name, "it has other characters than that, or too many")
    if name.lower() in _OWN_FILES:
        raise name_error(name, "files of the centre itself are called that")
    return name


def let_in(connection: psycopg.Connection[Any], name: str, group: Group) -> None:
    """Make the role of that name in a group, or renew the limits of the one there is.

    `ProblemError` (CENTRE_NAME) where the name is another role's. To be called in a transaction.
    """
    from psycopg import sql  # noqa: PLC0415 - only who works with a store loads it

    role, limits = sql.Identifier(checked(name)), LIMITS[group]
    if not _is_there(connection, name, group):
        words = sql.SQL("CREATE ROLE {} NOLOGIN")
        connection.execute(words.format(role))
        connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(group), role))
    often = sql.Literal(limits.sessions)
    words = sql.SQL("ALTER ROLE {} LOGIN INHERIT PASSWORD NULL CONNECTION LIMIT {}")
    connection.execute(words.format(role, often))
    connection.execute(sql.SQL("ALTER ROLE {} RESET ALL").format(role))
    for setting, value in limits.settings.items():
        words = sql.SQL("ALTER ROLE {} SET {} = {}")
        connection.execute(words.format(role, sql.Identifier(setting), sql.Literal(value)))


def shut_out(connection: psycopg.Connection[Any], name: str) -> None:
    """Let that role sign in no more, and end its sessions; waits until they are gone.

    Outside of a transaction: none signs in between the two.
    """
    from psycopg import sql  # noqa: PLC0415 - as above

    connection.execute(sql.SQL("ALTER ROLE {} NOLOGIN").format(sql.Identifier(checked(name))))
    connection.execute(
        "SELECT pg_terminate_backend(pid, %s) FROM pg_stat_activity WHERE usename = %s",
        (_GOING_MS, name),
    )


def group_of(connection: psycopg.Connection[Any], name: str) -> Group | None:
    """Return what the role of that name is for; None where there is none of the store's."""
    found = connection.execute(
        "SELECT g.rolname FROM pg_auth_members JOIN pg_roles m ON m.oid = member"
        " JOIN pg_roles g ON g.oid = roleid WHERE m.rolname = %s AND g.rolname = ANY (%s)",
        (name, [each.value for each in Group]),
    ).fetchone()
    return None if found is None else Group(found[0])


def name_error(name: str, why: str) -> ProblemError:
    """Return what refuses that name."""
    return ProblemError(Problem(ProblemCode.CENTRE_NAME, plain(name, 40), why))


def _is_there(connection: psycopg.Connection[Any], name: str, group: Group) -> bool:
    """Return whether the role is there, of that group alone; roles are the whole server's."""
    row = connection.execute(
        "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls,"
        " ARRAY(SELECT roleid::regrole::text FROM pg_auth_members WHERE member = r.oid),"
        " rolcanlogin"
        " FROM pg_roles r WHERE rolname = %s", (name,),
    ).fetchone()  # fmt: skip
    if row is None:
        if name.lower().startswith("pg_") or name.lower() in ("public", "none"):
            raise name_error(name, "it is PostgreSQL's own")
        return False
    if row[0] or row[1] != [group.value]:
        raise name_error(name, "it is the name of another role on this server")
    if group is not Group.BENCH and not row[2]:
        # the store keeps no list of their certificates: an old one would open it again
        raise name_error(name, "whoever had it was retired; give another")
    return True
