"""Thirty thousand devices go over the wire page by page, and no page stays behind."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import AsyncIterator
from typing import Any

import pytest

from hardware.simulator.intune import SimulatedIntune
from tests.peers.intune.intune_room import DEVICES, Asker, told


async def pages(asker: Asker, top: int) -> AsyncIterator[dict[str, Any]]:
    link = f"{asker.intune.address.graph}{DEVICES}?$top={top}"
    while link:
        page = (await asker.ask("GET", link)).json
        yield page
        link = page.get("@odata.nextLink", "")


@pytest.mark.parametrize(
    ("count", "top"), [(950, 50), pytest.param(30_000, 1000, marks=pytest.mark.soak)]
)
def test_a_fleet_is_paged_through_without_a_page_staying_in_memory(count: int, top: int) -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        intune.add_fleet(count)
        seen: set[int] = set()
        early = 0
        tracemalloc.start()
        try:
            number = 0
            async for page in pages(asker, top):
                number += 1
                assert len(page["value"]) <= top
                seen.update(int(device["serialNumber"][4:10]) for device in page["value"])
                if number == 2:
                    early = tracemalloc.get_traced_memory()[1]
            gc.collect()
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert seen == set(range(count))
        numbers_seen = 100 * count  # a set of integers, and the log of requests
        assert peak < early * 1.2 + numbers_seen, (early, peak)

    told(story)
