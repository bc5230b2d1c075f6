"""A handset's code in the window: in the run panel, full screen by key, and its text nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
from PySide6 import QtGui
from PySide6.QtCore import QAbstractItemModel, QAbstractTableModel, QModelIndex, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.enrolment_code import FullScreenCode
from app.enrolment_code.lookout import GLANCE
from app.main_window import MainWindow
from app.theme import DARK
from bench.events.access import AccessView
from bench.events.enrolment import ShownCode
from bench.events.person import HiddenText, StepConfirmed
from bench.events.views import Category, ScanTone, ScanView, SlotView

if TYPE_CHECKING:
    from tests.app.conftest import Floor

SECRETS = ("canary-wifi-password", "CANARYTOKENCANARYTOK")
PAYLOAD = (
    '{"android.app.extra.PROVISIONING_WIFI_PASSWORD":"canary-wifi-password",'
    '"com.google.android.apps.work.clouddpc.EXTRA_ENROLLMENT_TOKEN":"CANARYTOKENCANARYTOK"}'
)
Wave = tuple[SlotView, ...]


@pytest.fixture
def code() -> ShownCode:
    return ShownCode((b"\x01\x00" * 10 + b"\x01",) * 21, HiddenText(PAYLOAD), "L", 1)


@pytest.fixture
def shown(floor: Floor, wave: Wave, code: ShownCode) -> SlotView:
    view = replace(
        wave[2], word="Show code", code=code, confirms="The camera took the code",
        profile="A32, Intune, QR, version 3",
    )  # fmt: skip
    floor.show(*wave, view)
    floor.window.workplace.grid.choose(view.slot)
    return view


def full_screen(floor: Floor) -> FullScreenCode | None:
    sheet = floor.window._overlay.sheet
    return sheet if isinstance(sheet, FullScreenCode) else None


def test_the_code_stands_in_the_panel_of_its_slot_only(
    floor: Floor, wave: Wave, shown: SlotView, code: ShownCode
) -> None:
    room = floor.window.workplace.run_panel.code
    assert room.isVisible()
    assert room.view
    assert room.view._rows() == code.rows
    floor.window.workplace.grid.choose(wave[3].slot)
    assert not room.isVisible()
    assert room.view._rows() == ()
    floor.window.workplace.grid.choose(shown.slot)
    assert room.isVisible()
    floor.show(replace(shown, code=None))
    assert not room.isVisible()


def test_a_new_code_comes_into_sight_whole(qtbot: QtBot, floor: Floor, wave: Wave) -> None:
    """The largest there is, 177 modules a side, in a window of the usual size."""
    floor.show(*wave)
    floor.window.workplace.grid.choose(wave[2].slot)
    large = ShownCode((b"\x01\x00" * 88 + b"\x01",) * 177, HiddenText(PAYLOAD), "L", 40)
    floor.show(replace(wave[2], code=large))
    view = floor.window.workplace.run_panel.code.view
    assert view
    square = view.square
    least = 2 * (177 + 8)  # two pixels a module, and the quiet zone

    def is_whole() -> bool:
        room = square.visibleRegion().boundingRect()
        return room == square.rect() and min(room.width(), room.height()) >= least

    qtbot.waitUntil(is_whole)


def test_a_usual_code_and_what_confirms_it_are_in_sight_together(
    qtbot: QtBot, floor: Floor, wave: Wave
) -> None:
    floor.show(*wave)
    floor.window.workplace.grid.choose(wave[2].slot)
    usual = ShownCode((b"\x01\x00" * 48 + b"\x01",) * 97, HiddenText(PAYLOAD), "L", 20)
    floor.show(replace(wave[2], code=usual, confirms="The camera took the code"))
    panel = floor.window.workplace.run_panel
    assert panel.code.view
    shown = (panel.code.view.square, panel.confirming)

    def are_whole() -> bool:
        return all(part.visibleRegion().boundingRect() == part.rect() for part in shown)

    qtbot.waitUntil(lambda: are_whole() and shown[0].height() >= 2 * (97 + 8))
    qtbot.wait(100)
    assert are_whole()


def test_the_code_is_covered_while_the_bench_is_locked(floor: Floor, shown: SlotView) -> None:
    room = floor.window.workplace.run_panel.code
    assert room.view
    assert room.view._rows()
    floor.show(shown, access=AccessView(needed=True))
    assert room.view._rows() == ()
    floor.show(shown, access=AccessView(who="Anna", needed=True))
    assert room.view._rows()


def test_a_bench_that_was_locked_before_the_first_code_covers_it(
    floor: Floor, wave: Wave, code: ShownCode
) -> None:
    floor.show(*wave, access=AccessView(needed=True))
    floor.show(replace(wave[2], code=code), access=AccessView(needed=True))
    floor.window.workplace.grid.choose(wave[2].slot)
    room = floor.window.workplace.run_panel.code
    assert room.view
    assert room.view._rows() == ()


def test_a_scan_by_any_scanner_shows_that_somebody_is_there(
    floor: Floor, shown: SlotView, taken: ScanView
) -> None:
    room = floor.window.workplace.run_panel.code
    assert room.lookout
    assert room.view
    room.lookout.left()
    assert room.view._rows() == ()
    floor.show(shown)
    assert room.view._rows() == ()
    floor.show(scans=(taken,))
    assert room.view._rows()


def test_f11_shows_the_code_full_screen_and_takes_it_back(
    qtbot: QtBot, floor: Floor, shown: SlotView
) -> None:
    floor.press(Qt.Key.Key_F11)
    assert full_screen(floor)
    qtbot.waitUntil(floor.window.isFullScreen)
    floor.press(Qt.Key.Key_F11)
    assert full_screen(floor) is None
    qtbot.waitUntil(lambda: not floor.window.isFullScreen())
    assert floor.window.workplace.grid.hasFocus()
    floor.press(Qt.Key.Key_F11)
    floor.press(Qt.Key.Key_Escape)
    assert full_screen(floor) is None
    assert shown.code


def test_the_full_screen_ends_with_its_code(floor: Floor, wave: Wave, shown: SlotView) -> None:
    floor.press(Qt.Key.Key_F11)
    floor.show(wave[3])
    assert full_screen(floor)
    floor.show(replace(shown, code=None))
    assert full_screen(floor) is None
    assert floor.window.workplace.grid.hasFocus()


def test_a_slot_without_a_code_says_so(floor: Floor, wave: Wave) -> None:
    floor.show(*wave)
    floor.press(Qt.Key.Key_F11)
    assert "no code" in floor.window.status.text()
    assert full_screen(floor) is None


@pytest.mark.parametrize("simulated", [True, False])
def test_a_training_bench_says_so_on_the_full_screen_too(
    qtbot: QtBot, floor: Floor, shown: SlotView, *, simulated: bool
) -> None:
    floor.press(Qt.Key.Key_F11)
    qtbot.waitUntil(floor.window.isFullScreen)
    sheet = full_screen(floor)
    assert sheet
    assert sheet.code.square.isVisible()
    strips = [strip for strip in sheet.findChildren(QLabel) if "TRAINING" in strip.text()]
    assert [strip.visibleRegion().isEmpty() for strip in strips] == [False] * simulated
    assert shown.code


# ── confirmed is only what was seen ─────────────────────────────────────────────────────────────
CONFIRM = (Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


@pytest.fixture
def away(floor: Floor, shown: SlotView, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The code of the chosen slot is covered; the time stands until it is moved."""
    lookout = floor.window.workplace.run_panel.code.lookout
    assert lookout
    assert shown.confirms
    clock = Clock(lookout._clock())
    monkeypatch.setattr(lookout, "_clock", lambda: clock.now)
    clock.now += 61
    lookout.look()
    return clock


@dataclass
class Clock:
    now: float


def is_covered(floor: Floor) -> bool:
    view = floor.window.workplace.run_panel.code.view
    assert view
    return view._rows() == ()


def test_the_key_that_shows_a_covered_code_confirms_nothing(
    floor: Floor, shown: SlotView, away: Clock
) -> None:
    assert is_covered(floor)
    floor.press(*CONFIRM)
    assert not is_covered(floor)
    assert floor.posted == []
    assert "look at it first" in floor.window.status.text()
    away.now += GLANCE
    floor.press(*CONFIRM)
    assert floor.posted == [StepConfirmed(shown.slot, shown.step)]


def test_a_button_that_was_held_while_the_code_came_back_confirms_nothing(
    floor: Floor, shown: SlotView, away: Clock
) -> None:
    button = floor.window.workplace.run_panel.confirming.button
    button.setFocus()
    handle = floor.window.windowHandle()
    QTest.keyPress(handle, Qt.Key.Key_Control)
    away.now += 2 * GLANCE
    QTest.keyRelease(handle, Qt.Key.Key_Control)
    button.click()
    assert not is_covered(floor)
    assert floor.posted == []
    away.now += GLANCE
    button.click()
    assert floor.posted == [StepConfirmed(shown.slot, shown.step)]


def test_nothing_is_confirmed_while_the_bench_is_locked_and_the_code_covered(
    floor: Floor, shown: SlotView
) -> None:
    floor.show(shown, access=AccessView(needed=True))
    floor.press(*CONFIRM)
    assert floor.posted == []


def test_an_hour_of_progress_without_a_person_covers_the_code(
    floor: Floor, wave: Wave, shown: SlotView, away: Clock
) -> None:
    floor.press(Qt.Key.Key_Shift)
    assert not is_covered(floor)
    for tenth in range(10):
        away.now += 10
        floor.show(replace(wave[3], share=tenth / 10), replace(shown, share=tenth / 10))
    assert is_covered(floor)


def test_a_handset_taken_out_of_the_slot_that_is_shown_keeps_who_is_there(
    floor: Floor, wave: Wave, shown: SlotView, away: Clock
) -> None:
    floor.press(Qt.Key.Key_Shift)
    away.now += 50
    floor.show(SlotView(wave[4].slot))
    floor.show(SlotView(shown.slot))
    away.now += 50
    floor.show(shown)
    assert not is_covered(floor)
    away.now += 50
    floor.show(SlotView(wave[3].slot))
    away.now += 11
    assert is_covered(floor)


# ── its text is nowhere ─────────────────────────────────────────────────────────────────────────
@pytest.fixture
def spoken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a screen reader is told without being asked."""
    heard: list[str] = []

    class Announcement(QtGui.QAccessibleAnnouncementEvent):
        def __init__(self, source: QObject, message: str) -> None:
            super().__init__(source, message)
            heard.append(message)

    monkeypatch.setattr(QtGui, "QAccessibleAnnouncementEvent", Announcement)
    return heard


def texts(window: MainWindow) -> Iterator[str]:
    """Yield everything that a window says, to the eye, to a screen reader or in a tool tip."""
    for part in (window, *window.findChildren(QWidget)):
        for name in (
            "accessibleName", "accessibleDescription", "toolTip", "statusTip", "whatsThis",
            "windowTitle", "objectName", "text", "toPlainText", "placeholderText",
        ):  # fmt: skip
            told = getattr(part, name, None)
            yield str(told()) if callable(told) else ""
        interface = QtGui.QAccessible.queryAccessibleInterface(part)
        if interface:
            yield from (interface.text(kind) for kind in QtGui.QAccessible.Text)
    for model in window.findChildren(QAbstractItemModel):
        yield from in_model(model)
    for action in window.actions():
        yield f"{action.text()} {action.toolTip()} {action.whatsThis()}"


def in_model(model: QAbstractItemModel) -> Iterator[str]:
    columns = model.columnCount() if isinstance(model, QAbstractTableModel) else 1
    for row in range(model.rowCount(QModelIndex())):
        for column in range(columns):
            for role in Qt.ItemDataRole:
                yield str(model.data(model.index(row, column), role))


def leaks(said: Iterator[str] | list[str]) -> list[str]:
    return [text for text in said for secret in SECRETS if secret in text]


def test_no_secret_of_a_code_is_said_anywhere(
    qtbot: QtBot, floor: Floor, shown: SlotView, spoken: list[str]
) -> None:
    clipboard = QApplication.clipboard()
    clipboard.clear()
    floor.show(shown, scans=(ScanView("x", "s", ScanTone.BAD, "Means nothing."),))
    floor.show(replace(shown, confirms="And now this"))
    for key in (Qt.Key.Key_F1, Qt.Key.Key_F4, Qt.Key.Key_F11, Qt.Key.Key_F11, Qt.Key.Key_F2):
        floor.press(key)
        assert leaks(texts(floor.window)) == []
    floor.press(Qt.Key.Key_F11)
    qtbot.waitUntil(lambda: full_screen(floor) is not None)
    floor.press(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    floor.window.show_theme(DARK)
    assert leaks(texts(floor.window)) == []
    assert spoken
    assert leaks(spoken) == []
    assert leaks([clipboard.text(), floor.window.windowTitle()]) == []
    assert any("And now this" in text for text in texts(floor.window))


def test_a_secret_in_a_label_would_be_found(floor: Floor, shown: SlotView) -> None:
    """The search itself finds what it looks for."""
    assert shown.code
    label = QLabel(floor.window)
    label.setToolTip(shown.code.text.text)
    assert leaks(texts(floor.window))


def test_no_secret_is_in_a_repr_of_what_the_window_holds(shown: SlotView) -> None:
    assert leaks([repr(shown), str(shown), repr(shown.code)]) == []
    assert "\\x01" not in repr(shown)
    assert shown.category is Category.NEEDS_YOU
