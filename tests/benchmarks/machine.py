"""The computer that was measured on."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

from PySide6 import __version__ as pyside
from pysqlite3 import dbapi2 as sqlite3


def facts() -> dict[str, str | int | list[float]]:
    """Return what the figures depend on."""
    return {
        "processors": os.cpu_count() or 0,
        "model": _model(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "pyside": pyside,
        "sqlite": sqlite3.sqlite_version,
        "adb": _adb(),
        "load": list(os.getloadavg()),
    }


def _model() -> str:
    text = Path("/proc/cpuinfo").read_text("utf-8")
    found = re.search(r"^model name\s*: (.*)$", text, re.MULTILINE)
    return found[1] if found else platform.machine()


def _adb() -> str:
    adb = shutil.which("adb")
    if adb is None:
        return "missing"
    told = subprocess.run([adb, "version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"^Version (\S+)", told, re.MULTILINE)
    return found[1] if found else told.splitlines()[0]
