"""What an idle bench costs with sixty-four handsets attached: processor time of the product alone.

Forty-eight handsets are on an emulated USB and sixteen are reached over TCP, because umockdev's
preload bears no more; they, the testbed, the adb server and the printer are other processes. The
window is shown and nobody touches anything. Prints seconds as JSON.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.application import run_window
from app.main_window import MainWindow
from bench.events.views import Category, SlotView
from bench.identity.identifiers import UsbPath
from bench.staging.slots import HubLayout
from tests.benchmarks import peers
from tests.benchmarks.usb_bench import UsbBench, show_large
from tests.benchmarks.usb_side import UsbSide, under_umockdev, usb_side
from tests.peers.usb.room import ports

ON_USB, OVER_TCP = 48, 16
_COLUMNS = 8
_SETTLE = 12.0
"""Seconds from the last plug until the clock runs: every handset is online and identified."""


def layout() -> HubLayout:
    """Return the bench of all of them."""
    paths = ports(ON_USB + OVER_TCP)
    return HubLayout.numbered(len(paths) // _COLUMNS, _COLUMNS, iter(paths))


class Idling:
    """Measures this process once every handset is shown as waiting, then ends it."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.account: dict[str, Any] = {}
        self._before: tuple[float, resource.struct_rusage] | None = None
        QTimer.singleShot(round(_SETTLE * 1000), self._begin)

    def _begin(self) -> None:
        self._before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF)
        QTimer.singleShot(round(self._seconds * 1000), self._end)

    def _end(self) -> None:
        assert self._before
        began, before = self._before
        wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_SELF)
        self.account = {
            "wall_s": wall,
            "user_s": after.ru_utime - before.ru_utime,
            "system_s": after.ru_stime - before.ru_stime,
            "wakeups": after.ru_nvcsw - before.ru_nvcsw,
            "threads": threading.active_count(),
            "rss_mib": after.ru_maxrss / 1024,
            "waiting": sum(view.category is Category.NEEDS_YOU for view in _shown()),
            "others": [
                f"{view.slot} {view.word} {view.problem or ''}"
                for view in _shown()
                if view.category is not Category.NEEDS_YOU
            ],
        }
        QApplication.quit()


def _shown() -> tuple[SlotView, ...]:
    (window,) = (w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow))
    return window.workplace.table.views()


def product(root: Path, addresses: list[str], seconds: float) -> dict[str, Any]:
    """Show the window on a bench that has nothing to do; return what that cost."""
    QApplication([])
    show_large()
    slots = layout()
    wiring: Mapping[str, UsbPath] = dict(zip(addresses, list(slots.ports)[ON_USB:], strict=True))
    idling = Idling(seconds)
    with (
        tempfile.TemporaryDirectory(prefix="staging-bench-") as name,
        peers.label_printer() as printer,
    ):
        folder = Path(name)
        port = printer.introduction["port"]
        bench = UsbBench(root, folder, slots, port, begun=lambda: None, wiring=wiring)
        if run_window(bench, reports=folder):
            raise RuntimeError("the window ended badly")
    return idling.account


def measured(seconds: float) -> dict[str, Any]:
    """Plug everything in, and have the product measured."""
    with usb_side() as side, peers.handsets(OVER_TCP, first=ON_USB) as others:
        for path in ports(ON_USB):
            side.plug(path)
        addresses = [told["address"] for told in others.introduction["handsets"]]
        account = _product(side, addresses, seconds)
    if account["waiting"] != ON_USB + OVER_TCP:
        raise RuntimeError(f"only {account['waiting']} handsets wait: {account['others']}")
    return account | {"share": (account["user_s"] + account["system_s"]) / account["wall_s"]}


def _product(side: UsbSide, addresses: list[str], seconds: float) -> dict[str, Any]:
    words = ("--product", side.root, "--seconds", str(seconds), "--addresses", *addresses)
    done = subprocess.run(
        under_umockdev("tests.benchmarks.idle", *words),
        cwd=peers.ROOT, env=side.environment, text=True, check=True, stdout=subprocess.PIPE,
    )  # fmt: skip
    account: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return account


def main() -> None:
    """Measure, or be the process that is measured."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.idle")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--product", type=Path, metavar="ROOT", help=argparse.SUPPRESS)
    parser.add_argument("--addresses", nargs="*", default=[], help=argparse.SUPPRESS)
    asked = parser.parse_args()
    account = (
        product(asked.product, asked.addresses, asked.seconds)
        if asked.product
        else measured(asked.seconds)
    )
    sys.stdout.write(json.dumps(account) + "\n")


if __name__ == "__main__":
    main()
