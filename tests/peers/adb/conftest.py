"""The adb programs that the simulated handsets are tried with."""

from __future__ import annotations

import pytest

from tests.hardware.adb.real_server import VERSIONS, adb_program


@pytest.fixture(params=VERSIONS)
def adb(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the program; nothing is on the USB here, so that none need be looked for."""
    monkeypatch.setenv("ADB_LIBUSB", "0")
    return adb_program(request.param)
