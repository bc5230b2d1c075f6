"""Ports, device numbers and nodes of simulated USB handsets, as the kernel gives them out."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bench.identity.identifiers import UsbPath
from hardware.simulator.handset import make_handset
from hardware.simulator.usbfs import hub as hub_module
from hardware.simulator.usbfs.hub import UsbHub
from tests.hardware.simulator.usbfs.open_node import Folder

FIRST, SECOND = UsbPath(1, (1, 1)), UsbPath(1, (1, 2))


def nodes(root: Path) -> list[str]:
    return sorted(node.name for node in (root / "dev" / "bus" / "usb" / "001").iterdir())


def test_a_handset_plugged_in_again_is_another_device(tmp_path: Path) -> None:
    async def run() -> list[list[str]]:
        seen = []
        async with UsbHub(Folder(tmp_path), (FIRST, SECOND)) as hub:
            for _ in range(3):
                await hub.plug(FIRST, make_handset(1))
                seen.append(nodes(tmp_path))
                await hub.unplug(FIRST)
        return seen

    assert asyncio.run(run()) == [["002"], ["003"], ["004"]]


def test_numbers_begin_again_after_127_and_pass_over_what_is_plugged_in(tmp_path: Path) -> None:
    async def run() -> None:
        async with UsbHub(Folder(tmp_path), (FIRST, SECOND)) as hub:
            await hub.plug(SECOND, make_handset(2))
            hub._last = 127
            await hub.plug(FIRST, make_handset(1))
            assert nodes(tmp_path) == ["002", "003"]

    asyncio.run(run())


def test_plugs_and_pulls_that_come_faster_than_numbers_are_given_back_all_find_one(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        async with UsbHub(Folder(tmp_path), (FIRST, SECOND)) as hub:
            await hub.plug(SECOND, make_handset(2))
            for _ in range(300):
                await hub.plug(FIRST, make_handset(1))
                assert len(nodes(tmp_path)) == 2
                await hub.unplug(FIRST)
            assert nodes(tmp_path) == ["002"]

    asyncio.run(run())


def test_only_a_free_port_takes_a_handset_and_only_a_taken_one_gives_it_back(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        handset = make_handset(1)
        async with UsbHub(Folder(tmp_path), (FIRST,)) as hub:
            await hub.plug(FIRST, handset)
            assert hub.handset_at(FIRST) is handset
            with pytest.raises(ValueError, match="no free port"):
                await hub.plug(FIRST, make_handset(2))
            with pytest.raises(ValueError, match="no free port"):
                await hub.plug(SECOND, make_handset(2))
            assert await hub.unplug(FIRST) is handset
            with pytest.raises(ValueError, match="nothing is plugged"):
                await hub.unplug(FIRST)

    asyncio.run(run())


def test_what_is_pulled_out_is_answered_for_a_while_and_then_put_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "_LINGER_S", 0.05)
    socket = tmp_path / "ioctl" / "dev" / "bus" / "usb" / "001" / "002"

    async def run() -> None:
        async with UsbHub(Folder(tmp_path), (FIRST,)) as hub:
            await hub.plug(FIRST, make_handset(1))
            await hub.unplug(FIRST)
            assert nodes(tmp_path) == []
            assert socket.exists()
            async with asyncio.timeout(20):
                while hub._pulled:
                    await asyncio.sleep(0.01)
            assert not socket.exists()

    asyncio.run(run())


def test_a_room_that_is_left_keeps_no_descriptor(tmp_path: Path) -> None:
    async def run() -> None:
        async with UsbHub(Folder(tmp_path), (FIRST, SECOND)) as hub:
            for path in (FIRST, SECOND):
                await hub.plug(path, make_handset(path.ports[-1]))
            await hub.unplug(FIRST)

    before = len(list(Path("/proc/self/fd").iterdir()))
    asyncio.run(run())
    assert len(list(Path("/proc/self/fd").iterdir())) == before
