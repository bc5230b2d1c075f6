"""A Python that any account may run: PostgreSQL's own account, or nobody."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PATHS = {
    "PYTHONPATH": os.pathsep.join(
        [str(Path(__file__).parents[3]), *(path for path in sys.path if "site-packages" in path)]
    ),
    "PATH": os.environ["PATH"],
}


def python_for(user: int | str | None) -> str:
    """Return a Python for this account; without one skip the test, but fail where all is tried."""
    found = python_of(user)
    if found is None:
        reason = f"no Python here may be run by {user}, or it lacks what this program needs"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


def python_of(user: int | str | None) -> str | None:
    """Return a Python that this account may run, and that has what this program needs."""
    usual = f"/usr/bin/python3.{sys.version_info.minor}"
    for python in (sys.executable, usual):
        words = [python, "-c", "import psycopg, pysqlite3, cryptography"]
        try:
            done = subprocess.run(words, env=PATHS, check=False, capture_output=True, user=user)
        except OSError:
            continue
        if not done.returncode:
            return python
    return None
