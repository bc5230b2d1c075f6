"""A computer on which all is as it should be, and a station on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from hardware.adb.server import free_port
from hardware.doctor.machine import Machine
from hardware.doctor.station import Station
from tests.hardware.doctor.made_up import READY, furnish, station


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return furnish(tmp_path / "root")


@pytest.fixture
def whole(machine: Machine) -> Station:
    return station(machine.root, machine, READY, free_port())
