"""A service over real HTTP in a thread of its own, which goes wrong when it is told to."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Answering = Callable[[web.Request, Any], Awaitable[web.Response]]
Where = Callable[[web.Request], bool]


@dataclass
class Fault:
    """What goes wrong for the requests that `where` takes, after `skip` of them."""

    kind: str
    where: Where
    times: int = 1
    skip: int = 0

    def takes(self, request: web.Request) -> bool:
        if self.times <= 0 or not self.where(request):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= 1
        return True


@dataclass
class Seen:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


@dataclass
class StandIn:
    """The wire: faults first, then `answering`. `hung` is set while it keeps somebody waiting."""

    answering: Answering
    faults: list[Fault] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    url: str = ""
    hung: threading.Event = field(default_factory=threading.Event)
    let_go: threading.Event = field(default_factory=threading.Event)
    keeps: bool = True

    def fails(self, kind: str, method: str, part: str, *, times: int = 1, skip: int = 0) -> None:
        def where(request: web.Request) -> bool:
            return request.method == method and part in request.raw_path

        self.faults.append(Fault(kind, where, times, skip))

    def asked(self, method: str, part: str = "") -> list[Seen]:
        return [each for each in self.seen if each.method == method and part in each.path]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        try:
            body = await request.json() if raw else None
        except ValueError:
            body = ValueError
        if self.keeps:
            self.seen.append(
                Seen(
                    request.method, request.raw_path, dict(request.query),
                    dict(request.headers), body,
                )
            )  # fmt: skip
        fault = next((each for each in self.faults if each.takes(request)), None)
        if fault is not None:
            return await self._wrong(fault.kind, request, body)
        return await self.answering(request, body)

    async def _wrong(  # noqa: PLR0911 - one for each fault
        self, kind: str, request: web.Request, body: Any
    ) -> web.StreamResponse:
        match kind:
            case "cut-after":
                await self.answering(request, body)
                assert request.transport is not None
                request.transport.abort()
                return web.Response()
            case "cut-before":
                assert request.transport is not None
                request.transport.abort()
                return web.Response()
            case "html":
                return web.Response(text="<html>Whoops</html>", content_type="text/html")
            case "bad-json":
                return web.Response(text='{"status":"succ', content_type="application/json")
            case "hang":
                self.hung.set()
                await asyncio.to_thread(self.let_go.wait, 60)
                return web.Response(status=500)
            case "redirect":
                return web.Response(status=302, headers={"Location": "/login"})
            case "list":
                return web.json_response([])
            case status:
                return web.json_response({"message": f"made up <{status}>"}, status=int(status))


@contextmanager
def served(stand_in: StandIn) -> Iterator[StandIn]:
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    ended = asyncio.Event()

    async def serve() -> None:
        runner = web.AppRunner(_application(stand_in), access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        assert site._server is not None
        port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
        stand_in.url = f"http://127.0.0.1:{port}"
        ready.set()
        await ended.wait()
        await runner.cleanup()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield stand_in
    finally:
        stand_in.let_go.set()
        loop.call_soon_threadsafe(ended.set)
        thread.join(10)
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


def _application(stand_in: StandIn) -> web.Application:
    application = web.Application()
    application.router.add_route("*", "/{tail:.*}", stand_in.handle)
    return application
