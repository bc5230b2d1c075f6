"""What counts as a handset, and what udev tells of it: real pyudev on an emulated /sys.

Run as a program, this file is the scene that the test plays under umockdev.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import pyudev

from bench.events.device import (
    HandsetAttached,
    HandsetDetached,
    ProblemCleared,
    ProblemRaised,
)
from bench.events.run import Fact
from bench.identity.identifiers import UsbPath
from bench.problems import ProblemCode
from hardware.usb import watch
from hardware.usb.watch import UsbHandsets, is_handset
from tests.peers.testbed import Testbed, run_in_testbed

_SAMSUNG = {"idVendor": "04e8", "idProduct": "6860", "bDeviceClass": "00"}
_OTHER = {"idVendor": "18d1", "idProduct": "4ee7", "bDeviceClass": "00"}
_HUB = {"idVendor": "05e3", "idProduct": "0610", "bDeviceClass": "09"}
_KEYBOARD = {"idVendor": "046d", "idProduct": "c31c", "bDeviceClass": "00"}
_LIMIT = 20.0


@pytest.mark.parametrize(
    ("interfaces", "attributes"),
    [
        (":ffff00:0a0001:020201:ff4201:", _SAMSUNG),
        (":060101:", _SAMSUNG),
        (":0202ff:0a0000:", _SAMSUNG | {"idProduct": "685d"}),
        ("", _SAMSUNG),
        (":ff4201:", _OTHER),
        (":FF4203:", _OTHER),
        (":060101:ff4201:", _OTHER),
    ],
)
def test_a_handset_is_known_in_every_mode(interfaces: str, attributes: dict[str, str]) -> None:
    assert is_handset({"ID_USB_INTERFACES": interfaces}, attributes)


@pytest.mark.parametrize(
    ("interfaces", "attributes"),
    [
        (":090000:", _HUB),
        (":090000:", _SAMSUNG | {"bDeviceClass": "09"}),
        (":030101:030000:", _KEYBOARD),
        (":020201:0a0000:", {"idVendor": "05e0", "idProduct": "1701"}),
        (":070102:", {"idVendor": "0a5f", "idProduct": "0166"}),
        (":070102:", _SAMSUNG),
        (":080650:", _SAMSUNG),
        ("", _OTHER),
    ],
)
def test_what_else_is_plugged_in_is_no_handset(interfaces: str, attributes: dict[str, str]) -> None:
    assert not is_handset({"ID_USB_INTERFACES": interfaces}, attributes)


def test_a_device_of_which_nothing_is_known_is_no_handset() -> None:
    assert not is_handset({}, {})


def test_usb_is_unwatched_where_udev_does_not_run_until_it_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "_RETRY_EVERY", 0.01)
    control = tmp_path / "control"
    facts: asyncio.Queue[Fact] = asyncio.Queue()

    async def run() -> tuple[Fact, Fact]:
        async with asyncio.timeout(_LIMIT):
            task = asyncio.create_task(UsbHandsets(control).follow(facts.put_nowait))
            raised = await facts.get()
            control.touch()
            cleared = await facts.get()
            task.cancel()
            await asyncio.wait([task])
            return raised, cleared

    raised, cleared = asyncio.run(run())
    assert isinstance(raised, ProblemRaised)
    assert raised.problem.code == ProblemCode.USB_UNWATCHED
    assert cleared == ProblemCleared(ProblemCode.USB_UNWATCHED, raised.problem.where)


def test_handsets_come_and_go_and_nothing_else_is_told() -> None:
    assert run_in_testbed(Path(__file__)) == [
        "attached 1-1.3.2",
        "attached 1-1.3.1",
        "detached 1-1.3.1",
        "attached 1-1.3.1",
        "attached 2-1",
        "detached 1-1.3.2",
    ]


async def _scene(testbed: Testbed) -> None:
    facts: asyncio.Queue[Fact] = asyncio.Queue()
    handsets = UsbHandsets(control=testbed.root)
    testbed.plug("1-1", _HUB, ":090000:")
    testbed.plug("1-1.3", _HUB, ":090000:")
    there_before = testbed.plug("1-1.3.2", _SAMSUNG, ":060101:")
    watching = asyncio.create_task(handsets.follow(facts.put_nowait))
    await _hear(facts)
    plugged = testbed.plug("1-1.3.1", _SAMSUNG, ":060101:ff4201:")
    await _hear(facts)
    keyboard = testbed.plug("1-1.4", _KEYBOARD, ":030101:")
    testbed.unplug(keyboard)
    testbed.unplug(plugged)
    await _hear(facts)
    testbed.plug("1-1.3.1", _SAMSUNG, ":060101:ff4201:")
    await _hear(facts)
    testbed.plug("2-1", _OTHER, ":ff4201:")
    await _hear(facts)
    testbed.forget(there_before)
    handsets.recount(pyudev.Context(), facts.put_nowait)
    await _hear(facts)
    handsets.recount(pyudev.Context(), facts.put_nowait)
    assert facts.empty()
    watching.cancel()
    await asyncio.wait([watching])


async def _hear(facts: asyncio.Queue[Fact]) -> None:
    async with asyncio.timeout(_LIMIT):
        match await facts.get():
            case HandsetAttached(path=UsbPath() as path):
                print(f"attached {path}")  # noqa: T201 - the scene's answer to the test
            case HandsetDetached(path=UsbPath() as path):
                print(f"detached {path}")  # noqa: T201 - the scene's answer to the test
            case other:
                raise AssertionError(other)


if __name__ == "__main__":
    with Testbed() as peer:
        asyncio.run(_scene(peer))
