"""A hub of simulated handsets over a real adb server, through the adb program as its client."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import adbutils
import pytest

from bench.events.device import HandsetAttached, HandsetDetached
from bench.events.run import Fact
from bench.identity.identifiers import UsbPath
from bench.problems import Problem, ProblemCode, ProblemError
from hardware.adb.client import AdbClient
from hardware.simulator.handset import make_handset
from hardware.simulator.hub import AdbClientLike, SimulatedHub
from hardware.simulator.packages import write_package
from hardware.simulator.timing import Timing

Adb = Callable[..., Awaitable[tuple[int, bytes, bytes]]]
PATHS = tuple(UsbPath.parse(f"1-1.{port}") for port in range(1, 17))
FIRST, SECOND = PATHS[:2]


@dataclass(frozen=True)
class Listed:
    serial: str
    state: str


class Tool:
    """The adb program as the hub's client."""

    def __init__(self, adb: Adb) -> None:
        self._adb = adb

    async def connect(self, address: str) -> object:
        return await self._adb("connect", address)

    async def disconnect(self, address: str) -> object:
        return await self._adb("disconnect", address)

    async def devices(self) -> Sequence[Listed]:
        _, out, _ = await self._adb("devices")
        rows = [line.split("\t") for line in out.decode().splitlines() if "\t" in line]
        return [Listed(serial, state) for serial, state in rows]


class NoServer:
    async def connect(self, _address: str) -> object:
        raise ProblemError(Problem(ProblemCode.ADB_SERVER_LOST))

    async def disconnect(self, _address: str) -> object:
        raise ProblemError(Problem(ProblemCode.ADB_SERVER_LOST))

    async def devices(self) -> Sequence[Listed]:
        raise ProblemError(Problem(ProblemCode.ADB_SERVER_LOST))


@pytest.fixture
def tool(adb: Adb, adb_port: int) -> Tool:
    assert adb_port
    return Tool(adb)


@pytest.fixture(params=["tool", "client"])
def client(request: pytest.FixtureRequest, tool: Tool, adb_port: int) -> AdbClientLike:
    """Return each of the two: the adb program, and the bench's own client."""
    return tool if request.param == "tool" else AdbClient(adb_port)


def bench(coroutine: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(coroutine, 60))


async def until(met: Callable[[], bool]) -> None:
    while not met():
        await asyncio.sleep(0.01)


async def gone(client: AdbClient) -> None:
    try:
        while True:
            await client.devices()
    except ProblemError:
        return


async def listed(tool: Tool, hub: SimulatedHub, wanted: set[tuple[UsbPath | None, str]]) -> None:
    """Wait until the adb server lists exactly these."""
    now: set[tuple[UsbPath | None, str]] | None = None
    while now != wanted:
        await asyncio.sleep(0.05)
        now = {(hub.locate(device), device.state) for device in await tool.devices()}


def test_what_is_plugged_is_posted_and_listed(client: AdbClientLike, tool: Tool) -> None:
    async def run() -> None:
        seen: list[Fact] = []
        async with SimulatedHub(client, PATHS) as hub:
            await hub.plug(FIRST, make_handset(1))
            following = asyncio.create_task(hub.follow(seen.append))
            await asyncio.sleep(0)
            await hub.plug(SECOND, make_handset(2))
            await listed(tool, hub, {(FIRST, "device"), (SECOND, "device")})
            handset = await hub.unplug(FIRST)
            assert handset.serial == "R58N00001XY"
            assert hub.handset_at(FIRST) is None
            await listed(tool, hub, {(SECOND, "device")})
            following.cancel()
        assert seen == [
            HandsetAttached(FIRST), HandsetAttached(SECOND), HandsetDetached(FIRST),
        ]  # fmt: skip
        await listed(tool, hub, set())

    bench(run())


def test_a_handset_pulled_in_mid_push_leaves_the_list_and_may_come_back(
    client: AdbClientLike, tool: Tool, adb: Adb, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(bytes(2_000_000))

    async def run() -> None:
        async with SimulatedHub(client, PATHS) as hub:
            handset = make_handset(1, timing=Timing(transfer_bytes_per_s=1_000_000))
            await hub.plug(FIRST, handset)
            await listed(tool, hub, {(FIRST, "device")})
            serial = (await tool.devices())[0].serial
            push = ("push", tmp_path / "file", "/sdcard/file")
            pushing = asyncio.ensure_future(adb("-s", serial, *push))
            await until(lambda: handset.storage.kept_bytes > 0)
            await hub.unplug(FIRST)
            assert (await pushing)[0] != 0
            await listed(tool, hub, set())
            assert handset.storage.kept_bytes == 0
            handset.timing = Timing()
            await hub.plug(SECOND, handset)
            await listed(tool, hub, {(SECOND, "device")})
            serial = (await tool.devices())[0].serial
            assert (await adb("-s", serial, *push))[0] == 0

    bench(run())


def test_a_pulled_handset_stays_off_the_list(client: AdbClientLike, tool: Tool) -> None:
    async def run() -> None:
        async with SimulatedHub(client, PATHS) as hub:
            for _ in range(3):
                await hub.plug(FIRST, make_handset(1))
                await listed(tool, hub, {(FIRST, "device")})
                await hub.unplug(FIRST)
            await listed(tool, hub, set())
            await asyncio.sleep(1)
            assert await tool.devices() == []

    bench(run())


def test_an_unauthorised_handset_is_allowed_and_remembered_over_a_replug(
    client: AdbClientLike, tool: Tool
) -> None:
    async def run() -> None:
        handset = make_handset(1, secure=True)
        async with SimulatedHub(client, PATHS) as hub:
            await hub.plug(FIRST, handset)
            await listed(tool, hub, {(FIRST, "unauthorized")})
            await until(handset.accept_dialog)
            await listed(tool, hub, {(FIRST, "device")})
            await hub.unplug(FIRST)
            await hub.plug(SECOND, handset)
            await listed(tool, hub, {(SECOND, "device")})
            assert not handset.dialog_is_open

    bench(run())


def test_handsets_come_back_after_the_adb_server_was_restarted(
    free_port: int, tool: Tool, start_adb_server: Callable[[int], subprocess.Popen[bytes]]
) -> None:
    client = AdbClient(free_port)

    async def run() -> None:
        async with SimulatedHub(client, PATHS) as hub:
            await hub.plug(FIRST, make_handset(1))
            await hub.plug(SECOND, make_handset(2))
            both: set[tuple[UsbPath | None, str]] = {(FIRST, "device"), (SECOND, "device")}
            await listed(tool, hub, both)
            await client.kill()
            await gone(client)
            await asyncio.to_thread(start_adb_server, free_port)
            await listed(tool, hub, both)

    bench(run())


def test_a_hub_without_an_adb_server_still_tells_what_is_plugged() -> None:
    async def run() -> None:
        seen: list[Fact] = []
        hub = SimulatedHub(NoServer(), PATHS)
        following = asyncio.create_task(hub.follow(seen.append))
        await asyncio.sleep(0)
        await hub.plug(FIRST, make_handset(1))
        await hub.unplug(FIRST)
        following.cancel()
        await asyncio.wait([following])
        assert seen == [HandsetAttached(FIRST), HandsetDetached(FIRST)]

    bench(run())


def test_a_port_takes_one_handset() -> None:
    async def run() -> None:
        async with SimulatedHub(NoServer(), (FIRST,)) as hub:
            await hub.plug(FIRST, make_handset(1))
            with pytest.raises(ValueError, match="no free port"):
                await hub.plug(FIRST, make_handset(2))
            with pytest.raises(ValueError, match="no free port"):
                await hub.plug(SECOND, make_handset(2))
            with pytest.raises(ValueError, match="nothing is plugged"):
                await hub.unplug(SECOND)
            assert hub.locate(Listed("127.0.0.1:1", "device")) is None

    bench(run())


def test_sixteen_handsets_are_worked_on_at_once(
    client: AdbClientLike, tool: Tool, adb: Adb, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"x" * 300_000)
    write_package(tmp_path / "agent.apk", "org.example.agent", padding=300_000)

    async def stage(serial: str) -> None:
        for words in (
            ("push", tmp_path / "file", "/sdcard/file"),
            ("install", tmp_path / "agent.apk"),
            ("shell", "settings", "put", "global", "staged", "1"),
        ):
            assert (await adb("-s", serial, *words))[0] == 0

    async def run() -> None:
        async with SimulatedHub(client, PATHS) as hub:
            handsets = [make_handset(number) for number in range(16)]
            await asyncio.gather(*map(hub.plug, PATHS, handsets))
            await listed(tool, hub, {(path, "device") for path in PATHS})
            await asyncio.gather(*(stage(device.serial) for device in await tool.devices()))
        for handset in handsets:
            assert handset.storage.read("/sdcard/file") == b"x" * 300_000
            assert handset.packages == {"org.example.agent": "1.0"}
            assert handset.settings == {("global", "staged"): "1"}

    bench(run())


def test_another_client_library_agrees(tool: Tool, adb_port: int, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(range(256)) * 4_000)

    def use(serial: str) -> None:
        device = adbutils.AdbClient("127.0.0.1", adb_port).device(serial)
        assert device.getprop("ro.product.model") == "SM-A325F"
        answer = device.shell2("echo good; frob", v2=True)
        assert (answer.returncode, answer.stdout) == (127, "good\n")
        assert "inaccessible or not found" in answer.stderr
        assert device.sync.push(tmp_path / "file", "/sdcard/file") == 1_024_000
        assert device.sync.read_bytes("/sdcard/file") == (tmp_path / "file").read_bytes()
        assert device.sync.stat("/sdcard/file").size == 1_024_000
        assert {entry.path for entry in device.sync.list("/sdcard")} == {"Download", "file"}

    async def run() -> None:
        async with SimulatedHub(tool, PATHS) as hub:
            await hub.plug(FIRST, make_handset(1))
            await listed(tool, hub, {(FIRST, "device")})
            await asyncio.to_thread(use, (await tool.devices())[0].serial)

    bench(run())
