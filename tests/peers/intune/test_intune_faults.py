"""What goes wrong at the simulated Intune goes wrong as it was asked to, and no more."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from hardware.simulator.intune import SimulatedIntune
from hardware.simulator.intune.faults import (
    NOT_JSON,
    AsPrinted,
    Cut,
    CutAfterDoing,
    Enormous,
    Fault,
    HalfBody,
    NextLink,
    Redirect,
    Refuse,
    RepeatPage,
    Say,
    Silence,
    Slow,
    WrongTypes,
)
from tests.peers.intune.intune_room import DEVICES, PROFILES, Asker, Said, assertion, told


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "InvalidAuthenticationToken"), (403, "Forbidden"), (404, "ResourceNotFound"),
        (409, "Conflict"), (429, "TooManyRequests"), (500, "InternalServerError"),
        (503, "ServiceUnavailable"),
    ],
)  # fmt: skip
def test_a_refusal_befalls_so_many_requests_and_has_the_form_of_graph(
    status: int, code: str
) -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        intune.faults.add(Refuse(status), times=2)
        for _ in range(2):
            said = await asker.get(DEVICES)
            assert (said.status, said.error["code"]) == (status, code)
            assert "Retry-After" not in said.headers
            assert set(said.error["innerError"]) == {"date", "request-id", "client-request-id"}
        assert (await asker.get(DEVICES)).status == 200

    told(story)


def test_a_fault_befalls_its_own_path_and_method_until_it_is_mended() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        intune.faults.add(Refuse(503), "*managedDevices*", times=None)
        intune.faults.add(Refuse(500), method="POST", times=None)
        assert [(await asker.get(DEVICES)).status for _ in range(3)] == [503] * 3
        assert (await asker.get(PROFILES)).status == 200
        assert (await asker.post("/$batch")).status == 500
        intune.faults.clear()
        assert (await asker.get(DEVICES)).status == 200
        assert len(intune.faults) == 0

    told(story)


def test_throttling_says_when_to_come_back_in_seconds_or_as_a_date() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        for wait, said in (
            (7, "7"), (0.5, "0.5"), (datetime(2026, 6, 22, 4, 20, tzinfo=UTC),
                                     "Mon, 22 Jun 2026 04:20:00 GMT"),
        ):  # fmt: skip
            intune.faults.add(Refuse(429, retry_after=wait))
            answer = await asker.get(DEVICES)
            assert (answer.status, answer.headers["Retry-After"]) == (429, said)

    told(story)


def test_the_sign_in_is_refused_in_its_own_form() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        intune.faults.add(Refuse(429, retry_after=3), "*/oauth2/v2.0/token")
        said = await asker.by_assertion(assertion(intune))
        assert (said.status, said.headers["Retry-After"]) == (429, "3")
        assert said.json["error"] == "temporarily_unavailable"
        assert said.json["error_codes"] == [90033]

    told(story, signed_in=False)


@pytest.mark.parametrize("fault", [Cut(), CutAfterDoing(), HalfBody()])
def test_a_connection_is_cut_and_the_next_one_is_whole(fault: Fault) -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        intune.make_profile("A32")
        intune.faults.add(fault, times=2)  # an idempotent request is tried again by the library
        with pytest.raises((aiohttp.ServerDisconnectedError, aiohttp.ClientPayloadError)):
            await asker.get(PROFILES)
        assert intune.log[-1] == ("GET", f"/beta{PROFILES}", 0)
        intune.faults.clear()
        assert (await asker.get(PROFILES)).status == 200

    told(story)


def test_half_a_body_is_really_half_of_it() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        intune.add_fleet(9)
        whole = (await asker.get(DEVICES)).raw
        intune.faults.add(HalfBody())
        headers = {"Authorization": f"Bearer {asker.token}"}
        url = intune.address.graph + DEVICES
        async with asker.session.get(url, headers=headers) as answer:
            assert answer.content_length == len(whole)
            came = await answer.content.readexactly(len(whole) // 2)
            with pytest.raises(aiohttp.ClientPayloadError):
                await answer.content.readany()
        assert came == whole[: len(whole) // 2]

    told(story)


@pytest.mark.parametrize(("fault", "done"), [(Cut(), False), (CutAfterDoing(), True)])
def test_what_was_asked_is_done_or_not_before_the_connection_is_cut(
    fault: Fault, done: bool
) -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        old = intune.make_profile("A32")
        name = intune.profiles.named("A32").id
        intune.faults.add(fault, "*createToken")
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await asker.post(f"{PROFILES}/{name}/createToken", {"tokenValidityInSeconds": 60})
        assert (intune.token("A32") != old) is done

    told(story)


def test_whoever_is_never_answered_gives_up_and_the_next_is_served() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        intune.faults.add(Silence())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await asker.get(DEVICES)
        assert (await asker.get(DEVICES)).status == 200
        assert ("GET", f"/beta{DEVICES}", 0) in intune.log

    told(story)


def test_a_slow_answer_comes_and_may_be_wrong_too() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        intune.faults.add(Slow(0.02), times=None)
        intune.faults.add(Refuse(503))
        assert [(await asker.get(DEVICES)).status for _ in range(2)] == [503, 200]

    told(story)


def test_what_is_said_need_be_no_json() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        intune.faults.add(NOT_JSON)
        said = await asker.get(DEVICES)
        assert (said.status, said.headers["Content-Type"]) == (200, "text/html")
        assert said.raw.startswith(b"<html>")
        intune.faults.add(Say(b'{"value": 7}', 201))
        said = await asker.get(DEVICES)
        assert (said.status, said.json) == (201, {"value": 7})

    told(story)


def test_every_property_can_have_a_type_that_it_should_not_have() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        intune.add_fleet(1)
        sound = (await asker.get(DEVICES)).json["value"][0]
        intune.faults.add(WrongTypes(), times=2)
        wrong = (await asker.get(DEVICES)).json["value"][0]
        assert set(wrong) == set(sound)
        assert not [name for name in sound if type(sound[name]) is type(wrong[name])]
        wrong = (await asker.get(f"{DEVICES}/{sound['id']}")).json
        assert not [name for name in sound if type(sound[name]) is type(wrong[name])]

    told(story)


@pytest.mark.parametrize(
    ("fault", "link"),
    [
        (RepeatPage(), r"https://127\.0\.0\.1:\d+/beta/deviceManagement/managedDevices\?\$top=1"),
        (NextLink("https://elsewhere.example.test/x"), r"https://elsewhere\.example\.test/x"),
    ],
)
def test_the_next_page_can_be_this_one_or_anywhere(fault: Fault, link: str) -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        intune.add_fleet(3)
        intune.faults.add(fault, times=2)
        first = (await asker.get(DEVICES, top="1")).json
        assert re.fullmatch(link, first["@odata.nextLink"])
        if isinstance(fault, RepeatPage):
            assert (await asker.ask("GET", first["@odata.nextLink"])).json == first

    told(story)


def test_an_enormous_answer_is_as_large_as_asked_and_ends_when_nobody_reads_it() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        intune.faults.add(Enormous(3_000_000))
        said = await asker.get(DEVICES)
        assert len(said.raw) == 3_000_000
        assert set(json.loads(said.raw)) == {"value"}
        intune.faults.add(Enormous(10**12))
        headers = {"Authorization": f"Bearer {asker.token}"}
        async with asker.session.get(intune.address.graph + DEVICES, headers=headers) as answer:
            await answer.content.readexactly(100_000)
        assert (await asker.get(DEVICES)).status == 200

    told(story)


def test_a_redirection_says_where_to() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        intune.faults.add(Redirect("https://elsewhere.example.test/"))
        said = await asker.get(DEVICES)
        assert (said.status, said.headers["Location"]) == (302, "https://elsewhere.example.test/")

    told(story)


def test_one_thing_can_come_as_the_documentations_examples_print_it() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        intune.add_fleet(1)
        listed: Any = (await asker.get(DEVICES)).json["value"][0]
        intune.faults.add(AsPrinted(), times=2)
        single: Said = await asker.get(f"{DEVICES}/{listed['id']}")
        assert single.json["value"]["serialNumber"] == listed["serialNumber"]
        assert isinstance((await asker.get(DEVICES)).json["value"], list)

    told(story)
