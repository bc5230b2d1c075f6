"""A bench beside a simulated Intune, and a service that says whatever a test wants."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bench.enrolment.intune.exchange import Exchange, Limits
from bench.enrolment.intune.graph import Graph
from bench.enrolment.intune.intune import Intune
from bench.enrolment.intune.patience import Patience
from bench.enrolment.intune.pauses import Pauses
from bench.identity.identifiers import Imei, SerialNumber
from bench.problems import ProblemCode, ProblemError
from hardware.simulator.intune import SimulatedIntune
from tests.peers.intune.intune_room import papers

NAME = "A32 fully managed"
QUICK = Patience(tries=4, base=0.001, cap=0.002, longest=60)
"""Waits as long as it is asked to; a pause of its own choice is over at once."""
TOKEN = "canary-0123456789abcdef-canary"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def imei(number: int) -> Imei:
    return Imei.with_check_digit(f"00440000{number:06d}")


def serial(number: int) -> SerialNumber:
    return SerialNumber(f"R58N{number:05d}XY")


def at_a_bench(scenario: Callable[[SimulatedIntune, Intune], Coroutine[Any, Any, None]]) -> None:
    """Play a scenario beside a simulated tenant with one profile."""

    async def play() -> None:
        async with SimulatedIntune(papers=papers()) as service:
            service.make_profile(NAME)
            async with Intune(service.address, interval=0.001, patience=QUICK) as intune:
                await asyncio.wait_for(scenario(service, intune), 30)

    asyncio.run(play())


async def refused(work: Awaitable[object]) -> ProblemError:
    """Return the problem that comes of it."""
    with pytest.raises(ProblemError) as caught:
        await work
    return caught.value


async def code_of(work: Awaitable[object]) -> ProblemCode:
    """Return the code of the problem that comes of it."""
    return (await refused(work)).problem.code


class SignedIn:
    """Implements `Bearer`: has a token, and another when that is refused."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def token(self, refused: str = "") -> str:
        self.asked.append(refused)
        return f"{TOKEN}-2" if refused else TOKEN


class OddService:
    """A service over TLS that answers each request as the next handler does, the last for ever."""

    def __init__(self, *handlers: Handler) -> None:
        self.handlers = list(handlers)
        self.heard: list[web.Request] = []
        self.root = ""

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.heard.append(request)
        await request.read()
        handler = self.handlers.pop(0) if len(self.handlers) > 1 else self.handlers[0]
        return await handler(request)

    @asynccontextmanager
    async def graph(
        self, folder: Path, *, patience: Patience = QUICK, limits: Limits | None = None,
        bearer: SignedIn | None = None, trusted: bool = True,
    ) -> AsyncIterator[Graph]:  # fmt: skip
        """Serve, and ask it."""
        own = papers()
        (folder / "server.pem").write_text(own.server)
        (folder / "authority.pem").write_text(own.authority)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "server.pem")
        application = web.Application(client_max_size=2**24)
        application.router.add_route("*", "/{path:.*}", self._handle)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
        await site.start()
        port = runner.addresses[0][1]
        self.root = f"https://127.0.0.1:{port}/beta"
        exchange = Exchange(folder / "authority.pem" if trusted else None, limits or Limits())
        try:
            pauses = Pauses(patience, exchange.service_now)
            yield Graph(exchange, self.root, bearer or SignedIn(), pauses)
        finally:
            await exchange.close()
            await runner.cleanup()


def says(body: object, status: int = 200, **headers: str) -> Handler:
    """Return a handler that answers so; names of headers with `_` for `-`."""

    async def handler(_: web.Request) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if isinstance(body, bytes):
            return web.Response(body=body, status=status, headers=named)
        return web.json_response(body, status=status, headers=named)

    return handler
