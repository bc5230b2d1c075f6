"""A code as the technician meets it: shown, counted down, covered, and never left anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.enrolment_code import CodeView
from app.enrolment_code.square import NO_ROOM
from app.enrolment_code.view import COVERED, LOCKED
from app.theme import DARK, LIGHT, Theme
from bench.events.enrolment import ShownCode

if TYPE_CHECKING:
    from tests.app.enrolment_code.conftest import Shown

CANARY = b'{"android.app.extra.PROVISIONING_WIFI_PASSWORD":"canary-password"}'


def handle(view: QWidget) -> object:
    found = view.window().windowHandle()
    assert found
    return found


def press(shown: Shown, key: Qt.Key = Qt.Key.Key_Shift) -> None:
    QTest.keyClick(handle(shown.view), key)  # type: ignore[call-overload]


# ── while somebody is there ─────────────────────────────────────────────────────────────────────
def test_another_reader_reads_the_code_from_the_window(shown: Shown) -> None:
    assert shown.read() == CANARY


def test_it_says_until_when_it_is_valid_and_counts_down(shown: Shown) -> None:
    assert shown.view.until.text().endswith("— 12 min")
    shown.wait(61)
    assert shown.view.until.text().endswith("— 10 min")


def test_it_says_its_version_correction_and_warnings(
    shown: Shown, code: Callable[..., ShownCode]
) -> None:
    assert shown.view.level.text() == "QR code 5-M, 37 modules a side"
    assert not shown.view.warnings.isVisible()
    shown.view.show_code(code("e" * 1500, None, "Look\x07 twice."))
    assert shown.view.warnings.text().startswith("Look twice.\nThe code is crowded (")
    assert shown.view.until.text() == "nobody said until when it is valid"


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_it_is_dark_on_white_in_every_theme(shown: Shown, theme: Theme) -> None:
    before = QApplication.palette()
    QApplication.setPalette(theme.palette())
    try:
        assert shown.read() == CANARY
        image = shown.view.square.grab().toImage()
        middle = image.height() // 2
        shades = {image.pixelColor(x, middle).name() for x in range(30, image.width() - 30)}
        assert shades == {"#000000", "#ffffff"}
    finally:
        QApplication.setPalette(before)


# ── when it is over ─────────────────────────────────────────────────────────────────────────────
def test_an_expired_code_says_so_and_can_be_read_no_more(shown: Shown) -> None:
    shown.wait(30)
    press(shown)
    shown.wall.passed = 12 * 60
    assert shown.read() is None, "even before any timer has told the view"
    shown.wait(0)
    assert shown.view.until.text() == "expired: a new one is being made"
    press(shown)
    assert shown.read() is None


def test_a_new_code_takes_the_place_of_the_expired_one(
    shown: Shown, code: Callable[..., ShownCode]
) -> None:
    shown.wait(13 * 60)
    press(shown)
    shown.view.show_code(code("a new one", 60))
    assert shown.read() == b"a new one"


def test_the_view_looks_at_the_clock_at_the_very_end(
    qtbot: QtBot, shown: Shown, code: Callable[..., ShownCode]
) -> None:
    shown.wall.passed = 0.0
    shown.view.show_code(code("soon", 0.2 / 60))
    assert shown.view._ticks.interval() <= 201, "it would come back too late"
    shown.wall.passed = 0.2
    qtbot.waitUntil(lambda: shown.view.until.text().startswith("expired"), timeout=5000)


def test_no_code_leaves_nothing(shown: Shown) -> None:
    shown.view.show_code(None)
    assert shown.read() is None
    assert not shown.view.until.isVisible()
    assert not shown.view._ticks.isActive()


# ── when nobody is there ────────────────────────────────────────────────────────────────────────
def test_a_code_is_covered_a_minute_after_the_last_key_and_shown_by_the_next(shown: Shown) -> None:
    shown.wait(59)
    assert shown.read() == CANARY
    shown.wait(1)
    assert shown.read() is None
    assert COVERED in shown.view.accessibleDescription()
    press(shown)
    assert shown.read() == CANARY


def test_the_mouse_and_a_scan_by_another_way_show_it_too(shown: Shown) -> None:
    for act in (
        lambda: QTest.mouseMove(handle(shown.view)),  # type: ignore[call-overload]
        lambda: QTest.mouseClick(handle(shown.view), Qt.MouseButton.LeftButton),  # type: ignore[call-overload]
        shown.lookout.acted,
    ):
        shown.wait(60)
        assert shown.read() is None
        act()
        QTest.qWait(1)
        assert shown.read() == CANARY


def test_a_handset_taken_in_hand_keeps_it_shown_and_does_not_uncover_it(shown: Shown) -> None:
    shown.wait(50)
    shown.lookout.handled()
    shown.wait(50)
    assert shown.read() == CANARY
    shown.wait(10)
    shown.lookout.handled()
    assert shown.read() is None


def test_a_locked_bench_covers_it_at_once_and_no_key_shows_it(shown: Shown) -> None:
    shown.view.set_locked(True)
    assert shown.read() is None
    press(shown)
    assert shown.read() is None
    shown.view.set_locked(False)
    assert shown.read() == CANARY


def test_a_code_that_was_covered_says_to_sign_in_once_the_bench_is_locked_too(
    shown: Shown,
) -> None:
    shown.wait(60)
    assert shown.view._words() == COVERED
    shown.view.set_locked(True)
    assert shown.view.accessibleDescription().startswith(LOCKED)
    shown.view.set_locked(False)
    assert shown.view.accessibleDescription().startswith("shown")


def test_it_is_painted_anew_when_that_is_new_and_not_with_every_second(
    monkeypatch: pytest.MonkeyPatch, shown: Shown, code: Callable[..., ShownCode]
) -> None:
    painted: list[int] = []
    monkeypatch.setattr(shown.view.square, "update", lambda: painted.append(1))
    shown.wait(1)
    assert not painted
    shown.view.set_locked(True)
    assert len(painted) == 1
    shown.view.set_locked(False)
    assert len(painted) == 2
    shown.view.show_code(code("another", None))
    assert len(painted) == 3


def test_a_minimised_window_covers_it_until_somebody_acts(qtbot: QtBot, shown: Shown) -> None:
    shown.view.showMinimized()
    qtbot.waitUntil(lambda: not shown.lookout.is_here)
    QTest.qWait(10)  # what the platform says of it twice
    with qtbot.waitExposed(shown.view):
        shown.view.showNormal()
    assert shown.read() is None
    press(shown)
    assert shown.read() == CANARY


def test_a_window_that_loses_its_screen_covers_it(shown: Shown) -> None:
    window = shown.view.windowHandle()
    assert window
    window.screenChanged.emit(None)
    assert shown.read() is None


def test_the_window_is_left_alone_once_nobody_is_there(qtbot: QtBot, shown: Shown) -> None:
    """The timer that was set for the end of patience does it, without anybody asking."""
    shown.wall.passed = 60.0
    with qtbot.waitSignal(shown.lookout.turned):
        shown.lookout._timer.start(1)
    assert not shown.lookout._timer.isActive(), "with nobody there, nothing is waited for"


# ── where it must not be ────────────────────────────────────────────────────────────────────────
def test_a_picture_that_is_kept_has_no_code(shown: Shown) -> None:
    with shown.view.cover():
        assert shown.read() is None
        with shown.view.cover():
            pass
        assert shown.read() is None, "the outer cover still holds"
    assert shown.read() == CANARY


def test_too_little_room_paints_words_and_no_code_that_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch, shown: Shown, code: Callable[..., ShownCode]
) -> None:
    shown.view.show_code(code("e" * 2000, 12))
    square = shown.view.square
    square.setFixedSize(square.minimumSizeHint())
    assert shown.read() == b"e" * 2000
    said: list[str] = []
    monkeypatch.setattr(square, "_say", lambda _painter, words: said.append(words))
    square.setFixedSize(square.minimumSizeHint() * 0.9)
    assert shown.read() is None
    assert set(said) == {NO_ROOM}


def texts_of(root: QObject) -> Iterator[str]:
    """Yield every text that a widget and all below it hold for others to read."""
    for found in (root, *root.findChildren(QObject)):
        meta = found.metaObject()
        for number in range(meta.propertyCount()):
            yield str(found.property(str(meta.property(number).name())))
        for name in found.dynamicPropertyNames():
            yield str(found.property(bytes(name.data()).decode()))
        if isinstance(found, QLabel):
            yield found.text()
        if isinstance(found, QWidget) and (spoken := QAccessible.queryAccessibleInterface(found)):
            yield from (spoken.text(kind) for kind in QAccessible.Text if kind.value < 6)


def test_no_text_name_tool_tip_or_clipboard_holds_what_the_code_says(shown: Shown) -> None:
    held = "\n".join(texts_of(shown.view))
    assert "valid until" in held
    assert "canary" not in held
    assert "PROVISIONING" not in held
    assert "canary" not in QGuiApplication.clipboard().text()


def test_it_says_to_a_screen_reader_what_is_so(shown: Shown) -> None:
    spoken = QAccessible.queryAccessibleInterface(shown.view)
    assert spoken.text(QAccessible.Text.Name) == "Code for the handset's camera"
    assert spoken.text(QAccessible.Text.Description).startswith("shown; valid until")
    shown.view.set_locked(True)
    assert LOCKED in spoken.text(QAccessible.Text.Description)


def test_a_view_makes_do_with_a_lookout_of_its_own(
    qtbot: QtBot, code: Callable[..., ShownCode]
) -> None:
    view = CodeView()
    qtbot.addWidget(view)
    view.show_code(code("e", None))
    assert view.lookout.is_here
