"""So many connections to the store and not more, kept for the next who needs one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

import psycopg

Connection: TypeAlias = "psycopg.AsyncConnection[Any]"


class PoolBusyError(Exception):
    """All connections were in use for too long."""


class NotConnectedError(Exception):
    """No connection could be had; its cause says why."""


class Pool:
    """Lends connections, `size` at most; whoever comes waits `wait` seconds for one.

    One that failed, or whose use was broken off, is closed and not lent again.
    """

    def __init__(
        self, connect: Callable[[], Awaitable[Connection]], size: int, wait: float
    ) -> None:
        self._connect = connect
        self._places = asyncio.Semaphore(size)
        self._wait = wait
        self._idle: list[Connection] = []

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[Connection]:
        """Lend one. Raises `PoolBusyError` or `NotConnectedError` where none can be had."""
        try:
            async with asyncio.timeout(self._wait):
                await self._places.acquire()
        except TimeoutError as error:
            raise PoolBusyError from error
        try:
            async with self._kept(await self._one()) as one:
                yield one
        finally:
            self._places.release()

    async def forget_idle(self) -> None:
        """Close those that are not in use."""
        idle, self._idle = self._idle, []
        for each in idle:
            await each.close()

    async def _one(self) -> Connection:
        if self._idle:
            return self._idle.pop()
        try:
            return await self._connect()
        except (psycopg.Error, OSError) as error:
            raise NotConnectedError from error

    @asynccontextmanager
    async def _kept(self, connection: Connection) -> AsyncIterator[Connection]:
        fit = False
        try:
            yield connection
            fit = not connection.closed
        finally:
            if fit:
                self._idle.append(connection)
            else:
                await connection.close()
