"""The client, the bench's ports and a real adb server, with simulated handsets behind it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import pytest

from bench.events import (
    Fact,
    HandsetOnline,
    HandsetUnauthorised,
    HandsetUnreachable,
    ProblemCleared,
    ProblemRaised,
)
from bench.identity.identifiers import UsbPath
from bench.ports import HandsetRefusalError
from bench.problems import Problem, ProblemCode, ProblemError
from hardware.adb.client import AdbClient, Deadlines
from hardware.adb.devices import AdbDevice
from hardware.adb.handset import AdbHandset
from hardware.adb.handsets import AdbHandsets
from hardware.adb.server import AdbServer, free_port
from hardware.simulator.cable import Cable
from hardware.simulator.faults import DropLink, DropPush, FailInstall, HangShell, NoSpace
from hardware.simulator.handset import SimulatedHandset, make_handset
from hardware.simulator.packages import write_package

_PORT, _OTHER_PORT = UsbPath(1, (1,)), UsbPath(1, (2,))
_SHORT = Deadlines(shell=2.0)
_LIMIT = 20.0


@dataclass
class _Peer:
    """A real server, the client, and what the bench was told."""

    server: AdbServer
    client: AdbClient
    ports: dict[str, UsbPath] = field(default_factory=dict)
    facts: asyncio.Queue[Fact] = field(default_factory=asyncio.Queue)
    told: list[Fact] = field(default_factory=list)

    def post(self, fact: Fact) -> None:
        self.told.append(fact)
        self.facts.put_nowait(fact)

    def locate(self, device: AdbDevice) -> UsbPath | None:
        return self.ports.get(device.serial)

    async def wait_for(self, wanted: Fact) -> None:
        """Take facts until this one comes."""
        async with asyncio.timeout(_LIMIT):
            while await self.facts.get() != wanted:
                pass

    async def connect(self, cable: Cable, port: UsbPath = _PORT) -> None:
        self.ports[cable.address] = port
        await self.client.connect(cable.address)

    @asynccontextmanager
    async def following(self) -> AsyncIterator[AdbHandsets]:
        handsets = AdbHandsets(self.server, self.client, self.locate)
        task = asyncio.create_task(handsets.follow(self.post))
        try:
            yield handsets
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


Work: TypeAlias = Callable[[_Peer], Awaitable[None]]


def _with_server(home: Path, work: Work) -> None:
    async def run() -> None:
        server = AdbServer(free_port(), home)
        try:
            await server.ensure()
            await work(_Peer(server, AdbClient(server.port, deadlines=_SHORT)))
        finally:
            await server.stop()

    assert shutil.which("adb"), "install the package adb"
    asyncio.run(run())


def _with_handset(
    home: Path, simulated: SimulatedHandset, work: Callable[[AdbHandset], Awaitable[None]]
) -> None:
    async def run(peer: _Peer) -> None:
        async with Cable(simulated) as cable:
            await peer.client.connect(cable.address)
            (device,) = await peer.client.devices()
            await work(AdbHandset(peer.client, device.transport))

    _with_server(home, run)


def _ignore(_share: float) -> None:
    pass


def _package(folder: Path, content: bytes) -> Path:
    path = folder / "package.apk"
    path.write_bytes(content)
    return path


def _lost(path: UsbPath) -> HandsetUnreachable:
    return HandsetUnreachable(path, Problem(ProblemCode.LINK_LOST))


def test_the_server_is_started_found_and_ended(tmp_path: Path) -> None:
    async def run() -> None:
        ours = AdbServer(free_port(), tmp_path)
        theirs = AdbServer(ours.port, tmp_path)
        client = AdbClient(ours.port)
        await ours.ensure()
        await theirs.ensure()
        await theirs.stop()
        assert await client.version() >= 40
        await ours.stop()
        with pytest.raises(ProblemError):
            await client.version()

    asyncio.run(run())


def test_a_bench_without_adb_is_told_so(tmp_path: Path) -> None:
    server = AdbServer(free_port(), tmp_path, executable=str(tmp_path / "no-adb"))
    with pytest.raises(ProblemError) as raised:
        asyncio.run(server.ensure())
    assert raised.value.problem.code == ProblemCode.ADB_MISSING


def test_a_server_that_ends_at_once_is_lost_not_waited_for(tmp_path: Path) -> None:
    executable = shutil.which("false")
    assert executable is not None
    with pytest.raises(ProblemError) as raised:
        asyncio.run(AdbServer(free_port(), tmp_path, executable).ensure())
    assert raised.value.problem.code == ProblemCode.ADB_SERVER_LOST


def test_a_handset_says_who_it_is(tmp_path: Path) -> None:
    simulated = make_handset(1)

    async def work(handset: AdbHandset) -> None:
        identity = await handset.identify()
        assert str(identity.serial) == simulated.serial
        assert tuple(map(str, identity.imeis)) == simulated.imeis
        assert identity.model == simulated.properties["ro.product.model"]

    _with_handset(tmp_path, simulated, work)


@pytest.mark.parametrize("sdk", ["29", "30", "31", "34"])
def test_both_imeis_are_read_whatever_the_android(tmp_path: Path, sdk: str) -> None:
    simulated = make_handset(1, properties={"ro.build.version.sdk": sdk})

    async def work(handset: AdbHandset) -> None:
        assert len((await handset.identify()).imeis) == 2

    _with_handset(tmp_path, simulated, work)


@pytest.mark.parametrize("text", ["^XA^XZ", "<b>&amp;</b>", "\x1b[2J", "a\0b", "x" * 65536, "]\n["])
def test_a_hostile_handset_is_only_oddly_named(tmp_path: Path, text: str) -> None:
    hostile = dict.fromkeys(("ro.product.model", "ro.product.name", "ro.product.device"), text)
    simulated = make_handset(1, properties=hostile)

    async def work(handset: AdbHandset) -> None:
        identity = await handset.identify()
        assert str(identity.serial) == simulated.serial
        assert identity.model.isprintable()
        assert identity.build == simulated.properties["ro.build.display.id"]

    _with_handset(tmp_path, simulated, work)


def test_words_reach_the_handset_as_they_are(tmp_path: Path) -> None:
    words = ("a  b", "; rm -r /", "$HOME", "it's", '"', "*", "ü", "\n", "")

    async def work(handset: AdbHandset) -> None:
        reply = await handset.shell("echo", *words)
        assert reply.out == " ".join(words) + "\n"

    _with_handset(tmp_path, make_handset(1), work)


def test_a_command_that_fails_gives_its_code_and_its_words(tmp_path: Path) -> None:
    async def work(handset: AdbHandset) -> None:
        reply = await handset.shell("no-such-program")
        assert (reply.code, reply.out) == (127, "")
        assert "no-such-program" in reply.err

    _with_handset(tmp_path, make_handset(1), work)


def test_a_command_that_hangs_is_not_answering(tmp_path: Path) -> None:
    async def work(handset: AdbHandset) -> None:
        with pytest.raises(ProblemError) as raised:
            await handset.shell("echo", "stuck")
        assert raised.value.problem.code == ProblemCode.NOT_ANSWERING
        assert (await handset.shell("echo", "well")).code == 0

    fault = HangShell(word="stuck", once=False)
    _with_handset(tmp_path, make_handset(1, faults=[fault]), work)


def test_a_pushed_file_arrives_whole(tmp_path: Path) -> None:
    content, simulated = bytes(range(256)) * 10_000, make_handset(1)
    source, shares = _package(tmp_path, content), list[float]()

    async def work(handset: AdbHandset) -> None:
        await handset.push(source, "/sdcard/my file,1", shares.append)
        assert simulated.storage.read("/sdcard/my file,1") == content
        assert (shares, shares[-1]) == (sorted(shares), 1.0)

    _with_handset(tmp_path, simulated, work)


def test_a_full_handset_refuses_the_file_in_its_own_words(tmp_path: Path) -> None:
    source = _package(tmp_path, bytes(2_000_000))

    async def work(handset: AdbHandset) -> None:
        with pytest.raises(HandsetRefusalError, match="No space left on device"):
            await handset.push(source, "/sdcard/a", _ignore)

    fault = NoSpace(after=100_000, once=False)
    _with_handset(tmp_path, make_handset(1, faults=[fault]), work)


def test_a_package_is_installed_and_a_bad_one_refused(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.apk", _package(tmp_path, b"not a package at all")
    write_package(good, "com.example.staging", padding=2_000_000)

    async def work(handset: AdbHandset) -> None:
        await handset.install(good, _ignore)
        assert "com.example.staging" in (await handset.shell("pm", "list", "packages")).out
        with pytest.raises(HandsetRefusalError, match="INSTALL_PARSE_FAILED_NOT_APK"):
            await handset.install(bad, _ignore)

    _with_handset(tmp_path, make_handset(1), work)


def test_a_refused_installation_gives_the_handsets_reason(tmp_path: Path) -> None:
    package = _package(tmp_path, b"PK" + bytes(3_000_000))

    async def work(handset: AdbHandset) -> None:
        with pytest.raises(HandsetRefusalError, match="INSTALL_FAILED_INSUFFICIENT_STORAGE"):
            await handset.install(package, _ignore)

    fault = FailInstall(reason="INSTALL_FAILED_INSUFFICIENT_STORAGE", once=False)
    _with_handset(tmp_path, make_handset(1, faults=[fault]), work)


@pytest.mark.parametrize(
    "fault", [DropPush(after=100_000, once=True), DropLink(after=0, once=True)]
)
def test_a_link_that_breaks_is_told_as_lost(tmp_path: Path, fault: DropPush | DropLink) -> None:
    source = _package(tmp_path, bytes(2_000_000))

    async def work(handset: AdbHandset) -> None:
        with pytest.raises(ProblemError) as raised:
            await handset.push(source, "/sdcard/a", _ignore)
        assert raised.value.problem.code == ProblemCode.LINK_LOST

    _with_handset(tmp_path, make_handset(1, faults=[fault]), work)


def test_a_handset_is_followed_from_its_prompt_to_its_unplugging(tmp_path: Path) -> None:
    simulated = make_handset(1, secure=True)

    async def work(peer: _Peer) -> None:
        async with peer.following() as handsets, Cable(simulated) as cable:
            await peer.connect(cable)
            await peer.wait_for(HandsetUnauthorised(_PORT))
            simulated.accept_dialog()
            await peer.wait_for(HandsetOnline(_PORT, 1))
            handset = handsets.open(1)
            assert (await handset.shell("true")).code == 0
            await cable.pull()
            await peer.client.disconnect(cable.address)
            await peer.wait_for(_lost(_PORT))
            with pytest.raises(ProblemError):
                await handset.shell("true")
            assert len(peer.told) == len(set(peer.told))

    _with_server(tmp_path, work)


def test_a_link_that_breaks_under_work_comes_back_as_a_new_session(tmp_path: Path) -> None:
    simulated = make_handset(1, faults=[DropPush(after=100_000, once=True)])
    source = _package(tmp_path, bytes(2_000_000))

    async def work(peer: _Peer) -> None:
        async with peer.following() as handsets, Cable(simulated) as cable:
            await peer.connect(cable)
            await peer.wait_for(HandsetOnline(_PORT, 1))
            with pytest.raises(ProblemError):
                await handsets.open(1).push(source, "/sdcard/a", _ignore)
            await peer.wait_for(_lost(_PORT))
            await peer.wait_for(HandsetOnline(_PORT, 2))
            await handsets.open(2).push(source, "/sdcard/a", _ignore)

    _with_server(tmp_path, work)


def test_a_killed_server_is_started_again_and_its_sessions_are_over(tmp_path: Path) -> None:
    lost = Problem(ProblemCode.ADB_SERVER_LOST, "ADB")

    async def work(peer: _Peer) -> None:
        async with peer.following() as handsets, Cable(make_handset(1)) as cable:
            await peer.connect(cable)
            await peer.wait_for(HandsetOnline(_PORT, 1))
            handset = handsets.open(1)
            await peer.client.kill()
            await peer.wait_for(ProblemRaised(lost))
            await peer.wait_for(_lost(_PORT))
            await peer.wait_for(ProblemCleared(lost.code, lost.where))
            await peer.connect(cable)
            await peer.wait_for(HandsetOnline(_PORT, 2))
            with pytest.raises(ProblemError):
                await handset.shell("true")
            assert (await handsets.open(2).shell("true")).code == 0

    _with_server(tmp_path, work)


def test_a_handset_on_no_slot_is_told_until_it_is_gone(tmp_path: Path) -> None:
    async def work(peer: _Peer) -> None:
        async with peer.following(), Cable(make_handset(1)) as cable:
            await peer.client.connect(cable.address)
            problem = Problem(ProblemCode.UNKNOWN_PORT, cable.address)
            await peer.wait_for(ProblemRaised(problem))
            await peer.client.disconnect(cable.address)
            await peer.wait_for(ProblemCleared(problem.code, problem.where))

    _with_server(tmp_path, work)


def test_a_bench_without_adb_is_told_once_and_goes_on_trying(tmp_path: Path) -> None:
    async def run() -> None:
        server = AdbServer(free_port(), tmp_path, executable=str(tmp_path / "adb"))
        peer = _Peer(server, AdbClient(server.port))
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


def test_sixteen_handsets_are_told_apart(tmp_path: Path) -> None:
    async def work(peer: _Peer) -> None:
        async with peer.following() as handsets, asyncio.TaskGroup() as group:
            cables = [Cable(make_handset(number)) for number in range(16)]
            for number, cable in enumerate(cables, start=1):
                await cable.plug()
                peer.ports[cable.address] = UsbPath(1, (number,))
            for cable in cables:
                group.create_task(peer.client.connect(cable.address))
            async with asyncio.timeout(_LIMIT):
                online = [await peer.facts.get() for _ in cables]
            for fact in online:
                assert isinstance(fact, HandsetOnline)
                identity = await handsets.open(fact.session).identify()
                assert str(identity.serial) == cables[fact.path.ports[0] - 1].handset.serial
            for cable in cables:
                await cable.pull()

    _with_server(tmp_path, work)
