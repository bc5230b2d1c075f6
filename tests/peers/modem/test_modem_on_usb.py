"""Modems on an emulated USB, found by their interface and read by the very code of a real bench."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from hardware.simulator.handset import make_handset
from tests.peers.testbed import run_in_testbed

_ALLOWED = re.compile(r"(?:AT\r|AT\+DEVCONINFO\r|AT\+REACTIVE=1,0,0\r)*")
_ONCE = "AT\rAT+DEVCONINFO\rAT+DEVCONINFO\r"


Report: TypeAlias = dict[str, Any]
"""`said` by the watcher, configurations `chosen`, and what was `written` to the modem."""


@pytest.fixture(scope="module")
def reports() -> dict[str, Report]:
    told = json.loads(run_in_testbed(Path(__file__).with_name("scene.py"))[-1])
    assert told.pop("code") == 0
    return dict(told)


def answered(number: int) -> str:
    handset = make_handset(number)
    return f"answered {handset.serial} {handset.imeis[0]} SM-A325F"


def test_a_handset_fresh_from_its_box_is_read_and_put_back(reports: dict[str, Report]) -> None:
    assert reports["1-1"] == {"said": [answered(1), "gone"], "chosen": [2, 1], "written": _ONCE}


def test_a_modem_port_that_is_there_beside_adb_is_read_and_nothing_is_chosen(
    reports: dict[str, Report],
) -> None:
    assert reports["1-2"] == {"said": [answered(2), "gone"], "chosen": [], "written": _ONCE}


@pytest.mark.parametrize(
    "port",
    ["1-3", "1-5", "1-6", "1-9"],
    ids=["adb without a port", "another maker", "download mode", "no slot"],
)
def test_what_is_not_to_be_asked_is_left_alone(reports: dict[str, Report], port: str) -> None:
    assert reports[port] == {"said": [], "chosen": [], "written": ""}


def test_a_locked_handset_is_read_once_it_is_unlocked(reports: dict[str, Report]) -> None:
    report = reports["1-4"]
    assert report["said"] == ["silent modem-silent", answered(4), "gone"]
    assert report["chosen"] == [2, 1] * (len(report["chosen"]) // 2)
    assert report["written"].endswith(_ONCE)


def test_a_handset_whose_files_are_open_elsewhere_is_read_once_they_are_closed(
    reports: dict[str, Report],
) -> None:
    assert reports["1-7"] == {
        "said": ["silent configuration-busy", answered(7), "gone"],
        "chosen": [2, 1],
        "written": _ONCE,
    }


@pytest.mark.parametrize(
    ("port", "why", "chosen"),
    [
        ("1-8", "silent configuration-refused", []),
        ("1-10", "silent modem-no-driver", [2, 1]),
        ("1-11", "silent modem-hidden", []),
        ("1-12", "silent modem-hidden", [2, 2]),
    ],
    ids=["the kernel refuses", "no driver", "one configuration", "leaves when it is chosen"],
)
def test_a_modem_that_cannot_be_asked_says_why_and_is_written_nothing(
    reports: dict[str, Report], port: str, why: str, chosen: list[int]
) -> None:
    assert reports[port] == {"said": [why, "gone"], "chosen": chosen, "written": ""}


def test_a_handset_pulled_out_in_mid_answer_says_nothing_and_is_read_when_it_is_back(
    reports: dict[str, Report],
) -> None:
    report = reports["1-13"]
    assert report["said"] == [answered(13), "gone"]
    assert report["chosen"] == [2, 2, 1]


def test_each_plug_is_one_reading(reports: dict[str, Report]) -> None:
    assert reports["1-14"] == {
        "said": [answered(14), "gone"] * 3,
        "chosen": [2, 1] * 3,
        "written": _ONCE * 3,
    }


def test_a_mebibyte_is_no_answer_and_the_next_try_is(reports: dict[str, Report]) -> None:
    assert reports["1-15"]["said"] == ["silent modem-garbled", answered(15), "gone"]


def test_a_handset_is_put_back_when_the_bench_closes_in_mid_question(
    reports: dict[str, Report],
) -> None:
    report = reports["1-16"]
    assert report["said"] == ["silent modem-garbled"]
    assert len(report["chosen"]) >= 4
    assert report["chosen"] == [2, 1] * (len(report["chosen"]) // 2)


def test_no_modem_was_ever_written_anything_else(reports: dict[str, Report]) -> None:
    assert len(reports) == 16
    for port, report in reports.items():
        assert _ALLOWED.fullmatch(report["written"]), port
