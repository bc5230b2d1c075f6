"""Real clients of the simulated adb server: it is right for more than our own."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import adbutils

from hardware.simulator.adb_server.listing import NO_PERMISSIONS
from hardware.simulator.adb_server.server import SimulatedAdbServer
from hardware.simulator.handset import make_handset
from hardware.simulator.packages import write_package

Said: TypeAlias = tuple[int, bytes, bytes]
Program: TypeAlias = Callable[..., Awaitable[Said]]


def _with_program(adb: str, work: Callable[[SimulatedAdbServer, Program], Awaitable[None]]) -> None:
    async def run() -> None:
        async with SimulatedAdbServer() as server:

            async def program(*words: str) -> Said:
                child = await asyncio.create_subprocess_exec(
                    adb, "-P", str(server.port), *words,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
                )  # fmt: skip
                out, err = await asyncio.wait_for(child.communicate(), 20)
                return child.returncode or 0, out, err

            await work(server, program)

    asyncio.run(run())


def test_the_adb_program_lists_any_port_and_state(adb: str) -> None:
    async def work(server: SimulatedAdbServer, program: Program) -> None:
        server.plug(make_handset(1), "usb:1-1.3.2")
        server.plug(make_handset(2), "usb:2-4", state="unauthorized")
        server.plug(make_handset(3), "usb:2-5", state=NO_PERMISSIONS)
        code, out, _ = await program("devices", "-l")
        description = "product:a32nsxx model:SM_A325F device:a32"
        assert code == 0
        assert out.decode().splitlines()[1:] == [
            f"R58N00001XY            device usb:1-1.3.2 {description} transport_id:1",
            "R58N00002XY            unauthorized usb:2-4 transport_id:2",
            f"R58N00003XY            {NO_PERMISSIONS} usb:2-5 transport_id:3",
            "",
        ]

    _with_program(adb, work)


def test_the_adb_program_works_on_a_handset_of_it(adb: str, tmp_path: Path) -> None:
    (tmp_path / "there").write_bytes(os.urandom(1_500_001))
    write_package(tmp_path / "package.apk", "com.example.staging")
    back = tmp_path / "back"

    async def work(server: SimulatedAdbServer, program: Program) -> None:
        handset = make_handset(1)
        server.plug(handset, "usb:1-1")
        shell = await program("-s", "R58N00001XY", "shell", "echo hi; cat /nothing || exit 3")
        assert shell == (3, b"hi\n", b"cat: /nothing: No such file or directory\n")
        assert (await program("-s", "usb:1-1", "push", str(tmp_path / "there"), "/sdcard/f"))[
            0
        ] == 0
        assert (await program("-t", "1", "pull", "/sdcard/f", str(back)))[0] == 0
        assert back.read_bytes() == (tmp_path / "there").read_bytes()
        assert (await program("install", str(tmp_path / "package.apk")))[0] == 0
        assert handset.packages == {"com.example.staging": "1.0"}

    _with_program(adb, work)


def test_the_adb_program_understands_why_a_handset_cannot_be_used(adb: str) -> None:
    async def work(server: SimulatedAdbServer, program: Program) -> None:
        plugged = server.plug(make_handset(1), "usb:1-1")
        for state, words in (
            ("unauthorized", b"device unauthorized."),
            ("offline", b"device offline"),
            ("authorizing", b"device still authorizing"),
            (NO_PERMISSIONS, b"insufficient permissions for device"),
        ):
            server.become(plugged, state)
            code, _, err = await program("-s", "R58N00001XY", "shell", "true")
            assert (code, words in err) == (1, True)

    _with_program(adb, work)


def test_adbutils_follows_and_uses_a_handset_of_it(tmp_path: Path) -> None:
    (tmp_path / "there").write_bytes(os.urandom(200_001))

    def work(port: int) -> None:
        client = adbutils.AdbClient("127.0.0.1", port, socket_timeout=20)
        assert client.server_version() == 41
        assert next(client.track_devices()).serial == "R58N00001XY"
        device = client.device("R58N00001XY")
        assert device.shell2("exit 3", v2=True).returncode == 3
        assert device.getprop("ro.product.model") == "SM-A325F"
        device.sync.push(tmp_path / "there", "/sdcard/f")
        assert device.sync.read_bytes("/sdcard/f") == (tmp_path / "there").read_bytes()

    async def run() -> None:
        async with SimulatedAdbServer() as server:
            server.plug(make_handset(1), "usb:1-1")
            await asyncio.to_thread(work, server.port)

    asyncio.run(run())
