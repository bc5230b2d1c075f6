"""The units of the night's exchange: systemd takes them, and they run the command there is."""

from __future__ import annotations

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench.command_line.sync.units import unit_words
from tests.bench.custody.record import ROOT

UNITS = ROOT / "resources" / "systemd"
NAMES = ("staging-bench-sync.service", "staging-bench-sync.timer")


def read(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string((UNITS / name).read_text())
    return parser


def printed(*folder: Path, under: tuple[str | Path, ...] = ()) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "main.py", *under, "sync", "--print-units", *folder]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)


def laid(folder: Path) -> list[Path]:
    printed(folder)
    assert sorted(each.name for each in folder.iterdir()) == list(NAMES)
    return [folder / name for name in NAMES]


def program(unit: Path) -> list[str]:
    """Return the command that a unit runs."""
    (line,) = [line for line in unit.read_text().splitlines() if line.startswith("ExecStart=")]
    return shlex.split(line.partition("=")[2])


def verify(units: list[Path], home: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        assert "CI" not in os.environ, "install systemd: resources/debian-packages.sh"
        pytest.skip("systemd-analyze is missing: apt-get install systemd")
    verified = subprocess.run(
        ["systemd-analyze", "--user", "verify", *units],
        env={**os.environ, "HOME": str(home), "XDG_RUNTIME_DIR": str(home)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")


def test_systemd_finds_nothing_wrong_with_what_is_printed(tmp_path: Path) -> None:
    (tmp_path / "units").mkdir()
    verify(laid(tmp_path / "units"), tmp_path)


def test_a_program_in_a_folder_with_an_odd_name_is_run_by_its_unit(tmp_path: Path) -> None:
    """systemd reads %, $ and blanks in its own way (systemd.service(5))."""
    odd = tmp_path / "it is 100%s of $HOME"
    odd.mkdir()
    runs = odd / "staging bench"
    runs.write_text("#!/bin/sh\n")
    runs.chmod(0o755)
    text = (UNITS / NAMES[0]).read_text()
    unit = tmp_path / NAMES[0]
    unit.write_text(text.replace("/usr/bin/staging-bench", unit_words([str(runs)])))
    verify([unit], tmp_path)
    unit.write_text(text.replace("/usr/bin/staging-bench", str(runs)))
    with pytest.raises(AssertionError):
        verify([unit], tmp_path)


def test_what_systemd_would_put_in_the_place_of_a_word_is_spelled_out() -> None:
    words = unit_words(["/a/$b", "$HOME/main.py", 'it is "100%"', "", "a\\b"])
    assert words == '/a/$b $$HOME/main.py "it is \\"100%%\\"" "" "a\\\\b"'


def test_both_are_printed_and_it_is_said_how_they_are_installed() -> None:
    done = printed()
    for name in NAMES:
        assert f"# {name}\n" in done.stdout
    assert "/usr/bin/staging-bench" not in done.stdout
    assert "sync --print-units /etc/systemd/user" in done.stderr


def test_what_the_night_runs_is_a_command_there_is(tmp_path: Path) -> None:
    words = program(laid(tmp_path)[0])
    assert Path(words[1]) == ROOT / "main.py"
    helped = subprocess.run([*words, "--help"], capture_output=True, text=True, check=True)
    for option in re.findall(r"--[a-z-]+", " ".join(words)):
        assert option in helped.stdout


def test_the_settings_that_were_named_are_the_nights_too(tmp_path: Path) -> None:
    settings = tmp_path / "bench.toml"
    settings.touch()
    (tmp_path / "units").mkdir()
    printed(tmp_path / "units", under=("--settings", settings))
    assert f"--settings {settings} sync" in " ".join(program(tmp_path / "units" / NAMES[0]))


def test_the_record_may_be_written_beside_whichever_systemd_it_is() -> None:
    """Before 254, %S of an account's unit is another folder than the one that the record is in."""
    paths = read(NAMES[0])["Service"]["ReadWritePaths"]
    assert paths == "-%h/.local/state/staging-bench"


def test_the_nights_exchange_may_do_little_else() -> None:
    service = read(NAMES[0])["Service"]
    assert service["ProtectSystem"] == "strict"
    assert service["ProtectHome"] == "read-only"
    assert service["NoNewPrivileges"] == "yes"
    assert service["CapabilityBoundingSet"] == ""
    assert "User" not in service
