"""The two real adb servers that a bench meets: Debian's, and the newest one there is."""

from __future__ import annotations

import shutil
from pathlib import Path

import adbutils
import pytest


@pytest.fixture(params=["29", "36"])
def adb(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the program: Debian's 29.0.6, or the 36 that comes with adbutils.

    Over libusb 36 looks for two seconds before it says what is there; nothing is on the USB here.
    """
    monkeypatch.setenv("ADB_LIBUSB", "0")
    debian = shutil.which("adb")
    assert debian, "install the package adb"
    newest = Path(adbutils.__file__).parent / "binaries" / "adb"
    return {"29": debian, "36": str(newest)}[request.param]
