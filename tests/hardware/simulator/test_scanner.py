"""The simulated scanner: a real terminal behind a path that stays."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hardware.simulator.scanner import SimulatedScanner


def test_a_scan_comes_out_at_the_path_unchanged(tmp_path: Path) -> None:
    scanner = SimulatedScanner(tmp_path / "scanner")
    far_end = os.open(scanner.device, os.O_RDONLY | os.O_NOCTTY)
    scanner.scan("PHN-000001")
    assert os.read(far_end, 100) == b"PHN-000001\r"
    os.close(far_end)
    scanner.unplug()


def test_an_unplugged_scanner_is_gone_and_comes_back_at_the_same_path(tmp_path: Path) -> None:
    scanner = SimulatedScanner(tmp_path / "scanner")
    scanner.unplug()
    scanner.unplug()
    assert not os.path.lexists(scanner.device)
    with pytest.raises(BrokenPipeError):
        scanner.scan("x")
    scanner.replug()
    scanner.replug()
    assert Path(scanner.device).is_char_device()
    scanner.unplug()


def test_a_path_left_by_a_killed_program_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / "scanner").symlink_to("/dev/pts/none")
    scanner = SimulatedScanner(tmp_path / "scanner")
    assert Path(scanner.device).is_char_device()
    scanner.unplug()
