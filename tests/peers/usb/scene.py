"""Tests that are played under umockdev: all of a module at once, in one process and one room.

A test decorated with `scene` is a coroutine that gets a corner of the room to itself. The process
that plays it holds testbed and handsets, and the product, on one loop; the adb server is its
child, under the same preload. What one scene does, the others are not to notice.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from tests.peers.usb.room import Corner, UsbRoom

_ROOT = Path(__file__).parents[3]
_LIMIT = 100.0
"""Seconds: several times what the longest of them takes on a busy machine."""
Played: TypeAlias = Mapping[str, str]
"""What each scene complained of, by its name: nothing, when it went well."""
_Scene: TypeAlias = Callable[[Corner], Coroutine[Any, Any, None]]


def scene(test: _Scene) -> Callable[[Played], None]:
    """Have a test played under umockdev."""

    def wrapper(played: Played) -> None:
        complaint = played[test.__name__]
        assert not complaint, complaint

    functools.update_wrapper(wrapper, test)
    del wrapper.__wrapped__  # type: ignore[attr-defined]
    vars(wrapper)["scene"] = test
    return wrapper


def play(module: str, adb: str, folder: Path) -> Played:
    """Play every scene of a module."""
    played: Played = json.loads(under_umockdev("tests.peers.usb.scene", module, adb, str(folder)))
    return played


def under_umockdev(module: str, *words: str, limit: float = _LIMIT) -> str:
    """Run a module under umockdev to its end; return the last line that it printed.

    What it and its children have not done within `limit` seconds is ended.
    """
    wrapper = shutil.which("umockdev-wrapper")
    assert wrapper, "install the package umockdev"
    with subprocess.Popen(
        [wrapper, sys.executable, "-W", "error", "-m", module, *words],
        cwd=_ROOT, env={**os.environ, "ADB_LIBUSB": "0"}, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as playing:  # fmt: skip
        try:
            out, complaints = playing.communicate(timeout=limit)
        except BaseException:
            _end_all(playing)
            raise
    assert playing.returncode == 0, out + complaints
    return out.splitlines()[-1]


def _end_all(playing: subprocess.Popen[str]) -> None:
    """End it with whatever it started: a server left behind would hold its pipes open."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(playing.pid, signal.SIGKILL)


async def _play(module: str, adb: str, folder: Path) -> Played:
    troubles: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, told: troubles.append(str(told)))
    named = vars(importlib.import_module(module)).items()
    scenes = {name: found.scene for name, found in named if hasattr(found, "scene")}
    async with UsbRoom(folder, adb) as room:
        playing = (test(room.corner(number)) for number, test in enumerate(scenes.values()))
        came = await asyncio.gather(*playing, return_exceptions=True)
    assert not troubles, troubles
    return {name: _complaint(trouble) for name, trouble in zip(scenes, came, strict=True)}


def _complaint(trouble: BaseException | None) -> str:
    return "".join(traceback.format_exception(trouble)) if trouble else ""


def main() -> None:
    """Play the scenes of the module that is named."""
    module, adb, folder = sys.argv[1:]
    played = asyncio.run(_play(module, adb, Path(folder)))
    sys.stdout.write(json.dumps(played) + "\n")


if __name__ == "__main__":
    main()
