from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from bench.events.person import TextScanned
from bench.events.views import SlotView
from bench.identity.identifiers import Imei

if TYPE_CHECKING:
    from tests.app.conftest import Floor

Wave = tuple[SlotView, ...]
IMEIS = [str(Imei.with_check_digit(f"00440000{number:06d}")) for number in range(1, 21)]


def test_twenty_scans_land_while_a_field_has_the_focus_and_none_leaks(
    qtbot: QtBot, floor: Floor
) -> None:
    floor.press(Qt.Key.Key_F6)
    assert floor.window.scan_bar.field.hasFocus()
    for imei in IMEIS:
        floor.scan(imei)
    qtbot.wait(100)
    assert floor.posted == [TextScanned(imei, "keyboard") for imei in IMEIS]
    assert floor.window.scan_bar.field.text() == ""


def test_a_scan_that_paused_voids_nothing_and_is_taken_for_a_scan(floor: Floor, wave: Wave) -> None:
    floor.show(*wave)
    floor.window.workplace.grid.choose(wave[3].slot)
    floor.press(Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    reason = floor.window.workplace.run_panel.asking.reason
    reason.behind = 10_000  # however slow this machine is
    floor.type("x")
    reason._last.invalidate()
    for character in IMEIS[0]:
        QTest.keyClick(reason, character)  # type: ignore[call-overload]
    reason._quick = len(IMEIS[0]) - 2  # all but the pause
    QTest.keyClick(reason, Qt.Key.Key_Return)
    assert floor.posted == [TextScanned(IMEIS[0], "keyboard")]
    assert reason.text() == "x"
    assert reason.isVisible()


def test_a_scan_lands_while_the_reason_of_a_void_is_being_written(
    qtbot: QtBot, floor: Floor, wave: Wave
) -> None:
    floor.show(*wave)
    floor.window.workplace.grid.choose(wave[3].slot)
    floor.press(Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    reason = floor.window.workplace.run_panel.asking.reason
    assert reason.hasFocus()
    floor.type("wet")
    floor.scan(IMEIS[0])
    qtbot.wait(100)
    assert reason.text() == "wet"
    assert floor.posted == [TextScanned(IMEIS[0], "keyboard")]


def test_what_is_typed_slowly_stays_as_it_was_typed(qtbot: QtBot, floor: Floor) -> None:
    floor.press(Qt.Key.Key_F6)
    floor.type("B4 /?")
    qtbot.wait(60)
    assert floor.window.scan_bar.field.text() == "B4 /?"
    assert floor.posted == []


def test_a_burst_without_an_end_is_handed_on_as_typing(qtbot: QtBot, floor: Floor) -> None:
    floor.press(Qt.Key.Key_F6)
    for character in "004400000":
        QTest.keyClick(floor.window.windowHandle(), character)  # type: ignore[call-overload]
    qtbot.waitUntil(lambda: floor.window.scan_bar.field.text() == "004400000")
    assert floor.posted == []


def test_a_short_burst_and_enter_is_typing_and_keeps_its_order(qtbot: QtBot, floor: Floor) -> None:
    floor.press(Qt.Key.Key_F6)
    floor.scan("B4")
    qtbot.waitUntil(lambda: floor.posted == [TextScanned("B4", "keyboard")])


def test_the_second_end_of_a_scan_presses_nothing(qtbot: QtBot, floor: Floor, wave: Wave) -> None:
    floor.show(*wave)
    floor.window.workplace.grid.choose(wave[3].slot)
    floor.press(Qt.Key.Key_F4)
    assert floor.window.workplace.run_panel.hold.hasFocus()
    with floor.patience():
        floor.scan(IMEIS[0])
        floor.press(Qt.Key.Key_Return)
    qtbot.wait(100)
    assert floor.posted == [TextScanned(IMEIS[0], "keyboard")]


def test_a_scan_that_ends_in_tab_does_not_move_the_focus(qtbot: QtBot, floor: Floor) -> None:
    with floor.patience():
        for character in IMEIS[0]:
            QTest.keyClick(floor.window.windowHandle(), character)  # type: ignore[call-overload]
        floor.press(Qt.Key.Key_Tab)
    qtbot.wait(60)
    assert floor.posted == [TextScanned(IMEIS[0], "keyboard")]
    assert floor.window.workplace.grid.hasFocus()


def test_a_scan_with_a_slash_does_not_open_the_search(qtbot: QtBot, floor: Floor) -> None:
    floor.scan("004400/000000/01?")
    qtbot.wait(60)
    assert floor.posted == [TextScanned("004400/000000/01?", "keyboard")]
    assert not floor.window.workplace.search.isVisible()


def test_capitals_of_a_scan_survive_the_shift_key(qtbot: QtBot, floor: Floor) -> None:
    window = floor.window.windowHandle()
    with floor.patience():
        for character in "BW-000017":
            if character.isupper():
                QTest.keyPress(window, Qt.Key.Key_Shift)
            QTest.keyClick(window, character)  # type: ignore[call-overload]
            if character.isupper():
                QTest.keyRelease(window, Qt.Key.Key_Shift)
        floor.press(Qt.Key.Key_Return)
    qtbot.wait(60)
    assert floor.posted == [TextScanned("BW-000017", "keyboard")]


def test_control_within_a_scan_does_not_break_it(qtbot: QtBot, floor: Floor) -> None:
    window = floor.window.windowHandle()
    floor.press(Qt.Key.Key_F6)
    with floor.patience():
        for character in IMEIS[0]:
            QTest.keyClick(window, character)  # type: ignore[call-overload]
        QTest.keyPress(window, Qt.Key.Key_Control)
        QTest.keyRelease(window, Qt.Key.Key_Control)
        floor.press(Qt.Key.Key_Return)
    qtbot.wait(60)
    assert floor.posted == [TextScanned(IMEIS[0], "keyboard")]
    assert floor.window.scan_bar.field.text() == ""


def test_the_rest_of_another_scan_right_behind_one_is_dropped(qtbot: QtBot, floor: Floor) -> None:
    floor.press(Qt.Key.Key_F6)
    with floor.patience():
        floor.scan(IMEIS[0])
        floor.scan("B4")
    qtbot.wait(60)
    assert floor.posted == [TextScanned(IMEIS[0], "keyboard")]
    assert floor.window.scan_bar.field.text() == ""


@pytest.mark.parametrize("pause", [40, 200, 490])
def test_the_second_half_of_a_scan_is_no_scan_and_stands_behind_the_first(
    floor: Floor, pause: int
) -> None:
    floor.press(Qt.Key.Key_F6)
    floor.pause_within("8949", at=1000)
    floor.scan_at(IMEIS[0], at=1006 + pause)
    assert floor.posted == [TextScanned(f"8949{IMEIS[0]}", "keyboard")]
    floor.scan_at(IMEIS[1], at=1006 + pause + 100)
    assert floor.posted[1:] == [TextScanned(IMEIS[1], "keyboard")]


def test_a_scan_that_pauses_twice_is_one(floor: Floor) -> None:
    floor.press(Qt.Key.Key_F6)
    floor.pause_within("8949", at=1000)
    floor.pause_within("0200", at=1400)
    floor.scan_at(IMEIS[0], at=1800)
    assert floor.posted == [TextScanned(f"89490200{IMEIS[0]}", "keyboard")]


def test_a_scan_that_pauses_away_from_any_field_is_whole_too(floor: Floor) -> None:
    assert floor.window.workplace.grid.hasFocus()
    floor.pause_within("8949", at=1000)
    floor.scan_at(IMEIS[0], at=1200)
    assert floor.posted == [TextScanned(f"8949{IMEIS[0]}", "keyboard")]


@pytest.mark.parametrize(
    ("typed", "between", "pause"),
    [("8", 2, 100), ("8949", 90, 100), ("8949", 2, 600)],
    ids=["one key", "slow keys", "long ago"],
)
def test_a_scan_behind_what_was_typed_is_whole(
    floor: Floor, typed: str, between: int, pause: int
) -> None:
    floor.press(Qt.Key.Key_F6)
    floor.pause_within(typed, 1000, between)
    floor.scan_at(IMEIS[0], 1000 + between * (len(typed) - 1) + pause)
    assert floor.posted == [TextScanned(IMEIS[0], "keyboard")]
    assert floor.window.scan_bar.field.text() == typed
