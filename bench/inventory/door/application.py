"""The door's ways in: one exchange, a sign of life, its own description (FastAPI)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect

from bench.inventory.door.bodies import Shelf, read_body
from bench.inventory.door.callers import Caller, caller_of
from bench.inventory.door.description import EXCHANGE, HEALTH, complete
from bench.inventory.door.entrance import Entrance
from bench.inventory.door.limits import Limits
from bench.inventory.door.porter import KNOWN, PEER_GONE, Porter
from bench.inventory.door.refusals import Code, DoorError
from bench.inventory.door.store import Store
from bench.inventory.door.words import answered, parse

_ELSEWHERE = {404: Code.NOTHING_HERE, 405: Code.WRONG_METHOD}
_SMALL = 1024
"""Bytes of an answer that are sent as they are."""


class Door:
    """What the ways in share: limits, the store, who may come in."""

    def __init__(
        self, store: Store, limits: Limits, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._limits = limits
        self._entrance = Entrance(limits, store.knows, clock)
        self._shelf = Shelf(limits.bodies_bytes)
        self.linger = limits.linger

    async def exchange(self, request: Request) -> Response:
        """Let in, read, ask the store, answer."""
        caller = caller_of(request.scope)
        address = request.client.host if request.client else ""
        async with self._entrance.admitted(caller, address):
            request.scope[KNOWN] = True
            return await self._exchanged(request, caller, address)

    async def _exchanged(self, request: Request, caller: Caller, address: str) -> Response:
        with self._shelf.place() as place:
            body = await read_body(request, self._limits, place)
            said = await asyncio.to_thread(parse, body)
            request.scope["events"] = len(said.bodies)
            answer = await self._store.exchange(caller, said)
        if answer.head_hash is None and answer.status in ("unknown_bench", "certificate_ended"):
            raise self._entrance.turn_away(caller, address)
        return JSONResponse(answered(answer))


def application(door: Door, say: Callable[[str], None]) -> Porter:
    """Return the door as an ASGI application."""
    app = FastAPI(
        docs_url=None, redoc_url=None, openapi_url="/v1/openapi.json", redirect_slashes=False
    )
    complete(app)
    app.add_api_route("/v1/exchange", door.exchange, methods=["POST"], **EXCHANGE)
    app.add_api_route("/v1/health", _health, methods=["GET"], **HEALTH)
    app.add_exception_handler(DoorError, _refused)
    app.add_exception_handler(HTTPException, _elsewhere)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _fault)
    app.add_middleware(GZipMiddleware, minimum_size=_SMALL)
    return Porter(app, say, door.linger)


async def _health() -> JSONResponse:
    return JSONResponse({"status": "ok"})


def _spelled(error: DoorError, more: dict[str, str] | None = None) -> Response:
    refusal = error.refusal
    return Response(refusal.body, refusal.status, {**(more or {}), **refusal.headers})


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, DoorError)
    return _spelled(error)


async def _elsewhere(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    allowed: Any = {name: it for name, it in (error.headers or {}).items() if name == "Allow"}
    return _spelled(DoorError(_ELSEWHERE.get(error.status_code, Code.MALFORMED)), allowed)


async def _gone(_: Request, __: Exception) -> Response:
    return Response(status_code=PEER_GONE)


async def _fault(_: Request, __: Exception) -> Response:
    return _spelled(DoorError(Code.FAULT))
