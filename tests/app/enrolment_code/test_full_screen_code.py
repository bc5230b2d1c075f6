"""A code on the whole screen: over the window, for one slot, until it is gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.enrolment_code import FullScreenCode, Lookout
from bench.events.enrolment import ShownCode
from bench.events.views import SlotView
from bench.identity.identifiers import SlotCode

if TYPE_CHECKING:
    from tests.app.enrolment_code.conftest import Wall

B3, A1 = SlotCode.parse("B3"), SlotCode.parse("A1")


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    QVBoxLayout(made).addWidget(QLabel("the slots"))
    made.resize(900, 700)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def sheet(
    qtbot: QtBot, window: QWidget, wall: Wall, code: Callable[..., ShownCode]
) -> FullScreenCode:
    lookout = Lookout(60.0, wall.seconds, window)
    made = FullScreenCode(window, SlotView(B3, code=code("of B3", None)), lookout)
    made.ended.connect(made.close)
    qtbot.waitUntil(window.isFullScreen)
    return made


def test_it_fills_the_screen_with_the_slots_name_and_its_code(
    sheet: FullScreenCode, window: QWidget, read: Callable[[QWidget], bytes | None]
) -> None:
    assert sheet.geometry() == window.rect()
    names = [label.text() for label in sheet.findChildren(QLabel)]
    assert "B3" in names
    assert read(window) == b"of B3"
    assert sheet.accessibleName() == "Code of slot B3, full screen; Esc closes it"


def test_a_key_goes_on_to_the_window_and_esc_closes_it(
    qtbot: QtBot, sheet: FullScreenCode, window: QWidget
) -> None:
    handle = window.windowHandle()
    assert handle
    spy = QSignalSpy(sheet.ended)
    assert sheet.hasFocus()
    QTest.keyClick(handle, Qt.Key.Key_F8)
    assert spy.count() == 0
    with qtbot.waitSignal(sheet.destroyed):
        QTest.keyClick(handle, Qt.Key.Key_Escape)
    assert not window.isFullScreen()


def test_a_window_that_was_on_the_full_screen_before_stays_there(
    qtbot: QtBot, window: QWidget, wall: Wall, code: Callable[..., ShownCode]
) -> None:
    window.showFullScreen()
    qtbot.waitUntil(window.isFullScreen)
    sheet = FullScreenCode(window, SlotView(B3, code=code()), Lookout(60.0, wall.seconds, window))
    sheet.close()
    assert window.isFullScreen()


def test_another_slots_change_is_passed_over_and_a_new_code_is_shown(
    sheet: FullScreenCode,
    window: QWidget,
    code: Callable[..., ShownCode],
    read: Callable[[QWidget], bytes | None],
) -> None:
    sheet.show_slots([SlotView(A1), SlotView(A1, code=code("of A1", None))])
    assert read(window) == b"of B3"
    sheet.show_slots([SlotView(B3, code=code("the next of B3", None))])
    assert read(window) == b"the next of B3"


def test_it_closes_when_the_code_goes(
    qtbot: QtBot, sheet: FullScreenCode, window: QWidget, read: Callable[[QWidget], bytes | None]
) -> None:
    with qtbot.waitSignal(sheet.destroyed):
        sheet.show_slots([SlotView(B3)])
    assert not window.isFullScreen()
    assert read(window) is None


def test_a_locked_bench_covers_it_too(
    sheet: FullScreenCode, window: QWidget, read: Callable[[QWidget], bytes | None]
) -> None:
    sheet.code.lookout.set_locked(True)
    assert read(window) is None


def test_it_stays_as_large_as_the_window(sheet: FullScreenCode, window: QWidget) -> None:
    window.resize(640, 480)
    assert sheet.geometry() == window.rect()
