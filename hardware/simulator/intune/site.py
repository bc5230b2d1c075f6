"""The web site of the simulated service: what comes over the wire, and what goes back.

Runs on whatever loop opens it. Faults are looked up here: nothing behind it knows of them.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from email.utils import format_datetime
from typing import Final, TypeAlias

from aiohttp import web

from hardware.simulator.intune.asking import Answer
from hardware.simulator.intune.faults import (
    INSTEAD,
    Cut,
    CutAfterDoing,
    Enormous,
    Fault,
    Faults,
    HalfBody,
    Redirect,
    Refuse,
    Say,
    Silence,
    Slow,
)
from hardware.simulator.intune.front_desk import FrontDesk, Letter
from hardware.simulator.intune.lines import Lines
from hardware.simulator.intune.mangling import mangled, printed

_LARGEST_REQUEST: Final = 4 * 1024 * 1024
_CHUNK: Final = b"x" * 65_536
_ODATA: Final = "application/json;odata.metadata=minimal;odata.streaming=true;charset=utf-8"
Log: TypeAlias = Callable[[str, str, int], None]


class Site:
    """Serves a front desk over TLS; what is still open when it closes is cut."""

    def __init__(self, desk: FrontDesk, faults: Faults, log: Log) -> None:
        self._desk = desk
        self._faults = faults
        self._log = log
        self._ending = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._lines: Lines | None = None

    async def open(self, listening: socket.socket, context: ssl.SSLContext) -> None:
        """Serve on a bound socket."""
        application = web.Application(client_max_size=_LARGEST_REQUEST)
        application.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(
            application, access_log=None, handle_signals=False, handler_cancellation=True,
            shutdown_timeout=1,
        )  # fmt: skip
        await self._runner.setup()
        assert self._runner.server is not None, "it was set up"
        self._lines = Lines(listening, context, self._runner.server)
        self._lines.open()

    async def close(self) -> None:
        """Serve no more."""
        self._ending.set()
        if self._lines is not None:
            await self._lines.close()
        if self._runner is None:
            return
        for line in self._runner.server.connections if self._runner.server else ():
            if line.transport is not None:
                line.transport.abort()  # TLS would wait for a goodbye that may never come
        await self._runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        status = 0
        try:
            response = await self._respond(request)
            if request.transport is not None and not request.transport.is_closing():
                status = response.status
            return response
        finally:  # whoever asked may have gone before it was answered
            self._log(request.method, request.path, status)

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        letter = await _read(request)
        slow = self._faults.take(letter.method, letter.path, Slow)
        if isinstance(slow, Slow):
            await self._wait(slow.seconds)
        fault = self._faults.take(letter.method, letter.path, *INSTEAD)
        response = await self._befallen(request, letter, fault)
        if response is not None:
            return response
        answer = mangled(self._answer(letter, fault), fault, str(request.url))
        return await self._send(request, answer, fault)

    def _answer(self, letter: Letter, fault: Fault | None) -> Answer:
        if isinstance(fault, Refuse):
            return self._desk.refuse(letter, fault)
        return self._desk.answer(letter)

    async def _befallen(
        self, request: web.Request, letter: Letter, fault: Fault | None
    ) -> web.StreamResponse | None:
        """Answer what needs no answer of the desk; None: it does."""
        match fault:
            case Silence():
                await self._wait(None)
                return _cut(request)
            case Cut():
                return _cut(request)
            case Say(body, status, kind):
                return web.Response(
                    body=body,
                    status=status,
                    headers={**self._headers(letter), "Content-Type": kind},
                )
            case Redirect(to, status):
                headers = {**self._headers(letter), "Location": to}
                return web.Response(status=status, headers=headers)
            case Enormous(size):
                return await self._pour(request, size)
            case _:
                return None

    async def _send(
        self, request: web.Request, answer: Answer, fault: Fault | None
    ) -> web.StreamResponse:
        body = printed(answer)
        headers = {"Date": self._date(), **answer.headers}
        if answer.body is not None:
            headers.setdefault("Content-Type", _ODATA)
        match fault:
            case CutAfterDoing():
                return _cut(request)
            case HalfBody():
                return await _half(request, answer.status, headers, body)
            case _:
                return web.Response(status=answer.status, body=body, headers=headers)

    async def _pour(self, request: web.Request, size: int) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Date": self._date(), "Content-Type": "application/json"}
        )
        response.enable_chunked_encoding()
        head, tail = b'{"value":[{"id":"', b'"}]}'
        left = max(0, size - len(head) - len(tail))
        with suppress(ConnectionError):  # whoever asked has had enough
            await response.prepare(request)
            await response.write(head)
            while left > 0 and not self._ending.is_set():
                await response.write(_CHUNK[:left])
                left -= len(_CHUNK)
            await response.write(tail)
            await response.write_eof()
        return response

    def _headers(self, letter: Letter) -> dict[str, str]:
        return {"Date": self._date(), **self._desk.numbers(letter)}

    def _date(self) -> str:
        return format_datetime(self._desk.clock.now(), usegmt=True)

    async def _wait(self, seconds: float | None) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._ending.wait(), seconds)


async def _read(request: web.Request) -> Letter:
    """Read a request; of one that is too large, nothing but that."""
    headers = {name.casefold(): value for name, value in request.headers.items()}
    query = dict(request.query)
    try:
        body = await request.read()
    except web.HTTPRequestEntityTooLarge:
        return Letter(request.method, request.path, query, b"", headers, too_large=True)
    return Letter(request.method, request.path, query, body, headers)


def _cut(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


async def _half(
    request: web.Request, status: int, headers: dict[str, str], body: bytes
) -> web.StreamResponse:
    response = web.StreamResponse(status=status, headers=headers)
    response.content_length = len(body)
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response
