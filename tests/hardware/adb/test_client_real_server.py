"""One handset over a real adb server: who it is, commands, files, packages, and what breaks."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from bench.ports import HandsetRefusalError
from bench.problems import ProblemCode, ProblemError
from hardware.adb.client import AdbClient
from hardware.adb.handset import AdbHandset
from hardware.adb.server import AdbServer, free_port
from hardware.simulator.faults import DropLink, DropPush, FailInstall, HangShell, NoSpace
from hardware.simulator.handset import make_handset
from hardware.simulator.packages import write_package
from tests.hardware.adb.real_server import (
    ignore,
    package_of,
    with_handset,
)


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

    with_handset(tmp_path, simulated, work)


@pytest.mark.parametrize("sdk", ["29", "30", "31", "34"])
def test_both_imeis_are_read_whatever_the_android(tmp_path: Path, sdk: str) -> None:
    simulated = make_handset(1, properties={"ro.build.version.sdk": sdk})

    async def work(handset: AdbHandset) -> None:
        assert len((await handset.identify()).imeis) == 2

    with_handset(tmp_path, simulated, work)


@pytest.mark.parametrize("text", ["^XA^XZ", "<b>&amp;</b>", "\x1b[2J", "a\0b", "x" * 65536, "]\n["])
def test_a_hostile_handset_is_only_oddly_named(tmp_path: Path, text: str) -> None:
    hostile = dict.fromkeys(("ro.product.model", "ro.product.name", "ro.product.device"), text)
    simulated = make_handset(1, properties=hostile)

    async def work(handset: AdbHandset) -> None:
        identity = await handset.identify()
        assert str(identity.serial) == simulated.serial
        assert identity.model.isprintable()
        assert identity.build == simulated.properties["ro.build.display.id"]

    with_handset(tmp_path, simulated, work)


def test_words_reach_the_handset_as_they_are(tmp_path: Path) -> None:
    words = ("a  b", "; rm -r /", "$HOME", "it's", '"', "*", "ü", "\n", "")

    async def work(handset: AdbHandset) -> None:
        reply = await handset.shell("echo", *words)
        assert reply.out == " ".join(words) + "\n"

    with_handset(tmp_path, make_handset(1), work)


def test_a_command_that_fails_gives_its_code_and_its_words(tmp_path: Path) -> None:
    async def work(handset: AdbHandset) -> None:
        reply = await handset.shell("no-such-program")
        assert (reply.code, reply.out) == (127, "")
        assert "no-such-program" in reply.err

    with_handset(tmp_path, make_handset(1), work)


def test_a_command_that_hangs_is_not_answering(tmp_path: Path) -> None:
    async def work(handset: AdbHandset) -> None:
        with pytest.raises(ProblemError) as raised:
            await handset.shell("echo", "stuck")
        assert raised.value.problem.code == ProblemCode.NOT_ANSWERING
        assert (await handset.shell("echo", "well")).code == 0

    fault = HangShell(word="stuck", once=False)
    with_handset(tmp_path, make_handset(1, faults=[fault]), work)


def test_a_pushed_file_arrives_whole(tmp_path: Path) -> None:
    content, simulated = bytes(range(256)) * 10_000, make_handset(1)
    source, shares = package_of(tmp_path, content), list[float]()

    async def work(handset: AdbHandset) -> None:
        await handset.push(source, "/sdcard/my file,1", shares.append)
        assert simulated.storage.read("/sdcard/my file,1") == content
        assert (shares, shares[-1]) == (sorted(shares), 1.0)

    with_handset(tmp_path, simulated, work)


def test_a_full_handset_refuses_the_file_in_its_own_words(tmp_path: Path) -> None:
    source = package_of(tmp_path, bytes(2_000_000))

    async def work(handset: AdbHandset) -> None:
        with pytest.raises(HandsetRefusalError, match="No space left on device"):
            await handset.push(source, "/sdcard/a", ignore)

    fault = NoSpace(after=100_000, once=False)
    with_handset(tmp_path, make_handset(1, faults=[fault]), work)


def test_a_package_is_installed_and_a_bad_one_refused(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.apk", package_of(tmp_path, b"not a package at all")
    write_package(good, "com.example.staging", padding=2_000_000)

    async def work(handset: AdbHandset) -> None:
        await handset.install(good, ignore)
        assert "com.example.staging" in (await handset.shell("pm", "list", "packages")).out
        with pytest.raises(HandsetRefusalError, match="INSTALL_PARSE_FAILED_NOT_APK"):
            await handset.install(bad, ignore)

    with_handset(tmp_path, make_handset(1), work)


def test_a_refused_installation_gives_the_handsets_reason(tmp_path: Path) -> None:
    package = package_of(tmp_path, b"PK" + bytes(3_000_000))

    async def work(handset: AdbHandset) -> None:
        with pytest.raises(HandsetRefusalError, match="INSTALL_FAILED_INSUFFICIENT_STORAGE"):
            await handset.install(package, ignore)

    fault = FailInstall(reason="INSTALL_FAILED_INSUFFICIENT_STORAGE", once=False)
    with_handset(tmp_path, make_handset(1, faults=[fault]), work)


@pytest.mark.parametrize(
    "fault", [DropPush(after=100_000, once=True), DropLink(after=0, once=True)]
)
def test_a_link_that_breaks_is_told_aslost(tmp_path: Path, fault: DropPush | DropLink) -> None:
    source = package_of(tmp_path, bytes(2_000_000))

    async def work(handset: AdbHandset) -> None:
        with pytest.raises(ProblemError) as raised:
            await handset.push(source, "/sdcard/a", ignore)
        assert raised.value.problem.code == ProblemCode.LINK_LOST

    with_handset(tmp_path, make_handset(1, faults=[fault]), work)
