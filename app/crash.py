"""A crash report: what a bug left behind, without identifiers and secrets, and where it is.

Only bugs make reports; known problems are shown as such. Nothing is sent anywhere.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from app.masking import mask


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
