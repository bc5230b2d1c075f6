"""What the bench makes of a service that answers what none should."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bench.enrolment.intune.exchange import Limits
from bench.enrolment.intune.graph import Graph
from bench.enrolment.intune.patience import Patience
from bench.enrolment.intune.permissions import Permission
from bench.problems import ProblemCode, ProblemError
from tests.peers.intune.graph_bench import (
    QUICK,
    TOKEN,
    Handler,
    OddService,
    SignedIn,
    code_of,
    refused,
    says,
)

READ = Permission.READ_DEVICES
_DAY = timedelta(days=1)


def ask(
    service: OddService, folder: Path, work: Callable[[Graph], Coroutine[Any, Any, Any]], **how: Any
) -> Any:
    async def play() -> Any:
        async with service.graph(folder, **how) as graph:
            return await work(graph)

    return asyncio.run(asyncio.wait_for(play(), 30))


def problem_of(service: OddService, folder: Path, **how: Any) -> ProblemError:
    found: ProblemError = ask(service, folder, lambda g: refused(g.get("/x", READ)), **how)
    assert TOKEN not in _all_of(found)
    return found


def _all_of(error: BaseException | None) -> str:
    """Everything that an exception holds on to, as a careless crash report would print it."""
    if error is None:
        return ""
    held = f"{error!r} {error} {error.args!r} {vars(error)!r}"
    return held + _all_of(error.__cause__) + _all_of(error.__context__)


async def half(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    response.content_length = 1000
    await response.prepare(request)
    await response.write(b'{"value": [')
    assert request.transport is not None
    request.transport.close()
    return response


async def hangs_up(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def never(_: web.Request) -> web.StreamResponse:
    await asyncio.sleep(60)
    return web.Response()


async def drips(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    with contextlib.suppress(ConnectionError):
        await response.prepare(request)
        while True:
            await response.write(b" ")
            await asyncio.sleep(0.02)
    return response


async def inflates(_: web.Request) -> web.StreamResponse:
    response = web.Response(body=b" " * 3_000_000)
    response.enable_compression(web.ContentCoding.gzip)
    return response


@pytest.mark.parametrize(
    ("handler", "code"),
    [
        (half, ProblemCode.SERVICE_GARBLED),
        (inflates, ProblemCode.SERVICE_GARBLED),
        (says(b""), ProblemCode.SERVICE_GARBLED),
        (says(b"<html>down</html>"), ProblemCode.SERVICE_GARBLED),
        (says([1]), ProblemCode.SERVICE_GARBLED),
        (says(b"{}", 302, Location="https://127.0.0.1:1/"), ProblemCode.SERVICE_GARBLED),
        (says({"error": {"code": "x"}}, 500), ProblemCode.SERVICE_GARBLED),
        (says({"error": {"code": "itemNotFound"}}, 404), ProblemCode.SERVICE_REFUSED),
        (says({"error": {"code": "nameAlreadyExists"}}, 409), ProblemCode.SERVICE_REFUSED),
        (says({"error": {"code": "invalidRequest"}}, 400), ProblemCode.SERVICE_REFUSED),
        (hangs_up, ProblemCode.SERVICE_UNREACHABLE),
    ],
)
def test_each_odd_answer_is_a_problem_with_words(
    handler: Handler, code: ProblemCode, tmp_path: Path
) -> None:
    found = problem_of(OddService(handler), tmp_path, limits=Limits(body=1_000_000))
    assert found.problem.code is code
    assert found.problem.detail


@pytest.mark.parametrize("handler", [never, drips])
def test_a_service_that_never_finishes_is_not_waited_for(handler: Handler, tmp_path: Path) -> None:
    limits = Limits(silence=0.3, whole=0.5)
    problem = problem_of(OddService(handler), tmp_path, limits=limits).problem
    assert problem.code is ProblemCode.SERVICE_UNREACHABLE
    assert problem.detail == "it took too long"


def test_a_service_whose_certificate_nobody_vouches_for_is_not_asked(tmp_path: Path) -> None:
    service = OddService(says({}))
    found = problem_of(service, tmp_path, trusted=False)
    assert found.problem.code is ProblemCode.SERVICE_UNREACHABLE
    assert "certificate" in found.problem.detail
    assert not service.heard


def test_a_service_that_is_not_there_is_unreachable(tmp_path: Path) -> None:
    async def play() -> ProblemError:
        async with OddService(says({})).graph(tmp_path) as graph:
            graph._root = "https://127.0.0.1:9/beta"
            return await refused(graph.get("/x", READ))

    assert asyncio.run(play()).problem.code is ProblemCode.SERVICE_UNREACHABLE


def test_a_service_that_was_let_go_of_is_not_asked_again(tmp_path: Path) -> None:
    async def work(graph: Graph) -> ProblemCode:
        await graph.get("/x", READ)
        await graph._exchange.close()
        return await code_of(graph.get("/x", READ))

    service = OddService(says({}))
    assert ask(service, tmp_path, work) is ProblemCode.SERVICE_UNREACHABLE
    assert len(service.heard) == 1


def test_a_netrc_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("default login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    service = OddService(says({"ok": 1}))
    assert ask(service, tmp_path, lambda g: g.get("/x", READ)) == {"ok": 1}
    assert service.heard[0].headers["Authorization"] == f"Bearer {TOKEN}"


def test_the_proxy_of_the_environment_is_taken_but_for_its_exceptions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    service = OddService(says({"ok": 1}))
    assert problem_of(service, tmp_path).problem.code is ProblemCode.SERVICE_UNREACHABLE
    assert not service.heard
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert ask(service, tmp_path, lambda g: g.get("/x", READ)) == {"ok": 1}


# ── the token ───────────────────────────────────────────────────────────────────────────────────
def test_a_token_that_is_refused_is_fetched_anew_once(tmp_path: Path) -> None:
    bearer = SignedIn()
    service = OddService(says({}, 401), says({"ok": 1}))
    assert ask(service, tmp_path, lambda g: g.get("/x", READ), bearer=bearer) == {"ok": 1}
    assert bearer.asked == ["", TOKEN]
    assert [r.headers["Authorization"][-2:] for r in service.heard] == ["ry", "-2"]


def test_a_token_that_is_refused_again_takes_a_new_sign_in(tmp_path: Path) -> None:
    service = OddService(says({"error": {"code": "InvalidAuthenticationToken"}}, 401))
    assert problem_of(service, tmp_path).problem.code is ProblemCode.SIGN_IN_AGAIN
    assert len(service.heard) == 2


@pytest.mark.parametrize("apart", [_DAY, -_DAY])
@pytest.mark.parametrize("status", [200, 401])
def test_a_clock_that_is_a_day_off_is_said_with_both_times(
    apart: timedelta, status: int, tmp_path: Path
) -> None:
    theirs = datetime.now(UTC) + apart
    service = OddService(says({}, status, Date=format_datetime(theirs, usegmt=True)))
    problem = problem_of(service, tmp_path).problem
    assert problem.code is ProblemCode.CLOCK_WRONG
    assert f"there {theirs:%Y-%m-%d}" in problem.detail
    assert f"here {theirs - apart:%Y-%m-%d}" in problem.detail
    assert len(service.heard) == 1


def test_a_service_that_says_its_time_once_is_held_to_it(tmp_path: Path) -> None:
    theirs = datetime.now(UTC) + timedelta(minutes=3)

    async def work(graph: Graph) -> timedelta:
        for _ in range(2):
            await graph.get("/x", READ)
        return graph._exchange.service_now() - datetime.now(UTC)

    service = OddService(
        says({}, Date=format_datetime(theirs, usegmt=True)), says({}, Date="no time at all")
    )
    assert timedelta(minutes=2) < ask(service, tmp_path, work) < timedelta(minutes=4)


def test_what_a_service_says_back_of_the_token_is_masked(tmp_path: Path) -> None:
    error = {"error": {"code": TOKEN.replace("-", ""), "message": f"token {TOKEN * 2} is bad"}}
    for status in (400, 403, 500):
        shown = _all_of(problem_of(OddService(says(error, status)), tmp_path))
        assert "0123456789abcdef" not in shown


# ── patience ────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("status", [429, 502, 503, 504, 509])
def test_a_busy_service_is_asked_again(status: int, tmp_path: Path) -> None:
    service = OddService(says({}, status), says({}, status, Retry_After="0"), says({"ok": 1}))
    assert ask(service, tmp_path, lambda g: g.get("/x", READ)) == {"ok": 1}
    assert len(service.heard) == 3


def test_a_storm_of_refusals_ends_after_so_many_tries(tmp_path: Path) -> None:
    service = OddService(says({"error": {"code": "TooManyRequests"}}, 429))
    problem = problem_of(service, tmp_path).problem
    assert problem.code is ProblemCode.SERVICE_BUSY
    assert problem.detail == "429 after 4 tries: TooManyRequests"
    assert len(service.heard) == QUICK.tries


@pytest.mark.parametrize("header", ["3600", "date"])
def test_a_service_that_asks_to_wait_for_an_hour_is_not_waited_for(
    header: str, tmp_path: Path
) -> None:
    at = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    service = OddService(says({}, 503, Retry_After=at if header == "date" else header))
    problem = problem_of(service, tmp_path).problem
    assert problem.code is ProblemCode.SERVICE_BUSY
    assert "asks for 3" in problem.detail
    assert len(service.heard) == 1


def test_a_service_that_asked_for_an_hour_is_not_asked_by_anyone_meanwhile(tmp_path: Path) -> None:
    async def work(graph: Graph) -> list[ProblemCode]:
        one = await code_of(graph.get("/x", READ))
        return [one, *[await code_of(graph.batch(["/0"], READ)) for _ in range(20)]]

    service = OddService(says({}, 429, Retry_After="600"))
    assert set(ask(service, tmp_path, work)) == {ProblemCode.SERVICE_BUSY}
    assert len(service.heard) == 1


def test_a_part_that_asks_for_an_hour_shuts_the_service_too(tmp_path: Path) -> None:
    part = {"id": "0", "status": 429, "headers": {"Retry-After": "600"}}
    service = OddService(says({"responses": [part]}))

    async def work(graph: Graph) -> ProblemCode:
        assert [part.status for part in await graph.batch(["/0"], READ)] == [429]
        return await code_of(graph.get("/x", READ))

    assert ask(service, tmp_path, work) is ProblemCode.SERVICE_BUSY
    assert len(service.heard) == 1


def test_a_post_is_sent_again_where_the_service_said_later(tmp_path: Path) -> None:
    service = OddService(says({}, 429), says(b"", 204))
    assert ask(service, tmp_path, lambda g: g.post("/x", READ, {"a": 1})) == {}
    assert len(service.heard) == 2


# ── pages ───────────────────────────────────────────────────────────────────────────────────────
async def _all(graph: Graph) -> list[int]:
    return [len(page.rows) async for page in graph.pages("/x", READ)]


def _page(*ids: str, to: str = "") -> Handler:
    async def handler(request: web.Request) -> web.StreamResponse:
        link = {"@odata.nextLink": f"https://{request.host}{to}"} if to else {}
        return web.json_response({"value": [{"id": each} for each in ids]} | link)

    return handler


def test_pages_are_read_to_the_last(tmp_path: Path) -> None:
    service = OddService(
        _page("1", "2", to="/beta/x?$skiptoken=1"), _page(to="/beta/x?2"), _page("3")
    )
    assert ask(service, tmp_path, _all) == [2, 0, 1]
    assert service.heard[1].path_qs == "/beta/x?$skiptoken=1"


@pytest.mark.parametrize("to", ["/beta/x?$skiptoken=1", "/v1.0/x", "/beta/../x"])
def test_pages_that_go_round_or_astray_are_refused(to: str, tmp_path: Path) -> None:
    service = OddService(_page("1", to=to), _page("2", to=to))
    assert ask(service, tmp_path, lambda g: code_of(_all(g))) is ProblemCode.SERVICE_GARBLED
    assert len(service.heard) <= 2


def test_a_page_that_comes_under_ever_new_links_is_refused(tmp_path: Path) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        return await _page("1", to=f"/beta/x?{time.monotonic_ns()}")(request)

    service = OddService(handler)
    assert ask(service, tmp_path, lambda g: code_of(_all(g))) is ProblemCode.SERVICE_GARBLED
    assert len(service.heard) == 2


# ── batches ─────────────────────────────────────────────────────────────────────────────────────
class _Batches:
    """Answers each part; those in `busy` say "later" that many times."""

    def __init__(self, busy: dict[str, int]) -> None:
        self.busy = busy
        self.sizes: list[int] = []

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        parts = json.loads(await request.read())["requests"]
        self.sizes.append(len(parts))
        return web.json_response({"responses": [self._part(part) for part in reversed(parts)]})

    def _part(self, part: dict[str, str]) -> dict[str, object]:
        left = self.busy.get(part["url"], 0)
        self.busy[part["url"]] = left - 1
        if left > 0:
            return {"id": part["id"], "status": 429, "headers": {"Retry-After": "0"}}
        return {"id": part["id"], "status": 200, "body": {"url": part["url"]}}


def test_only_the_busy_parts_of_a_batch_are_asked_again(tmp_path: Path) -> None:
    handler = _Batches({"/3": 1, "/44": 2})
    asked = [f"/{number}" for number in range(45)]
    parts = ask(OddService(handler), tmp_path, lambda g: g.batch(asked, READ))
    assert [part.body["url"] for part in parts] == asked
    assert handler.sizes == [20, 20, 5, 2, 1]


def test_a_part_that_stays_busy_keeps_nobody_else(tmp_path: Path) -> None:
    parts = ask(OddService(_Batches({"/1": 99})), tmp_path, lambda g: g.batch(["/0", "/1"], READ))
    assert [part.status for part in parts] == [200, 429]


def test_nothing_to_ask_is_no_request(tmp_path: Path) -> None:
    service = OddService(says({}))
    assert ask(service, tmp_path, lambda g: g.batch([], READ)) == []
    assert not service.heard


def test_patience_is_the_callers(tmp_path: Path) -> None:
    service = OddService(says({}, 503))
    problem_of(service, tmp_path, patience=Patience(tries=1))
    assert len(service.heard) == 1
