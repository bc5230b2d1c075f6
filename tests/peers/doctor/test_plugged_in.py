"""What is plugged in, through the real pyudev and libudev on devices of umockdev."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hardware.scanners.makers import MAKERS
from tests.hardware.doctor.udev_rules import RULES
from tests.peers.testbed import run_in_testbed


@pytest.fixture(scope="module")
def found() -> list[str]:
    return sorted(run_in_testbed(Path(__file__).with_name("plugged_child.py")))


def test_what_the_bench_uses_is_found_with_its_nodes_and_nothing_else(found: list[str]) -> None:
    assert [line[2:] for line in found if line.startswith("1|")] == [
        "handset|1-1|/dev/bus/usb/001/001|auto|1|True",
        "handset|ttyACM0|/dev/ttyACM0||1|True",
        "printer|lp0|/dev/usb/lp0|||True",
        "scanner|event5|/dev/input/event5||1|True",
    ]


def test_scanners_that_the_settings_name_are_found_too(found: list[str]) -> None:
    assert [line[2:] for line in found if line.startswith("2|scanner")] == [
        "scanner|ttyUSB0|/dev/ttyUSB0|||True",
        "scanner|ttyUSB1|/dev/ttyUSB1|||True",
    ]
    assert not any("event5" in line for line in found if line.startswith("2|"))


def test_the_rules_know_every_maker_of_scanners_that_the_bench_does() -> None:
    makers = {f"{vendor:04x}" for vendor in MAKERS}
    lists = re.findall(r'=="([0-9a-f]{4}(?:\|[0-9a-f]{4}){3,})"', RULES.read_text())
    scanners = [set(each.split("|")) for each in lists if "05e0" in each]
    assert scanners == [makers] * 2
