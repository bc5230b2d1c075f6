"""An ADB server that says what it is told to say, for answers that no real one should give."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias, TypeVar

import pytest

from bench.problems import Problem, ProblemError
from hardware.adb.client import AdbClient, Deadlines

Server: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
_T = TypeVar("_T")
PATIENT = Deadlines()
SHORT = Deadlines(answer=0.3, connect=0.3, shell=0.3, stall=0.3, install=0.3)


def against(
    server: Server, work: Callable[[AdbClient], Awaitable[_T]], deadlines: Deadlines = PATIENT
) -> _T:
    """Work with a client whose server behaves as told, and hangs up after that."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await server(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def run() -> _T:
        listener = await asyncio.start_server(behave, "127.0.0.1", 0)
        async with listener:
            port = listener.sockets[0].getsockname()[1]
            return await work(AdbClient(port, deadlines=deadlines))

    return asyncio.run(run())


async def request(reader: asyncio.StreamReader) -> bytes:
    return await reader.readexactly(int(await reader.readexactly(4), 16))


def saying(*answers: bytes) -> Server:
    """Answer each request in turn with raw bytes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            await request(reader)
            writer.write(answer)
            await writer.drain()

    return serve


async def silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.read()


def problem_of(
    server: Server,
    work: Callable[[AdbClient], Awaitable[object]],
    deadlines: Deadlines = PATIENT,
) -> Problem:
    with pytest.raises(ProblemError) as raised:
        against(server, work, deadlines)
    return raised.value.problem
