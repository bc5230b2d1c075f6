"""Handsets followed over a real adb server: prompts, broken links, a killed server, strangers."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from bench.events.device import (
    HandsetOnline,
    HandsetUnauthorised,
    HandsetUnreachable,
    ProblemCleared,
    ProblemRaised,
)
from bench.identity.identifiers import UsbPath
from bench.problems import Problem, ProblemCode, ProblemError
from hardware.adb import sightings
from hardware.adb.client import AdbClient
from hardware.adb.server import AdbServer, free_port
from hardware.simulator.cable import Cable
from hardware.simulator.faults import DropPush
from hardware.simulator.handset import make_handset
from tests.hardware.adb.real_server import (
    LIMIT,
    PORT,
    Peer,
    ignore,
    lost,
    package_of,
    tapped_allow,
    with_server,
)
from tests.hardware.adb.simulated_server import code_of


def test_a_handset_is_followed_from_its_prompt_to_its_unplugging(tmp_path: Path, adb: str) -> None:
    simulated = make_handset(1, secure=True)

    async def work(peer: Peer) -> None:
        async with peer.following() as handsets, Cable(simulated) as cable:
            await peer.connect(cable)
            await peer.wait_for(HandsetUnauthorised(PORT))
            await tapped_allow(simulated)
            await peer.wait_for(HandsetOnline(PORT, 1))
            handset = handsets.open(1)
            assert (await handset.shell("true")).code == 0
            await cable.pull()
            await peer.client.disconnect(cable.address)
            await peer.wait_for(lost(PORT))
            with pytest.raises(ProblemError):
                await handset.shell("true")
            assert len(peer.told) == len(set(peer.told))

    with_server(tmp_path, work, adb)


def test_a_handset_that_never_answers_is_offline_for_ever(
    tmp_path: Path, adb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sightings, "GRACE", 0.3)
    offline = HandsetUnreachable(PORT, Problem(ProblemCode.HANDSET_OFFLINE))

    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async def work(peer: Peer) -> None:
        listener = await asyncio.start_server(mute, "127.0.0.1", 0)
        address = f"127.0.0.1:{listener.sockets[0].getsockname()[1]}"
        peer.ports[address] = PORT
        async with peer.following():
            connecting = asyncio.create_task(code_of(peer.client.connect(address)))
            await peer.wait_for(offline)
            await asyncio.sleep(1.1)  # another look
            assert peer.told == [offline]
            connecting.cancel()
        listener.close()

    with_server(tmp_path, work, adb)


def test_a_handset_whose_link_is_lost_while_nothing_is_done_is_told(
    tmp_path: Path, adb: str
) -> None:
    async def work(peer: Peer) -> None:
        async with peer.following(), Cable(make_handset(1)) as cable:
            await peer.connect(cable)
            await peer.wait_for(HandsetOnline(PORT, 1))
            await cable.pull()
            async with asyncio.timeout(LIMIT):
                gone = await peer.facts.get()
            assert isinstance(gone, HandsetUnreachable)
            assert gone.problem.code in (ProblemCode.HANDSET_OFFLINE, ProblemCode.LINK_LOST)

    with_server(tmp_path, work, adb)


def test_a_link_that_breaks_under_work_comes_back_as_a_new_session(
    tmp_path: Path, adb: str
) -> None:
    simulated = make_handset(1, faults=[DropPush(after=100_000, once=True)])
    source = package_of(tmp_path, bytes(2_000_000))

    async def work(peer: Peer) -> None:
        async with peer.following() as handsets, Cable(simulated) as cable:
            await peer.connect(cable)
            await peer.wait_for(HandsetOnline(PORT, 1))
            with pytest.raises(ProblemError):
                await handsets.open(1).push(source, "/sdcard/a", ignore)
            await peer.wait_for(lost(PORT))
            await peer.wait_for(HandsetOnline(PORT, 2))
            await handsets.open(2).push(source, "/sdcard/a", ignore)

    with_server(tmp_path, work, adb)


def test_a_killed_server_is_started_again_and_its_sessions_are_over(
    tmp_path: Path, adb: str
) -> None:
    trouble = Problem(ProblemCode.ADB_SERVER_LOST, "ADB")

    async def work(peer: Peer) -> None:
        async with peer.following() as handsets, Cable(make_handset(1)) as cable:
            await peer.connect(cable)
            await peer.wait_for(HandsetOnline(PORT, 1))
            handset = handsets.open(1)
            await peer.client.kill()
            await peer.wait_for(ProblemRaised(trouble))
            await peer.wait_for(lost(PORT))
            await peer.wait_for(ProblemCleared(trouble.code, trouble.where))
            await peer.connect(cable)
            await peer.wait_for(HandsetOnline(PORT, 2))
            with pytest.raises(ProblemError):
                await handset.shell("true")
            assert (await handsets.open(2).shell("true")).code == 0

    with_server(tmp_path, work, adb)


def test_a_handset_on_no_slot_is_told_until_it_is_gone(tmp_path: Path, adb: str) -> None:
    async def work(peer: Peer) -> None:
        async with peer.following(), Cable(make_handset(1)) as cable:
            await peer.client.connect(cable.address)
            problem = Problem(ProblemCode.UNKNOWN_PORT, cable.address)
            await peer.wait_for(ProblemRaised(problem))
            await peer.client.disconnect(cable.address)
            await peer.wait_for(ProblemCleared(problem.code, problem.where))

    with_server(tmp_path, work, adb)


def test_a_bench_without_adb_is_told_once_and_goes_on_trying(tmp_path: Path) -> None:
    async def run() -> None:
        server = AdbServer(free_port(), tmp_path, executable=str(tmp_path / "adb"))
        peer = Peer(server, AdbClient(server.port))
        async with peer.following():
            await peer.wait_for(
                ProblemRaised(Problem(ProblemCode.ADB_MISSING, "ADB", "No such file or directory"))
            )
            adb = shutil.which("adb")
            assert adb is not None
            (tmp_path / "adb").symlink_to(adb)
            await peer.wait_for(ProblemCleared(ProblemCode.ADB_MISSING, "ADB"))
        await server.stop()
        assert len(peer.told) == 2

    asyncio.run(run())


def test_sixteen_handsets_are_told_apart(tmp_path: Path, adb: str) -> None:
    async def work(peer: Peer) -> None:
        async with peer.following() as handsets, asyncio.TaskGroup() as group:
            cables = [Cable(make_handset(number)) for number in range(16)]
            for number, cable in enumerate(cables, start=1):
                await cable.plug()
                peer.ports[cable.address] = UsbPath(1, (number,))
            for cable in cables:
                group.create_task(peer.client.connect(cable.address))
            async with asyncio.timeout(LIMIT):
                online = [await peer.facts.get() for _ in cables]
            for fact in online:
                assert isinstance(fact, HandsetOnline)
                identity = await handsets.open(fact.session).identify()
                assert str(identity.serial) == cables[fact.path.ports[0] - 1].handset.serial
            for cable in cables:
                await cable.pull()

    with_server(tmp_path, work, adb)
