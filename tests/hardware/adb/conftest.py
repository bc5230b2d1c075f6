"""The two real adb servers that a bench meets: Debian's, and the newest one there is."""

from __future__ import annotations

import pytest

from tests.hardware.adb.real_server import VERSIONS, adb_program


@pytest.fixture(params=VERSIONS)
def adb(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the program.

    Over libusb 36 looks for two seconds before it says what is there; nothing is on the USB here.
    """
    monkeypatch.setenv("ADB_LIBUSB", "0")
    return adb_program(request.param)
