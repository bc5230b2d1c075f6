"""The benches of a store: added, their certificates and tokens replaced, retired, begun anew.

All for the administrator's connection, in autocommit; each is one transaction but `retire`. A bench
that is not there is a `ProblemError` (CENTRE_NAME), what another session holds CENTRE_UNUSABLE.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bench.inventory.central.certificates import Authority, Identity
from bench.inventory.central.roles import Group
from bench.inventory.central.sign_ins import checked, group_of, let_in, name_error, shut_out
from bench.inventory.central.waiting import patient

if TYPE_CHECKING:
    import psycopg

OVERLAP = timedelta(days=14)
"""How long an old certificate is taken beside its successor, unless told otherwise."""
_TOKEN_BYTES = 32
_SHUT = """INSERT INTO custody.head (bench_no, epoch, last_seq, last_hash, frozen)
  VALUES (%s, %s, 0, decode(repeat('00', 32), 'hex'), true)
  ON CONFLICT (bench_no, epoch) DO UPDATE SET frozen = true"""


@dataclass(frozen=True, slots=True)
class NewBench:
    """A bench that is to be let in: whose it is, and for how many days its certificate is good."""

    name: str
    organisation: str
    days: int = 365


def add_bench(
    connection: psycopg.Connection[Any], authority: Authority, new: NewBench, now: datetime
) -> Identity:
    """Let a bench in; return its certificate and key, which are kept nowhere here.

    `ProblemError` (CENTRE_NAME) where there is one of that name, or another role on the server.
    """
    name = _named(authority, new.name)
    identity = authority.bench(name, now, days=new.days)
    with connection.transaction():
        let_in(connection, name, Group.BENCH)
        found = connection.execute(
            "INSERT INTO custody.bench (bench_id, role_name, organisation) VALUES (%s, %s, %s)"
            " ON CONFLICT DO NOTHING RETURNING bench_no", (name, name, new.organisation),
        ).fetchone()  # fmt: skip
        if found is None:
            raise name_error(name, "there is a bench of that name")
        _take(connection, found[0], identity)
    return identity


def rotate(
    connection: psycopg.Connection[Any],
    authority: Authority,
    name: str,
    now: datetime,
    *,
    days: int = 365,
    overlap: timedelta = OVERLAP,
) -> Identity:
    """Give a bench another certificate; those before are taken until the overlap ends, or less.

    The limits of its role are renewed with it, and it may sign in again where it was shut out.
    """
    identity = authority.bench(_named(authority, name), now, days=days)
    with patient(connection):
        number, _, state = _bench(connection, name)
        if state == "retired":
            raise name_error(name, "it is retired")
        let_in(connection, name, Group.BENCH)
        connection.execute(
            "UPDATE custody.certificate SET ends_at = least(ends_at, clock_timestamp() + %s)"
            " WHERE bench_no = %s", (overlap, number),
        )  # fmt: skip
        _take(connection, number, identity)
    return identity


def shut(connection: psycopg.Connection[Any], name: str) -> None:
    """End the sessions of a bench, and let it sign in no more until `rotate`.

    Where its key was stolen: whoever has it could hold up what comes next. In autocommit.
    """
    if _number(connection, name) is None:
        raise name_error(name, "there is no bench of that name")
    shut_out(connection, name)


def retire(connection: psycopg.Connection[Any], name: str) -> None:
    """Take nothing more from a bench, for good; what it sent stays. Idempotent.

    So for a reader, the door, or what works at the centre: it signs in no more. Whoever it is is
    shut out first, so that nothing it holds can stand in the way.
    """
    number = _number(connection, name)
    if number is None and group_of(connection, name) is None:
        raise name_error(name, "there is no bench and nobody else of that name")
    shut_out(connection, name)
    with patient(connection):
        connection.execute("DELETE FROM custody.reader WHERE role_name = %s", (name,))
        for held in ("certificate", "token"):
            connection.execute(
                f"UPDATE custody.{held} SET ends_at = least(ends_at, clock_timestamp())"  # noqa: S608 - no text from outside
                " WHERE bench_no = %s", (number,),
            )  # fmt: skip
    with patient(connection):
        connection.execute(
            "UPDATE custody.bench SET state = 'retired' WHERE bench_no = %s", (number,)
        )


@dataclass(frozen=True, slots=True)
class Before:
    """How a bench stood when its next epoch was opened: its epoch, and what the store has of it.

    `through` is the number of the last event, 0 without; `heard_at` when it came (UTC, None for
    never); `frozen`: nothing more of it is ever taken.
    """

    epoch: int
    through: int
    heard_at: datetime | None
    frozen: bool


def open_epoch(connection: psycopg.Connection[Any], name: str, epoch: int) -> Before:
    """Take a bench's next epoch from now on, as a supervisor decided; return how it stood before.

    What was still on its way of the epoch before is taken as it comes, up to where the next one
    says that it ended; of one that was frozen nothing is. Never on the bench's own word: the store
    can check neither a signature nor a second person, and a copy of a bench that opens an epoch by
    itself would leave its fork behind unseen. An alarm says so. `ProblemError` (CENTRE_NAME) for a
    retired bench or an epoch that is not after its present one.
    """
    with patient(connection):
        number, before, state = _bench(connection, name)
        if state == "retired":
            raise name_error(name, "it is retired")
        if epoch <= before:
            raise name_error(name, f"its epoch is {before}; the next comes after that")
        connection.execute(
            "UPDATE custody.bench SET epoch = %s, state = 'active' WHERE bench_no = %s",
            (epoch, number),
        )
        if state == "frozen":
            connection.execute(_SHUT, (number, before))
        through, heard_at, frozen = connection.execute(
            "SELECT last_seq, CASE WHEN last_seq > 0 THEN updated_at END, frozen FROM custody.head"
            " WHERE bench_no = %s AND epoch = %s", (number, before),
        ).fetchone() or (0, None, False)  # fmt: skip
        detail = json.dumps({"before": before, "state": state})
        connection.execute(
            "SELECT custody.raise_alarm(%s, %s, coalesce((SELECT last_seq FROM custody.head"
            " WHERE bench_no = %s AND epoch = %s), 0), 'epoch_opened', %s::json)",
            (number, epoch, number, before, detail),
        )
    return Before(before, through, heard_at, frozen)


def add_token(
    connection: psycopg.Connection[Any], name: str, now: datetime, *, days: int = 365
) -> str:
    """Return a new token for a bench that has no certificate; only its SHA-256 is kept."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    with patient(connection):
        number, _, state = _bench(connection, name)
        if state == "retired":
            raise name_error(name, "it is retired")
        connection.execute(
            "INSERT INTO custody.token (sha256, bench_no, ends_at) VALUES (%s, %s, %s)",
            (hashlib.sha256(token.encode()).digest(), number, now + timedelta(days=days)),
        )
    return token


def add_sign_in(
    connection: psycopg.Connection[Any],
    authority: Authority,
    name: str,
    group: Group,
    now: datetime,
    *,
    days: int = 365,
) -> Identity:
    """Let the door or what works at the centre sign in as `name`, or give it a new certificate."""
    identity = authority.bench(_named(authority, name), now, days=days)
    with connection.transaction():
        let_in(connection, name, group)
    return identity


def add_reader(
    connection: psycopg.Connection[Any],
    authority: Authority,
    name: str,
    organisation: str,
    now: datetime,
    *,
    days: int = 365,
) -> Identity:
    """Let an auditor read what the benches of one more organisation recorded."""
    identity = authority.bench(_named(authority, name), now, days=days)
    with connection.transaction():
        let_in(connection, name, Group.READER)
        connection.execute(
            "INSERT INTO custody.reader (role_name, organisation) VALUES (%s, %s)"
            " ON CONFLICT DO NOTHING", (name, organisation),
        )  # fmt: skip
    return identity


def _named(authority: Authority, name: str) -> str:
    """Return a name that may sign in with a certificate of that authority.

    Names in certificates are compared without case (RFC 5280 7.1): one that is also its issuer's is
    taken for its own authority, and let in nowhere.
    """
    if checked(name).casefold() == " ".join(authority.name.split()).casefold():
        raise name_error(name, "the authority that signs certificates is called that")
    return name


def _number(connection: psycopg.Connection[Any], name: str) -> int | None:
    row = connection.execute(
        "SELECT bench_no FROM custody.bench WHERE bench_id = %s", (name,)
    ).fetchone()
    return None if row is None else row[0]


def _bench(connection: psycopg.Connection[Any], name: str) -> tuple[int, int, str]:
    """Return number, epoch and state of a bench, which no one else changes in the meantime."""
    row = connection.execute(
        "SELECT bench_no, epoch, state FROM custody.bench WHERE bench_id = %s FOR NO KEY UPDATE",
        (name,),
    ).fetchone()
    if row is None:
        raise name_error(name, "there is no bench of that name")
    return row[0], row[1], row[2]


def _take(connection: psycopg.Connection[Any], number: int, identity: Identity) -> None:
    connection.execute(
        "INSERT INTO custody.certificate (serial, bench_no, not_after, ends_at)"
        " VALUES (%s, %s, %s, %s)",
        (identity.serial, number, identity.not_after, identity.not_after),
    )
