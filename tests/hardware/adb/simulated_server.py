"""A simulated adb server, and what the bench is told of the handsets on it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeAlias

from bench.identity.identifiers import UsbPath
from bench.problems import ProblemCode, ProblemError
from hardware.adb.client import AdbClient, Deadlines
from hardware.adb.server import AdbServer
from hardware.adb.sightings import by_usb_path
from hardware.simulator.adb_server.faults import ServerFault
from hardware.simulator.adb_server.server import SimulatedAdbServer
from tests.hardware.adb.real_server import Peer

Work: TypeAlias = Callable[[SimulatedAdbServer, Peer], Awaitable[None]]


def with_simulated_server(
    work: Work, faults: Iterable[ServerFault] = (), deadlines: Deadlines | None = None
) -> None:
    """Work at a bench whose server is simulated; over it the server itself names the ports."""

    async def run() -> None:
        async with SimulatedAdbServer(faults) as server:
            client = AdbClient(server.port, deadlines=deadlines)
            await work(server, Peer(AdbServer(server.port), client, locate_by=by_usb_path))

    asyncio.run(run())


def path(text: str) -> UsbPath:
    return UsbPath.parse(text)


async def code_of(work: Awaitable[object]) -> ProblemCode | None:
    """Return which problem work ends in; None when in none."""
    try:
        await work
    except ProblemError as error:
        return error.problem.code
    return None
