"""What is on every port, kept up by events and counts that overtake each other."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bench.events.device import HandsetAttached, HandsetDetached, HandsetUnreachable
from bench.events.run import Fact
from bench.events.usb import ControllerCrowded, ControllerRelieved, PortsPaired
from bench.identity.identifiers import UsbPath
from bench.problems import Problem, ProblemCode
from hardware.usb.capacity import Limits
from hardware.usb.device import UsbDevice
from hardware.usb.listening import UsbEvent
from hardware.usb.port_plan import PortPlan
from hardware.usb.ports import UsbPorts, may_open
from hardware.usb.sysfs import look_around
from hardware.usb.words import UsbWords
from tests.hardware.usb.blobs import COMPOSITE
from tests.hardware.usb.tree import UsbTree

_CONTROLLER = "0000:00:14.0"
_ONE, _TWO = UsbPath.parse("1-1"), UsbPath.parse("1-2")


@pytest.fixture
def tree(tmp_path: Path) -> UsbTree:
    tree = UsbTree(tmp_path / "sys")
    tree.controller(_CONTROLLER, (1, 2))
    return tree


class Desk:
    """A station's stead: the facts it was told, and the devices an onlooker was told."""

    def __init__(self, tree: UsbTree, ports: UsbPorts) -> None:
        self.tree = tree
        self.ports = ports
        self.facts: list[Fact] = []
        self.shown: list[tuple[str, int | None]] = []
        self.read: UsbPath | None = None
        self._names: dict[str, int] = {}
        self.blind = ports.observe(self._see)

    def count(self) -> list[Fact]:
        changes = self.ports.changes()
        around = look_around(self._names, self.ports.unsettled, self.tree.sys)
        self._names = dict(around.names)
        self.ports.take(around, changes, 0.0, self.facts.append)
        return self.heard()

    def event(self, action: str, path: str, number: int = 0, *, name: str = "") -> list[Fact]:
        properties = {"ID_USB_INTERFACES": ":ffff00:", "PRODUCT": "4e8/6860/400"}
        if number:
            properties["DEVNUM"] = f"{number:03d}"
        words = UsbWords(path, self.tree.sys / path, properties)
        self.read = self.ports.hear(UsbEvent(action, path, not name, words), 0.0, self.facts.append)
        return self.heard()

    def heard(self) -> list[Fact]:
        facts, self.facts = self.facts, []
        return [fact for fact in facts if not isinstance(fact, PortsPaired)]

    def _see(self, path: UsbPath, device: UsbDevice | None) -> None:
        self.shown.append((str(path), device.configuration if device else None))


def test_an_event_tells_of_a_handset_before_anything_is_read(tree: UsbTree) -> None:
    desk = Desk(tree, UsbPorts())
    assert desk.event("add", "1-1", 5) == [HandsetAttached(_ONE)]
    tree.device("1-1", number=5)
    assert desk.count() == []
    device = desk.ports.device(_ONE)
    assert device
    assert device.configuration == 1


def test_what_a_count_found_is_not_told_again_by_the_event_that_comes_after(
    tree: UsbTree,
) -> None:
    desk = Desk(tree, UsbPorts())
    tree.device("1-1", COMPOSITE, number=5)
    assert desk.count() == [HandsetAttached(_ONE)]
    assert desk.event("add", "1-1", 5) == []
    assert desk.event("bind", "1-1", 5) == []
    device = desk.ports.device(_ONE)
    assert device
    assert device.configurations


def test_a_handset_whose_leaving_no_event_told_of_is_another_once_it_is_read(
    tree: UsbTree,
) -> None:
    desk = Desk(tree, UsbPorts())
    tree.device("1-1", number=5)
    desk.count()
    tree.remove("1-1")
    tree.device("1-1", number=6)
    assert desk.event("add", "1-1", 6) == []
    assert desk.read == _ONE
    assert desk.count() == [HandsetDetached(_ONE), HandsetAttached(_ONE)]


def test_a_handset_swapped_while_udev_lags_is_told_once_and_stays(tree: UsbTree) -> None:
    desk = Desk(tree, UsbPorts())
    tree.device("1-1", number=5)
    desk.count()
    tree.remove("1-1")
    tree.device("1-1", number=6)
    assert desk.count() == [HandsetDetached(_ONE), HandsetAttached(_ONE)]
    for action, number in (("change", 5), ("remove", 5), ("add", 6), ("bind", 6)):
        assert desk.event(action, "1-1", number) == [], action
        assert desk.read == _ONE
        assert desk.count() == []
    assert desk.event("remove", "1-1", 6) == [HandsetDetached(_ONE)]


def test_a_handset_that_came_and_went_before_its_events_replaces_nobody(tree: UsbTree) -> None:
    desk = Desk(tree, UsbPorts())
    tree.device("1-1", number=6)
    assert desk.count() == [HandsetAttached(_ONE)]
    for action, number in (("add", 5), ("bind", 5), ("remove", 5), ("add", 6)):
        assert desk.event(action, "1-1", number) == [], action
        assert desk.count() == []
    device = desk.ports.device(_ONE)
    assert device
    assert device.number == 6


def test_a_late_word_of_a_port_that_has_become_empty_leaves_it_to_be_read(tree: UsbTree) -> None:
    desk = Desk(tree, UsbPorts())
    tree.device("1-1", number=6)
    desk.count()
    tree.remove("1-1")
    assert desk.event("remove", "1-1", 5) == []
    assert desk.count() == [HandsetDetached(_ONE)]


def test_a_handset_on_a_hub_is_told_at_once_only_when_the_hub_has_been_read(
    tree: UsbTree,
) -> None:
    facts: list[Fact] = []
    desk = Desk(tree, UsbPorts())
    desk.count()
    for name in ("1-1", "2-1"):
        tree.hub(name)
    tree.device("1-1.1", number=9)
    assert desk.event("add", "1-1.1", 9) == []
    assert desk.read == UsbPath.parse("1-1.1")
    changes = desk.ports.changes()
    desk.ports.take(look_around({}, sysfs=tree.sys), changes, 0.0, facts.append)
    assert isinstance(facts[0], PortsPaired)
    assert facts[-1] == HandsetAttached(UsbPath.parse("1-1.1"))
    assert desk.event("add", "1-1.2", 10) == [HandsetAttached(UsbPath.parse("1-1.2"))]


def test_a_handset_that_went_while_it_was_read_is_not_there(tree: UsbTree) -> None:
    desk = Desk(tree, UsbPorts())
    tree.device("1-1", number=5)
    desk.event("add", "1-1", 5)
    changes = desk.ports.changes()
    around = look_around({}, sysfs=tree.sys)
    assert desk.event("remove", "1-1") == [HandsetDetached(_ONE)]
    desk.ports.take(around, changes, 0.0, desk.facts.append)
    assert desk.heard() == []
    assert desk.ports.device(_ONE) is None


def test_a_handset_that_came_while_the_ports_were_counted_stays(tree: UsbTree) -> None:
    desk = Desk(tree, UsbPorts())
    changes = desk.ports.changes()
    around = look_around({}, sysfs=tree.sys)
    assert desk.event("add", "1-1", 5) == [HandsetAttached(_ONE)]
    desk.ports.take(around, changes, 0.0, desk.facts.append)
    assert desk.heard() == []


def test_a_handset_gone_without_a_word_is_missed_at_the_next_count(tree: UsbTree) -> None:
    desk = Desk(tree, UsbPorts())
    tree.device("1-1")
    tree.device("1-2")
    assert desk.count() == [HandsetAttached(_ONE), HandsetAttached(_TWO)]
    tree.remove("1-1")
    assert desk.count() == [HandsetDetached(_ONE)]


def test_an_event_of_an_interface_says_which_port_to_read(tree: UsbTree) -> None:
    desk = Desk(tree, UsbPorts())
    event = UsbEvent("bind", "1-1", is_device=False, words=UsbWords("1-1:1.0"))
    assert desk.ports.hear(event, 0.0, desk.facts.append) == _ONE
    odd = UsbEvent("add", "usb1", is_device=True, words=UsbWords("usb1"))
    assert desk.ports.hear(odd, 0.0, desk.facts.append) is None
    assert desk.facts == []


def test_whoever_asked_is_shown_every_change_of_a_device_until_enough(tree: UsbTree) -> None:
    desk = Desk(tree, UsbPorts())
    tree.device("1-1", active=1)
    desk.count()
    tree.choose("1-1", 2, COMPOSITE, tty="ttyACM0")
    desk.count()
    desk.count()
    tree.remove("1-1")
    desk.count()
    desk.blind()
    tree.device("1-1")
    desk.count()
    assert desk.shown == [("1-1", 1), ("1-1", 2), ("1-1", None)]


def test_a_handset_that_may_not_be_opened_is_looked_at_again_without_an_event(
    tree: UsbTree,
) -> None:
    rights = [False]
    desk = Desk(tree, UsbPorts(may_open=lambda _: rights[0]))
    tree.device("1-1")
    refused = HandsetUnreachable(_ONE, Problem(ProblemCode.NO_PERMISSION))
    assert desk.count() == [HandsetAttached(_ONE), refused]
    assert desk.ports.unsettled == {_ONE}
    assert desk.count() == []
    rights[0] = True
    assert desk.count() == [HandsetAttached(_ONE)]
    assert desk.ports.unsettled == frozenset()


def test_pairs_are_told_before_the_handsets_on_them(tree: UsbTree) -> None:
    facts: list[Fact] = []
    tree.device("2-1")
    ports = UsbPorts()
    ports.take(look_around({}, sysfs=tree.sys), ports.changes(), 0.0, facts.append)
    assert isinstance(facts[0], PortsPaired)
    assert facts[-1] == HandsetAttached(UsbPath.parse("2-1"))


def test_a_socket_is_known_by_either_half_once_it_was_counted(tree: UsbTree) -> None:
    desk = Desk(tree, UsbPorts())
    assert desk.ports.twin(_ONE) is None
    desk.count()
    assert str(desk.ports.twin(_ONE)) == "2-1"
    assert desk.ports.twin(UsbPath.parse("2-1")) == _ONE


def test_a_controller_that_told_how_little_it_bears_is_crowded(tree: UsbTree) -> None:
    plan = PortPlan([_ONE, _TWO], {_CONTROLLER: Limits(9, None, "stated")})
    desk = Desk(tree, UsbPorts(plan))
    assert desk.count() == []
    desk.ports.learn(_CONTROLLER, 1)
    assert desk.count() == [ControllerCrowded(_CONTROLLER, 2, 1)]
    desk.ports.learn(_CONTROLLER, 8)
    assert desk.count() == [ControllerRelieved(_CONTROLLER)]


def test_a_node_that_is_not_there_is_no_matter_of_rights(tmp_path: Path) -> None:
    node = tmp_path / "005"
    assert may_open(None)
    assert may_open(node)
    node.touch()
    assert may_open(node)


def test_a_node_of_another_account_may_not_be_opened() -> None:
    was = os.getuid()
    if was == 0:  # who may open everything; `access` goes by the real account
        os.setreuid(65534, 0)
    try:
        assert not may_open(Path("/dev/kmsg"))
        assert may_open(Path("/dev/null"))
    finally:
        os.setreuid(was, was)
