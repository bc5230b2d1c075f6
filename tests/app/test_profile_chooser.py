"""Choosing a slot's profile, by keyboard."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.bridge import Merged
from app.profile_chooser.chooser import ALONE, ProfileList
from app.profile_chooser.words import entry, in_a_line
from bench.events.person import ProfileChosen, TextScanned
from bench.events.views import BenchView, ProfileView, SlotView

if TYPE_CHECKING:
    from tests.app.conftest import Floor

Wave = tuple[SlotView, ...]
USUAL = ProfileView("f1", "A32 fully managed", 3, "", "qr")
ADJUSTED = ProfileView("f2", "A32 fully managed", 3, "B", "qr")
KNOX = ProfileView("f3", "A32 over Knox", 1, "", "knox")
PROFILES = (USUAL, ADJUSTED, KNOX)


@pytest.fixture
def asked(floor: Floor, wave: Wave) -> Floor:
    """A window with three profiles and the chosen slot's handset waiting for its box."""
    floor.show(*wave, replace(wave[2], fingerprint="f2"), profiles=PROFILES)
    floor.window.workplace.grid.choose(wave[2].slot)
    return floor


def opened(floor: Floor) -> ProfileList:
    floor.press(Qt.Key.Key_F10)
    sheet = floor.window._overlay.sheet
    assert sheet
    found = sheet.findChild(ProfileList)
    assert isinstance(found, ProfileList)
    return found


def test_the_list_begins_at_the_profile_that_is_set_now(asked: Floor, wave: Wave) -> None:
    shown = opened(asked)
    assert shown.hasFocus()
    assert shown.currentRow() == 1
    assert "set now" in shown.item(1).text()
    sheet = asked.window._overlay.sheet
    assert sheet
    assert sheet.accessibleName() == f"Profile for the handset in {wave[2].slot}"


def test_a_digit_chooses_at_once(qtbot: QtBot, asked: Floor, wave: Wave) -> None:
    opened(asked)
    asked.type("3")
    qtbot.waitUntil(lambda: bool(asked.posted))
    assert asked.posted == [ProfileChosen(wave[2].slot, "f3")]
    assert asked.window._overlay.sheet is None
    assert asked.window.workplace.grid.hasFocus()


def test_arrows_and_enter_choose(asked: Floor, wave: Wave) -> None:
    opened(asked)
    asked.press(Qt.Key.Key_Up)
    asked.press(Qt.Key.Key_Return)
    assert asked.posted == [ProfileChosen(wave[2].slot, "f1")]


def test_escape_chooses_nothing(asked: Floor) -> None:
    opened(asked)
    asked.press(Qt.Key.Key_Escape)
    assert asked.posted == []
    assert asked.window._overlay.sheet is None


def test_a_digit_with_no_profile_chooses_nothing(qtbot: QtBot, asked: Floor) -> None:
    opened(asked)
    asked.type("0")
    asked.type("9")
    qtbot.wait(2 * ALONE)
    assert asked.posted == []
    assert asked.window._overlay.sheet


def test_half_a_scan_that_paused_chooses_no_profile_and_stands_in_the_scan_bar(
    qtbot: QtBot, asked: Floor
) -> None:
    shown = opened(asked)
    for character in "0003A":
        QTest.keyClick(shown, character)  # type: ignore[call-overload]
    qtbot.waitUntil(lambda: asked.window.scan_bar.field.text() == "0003A")
    assert asked.posted == []


@pytest.mark.parametrize("end", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_the_enter_of_a_scan_that_paused_is_the_scans_and_chooses_no_profile(
    asked: Floor, end: Qt.Key
) -> None:
    shown = opened(asked)
    shown._alone.setInterval(10_000)  # however slow this machine is
    for character in "004400000000018":
        QTest.keyClick(shown, character)  # type: ignore[call-overload]
    QTest.keyClick(shown, end)
    assert asked.posted == [TextScanned("004400000000018", "keyboard")]
    assert asked.window._overlay.sheet
    assert shown.hasFocus()


def test_enter_right_behind_a_digit_leaves_the_choice_to_the_digit(
    asked: Floor, wave: Wave
) -> None:
    shown = opened(asked)
    shown._alone.setInterval(10_000)  # as above
    QTest.keyClick(shown, "3")  # type: ignore[call-overload]
    QTest.keyClick(shown, Qt.Key.Key_Return)
    assert asked.posted == []
    shown._settled()
    assert asked.posted == [ProfileChosen(wave[2].slot, "f3")]


def test_a_letter_typed_goes_to_the_window(qtbot: QtBot, asked: Floor) -> None:
    opened(asked)
    asked.type("x")
    qtbot.waitUntil(lambda: asked.window.scan_bar.field.text() == "x")
    assert asked.posted == []


def test_a_scan_lands_while_the_list_is_open(asked: Floor) -> None:
    opened(asked)
    asked.scan("004400000000018")
    assert asked.posted == [TextScanned("004400000000018", "keyboard")]


def test_a_bench_with_one_profile_has_nothing_to_choose(floor: Floor, wave: Wave) -> None:
    floor.show(*wave)
    floor.press(Qt.Key.Key_F10)
    assert "one profile" in floor.window.status.text()
    assert floor.window._overlay.sheet is None


def test_an_empty_slot_has_no_handset_to_choose_for(asked: Floor, wave: Wave) -> None:
    asked.window.workplace.grid.choose(wave[0].slot)
    asked.press(Qt.Key.Key_F10)
    assert "no handset" in asked.window.status.text()
    assert asked.window._overlay.sheet is None


def test_a_bench_that_has_gone_says_so(qtbot: QtBot, asked: Floor) -> None:
    asked.window.workplace.run_panel._post = lambda _fact: False
    opened(asked)
    asked.type("1")
    qtbot.waitUntil(lambda: "not running" in asked.window.status.text())


def test_a_variant_is_a_letter_that_says_nothing_of_its_reason() -> None:
    told = in_a_line(ADJUSTED)
    assert told == "A32 fully managed  ·  version 3  ·  variant B  ·  QR code at the slot"
    assert entry(10, KNOX, is_present=False).startswith("     A32 over Knox")


def test_what_a_profile_calls_itself_is_only_text() -> None:
    told = in_a_line(replace(KNOX, name="<b>\x1b[31mA\nB</b>", variant="\u202eB", method="new"))
    assert told == "<b> [31mA B</b>  ·  version 1  ·  variant B  ·  new"


def test_the_profiles_come_over_the_bridge_with_each_view() -> None:
    merged = Merged()
    merged.add(BenchView(profiles=PROFILES))
    first = merged.take()
    assert first
    assert first.profiles == PROFILES
    merged.add(BenchView())
    last = merged.take()
    assert last
    assert last.profiles == ()
