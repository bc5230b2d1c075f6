"""Signing in at the window, by keyboard: the PIN in place, never to be seen, never a scan."""

from __future__ import annotations

import itertools
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import sign_in
from app.sign_in import SignInLine
from app.wedge import HOLD, LONGEST_PIN, SHORTEST
from bench.custody.people import pin
from bench.events.access import AccessView
from bench.events.person import (
    BenchLocked,
    HiddenText,
    PinTyped,
    PinWithdrawn,
    RunHeld,
    TextScanned,
)
from bench.events.views import SlotView

if TYPE_CHECKING:
    from tests.app.conftest import Floor

CONTROL, KEYPAD = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.KeypadModifier
NOBODY = AccessView()
ASKED = AccessView(asks="Training technician")
HERE = AccessView("Training technician", "technician")
Wave = tuple[SlotView, ...]


@pytest.fixture
def asked(floor: Floor) -> Floor:
    """A window that waits for a PIN."""
    floor.show(access=NOBODY)
    floor.show(access=ASKED)
    return floor


def line(floor: Floor) -> SignInLine:
    made = floor.window._sign_in
    assert made is not None
    return made


def said_by_hand(floor: Floor, text: str) -> None:
    """Type one key after the other, and let this thread see them all at once."""
    wedge = floor.window._wedge
    assert wedge
    times = itertools.count(0, HOLD + 30)
    wedge.pressed_at = lambda _event: next(times)
    floor.scan(text)


def test_a_window_where_nobody_is_enrolled_loads_nothing_of_people() -> None:
    code = (
        "import sys\n"
        "from PySide6.QtWidgets import QApplication\n"
        "from app.main_window import MainWindow\n"
        "from app.theme import LIGHT\n"
        "from bench.staging.slots import HubLayout\n"
        "app = QApplication([])\n"
        "post = lambda fact: True\n"
        "window = MainWindow('bench-07', HubLayout(2, 2), post, LIGHT, simulated=False)\n"
        "window.furnished.connect(app.quit)\n"
        "window.show()\n"
        "app.exec()\n"
        "of_people = ('app.sign_in', 'bench.events.access', 'bench.custody')\n"
        "sys.exit(' '.join(name for name in sys.modules if name.startswith(of_people)) or 0)"
    )
    ended = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
    assert ended.returncode == 0, ended.stderr


def test_the_line_says_who_is_here(floor: Floor) -> None:
    floor.show(access=NOBODY)
    assert line(floor).isVisible()
    assert line(floor).state.text() == "Nobody is signed in: tap your badge."
    floor.show(access=HERE)
    assert line(floor).state.text() == "Training technician is signed in (technician)."
    assert not line(floor).field.isVisible()


def test_a_name_is_text_and_never_markup(floor: Floor) -> None:
    floor.show(access=AccessView("<b>\u202eX", "technician", told="<i>no</i>"))
    assert line(floor).state.text() == "<b> X is signed in (technician)."
    assert line(floor).told.text() == "<i>no</i>"
    assert line(floor).state.textFormat() is Qt.TextFormat.PlainText


def test_a_pin_is_typed_in_place_masked_and_gone_at_once(qtbot: QtBot, asked: Floor) -> None:
    field = line(asked).field
    assert field.hasFocus()
    asked.type("482915")
    qtbot.wait(60)
    assert field.text() == "482915"
    assert "4" not in field.displayText()
    asked.press(Qt.Key.Key_Return)
    assert asked.posted == [PinTyped(HiddenText("482915"))]
    assert "482915" not in repr(asked.posted)
    assert field.text() == ""


def test_the_number_pad_types_a_pin_too(qtbot: QtBot, asked: Floor) -> None:
    for key in (Qt.Key.Key_4, Qt.Key.Key_8, Qt.Key.Key_2, Qt.Key.Key_9, Qt.Key.Key_1, Qt.Key.Key_5):
        asked.press(key, KEYPAD)
        qtbot.wait(60)
    asked.press(Qt.Key.Key_Enter, KEYPAD)
    assert asked.posted == [PinTyped(HiddenText("482915"))]


def test_enter_without_a_pin_and_letters_do_nothing(qtbot: QtBot, asked: Floor) -> None:
    asked.type("abc")
    qtbot.wait(60)
    assert line(asked).field.text() == ""
    asked.press(Qt.Key.Key_Return)
    assert asked.posted == []


def test_escape_leaves_the_question(qtbot: QtBot, asked: Floor) -> None:
    asked.type("4829")
    qtbot.wait(60)
    asked.press(Qt.Key.Key_Escape)
    assert asked.posted == [PinWithdrawn()]
    assert line(asked).field.text() == ""
    asked.show(access=NOBODY)
    assert not line(asked).field.isVisible()
    asked.press(Qt.Key.Key_Escape)
    assert asked.posted == [PinWithdrawn()]


def test_the_focus_goes_back_to_where_it_was(floor: Floor, wave: Wave) -> None:
    floor.show(*wave, access=NOBODY)
    floor.window.workplace.grid.choose(wave[3].slot)
    floor.press(Qt.Key.Key_F4)
    hold = floor.window.workplace.run_panel.hold
    assert hold.hasFocus()
    floor.show(access=ASKED)
    assert line(floor).field.hasFocus()
    floor.show(access=HERE)
    assert hold.hasFocus()


def test_what_became_of_a_pin_is_told_and_the_next_can_be_typed(asked: Floor) -> None:
    told = "The PIN is wrong (3 tries left). — Type it again; five wrong PINs lock the badge."
    asked.show(access=AccessView(asks=ASKED.asks, checking=True))
    assert "being checked" in line(asked).told.text()
    asked.show(access=AccessView(asks=ASKED.asks, told=told))
    assert line(asked).told.text() == told
    assert line(asked).field.hasFocus()


def test_another_persons_badge_empties_what_was_typed(qtbot: QtBot, asked: Floor) -> None:
    asked.type("48")
    qtbot.wait(60)
    asked.show(access=AccessView(asks="Training supervisor"))
    assert line(asked).field.text() == ""
    assert line(asked).field.hasFocus()


def test_a_box_and_a_badge_scanned_while_a_pin_is_waited_for_are_scans(
    qtbot: QtBot, asked: Floor
) -> None:
    asked.type("48")
    qtbot.wait(60)
    for text in ("004400000000018", "BADGE:04A21BFFCCDDEE", "SLOT-A1"):
        asked.scan(text)
    qtbot.wait(60)
    assert asked.posted == [
        TextScanned("004400000000018", "keyboard"),
        TextScanned("BADGE:04A21BFFCCDDEE", "keyboard"),
        TextScanned("SLOT-A1", "keyboard"),
    ]
    assert line(asked).field.text() == "48"


@pytest.mark.parametrize("text", ["482915", "40063813", "482915736281"])
def test_digits_as_fast_as_a_scanners_and_as_few_as_a_pins_are_neither(
    qtbot: QtBot, asked: Floor, text: str
) -> None:
    wedge = asked.window._wedge
    assert wedge
    times = itertools.count(0, 5)
    wedge.pressed_at = lambda _event: next(times)
    asked.scan(text)
    qtbot.wait(60)
    assert asked.posted == []
    assert line(asked).field.text() == ""
    assert "Too fast for fingers" in asked.window.status.text()
    assert text not in asked.window.status.text()


def test_a_pin_that_a_busy_window_saw_all_at_once_is_still_a_pin(
    qtbot: QtBot, asked: Floor
) -> None:
    said_by_hand(asked, "482915")
    qtbot.wait(60)
    assert asked.posted == [PinTyped(HiddenText("482915"))]


def test_where_no_pin_is_waited_for_fast_digits_are_a_scan_as_ever(
    qtbot: QtBot, floor: Floor
) -> None:
    floor.show(access=HERE)
    floor.scan("40063813")
    qtbot.wait(60)
    assert floor.posted == [TextScanned("40063813", "keyboard")]


def test_digits_that_nobody_wrote_down_go_into_the_pin_and_not_into_the_scan_bar(
    qtbot: QtBot, asked: Floor
) -> None:
    asked.window.workplace.grid.setFocus()
    asked.type("48")
    qtbot.wait(60)
    assert line(asked).field.text() == "48"
    assert asked.window.scan_bar.field.text() == ""


def test_the_bench_is_locked_with_one_key_and_with_the_button(floor: Floor) -> None:
    floor.show(access=HERE)
    floor.press(Qt.Key.Key_L, CONTROL)
    QTest.mouseClick(line(floor).button, Qt.MouseButton.LeftButton)
    assert floor.posted == [BenchLocked(), BenchLocked()]


def test_where_nobody_is_signed_in_the_key_says_so(floor: Floor) -> None:
    floor.press(Qt.Key.Key_L, CONTROL)
    assert "Nobody signs in at this bench" in floor.window.status.text()
    floor.show(access=NOBODY)
    floor.press(Qt.Key.Key_L, CONTROL)
    assert "Nobody is signed in" in floor.window.status.text()
    assert not line(floor).button.isEnabled()
    assert floor.posted == []


def test_a_second_person_is_asked_for_in_words_and_escape_leaves_that_too(floor: Floor) -> None:
    purpose = "A1: resumed although staged before"
    floor.show(access=AccessView("Training technician", "technician", purpose=purpose))
    assert line(floor).state.text().startswith(f"{purpose} — a second person's badge signs it off")
    floor.show(
        access=AccessView(
            "Training technician", "technician", asks="Training supervisor", purpose=purpose
        )
    )
    assert line(floor).state.text() == f"PIN of Training supervisor to sign off: {purpose}."
    floor.press(Qt.Key.Key_Escape)
    assert floor.posted == [PinWithdrawn()]


def test_work_goes_on_by_keyboard_while_a_pin_is_waited_for(asked: Floor, wave: Wave) -> None:
    asked.show(*wave, access=ASKED)
    asked.window.workplace.grid.choose(wave[3].slot)
    asked.press(Qt.Key.Key_F8)
    assert asked.posted == [RunHeld(wave[3].slot)]
    assert line(asked).field.hasFocus()


def test_a_screen_reader_hears_whose_pin_is_asked_and_never_the_pin(
    qtbot: QtBot, asked: Floor
) -> None:
    field = line(asked).field
    assert "PIN of Training technician" in field.accessibleName()
    asked.type("482915")
    qtbot.wait(60)
    spoken = QAccessible.queryAccessibleInterface(field)
    for kind in (QAccessible.Text.Name, QAccessible.Text.Value, QAccessible.Text.Description):
        assert "4829" not in spoken.text(kind)
    field.selectAll()
    field.copy()
    assert QApplication.clipboard().text() != "482915"


def test_a_lock_that_comes_by_itself_is_announced(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(sign_in, "announce", lambda _of, told, **_: heard.append(told))
    floor.show(access=HERE)
    floor.show(access=AccessView(told="The bench is locked: nobody did anything for a while."))
    assert heard == [
        "The bench is locked: nobody did anything for a while. Nobody is signed in: tap your badge."
    ]


def test_a_bench_that_is_over_says_that_nothing_was_taken(asked: Floor) -> None:
    made = line(asked)
    made._post = lambda _fact: False
    asked.press(Qt.Key.Key_Escape)
    assert "not running" in asked.window.status.text()


def test_the_line_grows_with_the_text(asked: Floor) -> None:
    before = line(asked).field.height()
    for _ in range(4):
        asked.press(Qt.Key.Key_Plus, CONTROL)
    assert line(asked).field.minimumHeight() > before


def test_window_and_people_mean_the_same_by_a_pin() -> None:
    assert (SHORTEST, LONGEST_PIN) == (pin.SHORTEST, pin.LONGEST)
    assert sign_in._LONGEST == pin.LONGEST
