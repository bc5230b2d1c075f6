"""An adb server whose account may not open the handset's device node."""

from __future__ import annotations

import asyncio

import pytest

from bench.events.device import HandsetAttached, HandsetOnline, HandsetUnreachable
from bench.problems import Problem, ProblemCode
from hardware.simulator.handset import make_handset
from tests.peers.usb.room import Corner
from tests.peers.usb.scene import Played, play, scene

_AS_UDEV_MAKES_IT = 0o444
"""For others than its owner, who is root: 0664 without write permission."""
_UNREADABLE = 0o000
_REST_OF_A_SCAN = 0.3
"""Seconds in which the look that found the handset beside it is surely over."""


@pytest.fixture(
    scope="module", params=["29 as nobody", pytest.param("36 as nobody", marks=pytest.mark.soak)]
)
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Played:
    return play(request.module.__name__, request.param, tmp_path_factory.mktemp("room"))


@scene
async def test_a_handset_without_permission_is_named_so_until_the_rules_are_there(
    corner: Corner,
) -> None:
    handset = make_handset(1)
    await corner.plug(handset, node_mode=_AS_UDEV_MAKES_IT)
    told = HandsetUnreachable(corner.port, Problem(ProblemCode.NO_PERMISSION))
    await corner.is_told(told)
    assert (await corner.listed()).state == "no permissions"
    await corner.unplug()
    await corner.plug(handset)
    await corner.online()


@scene
async def test_a_handset_whose_node_may_not_even_be_read_is_known_to_udev_alone(
    corner: Corner,
) -> None:
    """The server passes over what it cannot read: from its list nobody learns of it."""
    await corner.plug(make_handset(2), node_mode=_UNREADABLE)
    beside = make_handset(3)
    await corner.plug(beside, corner.ports[1])
    await corner.online(corner.ports[1])
    await asyncio.sleep(_REST_OF_A_SCAN)
    listed = {device.path for device in await corner.room.client.devices()}
    assert corner.port not in listed
    about_it = [fact for fact in corner.told if fact.path == corner.port]  # type: ignore[union-attr]
    assert about_it == [HandsetAttached(corner.port)]
    assert not any(isinstance(fact, HandsetOnline) for fact in about_it)
