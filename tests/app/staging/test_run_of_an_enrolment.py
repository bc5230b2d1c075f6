"""What the run panel shows and takes while a handset comes under management, by keyboard."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from app.staging.identity_row import IdentityRow
from app.staging.model import described, spoken
from app.theme import DARK
from bench.events.access import AccessView
from bench.events.person import StepConfirmed
from bench.events.views import Category, ScanTone, ScanView, SlotView
from bench.problems import CATALOGUE, Problem, ProblemCode

if TYPE_CHECKING:
    from tests.app.conftest import Floor

CONTROL = Qt.KeyboardModifier.ControlModifier
Wave = tuple[SlotView, ...]
ASKED = "The home screen shows the force's launcher"
BOX, HANDSET = "004400000000018", "004400000000026"


def asking(wave: Wave, sentence: str = ASKED) -> SlotView:
    return replace(wave[3], category=Category.NEEDS_YOU, word="Confirm", confirms=sentence)


def test_what_is_asked_is_confirmed_with_one_key(floor: Floor, wave: Wave) -> None:
    floor.show(*wave, asking(wave))
    floor.window.workplace.grid.choose(wave[3].slot)
    panel = floor.window.workplace.run_panel
    assert panel.confirming.sentence.text() == ASKED
    assert panel.confirming.isVisible()
    floor.press(Qt.Key.Key_Return, CONTROL)
    assert floor.posted == [StepConfirmed(wave[3].slot, wave[3].step)]


def test_the_other_enter_confirms_too_and_enter_alone_never(floor: Floor, wave: Wave) -> None:
    floor.show(asking(wave))
    floor.window.workplace.grid.choose(wave[3].slot)
    floor.press(Qt.Key.Key_Return)
    assert floor.posted == []
    assert floor.window.workplace.run_panel.confirming.button.hasFocus()
    floor.press(Qt.Key.Key_Enter, CONTROL)
    assert floor.posted == [StepConfirmed(wave[3].slot, wave[3].step)]


def test_what_is_confirmed_twice_is_posted_once_until_the_bench_answers(
    floor: Floor, wave: Wave
) -> None:
    view = asking(wave)
    floor.show(*wave, view)
    floor.window.workplace.grid.choose(view.slot)
    told = StepConfirmed(view.slot, view.step)
    floor.press(Qt.Key.Key_Return, CONTROL)
    floor.window.workplace.run_panel.confirming.button.click()
    floor.show(replace(wave[4], share=0.5))
    floor.press(Qt.Key.Key_Return, CONTROL)
    assert floor.posted == [told]
    assert "confirmed" in floor.window.status.text()
    floor.show(replace(view, step=view.step + 1))
    floor.press(Qt.Key.Key_Return, CONTROL)
    assert floor.posted == [told, StepConfirmed(view.slot, view.step + 1)]


def test_what_the_bench_did_not_take_can_be_confirmed_once_more(floor: Floor, wave: Wave) -> None:
    view = asking(wave)
    floor.show(*wave, view)
    floor.window.workplace.grid.choose(view.slot)
    refusal = ScanView("", "bench", ScanTone.BAD, "Sign in first.")
    signed_in = AccessView(who="Anna", needed=True)
    answers = ({"scans": (refusal,)}, {"access": signed_in}, {"access": AccessView(needed=True)})
    for count, answer in enumerate(answers, 1):
        floor.press(Qt.Key.Key_Return, CONTROL)
        assert len(floor.posted) == count
        floor.show(**answer)  # type: ignore[arg-type]
    floor.show(view)
    floor.press(Qt.Key.Key_Return, CONTROL)
    assert floor.posted == [StepConfirmed(view.slot, view.step)] * 4


def test_a_bench_that_has_gone_takes_it_when_it_is_asked_again(floor: Floor, wave: Wave) -> None:
    view = asking(wave)
    floor.show(*wave, view)
    panel = floor.window.workplace.run_panel
    floor.window.workplace.grid.choose(view.slot)
    before, panel._post = panel._post, lambda _fact: False
    panel.confirm()
    panel._post = before
    panel.confirm()
    assert floor.posted == [StepConfirmed(view.slot, view.step)]


def test_a_handset_that_is_done_says_what_goes_into_its_box(floor: Floor, wave: Wave) -> None:
    done = replace(wave[4], kit=("handset", "<b>USB</b>\ncable"))
    floor.show(*wave, done)
    floor.window.workplace.grid.choose(done.slot)
    line = floor.window.workplace.run_panel.kit
    assert line.text() == "Put in: handset, <b>USB</b> cable"
    assert line.isVisible()
    floor.show(replace(done, category=Category.HELD))
    assert not line.isVisible()


def test_a_key_that_is_held_down_confirms_once(floor: Floor) -> None:
    once = {key.shortcut().toString(): key.autoRepeat() for key in floor.window.actions()}
    assert not once["Ctrl+Return"]
    assert not once["Ctrl+Del"]
    assert once["Ctrl++"]


def test_nothing_is_confirmed_where_nothing_is_asked(floor: Floor, wave: Wave) -> None:
    floor.show(*wave)
    floor.window.workplace.grid.choose(wave[3].slot)
    floor.press(Qt.Key.Key_Return, CONTROL)
    assert floor.posted == []
    assert "nothing to confirm" in floor.window.status.text()


def test_nothing_is_confirmed_that_is_covered(floor: Floor, wave: Wave) -> None:
    floor.show(asking(wave))
    floor.window.workplace.grid.choose(wave[3].slot)
    floor.press(Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
    floor.press(Qt.Key.Key_Return, CONTROL)
    assert floor.posted == []
    assert "Close what lies over" in floor.window.status.text()
    floor.press(Qt.Key.Key_Escape)
    floor.press(Qt.Key.Key_Return, CONTROL)
    assert floor.posted == [StepConfirmed(wave[3].slot, wave[3].step)]


@pytest.mark.parametrize(
    ("key", "modifier"),
    [
        (Qt.Key.Key_F8, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Delete, CONTROL),
        (Qt.Key.Key_P, CONTROL),
        (Qt.Key.Key_F7, Qt.KeyboardModifier.NoModifier),
    ],
)
def test_no_run_is_decided_on_that_is_covered(
    floor: Floor, wave: Wave, key: Qt.Key, modifier: Qt.KeyboardModifier
) -> None:
    floor.show(*wave, replace(wave[3], can_cycle=True))
    floor.window.workplace.grid.choose(wave[3].slot)
    floor.press(Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
    sheet, focus = floor.window._overlay.sheet, floor.window.focusWidget()
    floor.press(key, modifier)
    assert floor.posted == []
    assert "Close what lies over" in floor.window.status.text()
    assert floor.window._overlay.sheet is sheet
    assert floor.window.focusWidget() is focus
    floor.press(Qt.Key.Key_Escape)
    floor.press(key, modifier)
    assert floor.posted or floor.window.workplace.run_panel.asking.isVisible()


def test_the_focus_goes_back_to_the_slots_once_it_is_confirmed(floor: Floor, wave: Wave) -> None:
    floor.show(asking(wave))
    floor.window.workplace.grid.choose(wave[3].slot)
    floor.press(Qt.Key.Key_F4)
    floor.press(Qt.Key.Key_Return)
    assert floor.posted == [StepConfirmed(wave[3].slot, wave[3].step)]
    floor.show(wave[3])
    assert not floor.window.workplace.run_panel.confirming.isVisible()
    assert floor.window.workplace.grid.hasFocus()


def test_a_question_is_one_line_of_text_and_no_markup(floor: Floor, wave: Wave) -> None:
    floor.show(asking(wave, "<b>Home</b>\n\x1b[31m screen " + "x" * 1000))
    floor.window.workplace.grid.choose(wave[3].slot)
    told = floor.window.workplace.run_panel.confirming.sentence.text()
    assert told.startswith("<b>Home</b> [31m screen")
    assert len(told) <= 300


def test_the_profile_is_named_beside_the_run_and_is_found_by(floor: Floor, wave: Wave) -> None:
    floor.show(*wave, replace(wave[3], profile="A32, QR, version 3, variant B"))
    floor.window.workplace.grid.choose(wave[3].slot)
    assert floor.window.workplace.run_panel.profile.text() == "A32, QR, version 3, variant B"
    assert floor.window.workplace.table.matching("variant b") == (wave[3].slot,)
    assert "variant B" in described(floor.window.workplace.chosen())
    assert f"to confirm: {ASKED}" in described(asking(wave))
    floor.window.workplace.grid.choose(wave[2].slot)
    assert not floor.window.workplace.run_panel.profile.isVisible()


# ── box, handset and label ──────────────────────────────────────────────────────────────────────
def mismatch(wave: Wave) -> SlotView:
    problem = Problem(ProblemCode.LABEL_MISMATCH, str(wave[5].slot))
    values = (("Box", BOX), ("Handset", HANDSET), ("Label", BOX))
    return replace(
        wave[5], word=problem.advice.word, problem=problem, identities=values, imei_tail="0026"
    )


def rows(floor: Floor) -> tuple[IdentityRow, ...]:
    return floor.window.workplace.run_panel.identities.rows


def test_what_does_not_agree_is_shown_whole_and_said_digit_by_digit(
    floor: Floor, wave: Wave
) -> None:
    floor.show(mismatch(wave))
    floor.window.workplace.grid.choose(wave[5].slot)
    assert [row.said[:2] for row in rows(floor)] == list(mismatch(wave).identities)
    assert rows(floor)[1].accessibleName() == (
        "Handset: 0 0, 4 4 0 0 0 0, 0 0 0 0 0 2, 6; differs at place 14, 15"
    )
    assert all(row.isVisible() for row in rows(floor))


def test_the_lines_are_read_one_by_one_with_the_arrows(floor: Floor, wave: Wave) -> None:
    floor.show(mismatch(wave))
    floor.window.workplace.grid.choose(wave[5].slot)
    rows(floor)[0].setFocus()
    floor.press(Qt.Key.Key_Down)
    assert rows(floor)[1].hasFocus()
    floor.press(Qt.Key.Key_Up)
    assert rows(floor)[0].hasFocus()


def test_the_values_go_with_the_disagreement(floor: Floor, wave: Wave) -> None:
    floor.show(mismatch(wave))
    floor.window.workplace.grid.choose(wave[5].slot)
    floor.show(wave[5])
    assert rows(floor) == ()
    assert not floor.window.workplace.run_panel.identities.isVisible()


def test_whole_values_stand_in_the_run_panel_and_nowhere_else(floor: Floor, wave: Wave) -> None:
    view = mismatch(wave)
    floor.show(view)
    floor.window.workplace.grid.choose(view.slot)
    told = " ".join((spoken(view), described(view), floor.window.status.text()))
    notes = " ".join(f"{n.head} {n.body}" for n in floor.window.workplace.attention.notes)
    assert BOX not in told + notes
    assert HANDSET not in told + notes


def picture(row: IdentityRow) -> QImage:
    return row.grab().toImage()


def test_a_place_that_differs_is_boxed_in_reverse_in_both_themes(
    qtbot: QtBot, floor: Floor, wave: Wave
) -> None:
    """Reversed, so it is told from its neighbours by an eye that sees no colour at all."""

    def inked(image: QImage, ink: QColor) -> int:
        places = ((x, y) for x in range(image.width()) for y in range(image.height()))
        return sum(image.pixelColor(x, y) == ink for x, y in places)

    view = mismatch(wave)
    floor.window.workplace.grid.choose(view.slot)
    for theme in (floor.window._theme, DARK):
        floor.window.show_theme(theme)
        floor.show(view)
        qtbot.waitUntil(rows(floor)[0].isVisible)
        marked = inked(picture(rows(floor)[0]), QColor(theme.ink))
        floor.show(replace(view, identities=(("Box", BOX), ("Handset", BOX))))
        qtbot.waitUntil(rows(floor)[0].isVisible)
        cell = rows(floor)[0]._writing(300)[1] * 10
        assert marked > inked(picture(rows(floor)[0]), QColor(theme.ink)) + cell


def test_a_long_value_is_written_smaller_and_stays_whole(floor: Floor, wave: Wave) -> None:
    long = "R58N" + "00A1" * 8 + "BXY"
    floor.show(replace(wave[5], identities=(("handset, serial number", long), ("box", BOX))))
    floor.window.workplace.grid.choose(wave[5].slot)
    font, cell = rows(floor)[0]._writing(300)
    usual, _ = rows(floor)[1]._writing(300)
    assert font.pointSizeF() < usual.pointSizeF()
    assert cell * len(long) < 400
    assert rows(floor)[0].height() > rows(floor)[1].height(), "a long name stands above"


# ── words ───────────────────────────────────────────────────────────────────────────────────────
def test_a_handset_that_restarted_in_the_middle_looks_enrolled(floor: Floor, wave: Wave) -> None:
    problem = Problem(ProblemCode.ENROLMENT_RESTARTED, str(wave[5].slot))
    floor.show(replace(wave[5], word=problem.advice.word, problem=problem))
    assert "looks enrolled" in spoken(floor.window.workplace.table.view(wave[5].slot))
    (note,) = floor.window.workplace.attention.notes
    assert note.head == "B2 — Looks enrolled"
    assert "may have no policy" in note.body


def test_every_word_of_a_problem_fits_a_tile() -> None:
    words = {code: advice.word for code, advice in CATALOGUE.items()}
    assert {code: word for code, word in words.items() if len(word) > 16} == {}
