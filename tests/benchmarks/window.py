"""How late a ten-millisecond tick comes on the window's thread, in a process of its own.

The product's window runs on a bench that stages a whole wave on its own thread; the floor is an
empty window with nothing beside it. Prints seconds as JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

from app.application import run_window
from tests.benchmarks import peers
from tests.benchmarks.wave import account
from tests.benchmarks.wave_bench import Wave

TICK = 0.010
_AFTER_PAINT = 1.0
"""Seconds of the empty window that do not count: it is being shown."""


class Ticks:
    """Notes when a timer of the window's thread fires."""

    def __init__(self) -> None:
        self.at: list[float] = []
        self._timer = QTimer(timerType=Qt.TimerType.PreciseTimer, interval=round(TICK * 1000))
        self._timer.timeout.connect(lambda: self.at.append(time.monotonic()))
        self._timer.start()

    def lateness(self, began: float, ended: float) -> list[float]:
        """Return by how much each tick that was due in that time came late.

        A standstill counts once for every tick it swallowed, not once for all of them.
        """
        inside = [at for at in self.at if began <= at <= ended]
        return [late for before, at in pairwise(inside) for late in _late(at - before)]


def _late(gap: float) -> Iterator[float]:
    late = gap - TICK
    yield max(late, 0.0)
    while (late := late - TICK) > 0:
        yield late


def busy(count: int, seconds: float, folder: Path) -> dict[str, Any]:
    """Show the real window while a wave is staged behind it."""
    QApplication([])
    ticks = Ticks()
    with peers.handsets(count, seconds) as handsets, peers.label_printer() as printer:
        wave = Wave(handsets.introduction["handsets"], printer.introduction["port"], folder)
        if run_window(wave, finish="close", linger=0.0, reports=folder):
            raise RuntimeError("the window ended badly")
        began = wave.clockwork.plugged
        late = ticks.lateness(began, began + wave.clockwork.wall)
        return {"late_s": late, **account(wave, handsets, printer)}


def idle(seconds: float) -> dict[str, Any]:
    """Show an empty window for a while."""
    QApplication([])
    window = QMainWindow()
    window.resize(1360, 850)
    window.show()
    ticks = Ticks()
    began = time.monotonic() + _AFTER_PAINT
    QTimer.singleShot(round((_AFTER_PAINT + seconds) * 1000), QCoreApplication.quit)
    QCoreApplication.exec()
    return {"late_s": ticks.lateness(began, began + seconds)}


def main() -> None:
    """Measure one of the two."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.window")
    parser.add_argument("--empty", type=float, metavar="T", help="the floor, for so many seconds")
    parser.add_argument("--handsets", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=1.0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="staging-bench-") as folder:
        result = (
            busy(asked.handsets, asked.seconds, Path(folder))
            if asked.empty is None
            else idle(asked.empty)
        )
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
