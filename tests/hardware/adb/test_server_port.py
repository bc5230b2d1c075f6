"""What else may hold the adb server's port: each is named, none is ended, and the bench goes on."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from bench.events.device import ProblemCleared, ProblemRaised
from bench.problems import Problem, ProblemCode
from hardware.adb.client import AdbClient, Deadlines
from hardware.adb.server import AdbServer, free_port
from hardware.simulator.adb_server.faults import RefuseService, StallAnswer
from hardware.simulator.adb_server.server import SimulatedAdbServer
from tests.hardware.adb.real_server import LIMIT, Peer
from tests.hardware.adb.simulated_server import code_of

_PATIENCE = 0.3


@asynccontextmanager
async def _listener(greeting: bytes, *, stays: bool) -> AsyncIterator[int]:
    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        if stays:
            await reader.read()
        writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        server.close()


def _secure_shell() -> AbstractAsyncContextManager[int]:
    return _listener(b"SSH-2.0-OpenSSH_9.2p1\r\n", stays=True)


def _silence() -> AbstractAsyncContextManager[int]:
    return _listener(b"", stays=True)


def _one_that_hangs_up() -> AbstractAsyncContextManager[int]:
    return _listener(b"", stays=False)


@asynccontextmanager
async def _web_server() -> AsyncIterator[int]:
    port = free_port()
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    async with asyncio.timeout(LIMIT):
        while await code_of(AdbClient(port, deadlines=Deadlines(answer=_PATIENCE)).version()) == (
            ProblemCode.ADB_SERVER_LOST
        ):
            await asyncio.sleep(0.05)
    yield port
    assert child.returncode is None
    child.kill()
    await child.wait()


@asynccontextmanager
async def _old_server() -> AsyncIterator[int]:
    async with SimulatedAdbServer(version=32) as server:
        yield server.port
        assert "host:kill" not in server.asked


@asynccontextmanager
async def _server_that_refuses() -> AsyncIterator[int]:
    fault = RefuseService(pattern="*", reason="not for you")
    async with SimulatedAdbServer([fault]) as server:
        yield server.port
        assert "host:kill" not in server.asked


@pytest.mark.parametrize(
    ("stranger", "code"),
    [
        (_secure_shell, ProblemCode.ADB_PORT_TAKEN),
        (_one_that_hangs_up, ProblemCode.ADB_PORT_TAKEN),
        (_silence, ProblemCode.ADB_SILENT),
        (_web_server, ProblemCode.ADB_SILENT),
        (_old_server, ProblemCode.ADB_OUTDATED),
        (_server_that_refuses, ProblemCode.ADB_REFUSED),
    ],
)
def test_a_stranger_on_the_port_is_named_left_alone_and_followed_by_a_server_of_ours(
    tmp_path: Path, stranger: Callable[[], AbstractAsyncContextManager[int]], code: ProblemCode
) -> None:
    async def run() -> None:
        async with stranger() as port:
            server = AdbServer(port, tmp_path, patience=_PATIENCE)
            peer = Peer(server, AdbClient(port))
            following = peer.following()
            await following.__aenter__()
            raised = await asyncio.wait_for(peer.facts.get(), LIMIT)
            assert isinstance(raised, ProblemRaised)
            assert (raised.problem.code, raised.problem.where) == (code, "ADB")
            assert raised.problem.advice.do
        await peer.wait_for(ProblemCleared(code, "ADB"))
        assert await AdbClient(port).version() == 41
        await following.__aexit__(None, None, None)
        await server.stop()
        assert {type(fact) for fact in peer.told} == {ProblemRaised, ProblemCleared}

    asyncio.run(run())


def test_a_server_of_somebody_else_serves_the_bench_and_outlives_it(tmp_path: Path) -> None:
    async def run() -> None:
        theirs = AdbServer(free_port(), tmp_path)
        await theirs.ensure()
        ours = AdbServer(theirs.port, tmp_path / "other")
        peer = Peer(ours, AdbClient(ours.port))
        async with peer.following():
            await asyncio.sleep(0.1)
        await ours.stop()
        assert peer.told == []
        assert await AdbClient(theirs.port).version() == 41
        await theirs.stop()

    asyncio.run(run())


def test_a_server_that_falls_silent_under_the_bench_is_told(tmp_path: Path) -> None:
    async def run() -> None:
        async with SimulatedAdbServer() as stranger:
            server = AdbServer(stranger.port, tmp_path, patience=_PATIENCE)
            peer = Peer(server, AdbClient(stranger.port, deadlines=Deadlines(answer=_PATIENCE)))
            async with peer.following():
                while "host:devices-l" not in stranger.asked:
                    await asyncio.sleep(0.01)
                stranger.faults.append(StallAnswer(pattern="*", after=0))
                await peer.wait_for(ProblemRaised(Problem(ProblemCode.ADB_SILENT, "ADB")))
                stranger.faults.clear()
                await peer.wait_for(ProblemCleared(ProblemCode.ADB_SILENT, "ADB"))

    asyncio.run(run())
