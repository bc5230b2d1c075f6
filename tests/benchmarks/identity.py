"""Who sixty-four handsets are: the product beside a bare socket loop, and beside adbutils.

All three ask the same real server about the same handsets, taking turns. In a process of its own;
prints seconds as JSON.
"""

from __future__ import annotations

import asyncio
import struct
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import adbutils

from hardware.adb.client import AdbClient
from hardware.adb.devices import AdbDevice
from hardware.adb.handset import AdbHandset
from hardware.adb.identity import question
from hardware.adb.server import AdbServer, free_port
from tests.benchmarks.over_handsets import main_of

_CLOSE_STDIN = struct.pack("<BI", 4, 0)
_MARK = "0" * 32
_ASKED = (
    "getprop",
    "service call iphonesubinfo 1 s16 com.android.shell",
    "service call iphonesubinfo 4 i32 1 s16 com.android.shell",
)


async def by_product(client: AdbClient, devices: tuple[AdbDevice, ...]) -> None:
    """Identify all at once, as the crew does."""
    known = await asyncio.gather(
        *(AdbHandset(client, device.transport).identify() for device in devices)
    )
    if len({identity.imeis for identity in known}) != len(devices):
        raise RuntimeError("not every handset was identified")


async def by_bare_sockets(port: int, devices: tuple[AdbDevice, ...]) -> None:
    """The floor: send the same requests, read to the end, understand nothing."""
    answers = await asyncio.gather(*(_bare(port, device.transport) for device in devices))
    if any(answer.count(_MARK.encode()) != answers[0].count(_MARK.encode()) for answer in answers):
        raise RuntimeError("not every handset answered")


async def _bare(port: int, transport: int) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for service in (f"host:transport-id:{transport}", f"shell,v2,raw:{question(_MARK)}"):
        writer.write(f"{len(service):04x}{service}".encode())
        if await reader.readexactly(4) != b"OKAY":
            raise RuntimeError("the server refused")
    writer.write(_CLOSE_STDIN)
    answer = await reader.read(-1)
    writer.close()
    return answer


def by_adbutils(port: int, pool: ThreadPoolExecutor, devices: tuple[AdbDevice, ...]) -> None:
    """Read the same with another library, a thread a handset."""
    client = adbutils.AdbClient("127.0.0.1", port)

    def ask(serial: str) -> list[str]:
        device = client.device(serial)
        return [str(device.shell(words)) for words in _ASKED]

    answers = list(pool.map(ask, [device.serial for device in devices]))
    if not all("ro.serialno" in answer[0] and "Parcel" in answer[1] for answer in answers):
        raise RuntimeError("not every handset answered")


async def measure(addresses: list[str], home: Path, repetitions: int) -> dict[str, list[float]]:
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
            took: dict[str, list[float]] = {name: [] for name in ways}
            for _ in range(repetitions + 1):
                for name, way in ways.items():
                    took[name].append(await _timed(way))
        return {name: seconds[1:] for name, seconds in took.items()}
    finally:
        await server.stop()


async def _timed(way: Callable[[], Awaitable[None]]) -> float:
    began = time.perf_counter()
    await way()
    return time.perf_counter() - began


def main() -> None:
    """Measure."""
    main_of("tests.benchmarks.identity", measure)


if __name__ == "__main__":
    main()
