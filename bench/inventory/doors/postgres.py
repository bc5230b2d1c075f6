"""The door of PostgreSQL itself: a session over TLS with certificates on both sides.

Blocking: on a thread or in a process of its own. Nothing of what surrounds the program (variables
that begin with PG, a service file, a file of passwords) changes where it connects or how.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import psycopg
from cryptography import x509
from cryptography.x509.oid import NameOID
from psycopg.types.json import Jsonb

from bench.custody.entries import SealedEvent
from bench.inventory.centre import NOTHING_ASKED, Answer, Asks, Status
from bench.inventory.doors.libpq import not_answered, not_connected
from bench.inventory.doors.trouble import UnreachableError
from bench.problems import Problem, ProblemCode, ProblemError

DEADLINE = 60.0
"""Seconds for one exchange, its connection included."""
_EXCHANGE = (
    "SELECT status, accepted_through, head_hash, stored, answers FROM custody.exchange("
    "%b::int4, %b::int8, %b::text[], %b::bytea[], %b::jsonb)"
)
_PORT = 5432
_CONNECTING = 10
"""Seconds until who does not answer counts as away."""
_FIXED: dict[str, Any] = {
    "sslmode": "verify-full", "sslcertmode": "require", "require_auth": "none",
    "ssl_min_protocol_version": "TLSv1.2", "gssencmode": "disable", "sslcompression": "0",
    "sslnegotiation": "postgres", "target_session_attrs": "any", "client_encoding": "UTF8",
    "passfile": "/nonexistent", "sslpassword": "-", "application_name": "staging-bench",
    "options": "", "load_balance_hosts": "disable",
    "keepalives": 1, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3,
}  # fmt: skip
"""libpq's keywords that are never anything else. An encrypted key is refused, not asked about."""


@dataclass(frozen=True, slots=True)
class PostgresAddress:
    """Where a central store is."""

    host: str
    port: int
    database: str

    @classmethod
    def parse(cls, text: str) -> PostgresAddress:
        """Read `postgresql://HOST[:PORT]/DATABASE`; `ProblemError` (CENTRE_UNUSABLE) if other."""
        try:
            said = urlsplit(text)
            port = said.port or _PORT
        except ValueError as error:
            raise _unusable("central.address", "it is no address") from error
        database = unquote(said.path[1:])
        if said.scheme not in ("postgresql", "postgres") or not said.hostname or not database:
            raise _unusable("central.address", "give postgresql://HOST:PORT/DATABASE")
        if said.query or said.fragment or said.username or said.password or _is_odd(said, database):
            detail = "give host, port and database and nothing else"
            raise _unusable("central.address", detail)
        return cls(said.hostname, port, database)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class PostgresDoor:
    """A `Centre` that is a PostgreSQL; `deadline` seconds for each exchange.

    `certificate` and `key` are this bench's PEM files, `trust` that of whom the centre's is signed
    by. It signs in as whom the certificate is of. `cancel` may be called from any thread.
    Raises `ProblemError` (CENTRE_UNUSABLE) where address or files cannot be used.
    """

    def __init__(
        self,
        address: str,
        certificate: Path,
        key: Path,
        trust: Path,
        bench: str,
        deadline: float = DEADLINE,
    ) -> None:
        its = PostgresAddress.parse(address)
        self._where = str(its)
        self._bench = bench
        self._deadline = deadline
        for path in (certificate, key, trust):
            _refuse_unreadable(path)
        self._words = _FIXED | {
            "host": its.host, "port": its.port, "dbname": its.database,
            "user": _signed_for(certificate), "sslcert": str(certificate), "sslkey": str(key),
            "sslrootcert": str(trust), "tcp_user_timeout": int(deadline * 1000),
            "connect_timeout": max(1, int(min(deadline, _CONNECTING))),
        }  # fmt: skip
        self._session: psycopg.Connection[Any] | None = None

    def __repr__(self) -> str:
        return f"PostgresDoor({self._where!r}, {self._bench!r})"

    def exchange(
        self,
        epoch: int,
        from_seq: int,
        events: Sequence[SealedEvent] = (),
        asks: Asks = NOTHING_ASKED,
    ) -> Answer:
        """Bring events that follow one another from number `from_seq`, and ask."""
        bodies = [event.body.decode() for event in events]
        signatures = [event.signature for event in events]
        given = (epoch, from_seq, bodies, signatures, Jsonb(asks.json))
        session = self._session or self._connected()
        try:
            with self._in_time(session):
                row = session.execute(_EXCHANGE, given, binary=True).fetchone()
        except psycopg.Error as error:
            self.close()
            raise not_answered(self._where, error) from None
        except BaseException:
            self.close()
            raise
        return self._read(row)

    def cancel(self) -> None:
        """End the exchange under way, from another thread: it is as if the line had been cut."""
        if session := self._session:
            _cut(session)

    def close(self) -> None:
        """Hang up; the next exchange connects anew."""
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def _connected(self) -> psycopg.Connection[Any]:
        _leave_surroundings()
        try:
            session = psycopg.connect(**self._words, autocommit=True, prepare_threshold=None)
        except psycopg.Error as error:
            raise not_connected(self._where, error) from None
        self._session = session
        milliseconds = max(1, int(self._deadline * 900))
        try:
            with self._in_time(session):
                session.execute(
                    "SELECT set_config('statement_timeout', %s, false),"
                    " set_config('lock_timeout', %s, false)",
                    (str(milliseconds), str(milliseconds)),
                )
        except psycopg.Error as error:
            self.close()
            raise not_answered(self._where, error) from None
        return session

    @contextmanager
    def _in_time(self, session: psycopg.Connection[Any]) -> Iterator[None]:
        """Cut the line after the deadline: a server that stands still would be waited for."""
        timer = threading.Timer(self._deadline, _cut, (session,))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _read(self, row: tuple[Any, ...] | None) -> Answer:
        match row:
            case (str(status), accepted, head, stored, answers) if status in set(Status):
                return Answer(
                    Status(status),
                    accepted if type(accepted) is int and accepted >= 0 else None,
                    bytes(head) if head is not None and len(head) == 32 else None,  # noqa: PLR2004 - SHA-256
                    stored if type(stored) is int else 0,
                    answers if isinstance(answers, dict) else {},
                )
        raise UnreachableError(self._where, "it answers what no centre answers")


def _leave_surroundings() -> None:
    """Take from this process what libpq would read beside what it is told."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]


def _cut(session: psycopg.Connection[Any]) -> None:
    with suppress(OSError, psycopg.Error):
        line = socket.socket(fileno=os.dup(session.fileno()))
        with line:
            line.shutdown(socket.SHUT_RDWR)


def _signed_for(certificate: Path) -> str:
    try:
        found = x509.load_pem_x509_certificate(certificate.read_bytes())
        names = found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return str(names[0].value)
    except (OSError, ValueError, IndexError) as error:
        raise _unusable(certificate.name, "it is no certificate of a bench") from error


def _refuse_unreadable(path: Path) -> None:
    try:
        path.open("rb").close()
    except OSError as error:
        raise _unusable(path.name, error.strerror or "it cannot be read") from error


def _is_odd(said: SplitResult, database: str) -> bool:
    """Whether libpq could take it for more than it says: a list of hosts, or a socket's folder."""
    host = said.hostname or ""
    return any(sign in host for sign in ",/@=%\\' ") or "=" in database or "/" in database


def _unusable(where: str, detail: str) -> ProblemError:
    return ProblemError(Problem(ProblemCode.CENTRE_UNUSABLE, where, detail))
