"""The window is painted twice: soon, and whole. What is there at first stays where it is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app import parts, theme
from app.bridge import Changes
from app.main_window import MainWindow
from app.theme import DARK, LIGHT
from bench.events.views import Category, SlotView, TallyView
from bench.staging.slots import HubLayout

ROOT = Path(__file__).parents[2]
START = """
import sys, main
from PySide6 import QtCore
from bench.settings import Settings
loaded = main._run_window()
from app.main_window import MainWindow
def painted(window):
    late = {name for name in sys.modules if name.startswith(("app.staging.", "bench.problems"))}
    print("Qt" in vars(QtCore), sorted(late), flush=True)
    window.close()
MainWindow._painted = painted
loaded(main._real_bench(Settings()))
"""


@pytest.fixture
def window(qtbot: QtBot, layout: HubLayout) -> MainWindow:
    font, palette = QFont(QApplication.font()), QApplication.palette()
    made = MainWindow("bench-07", layout, lambda _fact: True, LIGHT, simulated=True)

    def put_back(_: QWidget) -> None:
        QApplication.setFont(font)
        QApplication.setPalette(palette)

    qtbot.addWidget(made, before_close_func=put_back)
    return made


def test_the_first_paint_waits_for_nothing_that_it_does_not_show(tmp_path: Path) -> None:
    """Qt's namespace alone is 93 enumerations, an eighth of an empty window's time."""
    started = subprocess.run(
        [sys.executable, "-c", START],
        cwd=ROOT, text=True, capture_output=True, timeout=60, check=False,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "XDG_STATE_HOME": str(tmp_path)},
    )  # fmt: skip
    assert started.stdout.splitlines() == ["False ['app.staging.scan_bar']"], started.stderr


def test_nothing_moves_between_the_first_paint_and_the_whole_window(
    qtbot: QtBot, window: MainWindow
) -> None:
    def places() -> list[QRect]:
        whole = (window.scan_bar, window.scan_bar.field, window.status, window.scan_bar.answer)
        return [QRect(part.mapTo(window, QPoint()), part.size()) for part in whole]

    at_first: list[list[QRect]] = []
    window.painted.connect(lambda: at_first.append(places()))
    with qtbot.waitSignal(window.furnished):
        window.show()
    assert at_first == [places()]
    assert window.workplace.isVisible()
    assert window.focusWidget() is window.workplace.grid


def test_what_the_bench_says_before_the_first_paint_is_shown(
    qtbot: QtBot, window: MainWindow, layout: HubLayout
) -> None:
    slot = layout.slots()[3]
    seen = SlotView(slot, Category.ATTACHED, "Reading")
    window.show_changes(Changes((seen,), (), TallyView(staged=7), ()))
    with qtbot.waitSignal(window.furnished):
        window.show()
    assert window.workplace.table.view(slot) == seen
    assert window.workplace.tally.figures["Staged"].text() == "7"


def test_a_window_that_was_shown_again_is_furnished_once(qtbot: QtBot, window: MainWindow) -> None:
    furnished: list[bool] = []
    window.furnished.connect(lambda: furnished.append(True))
    with qtbot.waitSignal(window.furnished):
        window.show()
    window.hide()
    window.show()
    qtbot.wait(50)
    assert furnished == [True]


def test_the_numbers_that_stand_for_names_of_qt_are_the_names() -> None:
    centre = Qt.AlignmentFlag.AlignCenter
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    assert Qt.TextFormat(parts.PLAIN_TEXT) is Qt.TextFormat.PlainText
    assert Qt.AlignmentFlag(parts.CENTRE) == centre
    assert Qt.AlignmentFlag(parts.RIGHT) == right


@pytest.mark.parametrize("desktop", [LIGHT, DARK], ids=["light", "dark"])
def test_the_first_paint_has_the_theme_that_the_desktop_asks_for(
    qtbot: QtBot, desktop: theme.Theme
) -> None:
    assert qtbot
    before = QApplication.palette()
    QApplication.setPalette(desktop.palette())
    try:
        assert theme.foreseen("system") is desktop
        assert theme.foreseen("dark") is DARK
        assert theme.foreseen("light") is LIGHT
    finally:
        QApplication.setPalette(before)
