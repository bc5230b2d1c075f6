"""How long after a handset is plugged in the window has painted it, over an emulated USB.

Three processes: handsets and testbed, the product (bench, window, real udev client, a real adb
server as its child), and this one, which has them plugged one by one and pulled again, at uneven
intervals. The floor is a bare pyudev monitor on an asyncio loop, told of the same events. Prints
seconds as JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QStyleOptionViewItem

from app.application import run_window
from app.staging.delegate import TileDelegate
from app.staging.model import Index
from app.staging.view import HubGrid
from bench.events.views import Category
from bench.identity.identifiers import UsbPath
from bench.staging.slots import HubLayout
from tests.benchmarks import peers
from tests.benchmarks.usb_bench import UsbBench, show_large
from tests.benchmarks.usb_side import UsbSide, under_umockdev, usb_side
from tests.peers.usb.room import ports

SLOTS = 48
_COLUMNS = 8
_INTERVAL = (0.08, 0.2)
"""Seconds between two events."""
_SETTLE = 2.5
"""Seconds for what was begun to come to an end: the server looks at its USB once a second."""
_EARLY = 0.06
"""Seconds before its event in which a device may already be in sysfs."""
Told: TypeAlias = tuple[float, str, bool]
"""When, which port, and whether a handset is there."""


def layout() -> HubLayout:
    """Return the bench of so many slots."""
    return HubLayout.numbered(SLOTS // _COLUMNS, _COLUMNS, iter(ports(SLOTS)))


# ── the product ─────────────────────────────────────────────────────────────────────────────────
class Painted:
    """Notes when a paint of the slots was over that showed one full or empty."""

    def __init__(self, slots: HubLayout) -> None:
        self.told: list[Told] = []
        self._ports = {slot: str(path) for path, slot in slots.ports.items()}
        self._now: list[tuple[str, bool]] = []

    def watch(self) -> None:
        """Look over the shoulder of whoever paints."""
        tile, grid, painted = TileDelegate.paint, HubGrid.paintEvent, self

        def paint(
            self: TileDelegate, painter: QPainter, option: QStyleOptionViewItem, index: Index
        ) -> None:
            tile(self, painter, option, index)
            view = self._table.at(index.row(), index.column())
            painted._now.append((painted._ports[view.slot], view.category is not Category.EMPTY))

        def paint_event(self: HubGrid, event: QPaintEvent) -> None:
            grid(self, event)
            painted._over()

        TileDelegate.paint = paint  # type: ignore[method-assign]
        HubGrid.paintEvent = paint_event  # type: ignore[method-assign]

    def _over(self) -> None:
        at = time.monotonic()
        self.told += [(at, port, is_full) for port, is_full in self._now]
        self._now.clear()


def product(root: Path) -> None:
    """Show the window until somebody asks this process to end; say then what was painted."""
    QApplication([])
    show_large()
    slots = layout()
    painted = Painted(slots)
    painted.watch()
    with (
        tempfile.TemporaryDirectory(prefix="staging-bench-") as name,
        peers.label_printer() as printer,
    ):
        folder = Path(name)
        port = printer.introduction["port"]
        bench = UsbBench(root, folder, slots, port, begun=lambda: _say("begun"))
        if run_window(bench, reports=folder):
            raise RuntimeError("the window ended badly")
    _say(painted.told)


# ── the floor ───────────────────────────────────────────────────────────────────────────────────
async def bare() -> None:
    """Follow udev and nothing else, until standard input ends."""
    import pyudev  # noqa: PLC0415 - the product's process takes its own way to it

    told: list[Told] = []
    monitor = pyudev.Monitor.from_netlink(pyudev.Context())
    monitor.filter_by("usb", "usb_device")
    monitor.start()

    def drain() -> None:
        while (device := monitor.poll(timeout=0)) is not None:
            told.append((time.monotonic(), device.sys_name, device.action == "add"))

    asyncio.get_running_loop().add_reader(monitor.fileno(), drain)
    _say("begun")
    await asyncio.to_thread(sys.stdin.read)
    _say(told)


def _say(told: object) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


# ── the measurement ─────────────────────────────────────────────────────────────────────────────
def measured(seed: int) -> dict[str, list[float]]:
    """Return the seconds of each plug and each pull, for the product and for the floor."""
    seconds: dict[str, list[float]] = {}
    with usb_side() as side:
        for who, words in (("product", ("--product", side.root)), ("bare", ("--bare",))):
            with _listener(side, words) as listener:
                plugged, pulled = _events(side, random.Random(seed))
            told = listener.told
            seconds[f"{who}_plug"] = list(_delays(plugged, told, is_full=True))
            seconds[f"{who}_pull"] = list(_delays(pulled, told, is_full=False))
    return seconds


def _events(side: UsbSide, dice: random.Random) -> tuple[Mapping[str, float], Mapping[str, float]]:
    paths = list(ports(SLOTS))
    time.sleep(_SETTLE)
    plugged = dict(_at_intervals(side.plug, paths, dice))
    time.sleep(_SETTLE)
    pulled = dict(_at_intervals(side.pull, paths, dice))
    time.sleep(_SETTLE)
    return plugged, pulled


def _at_intervals(
    what: Any, paths: Sequence[UsbPath], dice: random.Random
) -> Iterator[tuple[str, float]]:
    for path in dice.sample(paths, len(paths)):
        yield str(path), what(path)
        time.sleep(dice.uniform(*_INTERVAL))


def _delays(began: Mapping[str, float], told: Iterable[Told], *, is_full: bool) -> Iterator[float]:
    """Yield, event by event, how long until it was first shown; one that never was is an error.

    What was counted in sysfs a moment before its event is left out.
    """
    shown: dict[str, float] = {}
    for at, port, full in told:
        if full == is_full and at > began[port] - _EARLY:
            shown.setdefault(port, at)
    for port, at in began.items():
        if shown[port] > at:
            yield shown[port] - at


class _Listener:
    told: list[Told]


@contextmanager
def _listener(side: UsbSide, words: Sequence[str]) -> Iterator[_Listener]:
    listener = _Listener()
    with subprocess.Popen(
        under_umockdev("tests.benchmarks.plug_to_tile", *words),
        cwd=peers.ROOT, env=side.environment, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdin
        assert process.stdout
        try:
            assert json.loads(process.stdout.readline()) == "begun"
            yield listener
            process.terminate() if "--product" in words else process.stdin.close()
            listener.told = [tuple(one) for one in json.loads(process.stdout.readline())]
            process.wait(20)
        finally:
            process.kill()


def main() -> None:
    """Measure, or be one of the processes that are measured."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.plug_to_tile")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--product", type=Path, metavar="ROOT", help=argparse.SUPPRESS)
    parser.add_argument("--bare", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.product:
        product(asked.product)
    elif asked.bare:
        asyncio.run(bare())
    else:
        _say(measured(asked.seed))


if __name__ == "__main__":
    main()
