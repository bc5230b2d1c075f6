"""Hubs full of handsets, plugged in and pulled out: none is lost, and none taken for another."""

from __future__ import annotations

import subprocess
import time
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
    limit = 100.0 + 3.0 * handsets * cycles
    return int(under_umockdev("tests.peers.usb.usb_wave", *words, limit=limit))


def test_what_hangs_under_umockdev_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    started = tmp_path / "started"
    hangs = (
        "import subprocess, pathlib; child = subprocess.Popen(['sleep', '600']); "
        f"pathlib.Path({str(started)!r}).write_text(str(child.pid)); child.wait()"
    )
    with pytest.raises(subprocess.TimeoutExpired):
        under_umockdev("timeit", "-n1", "-r1", hangs, limit=2.0)
    ended = Path(f"/proc/{started.read_text()}/stat")
    while ended.exists() and ") Z " not in ended.read_text():  # it dies when it has its turn
        time.sleep(0.01)
