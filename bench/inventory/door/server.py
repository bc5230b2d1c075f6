"""Lets the door be asked until it is told to end: uvicorn on one loop."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextlib import nullcontext as _nothing
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from bench.identity.plain import plain
from bench.inventory.door.guests import Guests
from bench.inventory.door.limits import Limits
from bench.inventory.door.protocol import DoorProtocol
from bench.inventory.door.threshold import Threshold

_LOGGERS = ("uvicorn.error", "asyncio")


class DoorServer(uvicorn.Server):
    """Serves one application at one socket; `say` hears what uvicorn would log, without traces."""

    def __init__(
        self,
        app: ASGIApp,
        listening: socket.socket,
        tls: ssl.SSLContext,
        limits: Limits,
        say: Callable[[str], None],
    ) -> None:
        super().__init__(_config(app, tls, limits))
        self._guests = Guests(limits.connections, limits.strangers_each)
        self._listening = Threshold(listening, self._guests)
        self._limits = limits
        self._say = say

    async def answer(self, ended: asyncio.Event, ready: Callable[[], None]) -> None:
        """Answer until `ended`, then finish what is under way; `ready` once it listens."""
        with _said(self._say):
            serving = asyncio.create_task(self.serve())
            telling = asyncio.create_task(self._end_with(ended, ready))
            try:
                await serving
            finally:
                telling.cancel()

    def capture_signals(self) -> Any:  # noqa: ANN401 - a context manager
        """Leave signals to the program."""
        return _nothing()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002 - uvicorn's call
        """Listen; unlike uvicorn's own, with limits to how long TLS is negotiated and ended."""
        await self.lifespan.startup()
        server = await asyncio.get_running_loop().create_server(
            self._protocol,
            sock=self._listening,
            ssl=self.config.ssl,
            ssl_handshake_timeout=self._limits.handshake,
            ssl_shutdown_timeout=0.2,
        )
        self.servers = [server]
        self.started = True

    def _protocol(self) -> DoorProtocol:
        its = self.config, self.server_state, self.lifespan.state
        return DoorProtocol(*its, self._limits, self._guests)

    async def _end_with(self, ended: asyncio.Event, ready: Callable[[], None]) -> None:
        while not self.started:  # noqa: ASYNC110 - uvicorn tells it in no other way
            await asyncio.sleep(0.01)
        ready()
        await ended.wait()
        self.should_exit = True


def _config(app: ASGIApp, tls: ssl.SSLContext, limits: Limits) -> uvicorn.Config:
    return uvicorn.Config(
        app, loop="asyncio", http=DoorProtocol, ws="none", lifespan="off", log_config=None,
        access_log=False, proxy_headers=False, server_header=False,
        timeout_keep_alive=limits.idle, timeout_graceful_shutdown=limits.farewell,
        h11_max_incomplete_event_size=limits.head_bytes, ssl_context_factory=lambda *_: tls,
    )  # fmt: skip


class _Saying(logging.Handler):
    def __init__(self, say: Callable[[str], None]) -> None:
        super().__init__(logging.WARNING)
        self._say = say

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[0] if record.exc_info else None
        what = plain(record.getMessage(), 200)
        self._say(f"{what} ({error.__name__})" if error else what)


@contextmanager
def _said(say: Callable[[str], None]) -> Iterator[None]:
    saying = _Saying(say)
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    before = [logger.propagate for logger in loggers]
    for logger in loggers:
        logger.addHandler(saying)
        logger.propagate = False
    try:
        yield
    finally:
        for logger, propagates in zip(loggers, before, strict=True):
            logger.removeHandler(saying)
            logger.propagate = propagates
