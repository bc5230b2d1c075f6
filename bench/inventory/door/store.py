"""The store behind the door: one function, for whichever bench asks (`custody.exchange_for`).

What PostgreSQL says of trouble goes to the log, never to who asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from bench.identity.plain import plain
from bench.inventory.centre import Answer, Status
from bench.inventory.door.callers import Caller
from bench.inventory.door.limits import Limits
from bench.inventory.door.pool import Connection, NotConnectedError, Pool, PoolBusyError
from bench.inventory.door.refusals import Code, DoorError
from bench.inventory.door.words import ExchangeSaid

_EXCHANGE = (
    "SELECT status, accepted_through, head_hash, stored, answers FROM custody.exchange_for("
    "%b::text, %b::numeric, %b::bytea, %b::int4, %b::int8, %b::text[], %b::bytea[], %b::jsonb)"
)
_NO_EPOCH = 0
"""An epoch that no bench has: what is asked for it changes nothing."""
_UNKNOWN = (Status.UNKNOWN_BENCH, Status.CERTIFICATE_ENDED)
_ENDED = "57P"
"""SQLSTATEs of a session that the server ended; one that was cut has none."""
_AWAY = 5.0
_BUSY = 2.0
"""Seconds to wait where nothing better is known."""


def connecting(database: str, limits: Limits) -> Callable[[], Awaitable[Connection]]:
    """Return what connects as the door: `database` in libpq's words, a role of `staging_door`."""

    async def connect() -> Connection:
        connection = await psycopg.AsyncConnection.connect(
            database,
            autocommit=True,
            prepare_threshold=None,
            connect_timeout=5,
            application_name="staging-bench door",
        )
        limit = f"{int(limits.store * 1000)}ms"
        await connection.execute("SELECT set_config('statement_timeout', %s, false)", (limit,))
        return connection

    return connect


class Store:
    """Asks the store through a pool; `say` is told of trouble in one line without secrets."""

    def __init__(self, pool: Pool, limits: Limits, say: Callable[[str], None]) -> None:
        self._pool = pool
        self._limits = limits
        self._say = say

    async def knows(self, caller: Caller) -> bool:
        """Return whether the caller is the bench that it says it is. Raises `DoorError`."""
        asked = ExchangeSaid.model_construct(epoch=_NO_EPOCH, from_seq=1)
        return (await self.exchange(caller, asked)).status not in _UNKNOWN

    async def exchange(self, caller: Caller, said: ExchangeSaid) -> Answer:
        """Take in and answer. Raises `DoorError`: STORE_AWAY, CENTRE_BUSY, MALFORMED."""
        words = _words(caller, said)
        try:
            async with asyncio.timeout(self._limits.store):
                return await self._again_if_cut(words)
        except PoolBusyError as error:
            raise DoorError(Code.CENTRE_BUSY, retry_after=_BUSY) from error
        except NotConnectedError as error:
            raise self._trouble(error.__cause__ or error) from error
        except (psycopg.Error, OSError) as error:
            raise self._trouble(error) from error

    async def close(self) -> None:
        """Hang up."""
        await self._pool.forget_idle()

    async def _again_if_cut(self, words: tuple[Any, ...]) -> Answer:
        """Ask; once more where a connection that had rested turns out to be cut.

        The store compares what it has, so that asking twice stores nothing twice.
        """
        try:
            return await self._asked(words)
        except psycopg.OperationalError as error:
            if error.sqlstate is not None and not error.sqlstate.startswith(_ENDED):
                raise
            await self._pool.forget_idle()
        return await self._asked(words)

    async def _asked(self, words: tuple[Any, ...]) -> Answer:
        async with self._pool.lent() as connection:
            row = await (await connection.execute(_EXCHANGE, words, binary=True)).fetchone()
        assert row is not None, "a function answers with a row"
        status, through, head, stored, answers = row
        return Answer(Status(status), through, head, stored or 0, answers or {})

    def _trouble(self, error: BaseException) -> DoorError:
        state = getattr(error, "sqlstate", None) or type(error).__name__
        self._say(f"The store: {state} {plain(_first_line(error), 160)}")
        if isinstance(error, psycopg.DataError):
            return DoorError(Code.MALFORMED)
        return DoorError(Code.STORE_AWAY, retry_after=_AWAY)


def _words(caller: Caller, said: ExchangeSaid) -> tuple[Any, ...]:
    return (
        caller.bench, caller.serial, caller.token_sha256, said.epoch, said.from_seq, said.bodies,
        said.signatures, Jsonb(said.asked.json),
    )  # fmt: skip


def _first_line(error: BaseException) -> str:
    """Return what a database says first: what follows may quote what it was given."""
    diagnosis = getattr(error, "diag", None)
    said = diagnosis.message_primary if diagnosis else None
    return said or (str(error).splitlines() or [""])[0]
