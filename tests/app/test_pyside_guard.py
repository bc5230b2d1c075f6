"""PySide6 6.12.0 on Python 3.11 loses one reference to True at every emission, then aborts."""

from __future__ import annotations

import subprocess
import sys

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal
from pytestqt.qtbot import QtBot

EMISSIONS = 5_000


class Bell(QObject):
    rung = Signal(object)


class Door(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.knocks = 0

    def customEvent(self, _event: QEvent) -> None:  # noqa: N802
        self.knocks += 1


def test_emitting_a_signal_five_thousand_times_loses_no_reference(qtbot: QtBot) -> None:
    assert qtbot
    heard: list[object] = []
    bell = Bell()
    bell.rung.connect(heard.append)
    before = sys.getrefcount(True), sys.getrefcount(None)
    for _ in range(EMISSIONS):
        bell.rung.emit("x")
    after = sys.getrefcount(True), sys.getrefcount(None)
    assert len(heard) == EMISSIONS
    assert abs(after[0] - before[0]) < EMISSIONS / 5
    assert abs(after[1] - before[1]) < EMISSIONS / 5


def test_posting_an_event_five_thousand_times_loses_no_reference(qtbot: QtBot) -> None:
    assert qtbot
    door = Door()
    before = sys.getrefcount(None)
    for _ in range(EMISSIONS):
        QCoreApplication.postEvent(door, QEvent(QEvent.Type.User))
    QCoreApplication.sendPostedEvents(door)
    assert door.knocks == EMISSIONS
    assert abs(sys.getrefcount(None) - before) < EMISSIONS / 5


def test_bench_and_hardware_import_no_qt() -> None:
    code = (
        "import importlib, pkgutil, sys, bench, hardware\n"
        "for room in (bench, hardware):\n"
        "    for found in pkgutil.walk_packages(room.__path__, room.__name__ + '.'):\n"
        "        if not found.name.endswith('__main__'):\n"
        "            importlib.import_module(found.name)\n"
        "sys.exit(any(name.startswith('PySide6') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
