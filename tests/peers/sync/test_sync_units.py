"""The units of the night's exchange: systemd takes them, and they run the command there is."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.custody.record import ROOT

UNITS = ROOT / "resources" / "systemd"
NAMES = ("staging-bench-sync.service", "staging-bench-sync.timer")


def read(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string((UNITS / name).read_text())
    return parser


def test_systemd_finds_nothing_wrong_with_them(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        assert "CI" not in os.environ, "install systemd: resources/debian-packages.sh"
        pytest.skip("systemd-analyze is missing: apt-get install systemd")
    for name in NAMES:
        text = (UNITS / name).read_text().replace("/usr/bin/staging-bench", "/bin/true")
        (tmp_path / name).write_text(text)
    verified = subprocess.run(
        ["systemd-analyze", "--user", "verify", *(tmp_path / name for name in NAMES)],
        env={**os.environ, "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")


def test_what_the_night_runs_is_a_command_there_is() -> None:
    words = read(NAMES[0])["Service"]["ExecStart"].split()
    assert words[0] == "/usr/bin/staging-bench"
    helped = subprocess.run(
        [sys.executable, "main.py", *words[1:], "--help"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for option in re.findall(r"--[a-z-]+", " ".join(words)):
        assert option in helped.stdout


def test_the_nights_exchange_may_do_little_else() -> None:
    service = read(NAMES[0])["Service"]
    assert service["ProtectSystem"] == "strict"
    assert service["ProtectHome"] == "read-only"
    assert service["NoNewPrivileges"] == "yes"
    assert service["CapabilityBoundingSet"] == ""
    assert "User" not in service
