"""Stands before the application: writes down who came, and lets no fault out but a sentence."""

from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import Callable
from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bench.identity.plain import plain
from bench.inventory.door.callers import BENCH_HEADER

PEER_GONE = 499
"""Written down where the peer went before it was answered; nobody is sent it."""
KNOWN = "staging-bench.known"
"""The word of an ASGI scope by which the application says that it knows who asks."""
_PLACES = ("/v1/exchange", "/v1/health", "/v1/openapi.json")
_ALWAYS = [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]


class Porter:
    """One line for each request: address, bench as said, way, status, events, milliseconds.

    No query, header or body stands in it.
    """

    def __init__(self, inner: ASGIApp, say: Callable[[str], None], patience: float = 1.0) -> None:
        self._inner = inner
        self._say = say
        self._patience = patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI scope."""
        if scope["type"] != "http":
            return
        status, begun, whole = PEER_GONE, time.monotonic(), False

        async def heard() -> Message:
            nonlocal whole
            message = await receive()
            whole = not message.get("more_body", False)
            return message

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _headers(scope, message)
                if not whole and not _waits(scope):
                    await self._hear_out(heard)
            await send(message)

        try:
            await self._inner(scope, heard, sent)
        except Exception as error:  # noqa: BLE001 - a bug answers one peer and ends for no other
            self._say(_fault(error))
        finally:
            self._say(_line(scope, status, time.monotonic() - begun))

    async def _hear_out(self, receive: Receive) -> None:
        """Let a peer say the rest: closing on unread bytes would destroy its answer."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience):
                while (await receive()).get("more_body", False):
                    pass


def _headers(scope: Scope, message: Message) -> list[tuple[bytes, bytes]]:
    """Return an answer's headers; nobody keeps a connection who was not made out."""
    headers = [*message.get("headers", ()), *_ALWAYS]
    if not scope.get(KNOWN) and all(name.lower() != b"connection" for name, _ in headers):
        headers.append((b"connection", b"close"))
    return headers


def _waits(scope: Scope) -> bool:
    """Return whether the peer sends its body only when told to (RFC 9110, 10.1.1)."""
    return any(name == b"expect" for name, _ in scope["headers"])


def _line(scope: Scope, status: int, seconds: float) -> str:
    address = (scope.get("client") or ("-",))[0]
    name = BENCH_HEADER.lower().encode()
    said = next((value for each, value in scope["headers"] if each == name), b"-")
    place = scope["path"] if scope["path"] in _PLACES else "elsewhere"
    bench = plain(said.decode("latin-1"), 64) or "-"
    events = scope.get("events", 0)
    return (
        f"{address} {bench} {plain(scope['method'], 16)} {place} {status}"
        f" {events} events {seconds * 1000:.0f} ms"
    )


def _fault(error: Exception) -> str:
    """Name the kind and the place of a fault; its words may hold what a peer or database said."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"A fault in the program: {type(error).__name__} at {last.name}, line {last.lineno}"
