"""A simulated handset behind a real adb server, used through the adb program."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from hardware.simulator.cable import Cable
from hardware.simulator.faults import DropLink, DropPush, FailInstall, HangShell, NoSpace
from hardware.simulator.handset import SimulatedHandset, make_handset
from hardware.simulator.packages import write_package
from hardware.simulator.timing import Timing

Adb = Callable[..., Awaitable[tuple[int, bytes, bytes]]]
Walk = Callable[[Adb, str], Coroutine[Any, Any, None]]
pytestmark = pytest.mark.usefixtures("adb_port")


def stage(handset: SimulatedHandset, adb: Adb, walk: Walk) -> None:
    """Plug a handset in, connect the server to it, and walk with its address."""

    async def run() -> None:
        async with Cable(handset) as cable:
            await adb("connect", cable.address)
            await walk(adb, cable.address)
            await adb("disconnect", cable.address)

    asyncio.run(run())


async def until(met: Callable[[], bool]) -> None:
    while not met():
        await asyncio.sleep(0.01)


async def state_becomes(adb: Adb, address: str, state: str) -> None:
    async with asyncio.timeout(20):
        listing = b""
        while f"{address}\t{state}".encode() not in listing:
            await asyncio.sleep(0.05)
            _, listing, _ = await adb("devices")


def test_a_handset_is_listed_as_what_it_is(adb: Adb) -> None:
    async def walk(adb: Adb, address: str) -> None:
        await state_becomes(adb, address, "device")
        _, out, _ = await adb("devices", "-l")
        assert b"product:a32nsxx model:SM_A325F device:a32" in out

    stage(make_handset(7), adb, walk)


def test_exit_codes_and_the_two_outputs_come_apart(adb: Adb) -> None:
    async def walk(adb: Adb, address: str) -> None:
        shell = ("-s", address, "shell")
        assert await adb(*shell, "getprop ro.product.model") == (0, b"SM-A325F\n", b"")
        assert await adb(*shell, "exit 7") == (7, b"", b"")
        assert await adb(*shell, "echo good; cat /nothing && echo never") == (
            1,
            b"good\n",
            b"cat: /nothing: No such file or directory\n",
        )
        assert await adb(*shell, "frobnicate") == (
            127,
            b"",
            b"/system/bin/sh: frobnicate: inaccessible or not found\n",
        )

    stage(make_handset(1), adb, walk)


def test_a_file_comes_back_as_it_went(adb: Adb, tmp_path: Path) -> None:
    (tmp_path / "there").write_bytes(os.urandom(3_000_001))
    digest = hashlib.sha256((tmp_path / "there").read_bytes()).hexdigest()

    async def walk(adb: Adb, address: str) -> None:
        assert (await adb("-s", address, "push", tmp_path / "there", "/sdcard/Download/"))[0] == 0
        path = "/sdcard/Download/there"
        assert (await adb("-s", address, "pull", path, tmp_path / "back"))[0] == 0
        said = await adb("-s", address, "shell", "sha256sum", path)
        assert said == (0, f"{digest}  {path}\n".encode(), b"")
        assert b"there" in (await adb("-s", address, "ls", "/sdcard/Download"))[1]

    stage(make_handset(1), adb, walk)
    assert (tmp_path / "back").read_bytes() == (tmp_path / "there").read_bytes()


def test_a_file_beyond_the_cap_keeps_only_its_size_and_hash(adb: Adb, tmp_path: Path) -> None:
    data = os.urandom(1 << 20) * 9
    (tmp_path / "large").write_bytes(data)
    handset = make_handset(1)

    async def walk(adb: Adb, address: str) -> None:
        assert (await adb("-s", address, "push", tmp_path / "large", "/sdcard/large"))[0] == 0
        out = (await adb("-s", address, "shell", "md5sum", "-b", "/sdcard/large"))[1]
        assert out == hashlib.md5(data).hexdigest().encode() + b"\n"
        assert (await adb("-s", address, "pull", "/sdcard/large", tmp_path / "back"))[0] != 0

    stage(handset, adb, walk)
    assert handset.storage.kept_bytes == 0
    assert handset.storage.status("/sdcard/large").size == len(data)


def test_a_package_is_installed_and_listed(adb: Adb, tmp_path: Path) -> None:
    write_package(tmp_path / "agent.apk", "org.example.agent", "2.1", padding=500_000)
    handset = make_handset(1)

    async def walk(adb: Adb, address: str) -> None:
        code, out, _ = await adb("-s", address, "install", tmp_path / "agent.apk")
        assert (code, b"Success" in out) == (0, True)
        out = (await adb("-s", address, "shell", "pm list packages"))[1]
        assert out == b"package:org.example.agent\n"

    stage(handset, adb, walk)
    assert handset.packages == {"org.example.agent": "2.1"}


def test_what_is_no_package_is_refused_in_androids_words(adb: Adb, tmp_path: Path) -> None:
    (tmp_path / "bad.apk").write_bytes(b"PK\3\4 but nothing more")
    write_package(tmp_path / "good.apk", "org.example.agent")
    handset = make_handset(
        1, faults=[FailInstall(reason="INSTALL_FAILED_INSUFFICIENT_STORAGE", once=True)]
    )

    async def walk(adb: Adb, address: str) -> None:
        for package, reason in (
            ("good.apk", b"Failure [INSTALL_FAILED_INSUFFICIENT_STORAGE]"),
            ("bad.apk", b"Failure [INSTALL_PARSE_FAILED_NOT_APK:"),
        ):
            code, out, err = await adb("-s", address, "install", tmp_path / package)
            assert code != 0
            assert reason in out + err
        assert (await adb("-s", address, "install", tmp_path / "good.apk"))[0] == 0

    stage(handset, adb, walk)


def test_a_handset_asks_once_whom_to_trust_and_remembers(adb: Adb) -> None:
    handset = make_handset(1, secure=True)

    async def walk(adb: Adb, address: str) -> None:
        await state_becomes(adb, address, "unauthorized")
        assert (await adb("-s", address, "shell", "true"))[0] != 0
        assert handset.dialog_is_open
        assert handset.accept_dialog()
        await state_becomes(adb, address, "device")
        assert await adb("-s", address, "shell", "echo trusted") == (0, b"trusted\n", b"")

    stage(handset, adb, walk)
    assert len(handset.authorised_keys) == 1

    async def walk_again(adb: Adb, address: str) -> None:
        await state_becomes(adb, address, "device")
        assert not handset.dialog_is_open

    stage(handset, adb, walk_again)


def test_a_trust_that_is_not_remembered_is_asked_for_again(adb: Adb) -> None:
    handset = make_handset(1, secure=True)

    async def walk(adb: Adb, address: str) -> None:
        await state_becomes(adb, address, "unauthorized")
        handset.accept_dialog(remember=False)
        await state_becomes(adb, address, "device")

    for _ in range(2):
        stage(handset, adb, walk)


def test_a_link_lost_in_mid_push_fails_the_push_and_comes_back(adb: Adb, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(1_000_000))
    handset = make_handset(1, faults=[DropPush(after=300_000, once=True)])

    async def walk(adb: Adb, address: str) -> None:
        push = ("-s", address, "push", tmp_path / "file", "/sdcard/file")
        assert (await adb(*push))[0] != 0
        assert (await adb("connect", address))[0] == 0
        await state_becomes(adb, address, "device")
        assert (await adb(*push))[0] == 0

    stage(handset, adb, walk)
    assert handset.storage.kept_bytes == 1_000_000


def test_a_full_handset_says_so(adb: Adb, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(3_000_000))
    handset = make_handset(1, faults=[NoSpace(after=200_000, once=False)])

    async def walk(adb: Adb, address: str) -> None:
        code, out, err = await adb("-s", address, "push", tmp_path / "file", "/sdcard/file")
        assert code != 0
        assert b"No space left on device" in out + err
        assert (await adb("-s", address, "shell", "cat", "/sdcard/file"))[0] == 1

    stage(handset, adb, walk)
    assert handset.storage.kept_bytes == 0


def test_a_folder_in_the_way_of_a_file_is_said(adb: Adb, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    handset = make_handset(1)
    handset.storage.write("/sdcard/plain", b"")

    async def walk(adb: Adb, address: str) -> None:
        push = ("-s", address, "push", tmp_path / "file", "/sdcard/plain/file")
        code, out, err = await adb(*push)
        assert code != 0
        assert b"Not a directory" in out + err

    stage(handset, adb, walk)


def test_a_hanging_shell_holds_up_nobody_else(adb: Adb) -> None:
    handset = make_handset(1, faults=[HangShell(word="settings", once=True)])

    async def walk(adb: Adb, address: str) -> None:
        shell = ("-s", address, "shell", "settings get global adb_enabled")
        hanging = asyncio.ensure_future(adb(*shell))
        await until(lambda: not len(handset.faults))
        assert await adb(*shell) == (0, b"null\n", b"")
        assert not hanging.done()
        await adb("disconnect", address)
        await hanging

    stage(handset, adb, walk)


def test_a_link_that_breaks_after_so_many_services_comes_back_by_itself(adb: Adb) -> None:
    handset = make_handset(1, faults=[DropLink(after=2, once=True)])

    async def walk(adb: Adb, address: str) -> None:
        codes = [(await adb("-s", address, "shell", "true"))[0] for _ in range(3)]
        assert codes[:2] == [0, 0]
        assert codes[2] != 0
        await state_becomes(adb, address, "device")
        assert (await adb("-s", address, "shell", "true"))[0] == 0

    stage(handset, adb, walk)


def test_a_reboot_drops_the_link_and_the_handset_comes_back(adb: Adb) -> None:
    handset = make_handset(1)

    async def walk(adb: Adb, address: str) -> None:
        await adb("-s", address, "reboot")
        await state_becomes(adb, address, "device")

    stage(handset, adb, walk)
    assert "reboot " in handset.log


def test_hostile_properties_cross_the_server(adb: Adb) -> None:
    hostile = "\x1b[31m^XZ~JR</b>\0; reboot " + "x" * 65536
    handset = make_handset(1, properties={"ro.product.model": hostile})

    async def walk(adb: Adb, address: str) -> None:
        await state_becomes(adb, address, "device")
        code, out, _ = await adb("-s", address, "shell", "getprop ro.product.model")
        assert (code, out) == (0, hostile.encode() + b"\n")

    stage(handset, adb, walk)


def test_each_worked_service_takes_its_time_and_no_longer(adb: Adb, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(400_000))
    write_package(tmp_path / "agent.apk", "org.example.agent", padding=400_000)
    handset = make_handset(1, timing=Timing(step_s=0.3))

    async def walk(adb: Adb, address: str) -> None:
        started = time.monotonic()
        await adb("-s", address, "shell", "settings put global a b")
        await adb("-s", address, "push", tmp_path / "file", "/sdcard/file")
        await adb("-s", address, "install", tmp_path / "agent.apk")
        assert time.monotonic() - started >= 0.9
        await adb("-s", address, "shell", "getprop; service call iphonesubinfo 1")

    stage(handset, adb, walk)
    assert handset.busy_s == pytest.approx(0.9)
    assert handset.tally.steps == 3


def test_a_slow_transfer_is_counted_as_the_handsets_own_time(adb: Adb, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(500_000))
    handset = make_handset(1, timing=Timing(transfer_bytes_per_s=1_000_000))

    async def walk(adb: Adb, address: str) -> None:
        await adb("-s", address, "push", tmp_path / "file", "/sdcard/file")

    stage(handset, adb, walk)
    assert 0 < handset.busy_s <= 0.5
