"""Many handsets in one batch, of which the service answers some oddly: each has its own answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import unquote

import pytest
from aiohttp import web

from bench.enrolment.intune.devices import By, Wanted
from bench.enrolment.intune.looking import FILTERS, Looked, Looking
from bench.enrolment.intune.waiting import Waiting
from bench.events.management import ManagedHandset
from bench.problems import ProblemCode, ProblemError
from tests.peers.intune.graph_bench import TOKEN, OddService, SignedIn, imei, serial

Says = Callable[[str, str], tuple[int, object] | None]
"""What the service says of a question (its filter) under a token; None: nothing is known."""


def entry(number: int, **odd: object) -> Mapping[str, object]:
    return {"id": f"d{number}", "serialNumber": str(serial(number)), "imei": ""} | odd


def service_that(says: Says, *everything: object) -> OddService:
    """Answer each part of a batch so, and everything where nothing is filtered by."""

    async def handle(request: web.Request) -> web.StreamResponse:
        if not request.path.endswith("$batch"):
            return web.json_response({"value": everything})
        token = request.headers["Authorization"]
        told = []
        for part in json.loads(await request.read())["requests"]:
            status, body = says(unquote(part["url"]), token) or (200, {"value": []})
            told.append({"id": part["id"], "status": status, "body": body})
        return web.json_response({"responses": told})

    return OddService(handle)


def look(
    service: OddService, folder: Path, *rounds: list[Wanted], bearer: SignedIn | None = None
) -> tuple[list[list[Looked]], list[By]]:
    """Look for each round of handsets; return what came, and the filters that are left."""

    async def play() -> tuple[list[list[Looked]], list[By]]:
        async with service.graph(folder, bearer=bearer) as graph:
            looking = Looking(graph)
            return [await looking(each) for each in rounds], looking._filters

    return asyncio.run(asyncio.wait_for(play(), 30))


def wanted(number: int) -> Wanted:
    return Wanted(serial(number), (imei(number),))


def about(number: int, status: int, body: object) -> Says:
    def says(question: str, _: str) -> tuple[int, object] | None:
        return (status, body) if str(serial(number)) in question else None

    return says


def _shown(found: Looked) -> object:
    if isinstance(found, ManagedHandset):
        return found.id
    return found.problem.code if isinstance(found, ProblemError) else None


@pytest.mark.parametrize("name", ["Bob \ud83d", "Bob\x00"])
def test_an_odd_row_stops_nobody_and_is_read_without_what_is_odd(name: str, tmp_path: Path) -> None:
    service = service_that(about(3, 200, {"value": [entry(3, deviceName=name)]}))
    ((found,), _) = look(service, tmp_path, [wanted(n) for n in range(5)])
    assert [_shown(each) for each in found] == [None, None, None, "d3", None]


@pytest.mark.parametrize("row", [{"id": "d3", "model": 7}, "none", {}])
def test_a_row_that_nobody_can_read_is_the_problem_of_its_handset_alone(
    row: object, tmp_path: Path
) -> None:
    service = service_that(about(3, 200, {"value": [row]}))
    ((found,), filters) = look(service, tmp_path, [wanted(n) for n in range(5)])
    wrong = ProblemCode.SERVICE_GARBLED
    assert [_shown(each) for each in found] == [None, None, None, wrong, None]
    assert filters == list(FILTERS)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (403, ProblemCode.SERVICE_REFUSED), (404, ProblemCode.SERVICE_REFUSED),
        (409, ProblemCode.SERVICE_REFUSED), (500, ProblemCode.SERVICE_GARBLED),
        (401, ProblemCode.SIGN_IN_AGAIN), (429, ProblemCode.SERVICE_BUSY),
    ],
)  # fmt: skip
def test_a_part_that_is_refused_is_the_problem_of_its_handset_alone(
    status: int, code: ProblemCode, tmp_path: Path
) -> None:
    service = service_that(about(3, status, {"error": {"code": "X", "message": "no"}}))
    ((found,), _) = look(service, tmp_path, [wanted(n) for n in range(64)])
    assert [n for n, each in enumerate(found) if each is not None] == [3]
    assert _shown(found[3]) is code


def test_parts_for_which_the_token_was_refused_are_asked_again_with_a_new_one(
    tmp_path: Path,
) -> None:
    class Renewed(SignedIn):
        async def token(self, refused: str = "") -> str:
            await super().token(refused)
            return f"{TOKEN}-2" if any(self.asked) else TOKEN

    def says(question: str, token: str) -> tuple[int, object] | None:
        if str(serial(3)) not in question:
            return None
        return (200, {"value": [entry(3)]}) if token.endswith("-2") else (401, {})

    bearer = Renewed()
    ((found,), _) = look(service_that(says), tmp_path, [wanted(n) for n in range(5)], bearer=bearer)
    assert _shown(found[3]) == "d3"
    assert [each for each in bearer.asked if each] == [TOKEN]


def test_each_who_waits_is_told_of_its_own_problem(tmp_path: Path) -> None:
    async def play() -> list[ManagedHandset | BaseException | None]:
        async with service_that(about(3, 403, {})).graph(tmp_path) as graph:
            waiting = Waiting(Looking(graph), 0.01)
            asked = (waiting.find(wanted(n)) for n in (3, 4, 3))
            found = await asyncio.gather(*asked, return_exceptions=True)
            await waiting.close()
            return found

    first, none, again = asyncio.run(play())
    assert none is None
    assert isinstance(first, ProblemError)
    assert isinstance(again, ProblemError)
    assert first is not again


# ── filters ─────────────────────────────────────────────────────────────────────────────────────
def test_a_filter_that_is_refused_for_one_handset_stays_for_the_others(tmp_path: Path) -> None:
    service = service_that(about(3, 400, {}), entry(5))
    rounds, filters = look(service, tmp_path, [wanted(3), wanted(4)], [wanted(5)])
    assert filters == list(FILTERS)
    assert [[_shown(each) for each in found] for found in rounds] == [[None, None], [None]]


def test_a_handset_whose_filter_was_refused_is_looked_for_among_all(tmp_path: Path) -> None:
    service = service_that(about(3, 400, {}), entry(3), {"id": 7}, entry(4))
    ((found,), _) = look(service, tmp_path, [wanted(3), wanted(4)])
    assert [_shown(each) for each in found] == ["d3", None]


def test_a_handset_known_by_its_serial_alone_is_found_without_that_filter(tmp_path: Path) -> None:
    def says(question: str, _: str) -> tuple[int, object] | None:
        return (400, {}) if "serialNumber eq" in question else None

    service = service_that(says, entry(5))
    rounds, filters = look(service, tmp_path, [wanted(3)], [wanted(5)])
    assert filters == [By.IMEI]
    assert [[_shown(each) for each in found] for found in rounds] == [[None], ["d5"]]


def test_trouble_with_all_devices_is_no_problem_of_who_was_found_before(tmp_path: Path) -> None:
    def says(question: str, _: str) -> tuple[int, object] | None:
        if str(serial(4)) in question:
            return 200, {"value": [entry(4)]}
        return (501, {}) if str(serial(3)) in question else None

    service = service_that(says)

    async def broken(request: web.Request) -> web.StreamResponse:
        whole = request.path.endswith("$batch")
        return await answered(request) if whole else web.json_response({"value": "none"})

    answered, service.handlers = service.handlers[0], [broken]
    ((found,), _) = look(service, tmp_path, [wanted(3), wanted(4)])
    assert [_shown(each) for each in found] == [ProblemCode.SERVICE_GARBLED, "d4"]
