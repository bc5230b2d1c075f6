"""Tests played under umockdev: each scene of a module in one process, on a set of its own.

A room of tests has a set (what a scene is given) and a module that is run through
`umockdev-wrapper`, which plays the scenes and prints what each complained of.
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
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from tests.peers.testbed import Testbed

ROOT = Path(__file__).parents[2]
Played: TypeAlias = Mapping[str, str]
"""What each scene complained of, "" where it went well."""
_Set = TypeVar("_Set")


def scene(test: Callable[[_Set], Coroutine[Any, Any, None]]) -> Callable[[Played], None]:
    """Have a test played under umockdev."""

    def wrapper(played: Played) -> None:
        assert not played[test.__name__], played[test.__name__]

    wrapper.__name__ = test.__name__
    vars(wrapper)["scene"] = test
    return wrapper


def play(player: str, module: str) -> Played:
    """Have every scene of a module played by another, which builds its sets."""
    wrapper = shutil.which("umockdev-wrapper")
    assert wrapper, "install the package umockdev"
    done = subprocess.run(
        [wrapper, sys.executable, "-W", "error", "-m", player, module],
        cwd=ROOT, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    played: Played = json.loads(done.stdout.splitlines()[-1])
    return played


def perform(module: str, built: Callable[[Testbed], AbstractAsyncContextManager[Any]]) -> None:
    """Play every scene of a module, each on a set built anew, and print what they complained of."""
    sys.stdout.write(json.dumps(asyncio.run(_performed(module, built))) + "\n")


async def _performed(
    module: str, built: Callable[[Testbed], AbstractAsyncContextManager[Any]]
) -> Played:
    named = vars(importlib.import_module(module)).items()
    played = {}
    for name, test in [(name, found.scene) for name, found in named if hasattr(found, "scene")]:
        with Testbed() as testbed:
            testbed.root.chmod(0o755)
            played[name] = await _complaint(test, built(testbed))
    return played


async def _complaint(
    test: Callable[[Any], Coroutine[Any, Any, None]], built: AbstractAsyncContextManager[Any]
) -> str:
    try:
        async with built as around:
            await test(around)
    except (Exception, asyncio.CancelledError):  # noqa: BLE001 - told to whoever asked
        return traceback.format_exc()
    return ""
