"""A bench of 64 handsets on two controllers: all at once, most of them unannounced, and away again.

Run as a program, this file plays the scene under umockdev and prints what came of it.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bench.events.device import HandsetAttached, HandsetDetached
from bench.events.run import Fact
from bench.events.usb import ControllerCrowded, PortsPaired
from bench.identity.identifiers import UsbPath
from hardware.usb import watch
from hardware.usb.capacity import Limits
from hardware.usb.port_plan import PortPlan
from hardware.usb.ports import UsbPorts
from hardware.usb.watch import UsbHandsets
from tests.hardware.usb.emulated import LIMIT, EmulatedUsb, emulated_usb
from tests.peers.testbed import run_in_testbed

_CARD = "0000:05:00.0"
_HUBS = tuple(f"{bus}-{port}" for bus in (1, 3) for port in range(1, 5))
_PORTS = tuple(f"{hub}.{port}" for hub in _HUBS for port in range(1, 9))
_ANNOUNCED = 8
_CYCLES = "CYCLES"
_SAMPLE = 16
"""Ports that the suite plugs and pulls again; the soak takes all of them, nine times."""


@pytest.fixture(scope="module")
def crowd() -> Any:
    (line,) = run_in_testbed(Path(__file__))
    return json.loads(line)


def test_all_are_found_though_most_of_the_burst_was_lost(crowd: Any) -> None:
    assert crowd["after the burst"] == 64


def test_every_port_of_every_hub_is_paired_with_its_twin(crowd: Any) -> None:
    assert crowd["pairs"] == 64 + 8


def test_of_plugs_and_pulls_none_is_lost_and_none_is_told_twice(crowd: Any) -> None:
    assert crowd["plugged"] == crowd["attached"] == crowd["detached"]
    assert crowd["left"] == 0


def test_a_controller_that_cannot_bear_its_half_says_what_to_move(crowd: Any) -> None:
    """The card is stated to bear 36 devices, and 8 of them are the halves of its hubs."""
    assert crowd["crowded"] == [
        [_CARD, 32, 28, ["3-4.5", "3-4.6", "3-4.7", "3-4.8"], "0000:00:14.0"]
    ]


@pytest.mark.soak
def test_of_640_plugs_none_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(_CYCLES, "9")
    (line,) = run_in_testbed(Path(__file__))
    told = json.loads(line)
    assert told["plugged"] == told["attached"] == told["detached"] == 640


class _Tally:
    """Counts what is told."""

    def __init__(self) -> None:
        self.attached: Counter[UsbPath] = Counter()
        self.detached: Counter[UsbPath] = Counter()
        self.pairs: set[UsbPath] = set()
        self.crowded: list[ControllerCrowded] = []
        self.moments: list[float] = []

    def post(self, fact: Fact) -> None:
        match fact:
            case HandsetAttached():
                self.attached[fact.path] += 1
                self.moments.append(time.perf_counter())
            case HandsetDetached():
                self.detached[fact.path] += 1
            case PortsPaired():
                self.pairs.add(fact.twin)
            case ControllerCrowded():
                self.crowded.append(fact)
            case _:
                raise AssertionError(fact)

    @property
    def there(self) -> int:
        return self.attached.total() - self.detached.total()

    async def until(self, count: int) -> None:
        async with asyncio.timeout(LIMIT):
            while self.there != count:
                await asyncio.sleep(0.005)


def _build(usb: EmulatedUsb) -> None:
    usb.tree.controller(_CARD, (3, 4), chip="1912:0014")
    for hub in _HUBS:
        usb.tree.hub(hub, 8)
        usb.tree.hub(f"{int(hub[0]) + 1}{hub[1:]}", 8)


async def _play(usb: EmulatedUsb, cycles: int) -> dict[str, Any]:
    _build(usb)
    limits = {"0000:00:14.0": Limits(64, None, "stated"), _CARD: Limits(36, None, "stated")}
    plan = PortPlan(map(UsbPath.parse, _PORTS), limits)
    handsets, tally = UsbHandsets(Path("/sys"), UsbPorts(plan)), _Tally()
    following = asyncio.create_task(handsets.follow(tally.post))
    for at, port in enumerate(_PORTS):  # one burst: what a socket's queue cannot hold is dropped
        usb.tree.device(port)
        if at < _ANNOUNCED:
            usb.event("add", port)
            await asyncio.sleep(0)
    handsets._lose()
    await tally.until(64)
    found = tally.there
    delays = await _plug_and_pull(usb, tally, cycles)
    following.cancel()
    await asyncio.wait([following])
    return {
        "after the burst": found,
        "pairs": len(tally.pairs),
        "plugged": 64 + len(delays),
        "attached": tally.attached.total(),
        "detached": tally.detached.total(),
        "left": tally.there,
        "crowded": [
            [one.controller, one.needed, one.room, list(map(str, one.move)), one.to]
            for one in tally.crowded
        ],
        "median ms": sorted(delays)[len(delays) // 2] * 1000 if delays else 0,
        "worst ms": max(delays, default=0) * 1000,
    }


async def _plug_and_pull(usb: EmulatedUsb, tally: _Tally, cycles: int) -> list[float]:
    """Pull and plug ports in another order each time; return plug to fact, in seconds."""
    chance, delays = random.Random(4), list[float]()
    for _ in range(max(cycles, 1)):
        ports = chance.sample(_PORTS, len(_PORTS) if cycles else _SAMPLE)
        await _pull(usb, tally, ports)
        for port in chance.sample(ports, len(ports)):
            usb.tree.device(port)
            began, count = time.perf_counter(), len(tally.moments)
            usb.event("add", port)
            while len(tally.moments) == count:
                await asyncio.sleep(0)
            delays.append(tally.moments[count] - began)
        await tally.until(64)
    await _pull(usb, tally, list(_PORTS))
    return delays


async def _pull(usb: EmulatedUsb, tally: _Tally, ports: list[str]) -> None:
    left = tally.there - len(ports)
    for port in ports:
        usb.pull(port)
        await asyncio.sleep(0)
    await tally.until(left)


if __name__ == "__main__":
    watch._COUNT_EVERY = 3600.0
    with emulated_usb() as peer:
        told = asyncio.run(_play(peer, int(os.environ.get(_CYCLES, "0"))))
        print(json.dumps(told))  # noqa: T201 - the answer to the test
