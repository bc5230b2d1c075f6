"""A whole bench whose handsets are on USB: real udev events, a real adb server, under umockdev.

`at_the_usb_bench` plays a test in a process of its own.
"""

from __future__ import annotations

import asyncio
import functools
import importlib
import inspect
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeAlias

from bench.ports import Watcher
from bench.staging.slots import HubLayout
from hardware.adb.handsets import AdbHandsets
from hardware.adb.server import AdbServer
from hardware.simulator.usbfs.hub import UsbHub
from hardware.usb.watch import UsbHandsets
from tests.peers.testbed import Testbed
from tests.peers.usb.room import ADBS, ports
from tests.peers.usb.scene import under_umockdev
from tests.peers.workbench import Hub, Workbench

_Test: TypeAlias = Callable[["UsbWorkbench"], Coroutine[Any, Any, None]]


class UsbWorkbench(Workbench):
    """A bench of two rows of four, or as many as the layout has."""

    def __init__(self, folder: Path, testbed: Testbed, adb: str) -> None:
        self._testbed = testbed
        super().__init__(folder, HubLayout.numbered(2, 4, iter(ports(8))))
        self.server = AdbServer(self.server.port, folder / "home", ADBS[adb])

    def _make_hub(self) -> Hub:
        return UsbHub(self._testbed, tuple(self.layout.ports))

    def _make_watchers(self) -> tuple[AdbHandsets, tuple[Watcher, ...]]:
        handsets = AdbHandsets(self.server, self.client)
        return handsets, (UsbHandsets(self._testbed.root), handsets)


def at_the_usb_bench(test: _Test) -> Callable[..., None]:
    """Run a test at such a bench, in the folder that pytest gives it, with the server it names."""

    @functools.wraps(test)
    def wrapper(tmp_path: Path, adb: str) -> None:
        under_umockdev(__name__, test.__module__, test.__name__, adb, str(tmp_path))

    vars(wrapper)["__signature__"] = inspect.signature(wrapper, follow_wrapped=False)
    vars(wrapper)["at_the_bench"] = test
    return wrapper


async def _run(test: _Test, adb: str, folder: Path) -> None:
    with Testbed() as testbed:
        (testbed.root / "dev" / "bus" / "usb").mkdir(parents=True)
        async with UsbWorkbench(folder, testbed, adb) as bench:
            await test(bench)


def main() -> None:
    """Run the test that is named."""
    module, name, adb, folder = sys.argv[1:]
    test = vars(importlib.import_module(module))[name].at_the_bench
    asyncio.run(_run(test, adb, Path(folder)))
    sys.stdout.write("done\n")


if __name__ == "__main__":
    main()
