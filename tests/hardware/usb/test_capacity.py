"""Whether the handsets planned fit on their controllers, and which ports to move where."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.events.usb import ControllerCrowded, ControllerRelieved, PortsPaired
from bench.identity.identifiers import UsbPath
from hardware.usb.capacity import Limits, Load, Need, limits_of, loads, preflight, room
from hardware.usb.port_plan import PortPlan
from hardware.usb.sysfs import survey
from hardware.usb.topology import Bus
from tests.hardware.usb.blobs import COMPOSITE
from tests.hardware.usb.tree import UsbTree

_INTEL, _CARD = "0000:00:14.0", "0000:05:00.0"
_NO_LIMITS: dict[str, Limits] = {}


@pytest.fixture
def tree(tmp_path: Path) -> UsbTree:
    """Two controllers: one of the computer, and a card."""
    tree = UsbTree(tmp_path / "sys")
    tree.controller(_INTEL, (1, 2))
    tree.controller(_CARD, (3, 4), chip="1912:0014")
    return tree


def _ports(hub: str, count: int) -> list[UsbPath]:
    return [UsbPath.parse(f"{hub}.{port}") for port in range(1, count + 1)]


def _load(name: str, devices: int, endpoints: int | None, used: tuple[int, int] = (0, 0)) -> Load:
    return Load(name, "", Limits(devices, endpoints, "stated"), *used)


def test_everything_on_a_controller_is_counted_hubs_and_control_endpoints_too(
    tree: UsbTree,
) -> None:
    tree.hub("1-1")
    tree.hub("2-1")
    tree.device("1-1.1", COMPOSITE, active=2)
    tree.device("1-1.2", COMPOSITE, active=1)
    intel, card = loads(survey(tree.sys))
    assert (intel.controller, intel.devices, intel.endpoints) == (_INTEL, 4, 2 + 2 + 9 + 4)
    assert (card.controller, card.devices, card.endpoints) == (_CARD, 0, 0)


def test_a_limit_says_whether_it_is_known(tree: UsbTree) -> None:
    intel, card = loads(survey(tree.sys))
    assert (intel.limits.devices, intel.limits.endpoints, intel.limits.is_known) == (64, 96, False)
    assert (card.limits.devices, card.limits.endpoints, card.limits.is_known) == (32, None, True)


@pytest.mark.parametrize(
    ("driver", "chip", "endpoints"),
    [
        ("xhci_hcd", "8086:1e31", 64),
        ("xhci_hcd", "8086:a12f", 96),
        ("xhci_hcd", "1b21:2142", None),
        ("tegra-xusb", "", None),
        ("ehci-pci", "8086:1e26", None),
    ],
)
def test_endpoints_are_limited_where_the_kernel_or_the_maker_says_so(
    driver: str, chip: str, endpoints: int | None
) -> None:
    assert limits_of(Bus(1, 480.0, "x", driver, chip), _NO_LIMITS).endpoints == endpoints


@pytest.mark.parametrize("name", [_INTEL, "8086:a12f"])
def test_what_the_settings_state_comes_before_what_is_assumed(tree: UsbTree, name: str) -> None:
    stated = Limits(40, 200, "the maker's manual", is_known=True)
    assert loads(survey(tree.sys), {name: stated})[0].limits == stated


def test_thirteen_handsets_of_seven_endpoints_do_not_fit_once_their_control_endpoints_count() -> (
    None
):
    assert room(_load("x", 64, 96), Need(7)) == 12
    assert room(_load("x", 64, 96, (2, 4)), Need(7)) == 11
    assert room(_load("x", 10, 96), Need(7)) == 10
    assert room(_load("x", 64, None, (4, 8)), Need(7)) == 60
    assert room(_load("x", 4, 16, (9, 99)), Need(7)) == 0


def test_move_these_four() -> None:
    planned = dict.fromkeys(_ports("1-1", 16), "a")
    (crowded,) = preflight([_load("a", 64, 96), _load("b", 64, None)], planned, ())
    assert crowded == ControllerCrowded("a", 16, 12, tuple(_ports("1-1", 16)[12:]), "b")


def test_where_no_controller_has_room_nothing_is_moved() -> None:
    planned = dict.fromkeys(_ports("1-1", 3), "a") | dict.fromkeys(_ports("3-1", 2), "b")
    crowded = preflight([_load("a", 2, None), _load("b", 2, None)], planned, ())
    assert crowded == (ControllerCrowded("a", 3, 2),)


def test_only_as_many_are_moved_as_fit() -> None:
    planned = dict.fromkeys(_ports("1-1", 5), "a")
    (crowded,) = preflight([_load("a", 2, None), _load("b", 1, None)], planned, ())
    assert (crowded.needed, crowded.room, len(crowded.move), crowded.to) == (5, 2, 1, "b")


@given(
    st.lists(
        st.tuples(st.integers(0, 20), st.none() | st.integers(0, 200), st.integers(0, 25)),
        min_size=1, max_size=4,
    )
)  # fmt: skip
def test_whatever_is_planned_no_move_overfills_a_controller(
    controllers: list[tuple[int, int | None, int]],
) -> None:
    carried = [_load(f"c{at}", devices, ends) for at, (devices, ends, _) in enumerate(controllers)]
    planned = {
        port: f"c{at}"
        for at, (_, _, count) in enumerate(controllers)
        for port in _ports(f"{at + 1}-1", count)
    }
    crowded = preflight(carried, planned, ())
    moved = {path: fact.to for fact in crowded for path in fact.move}
    assert len(moved) == sum(len(fact.move) for fact in crowded)
    after = planned | moved
    for load in carried:
        count = sum(1 for name in after.values() if name == load.controller)
        before = sum(1 for name in planned.values() if name == load.controller)
        assert count <= max(room(load, Need()), before)
        assert any(fact.controller == load.controller for fact in crowded) == (
            before > room(load, Need())
        )


def test_handsets_that_are_there_already_are_not_in_the_way_of_those_planned(
    tree: UsbTree,
) -> None:
    limits = {_INTEL: Limits(64, 4 * 8 + 4, "stated")}
    tree.hub("1-1")
    tree.hub("2-1")
    for port in range(1, 5):
        tree.device(f"1-1.{port}", COMPOSITE, active=2)
    plan = PortPlan(_ports("1-1", 4), limits)
    assert not any(isinstance(f, ControllerCrowded) for f in plan.weigh(survey(tree.sys)))


def test_both_halves_of_a_socket_are_one_handset(tree: UsbTree) -> None:
    tree.hub("1-1")
    tree.hub("2-1")
    limits = {_INTEL: Limits(4, None, "stated")}
    plan = PortPlan([*_ports("1-1", 2), *_ports("2-1", 2)], limits)
    assert not any(isinstance(f, ControllerCrowded) for f in plan.weigh(survey(tree.sys)))


def test_a_crowd_is_told_once_and_so_is_its_end(tree: UsbTree) -> None:
    limits = {_INTEL: Limits(4, None, "stated"), _CARD: Limits(3, None, "stated")}
    tree.hub("1-1")
    tree.hub("2-1")
    plan = PortPlan(_ports("1-1", 4), limits)
    told = [f for f in plan.weigh(survey(tree.sys)) if not isinstance(f, PortsPaired)]
    assert told == [ControllerCrowded(_INTEL, 4, 2, tuple(_ports("1-1", 4)[2:]), _CARD)]
    assert plan.weigh(survey(tree.sys)) == ()
    plan.learn(survey(tree.sys), _INTEL, 6)
    assert plan.weigh(survey(tree.sys)) == (ControllerRelieved(_INTEL),)


def test_pairs_are_told_when_a_hub_comes_and_again_when_it_comes_back(tree: UsbTree) -> None:
    def paired(plan: PortPlan) -> set[str]:
        facts = plan.weigh(survey(tree.sys))
        return {str(fact.path) for fact in facts if isinstance(fact, PortsPaired) and fact.is_sure}

    plan = PortPlan()
    assert paired(plan) == {f"{bus}-{port}" for bus in (1, 3) for port in range(1, 5)}
    tree.hub("1-1")
    tree.hub("2-1")
    assert paired(plan) == {f"1-1.{port}" for port in range(1, 5)}
    tree.remove("2-1")
    assert paired(plan) == set()
    tree.hub("2-1")
    assert paired(plan) == {f"1-1.{port}" for port in range(1, 5)}
