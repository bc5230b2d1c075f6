"""Another library's client of the real adb server: the handsets are not only right for ours."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import adbutils
import pytest

from hardware.simulator.cable import Cable
from hardware.simulator.handset import SimulatedHandset, make_handset
from hardware.simulator.packages import write_package
from tests.hardware.adb.real_server import Peer, with_server


def _with_adbutils(
    home: Path, adb: str, handset: SimulatedHandset, work: Callable[[adbutils.AdbDevice], None]
) -> None:
    async def run(peer: Peer) -> None:
        async with Cable(handset) as cable:
            await peer.client.connect(cable.address)
            other = adbutils.AdbClient("127.0.0.1", peer.server.port, socket_timeout=20)
            await asyncio.to_thread(work, other.device(cable.address))

    with_server(home, run, adb)


def test_a_second_client_reads_properties(tmp_path: Path, adb: str) -> None:
    handset = make_handset(1)

    def work(device: adbutils.AdbDevice) -> None:
        for name in sorted(handset.properties)[::8]:  # one by one it takes its time
            assert device.getprop(name) == handset.properties[name]
        assert device.prop.model == "SM-A325F"
        assert device.get_state() == "device"

    _with_adbutils(tmp_path, adb, handset, work)


def test_a_second_client_tells_exit_codes_and_both_outputs(tmp_path: Path, adb: str) -> None:
    def work(device: adbutils.AdbDevice) -> None:
        reply = device.shell2("echo good; cat /nothing", v2=True)
        assert (reply.returncode, reply.stdout) == (1, "good\n")
        assert reply.stderr == "cat: /nothing: No such file or directory\n"
        assert device.shell2(["echo", "a  b", "$HOME"], v2=True).stdout == "a  b $HOME\n"

    _with_adbutils(tmp_path, adb, make_handset(1), work)


@pytest.mark.parametrize("size", [0, 1, 65_536, 1_500_001])
def test_a_second_client_gets_back_what_it_pushed(tmp_path: Path, adb: str, size: int) -> None:
    (tmp_path / "there").write_bytes(os.urandom(size))

    def work(device: adbutils.AdbDevice) -> None:
        assert device.sync.push(tmp_path / "there", "/sdcard/file") == size
        assert device.sync.stat("/sdcard/file").size == size
        assert [entry.path for entry in device.sync.list("/sdcard")] == ["Download", "file"]
        device.sync.pull("/sdcard/file", tmp_path / "back")
        assert (tmp_path / "back").read_bytes() == (tmp_path / "there").read_bytes()

    _with_adbutils(tmp_path, adb, make_handset(1), work)


def test_a_second_client_installs_a_package(tmp_path: Path, adb: str) -> None:
    handset, package = make_handset(1), tmp_path / "package.apk"
    write_package(package, "com.example.staging", padding=300_000)

    def work(device: adbutils.AdbDevice) -> None:
        device.install(package, nolaunch=True, silent=True)
        assert device.list_packages() == ["com.example.staging"]

    _with_adbutils(tmp_path, adb, handset, work)
    assert handset.packages == {"com.example.staging": "1.0"}
