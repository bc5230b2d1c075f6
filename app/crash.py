"""A crash report: what a bug left behind, with identifiers masked, and where it is kept.

Only bugs make reports; known problems are shown as such. Nothing is sent anywhere.
"""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path

_DIGITS = re.compile(r"\d{7,}")
_SERIAL = re.compile(r"\bR(?=[A-Z0-9]*\d)[A-Z0-9]{10}\b")
_TAG = re.compile(r"\b[A-Z]{2,5}-\d{6,8}\b")


def mask(text: str) -> str:
    """Return `text` with IMEIs, card numbers, serial numbers and asset tags reduced to a tail."""
    text = _TAG.sub(lambda found: f"(tag …{found[0][-2:]})", text)
    text = _SERIAL.sub(lambda found: f"(serial …{found[0][-2:]})", text)
    return _DIGITS.sub(lambda found: f"(number …{found[0][-2:]})", text)


def report(title: str, told: str) -> str:
    """Return the text of a report."""
    when = time.strftime("%Y-%m-%d %H:%M:%S %z")
    system = os.uname()
    where = f"Python {sys.version.split()[0]}, {system.sysname} {system.release} {system.machine}"
    return mask(f"{title}\n{when}\n{where}\n\n{told}")


def keep(folder: Path, text: str) -> Path:
    """Write a report into `folder`, readable by its owner only, and return where it is."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"crash-{time.strftime('%Y%m%d-%H%M%S')}-{time.monotonic_ns() % 1_000_000}.txt"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
    return path
