"""Hubs full of handsets, plugged in and pulled out: none is lost, and none taken for another."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.peers.usb.room import ADBS
from tests.peers.usb.scene import under_umockdev

_SEED = "4"


def test_sixteen_handsets_plugged_and_pulled_are_all_found_each_time(tmp_path: Path) -> None:
    assert sessions(tmp_path, "29", handsets=16, cycles=2) == 32


@pytest.mark.soak
@pytest.mark.parametrize("adb", ADBS)
def test_forty_eight_handsets_plugged_and_pulled_640_times_are_all_found_each_time(
    tmp_path: Path, adb: str
) -> None:
    assert sessions(tmp_path, adb, handsets=48, cycles=14) == 672


def sessions(folder: Path, adb: str, *, handsets: int, cycles: int) -> int:
    words = (adb, str(handsets), str(cycles), _SEED, str(folder))
    return int(under_umockdev("tests.peers.usb.usb_wave", *words))
