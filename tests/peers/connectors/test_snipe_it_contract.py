"""What the feeder relies on in a Snipe-IT: tried on the stand-in always, on a real one where named.

STAGING_BENCH_SNIPEIT_URL and STAGING_BENCH_SNIPEIT_TOKEN name one to be tried; it has to have an
asset category of number STAGING_BENCH_SNIPEIT_CATEGORY (1). What is made there is removed again,
but for a field, a fieldset, a model and two labels that are called "Staging Bench trial …".
"""

from __future__ import annotations

import asyncio
import os
import tomllib
import uuid
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import TypeVar

import pytest

from bench.inventory.connectors.deciding import decide
from bench.inventory.connectors.filed import SnipeIt
from bench.inventory.connectors.line import Line, Site
from bench.inventory.connectors.pace import Pace
from bench.inventory.connectors.rate import Bucket
from bench.inventory.connectors.snipe_it.connector import SnipeItConnector
from bench.inventory.connectors.snipe_it.rows import RefusedError
from bench.inventory.connectors.snipe_it.setting_up import set_up
from bench.inventory.connectors.words import Plan, State, Wanted
from tests.peers.connectors.snipe_it_stand_in import TOKEN, snipe_it

REAL = os.environ.get("STAGING_BENCH_SNIPEIT_URL", "")
SITES = ["stand-in", *(["real"] if REAL else [])]
T = TypeVar("T")


def _made(url: str, token: str, category: int, rate: int) -> SnipeIt:
    status = {"staged": "Staging Bench trial ready", "quarantined": "Staging Bench trial held"}
    asked = SnipeIt(
        url=url, token="t", per_minute=rate, status=status, category=category,
        fieldset="Staging Bench trial", imei_field="Staging Bench trial IMEI",
        models={"SM-A325F": "Staging Bench trial model"},
    )  # fmt: skip
    said: list[str] = []
    asyncio.run(set_up(_connector(asked, token).rows, asked, said.append))
    columns = tomllib.loads("\n".join(each for each in said if " = " in each))
    return replace(asked, imei_column=columns["imei-column"], imei2_column=columns["imei2-column"])


def _connector(settings: SnipeIt, token: str) -> SnipeItConnector:
    pace = Pace("snipe-it", Bucket(settings.per_minute))
    line = Line(Site("snipe-it", settings.url, f"Bearer {token}"), pace)
    return SnipeItConnector(settings, line, pace)


@pytest.fixture(scope="module", params=SITES)
def site(request: pytest.FixtureRequest) -> Iterator[tuple[SnipeIt, str]]:
    if request.param == "real":
        token = os.environ["STAGING_BENCH_SNIPEIT_TOKEN"]
        category = int(os.environ.get("STAGING_BENCH_SNIPEIT_CATEGORY", "1"))
        yield _made(REAL, token, category, 120), token
        return
    with snipe_it() as there:
        yield _made(there.wire.url, TOKEN, 1, 100_000), TOKEN


def _wanted() -> Wanted:
    name = uuid.uuid4().hex[:12].upper()
    imei = f"00440000{int(name, 16) % 10_000_000:07d}"
    return Wanted(
        "d", f"TRIAL-{name}", f"<b>&\"{name}'", imei, "", "SM-A325F", "staged", False, "b", "", "",
        "2026-11-24T00:00:00Z", "e",
    )  # fmt: skip


def _tried(
    site: tuple[SnipeIt, str], work: Callable[[SnipeItConnector, Wanted], Awaitable[T]]
) -> T:
    connector, wanted = _connector(*site), _wanted()

    async def play() -> T:
        try:
            return await work(connector, wanted)
        finally:
            try:
                for row in await connector.rows.found("hardware", "bytag", wanted.asset_tag):
                    await connector.rows.told("DELETE", "hardware", str(row["id"]), body=None)
            finally:
                await connector.close()

    return asyncio.run(play())


def test_what_is_made_is_found_as_it_was_meant(site: tuple[SnipeIt, str]) -> None:
    async def work(connector: SnipeItConnector, wanted: Wanted) -> None:
        entry = connector.entry(wanted)
        assert await connector.look_up([entry]) == [()]
        plan = Plan(wanted, entry, decide(entry, ()))
        (how,) = await connector.apply([plan])
        assert how.state is State.DONE, how
        for found in (await connector.look_up([entry]), await connector.read_back([plan])):
            assert decide(entry, found[0]) == ()

    _tried(site, work)


def test_a_second_one_of_its_asset_tag_is_refused_with_http_200(site: tuple[SnipeIt, str]) -> None:
    async def work(connector: SnipeItConnector, wanted: Wanted) -> None:
        entry = connector.entry(wanted)
        plan = Plan(wanted, entry, decide(entry, ()))
        await connector.apply([plan])
        (how,) = await connector.apply([plan])
        assert how.state is State.REFUSED

    _tried(site, work)


def test_a_change_is_of_what_changed_and_reads_back(site: tuple[SnipeIt, str]) -> None:
    async def work(connector: SnipeItConnector, wanted: Wanted) -> None:
        entry = connector.entry(wanted)
        await connector.apply([Plan(wanted, entry, decide(entry, ()))])
        held = connector.entry(replace(wanted, quarantined=True))
        (found,) = await connector.look_up([held])
        plan = Plan(wanted, held, decide(held, found))
        assert (await connector.apply([plan]))[0].state is State.DONE
        assert decide(held, (await connector.read_back([plan]))[0]) == ()

    _tried(site, work)


def test_an_asset_that_is_not_there_cannot_be_changed(site: tuple[SnipeIt, str]) -> None:
    async def work(connector: SnipeItConnector, _: Wanted) -> None:
        with pytest.raises(RefusedError):
            await connector.rows.told("PATCH", "hardware", "999999999", body={"name": "x"})

    _tried(site, work)


def test_all_are_read_by_their_numbers(site: tuple[SnipeIt, str]) -> None:
    async def work(connector: SnipeItConnector, wanted: Wanted) -> list[int]:
        entry = connector.entry(wanted)
        await connector.apply([Plan(wanted, entry, decide(entry, ()))])
        return [int(each.key) async for each in connector.everything()]

    numbers = _tried(site, work)
    assert numbers
    assert numbers == sorted(numbers)
