"""A room with simulated USB printers under umockdev, and the product's printers beside them.

Run through `umockdev-wrapper`; plays every scene of a module in one process, and prints what each
complained of.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import shutil
import subprocess
import sys
import traceback
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from tests.peers.testbed import Testbed

ROOT = Path(__file__).parents[3]
Scene: TypeAlias = Callable[[Testbed], Coroutine[Any, Any, None]]
Played: TypeAlias = Mapping[str, str]


def scene(test: Scene) -> Callable[[Played], None]:
    """Have a test played under umockdev."""

    def wrapper(played: Played) -> None:
        assert not played[test.__name__], played[test.__name__]

    wrapper.__name__ = test.__name__
    vars(wrapper)["scene"] = test
    return wrapper


def play(module: str) -> Played:
    """Play every scene of a module."""
    wrapper = shutil.which("umockdev-wrapper")
    assert wrapper, "install the package umockdev"
    done = subprocess.run(
        [wrapper, sys.executable, "-W", "error", "-m", "tests.peers.printers.printer_room", module],
        cwd=ROOT, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    played: Played = json.loads(done.stdout.splitlines()[-1])
    return played


async def _play(module: str) -> Played:
    played = {}
    for name, found in vars(importlib.import_module(module)).items():
        if hasattr(found, "scene"):
            with Testbed() as testbed:
                testbed.root.chmod(0o755)
                try:
                    await found.scene(testbed)
                    played[name] = ""
                except (Exception, asyncio.CancelledError):  # noqa: BLE001 - told to whoever asked
                    played[name] = traceback.format_exc()
    return played


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(_play(sys.argv[1]))) + "\n")
