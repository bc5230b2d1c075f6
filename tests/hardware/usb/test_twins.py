"""The two halves of a USB 3 socket are one, for the surest reason that there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.identity.identifiers import UsbPath
from hardware.usb.sysfs import survey
from hardware.usb.topology import HubPort, Survey, chain, hub_of, port_path
from hardware.usb.twins import Basis, Pair, pairs, twins
from tests.hardware.usb.tree import UsbTree

_ONE, _OTHER = bytes(range(16)), bytes(range(16, 32))


@pytest.fixture
def tree(tmp_path: Path) -> UsbTree:
    tree = UsbTree(tmp_path / "sys")
    tree.controller("0000:00:14.0", (1, 2))
    return tree


def _pairs(tree: UsbTree) -> dict[tuple[str, str], Basis]:
    return {(str(one.path), str(one.twin)): one.basis for one in pairs(survey(tree.sys))}


def _unlinked(tree: UsbTree) -> UsbTree:
    """As where the firmware names sockets on one bus only: the kernel pairs none."""
    for peer in tree.sys.rglob("peer"):
        peer.unlink()
    return tree


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("usb1-port2", "1-2"),
        ("1-1-port3", "1-1.3"),
        ("1-1.4-port12", "1-1.4.12"),
        ("usb1-port0", None),
        ("1-1", None),
        ("port3", None),
        ("usb1-portx", None),
        ("1-1..2-port1", None),
        ("", None),
    ],
)
def test_a_port_of_the_kernel_is_a_path(name: str, path: str | None) -> None:
    assert port_path(name) == (UsbPath.parse(path) if path else None)


def test_the_way_to_a_port_is_in_its_name() -> None:
    path = UsbPath.parse("1-1.3.2")
    assert [str(one) for one in chain(path)] == ["1-1", "1-1.3", "1-1.3.2"]
    assert hub_of(path) == UsbPath.parse("1-1.3")
    assert hub_of(UsbPath.parse("1-1")) is None


def test_the_sockets_of_the_computer_are_paired_by_the_kernel(tree: UsbTree) -> None:
    assert _pairs(tree) == {(f"1-{port}", f"2-{port}"): Basis.KERNEL for port in range(1, 5)}


def test_the_ports_of_a_hub_are_paired_through_its_uplink(tree: UsbTree) -> None:
    tree.hub("1-3")
    tree.hub("2-3")
    found = _pairs(tree)
    assert {("1-3.1", "2-3.1"), ("1-3.4", "2-3.4")} <= found.keys()
    assert set(found.values()) == {Basis.KERNEL}


def test_the_ports_of_a_hub_on_a_hub_are_paired_too(tree: UsbTree) -> None:
    for path in ("1-3", "2-3", "1-3.2", "2-3.2"):
        tree.hub(path)
    assert ("1-3.2.4", "2-3.2.4") in _pairs(tree)


def test_a_socket_whose_halves_have_other_numbers_is_paired_as_the_kernel_says(
    tree: UsbTree,
) -> None:
    _unlinked(tree).peer("usb1-port1", "usb2-port4")
    tree.hub("1-1")
    tree.hub("2-4")
    found = _pairs(tree)
    assert found["1-1", "2-4"] is Basis.KERNEL
    assert found["1-1.2", "2-4.2"] is Basis.KERNEL
    assert ("1-2", "2-2") not in found


def test_a_usb_c_socket_is_paired_by_its_connector(tree: UsbTree) -> None:
    tree = _unlinked(tree)
    tree.connector("usb1-port2", "port0")
    tree.connector("usb2-port1", "port0")
    assert _pairs(tree) == {("1-2", "2-1"): Basis.CONNECTOR}


def test_hubs_that_say_they_are_one_are_paired(tree: UsbTree) -> None:
    tree = _unlinked(tree)
    tree.hub("1-1", container=_ONE)
    tree.hub("1-2", container=_OTHER)
    tree.hub("2-3", container=_OTHER)
    tree.hub("2-4", container=_ONE)
    found = _pairs(tree)
    assert found["1-1.2", "2-4.2"] is Basis.CONTAINER
    assert found["1-2.2", "2-3.2"] is Basis.CONTAINER


def test_hubs_of_a_maker_who_gives_all_the_same_number_say_nothing(tree: UsbTree) -> None:
    tree = _unlinked(tree)
    for path in ("1-1", "1-2", "2-3", "2-4"):
        tree.hub(path, container=_ONE)
    assert _pairs(tree) == {}


def test_the_only_two_halves_that_look_alike_are_taken_for_one_and_it_is_said(
    tree: UsbTree,
) -> None:
    tree = _unlinked(tree)
    tree.hub("1-1", 4)
    tree.hub("1-1.3", 7)
    tree.hub("2-2", 4)
    tree.hub("2-2.3", 7)
    tree.hub("1-4", 4)
    found = _pairs(tree)
    assert found["1-1.1", "2-2.1"] is Basis.MIRRORED
    assert found["1-1.3.7", "2-2.3.7"] is Basis.MIRRORED
    assert not Basis.MIRRORED.is_sure
    assert not any(path.startswith("1-4") for path, _ in found)


def test_two_hubs_that_look_alike_are_not_guessed(tree: UsbTree) -> None:
    tree = _unlinked(tree)
    for path in ("1-1", "1-2", "2-1", "2-2"):
        tree.hub(path)
    assert _pairs(tree) == {}


def test_halves_on_two_controllers_are_never_one(tree: UsbTree) -> None:
    tree.controller("0000:05:00.0", (3, 4))
    tree = _unlinked(tree)
    tree.hub("1-1", container=_ONE)
    tree.hub("4-1", container=_ONE)
    assert _pairs(tree) == {}


def test_a_socket_has_one_name_and_that_is_its_usb_2_port() -> None:
    pair = Pair(UsbPath.parse("1-1"), UsbPath.parse("2-4"), Basis.KERNEL)
    assert twins([pair]) == {UsbPath.parse("2-4"): UsbPath.parse("1-1")}


def test_a_link_to_a_port_on_the_same_bus_pairs_nothing(tree: UsbTree) -> None:
    found = survey(_unlinked(tree).sys)
    odd = HubPort(UsbPath.parse("1-1"), UsbPath.parse("1-2"))
    unknown = HubPort(UsbPath.parse("1-3"), UsbPath.parse("9-1"))
    assert pairs(Survey(found.devices, (odd, unknown), found.buses)) == ()
