"""Making a store of a database, and bringing one that is there to the newest form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.identity.plain import plain
from bench.inventory.central import form, roles
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import psycopg

OLDEST_SERVER = 15
"""The oldest major version of PostgreSQL that the store runs on."""
_AT_A_TIME = 0x57A6_BE7C
"""The advisory lock that one set-up of a database holds."""


@dataclass(frozen=True, slots=True)
class StoreName:
    """What a store is called, whether it is for training, and the host that benches are told.

    `asks_certificate` is false only where something before the database checks certificates and
    signs in for each bench as itself (a pooler); None leaves it as it is, true in a new store.
    `beside`: somebody knows that another store is on the server, whose roles are the same.
    """

    name: str
    simulated: bool = False
    address: str = ""
    asks_certificate: bool | None = None
    beside: bool = False


def init(
    connection: psycopg.Connection[Any],
    named: StoreName,
    known: Sequence[form.Form] | None = None,
) -> Sequence[form.Form]:
    """Set a store up, or bring it to the newest form; return the forms that were applied.

    `connection` is a superuser's, in autocommit; `known` are the forms, this program's unless
    others are given. Any number of times, also several at once.
    `ProblemError`: CENTRE_UNUSABLE for a server that is too old, one who may not, a database that
    is not UTF-8, a store of training that is to be real, a second store on one server; STORE_NEWER.
    Nothing is changed then.
    """
    refuse_unfit(connection)
    with _alone(connection):
        known = form.forms() if known is None else known
        before = form.applied(connection)
        form.wanting(known, before)
        _refuse_other_kind(connection, named)
        if not (before or named.beside):
            _refuse_second(connection)
        roles.lay_out(connection)
        applied = form.settle(connection, known, begin=lambda: _name(connection, named))
        _name(connection, named)
    return applied


def _name(connection: psycopg.Connection[Any], named: StoreName) -> None:
    connection.execute(
        "INSERT INTO custody.store (name, simulated, address, asks_certificate)"
        " VALUES (%(name)s, %(simulated)s, %(address)s, coalesce(%(asks)s, true))"
        " ON CONFLICT (one) DO UPDATE SET name = excluded.name, address = excluded.address,"
        " asks_certificate = coalesce(%(asks)s, store.asks_certificate)",
        {"name": named.name, "simulated": named.simulated, "address": named.address,
         "asks": named.asks_certificate},
    )  # fmt: skip


def asks_certificate(connection: psycopg.Connection[Any]) -> bool:
    """Whether the store itself looks for each bench's certificate, and so knows which came."""
    return bool(_row(connection, "SELECT asks_certificate FROM custody.store")[0])


def refuse_unfit(connection: psycopg.Connection[Any]) -> None:
    """Raise `ProblemError` where no store can be made by whoever is connected."""
    version = connection.info.server_version // 10_000
    if version < OLDEST_SERVER:
        raise _unusable(f"PostgreSQL {version}; it needs {OLDEST_SERVER} or newer")
    (encoding, mighty) = _row(
        connection,
        "SELECT current_setting('server_encoding'), rolsuper FROM pg_roles"
        " WHERE rolname = current_user",
    )
    if encoding != "UTF8":
        raise _unusable(f"the database is encoded in {encoding}; make one in UTF8")
    if not mighty:
        raise _unusable("only a superuser of the database can set a store up")


@contextmanager
def _alone(connection: psycopg.Connection[Any]) -> Iterator[None]:
    connection.execute("SELECT pg_advisory_lock(%s)", (_AT_A_TIME,))
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute("SELECT pg_advisory_unlock(%s)", (_AT_A_TIME,))


def _refuse_other_kind(connection: psycopg.Connection[Any], named: StoreName) -> None:
    if not _row(connection, "SELECT to_regclass('custody.store') IS NOT NULL")[0]:
        return
    found = connection.execute("SELECT simulated FROM custody.store").fetchone()
    if found is not None and found[0] != named.simulated:
        raise _unusable("it is for training, and stays so" if found[0] else "it is a real one")


def _refuse_second(connection: psycopg.Connection[Any]) -> None:
    """Refuse a server that has a store: who signs in there would sign in here, and see it all."""
    found = connection.execute(
        "SELECT d.datname FROM pg_database d CROSS JOIN LATERAL aclexplode(d.datacl) AS may"
        " JOIN pg_roles r ON r.oid = may.grantee"
        " WHERE d.datname <> current_database() AND r.rolname = %s ORDER BY 1", (form.OWNER,),
    ).fetchone()  # fmt: skip
    if found is not None:
        raise _unusable(
            f"the database {plain(found[0], 63)} of this server is a store, and whoever signs in"
            " there could sign in here: take another server, or say --beside"
        )


def _row(connection: psycopg.Connection[Any], query: str) -> tuple[Any, ...]:
    found = connection.execute(query.encode()).fetchone()
    assert found is not None, "a query that always has a row"
    return tuple(found)


def _unusable(detail: str) -> ProblemError:
    return ProblemError(Problem(ProblemCode.CENTRE_UNUSABLE, "store", detail))
