"""The real uhubctl switches emulated hubs, as the product tells it to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.peers.testbed import run_in_testbed


@pytest.fixture(scope="module")
def said() -> dict[str, Any]:
    assert Path("/usr/sbin/uhubctl").exists(), "install the package uhubctl"
    told = run_in_testbed(Path(__file__).with_name("switching.py"))
    result: dict[str, Any] = json.loads(told[-1])
    return result


def test_only_ports_that_switch_alone_and_carry_no_hub_are_offered(said: dict[str, Any]) -> None:
    assert said["offered"] == [
        "1-1.1", "1-1.2", "1-1.3", "1-2.1", "1-2.2", "1-3.1", "1-3.2",
        "2-1.1", "2-1.2", "2-1.3", "2-1.4",
    ]  # fmt: skip


def test_a_port_is_switched_off_and_on_in_both_halves_of_its_hub(said: dict[str, Any]) -> None:
    assert said["came"]["1-1.2"] == ""
    assert said["logs"]["usb2"] == said["logs"]["usb3"] == [[2, "off"], [2, "on"]]


def test_a_hub_that_only_says_it_can_switch_is_told_of(said: dict[str, Any]) -> None:
    assert said["came"]["1-2.1"] == "hub-power-refused"
    assert said["logs"]["stuck"][0] == [1, "off"]


def test_a_port_that_carries_a_hub_is_never_switched(said: dict[str, Any]) -> None:
    assert said["came"]["1-1.4"] == "hub-power-shared"
    assert said["logs"]["below"] == []


def test_a_port_that_cannot_be_switched_alone_or_is_none_is_left(said: dict[str, Any]) -> None:
    assert said["came"]["1-1.4.1"] == said["came"]["1-9.1"] == "hub-power-refused"


def test_a_cycle_given_up_half_way_is_brought_to_its_end(said: dict[str, Any]) -> None:
    assert said["came"]["1-3.2"] == "cancelled"
    assert said["logs"]["given up"] == [[2, "off"], [2, "on"]]
    assert said["all_on"]
