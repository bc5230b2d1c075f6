"""Twenty properties of sixty-four handsets: the product, bare sockets, and adbutils on threads.

All ask the same real server about the same handsets, taking turns. The product reads them as it
always does, in one command of a handset, together with its IMEIs, battery, accounts and set-up; the
floor sends that same command and understands nothing. adbutils is asked as its users ask it, by
`device.getprop(name)`, a round trip each, with a thread a handset. In a process of its own; prints
seconds as JSON: wall clock of each turn, and what it took of this process's processor time.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import adbutils

from hardware.adb.client import AdbClient
from hardware.adb.devices import AdbDevice
from hardware.adb.identity import question
from hardware.adb.server import AdbServer, free_port
from tests.benchmarks.identity import by_bare_sockets, by_product
from tests.benchmarks.over_handsets import main_of

PROPERTIES = tuple(re.findall(r"getprop (\S+);", question("mark")))
"""What the product asks: twenty of them."""


def by_adbutils(port: int, pool: ThreadPoolExecutor, devices: tuple[AdbDevice, ...]) -> None:
    """Read the same properties with another library, one after another on each handset."""
    client = adbutils.AdbClient("127.0.0.1", port)

    def ask(serial: str) -> list[str]:
        device = client.device(serial)
        return [device.getprop(name) for name in PROPERTIES]

    answers = list(pool.map(ask, [device.serial for device in devices]))
    if len({answer[0] for answer in answers}) != len(devices):
        raise RuntimeError("not every handset answered")


async def measure(
    addresses: list[str], home: Path, repetitions: int
) -> dict[str, dict[str, list[float]]]:
    """Let the three take turns; the first turn of each warms up and does not count."""
    port = free_port()
    server, client = AdbServer(port, home=home), AdbClient(port)
    await server.ensure()
    try:
        await asyncio.gather(*(client.connect(address) for address in addresses))
        devices = await client.devices()
        with ThreadPoolExecutor(len(addresses)) as pool:
            ways: dict[str, Callable[[], Awaitable[None]]] = {
                "product": partial(by_product, client, devices),
                "bare": partial(by_bare_sockets, port, devices),
                "adbutils": partial(asyncio.to_thread, by_adbutils, port, pool, devices),
            }
            took: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
            for _ in range(repetitions + 1):
                for name, way in ways.items():
                    took[name].append(await _timed(way))
    finally:
        await server.stop()
    return {
        name: dict(zip(("wall", "processor"), map(list, zip(*turns[1:], strict=True)), strict=True))
        for name, turns in took.items()
    }


async def _timed(way: Callable[[], Awaitable[None]]) -> tuple[float, float]:
    began, used = time.perf_counter(), time.process_time()
    await way()
    return time.perf_counter() - began, time.process_time() - used


def main() -> None:
    """Measure."""
    main_of("tests.benchmarks.properties", measure)


if __name__ == "__main__":
    main()
