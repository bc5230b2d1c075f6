"""What an installation brings: two entry points, and everything the rooms read beside the code."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import distribution
from pathlib import Path

HOUSE = Path(__file__).parents[1]


def test_a_wheel_holds_the_rooms_and_their_resources(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=HOUSE, check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    for needed in (
        "main.py",
        "bench/staging/station.py",
        "hardware/simulator/handset.py",
        "app/main_window.py",
        "resources/profiles/training/training.toml",
        "resources/labels/asset-50x25.toml",
        "resources/icons/staging-bench.png",
        "resources/help/central.md",
        "resources/systemd/staging-bench-sync.timer",
        "bench/inventory/central.sql",
        *(
            str(each.relative_to(HOUSE))
            for each in (HOUSE / "bench" / "inventory" / "migrations").glob("*.sql")
        ),
    ):
        assert needed in names
    assert not any(name.startswith("tests/") for name in names)


def test_the_entry_points_lead_to_functions_that_are_there() -> None:
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text())["project"]
    named = {**project["scripts"], **project["gui-scripts"]}
    assert named == {"staging-bench": "main:main", "staging-bench-window": "main:window"}
    installed = {point.name: point for point in distribution("staging-bench").entry_points}
    assert {name: point.value for name, point in installed.items()} == named
    assert all(callable(point.load()) for point in installed.values())


def test_the_console_script_runs(tmp_path: Path) -> None:
    script = Path(sys.executable).with_name("staging-bench")
    told = subprocess.run(
        [script, "ledger", "verify", tmp_path / "nowhere.db"],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert told.returncode == 2
    assert told.stderr.count("\n") == 1


def test_the_lock_names_hashes_and_no_registry() -> None:
    lock = (HOUSE / "requirements.lock").read_text()
    packages = [line for line in lock.splitlines() if "==" in line]
    assert packages
    assert lock.count("--hash=sha256:") >= len(packages)
    assert "://" not in lock
    assert "--index" not in lock
