"""The technician's day, by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.actions import ACTIONS, Act
from app.main_window import MainWindow
from app.theme import DARK, LIGHT
from bench.events.person import (
    CopyRequested,
    PowerCycleRequested,
    RunHeld,
    RunResumed,
    RunVoided,
    TextScanned,
)
from bench.events.views import ScanTone, ScanView, SlotView
from bench.identity.identifiers import SlotCode
from bench.problems import Problem, ProblemCode
from bench.staging.slots import HubLayout

if TYPE_CHECKING:
    from tests.app.conftest import Floor

CONTROL = Qt.KeyboardModifier.ControlModifier
Wave = tuple[SlotView, ...]
PAPER = Problem(ProblemCode.PRINTER_OUT_OF_PAPER, "printer ZD421")


def test_an_empty_bench_says_what_to_plug_in(floor: Floor, wave: Wave) -> None:
    floor.show()
    assert floor.window.workplace.hint.isVisible()
    assert "Plug a handset into any slot" in floor.window.workplace.hint.heading.text()
    floor.show(*wave)
    assert not floor.window.workplace.hint.isVisible()


def test_the_hint_stands_beside_other_problems_until_something_is_plugged_in(
    floor: Floor, wave: Wave
) -> None:
    floor.show(problems=(PAPER,))
    assert floor.window.workplace.hint.isVisible()
    assert [note.problem for note in floor.window.workplace.attention.notes] == [PAPER]
    floor.show(wave[1], problems=(PAPER,))
    assert not floor.window.workplace.hint.isVisible()


def test_a_bench_that_could_not_start_gives_no_hint_to_plug_in(floor: Floor) -> None:
    floor.window.show_refusal((Problem(ProblemCode.LEDGER_IN_USE),))
    assert not floor.window.workplace.hint.isVisible()


def test_the_slots_lie_as_on_the_bench_whatever_way_the_desktop_reads(
    qtbot: QtBot, layout: HubLayout
) -> None:
    QApplication.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        window = MainWindow("bench-07", layout, lambda _fact: True, LIGHT, simulated=False)
        qtbot.addWidget(window)
        with qtbot.waitSignal(window.furnished):
            window.show()
        place = window.workplace
        first, second = (place.table.where(slot) for slot in layout.slots()[:2])
        assert place.grid.visualRect(first).left() < place.grid.visualRect(second).left()
        assert place.grid.x() < place.tally.mapTo(window.centre, QPoint()).x()
    finally:
        QApplication.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def test_the_arrows_move_as_the_slots_lie_on_the_bench(floor: Floor) -> None:
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Left):
        floor.press(key)
    assert str(floor.window.workplace.grid.slot) == "C1"
    assert floor.window.workplace.run_panel.view.slot == floor.window.workplace.grid.slot


def test_a_run_is_held_and_resumed_with_one_key(floor: Floor, wave: Wave) -> None:
    floor.show(*wave)
    floor.window.workplace.grid.choose(wave[3].slot)
    floor.press(Qt.Key.Key_F8)
    floor.window.workplace.grid.choose(wave[5].slot)
    floor.press(Qt.Key.Key_F8)
    assert floor.posted == [RunHeld(wave[3].slot), RunResumed(wave[5].slot)]


def test_an_empty_slot_cannot_be_held_and_says_so(floor: Floor) -> None:
    floor.press(Qt.Key.Key_F8)
    assert floor.posted == []
    assert "nothing to hold" in floor.window.status.text()


def test_a_port_is_switched_with_one_key_where_its_hub_can(floor: Floor, wave: Wave) -> None:
    floor.show(*wave)
    panel = floor.window.workplace.run_panel
    floor.window.workplace.grid.choose(wave[0].slot)
    floor.press(Qt.Key.Key_F7)
    assert not panel.power.isVisible()
    assert "cannot be switched" in floor.window.status.text()
    floor.show(replace(wave[0], can_cycle=True))
    assert panel.power.isVisible()
    floor.press(Qt.Key.Key_F7)
    assert floor.posted == [PowerCycleRequested(wave[0].slot)]


def test_a_handsets_condition_is_told_beside_its_run(floor: Floor, wave: Wave) -> None:
    floor.show(replace(wave[1], condition=("Knox fuse blown", "battery 63 %"), remark="by <b>"))
    floor.window.workplace.grid.choose(wave[1].slot)
    told = floor.window.workplace.run_panel.condition.text()
    assert told == "by <b>  ·  Knox fuse blown  ·  battery 63 %"


def test_a_run_is_voided_with_a_reason_that_was_typed(
    qtbot: QtBot, floor: Floor, wave: Wave
) -> None:
    floor.show(*wave)
    floor.window.workplace.grid.choose(wave[5].slot)
    floor.press(Qt.Key.Key_Delete, CONTROL)
    floor.press(Qt.Key.Key_Return)
    assert floor.posted == []
    floor.type("Wet")
    qtbot.wait(60)
    floor.press(Qt.Key.Key_Return)
    assert floor.posted == [RunVoided(wave[5].slot, "Wet")]
    assert floor.window.workplace.grid.hasFocus()
    assert not floor.window.workplace.run_panel.asking.isVisible()


def test_a_run_is_voided_with_a_reason_from_the_list(floor: Floor, wave: Wave) -> None:
    floor.show(*wave)
    floor.window.workplace.grid.choose(wave[5].slot)
    floor.press(Qt.Key.Key_Delete, CONTROL)
    floor.press(Qt.Key.Key_Down)
    floor.press(Qt.Key.Key_Return)
    assert floor.posted == [RunVoided(wave[5].slot, "Dead on arrival")]


def test_escape_leaves_a_run_as_it_was(floor: Floor, wave: Wave) -> None:
    floor.show(*wave)
    floor.window.workplace.grid.choose(wave[5].slot)
    floor.press(Qt.Key.Key_Delete, CONTROL)
    floor.press(Qt.Key.Key_Escape)
    assert floor.posted == []
    assert floor.window.workplace.grid.hasFocus()


def test_a_void_concerns_the_slot_it_was_asked_for(floor: Floor, wave: Wave) -> None:
    floor.show(*wave)
    floor.window.workplace.grid.choose(wave[5].slot)
    floor.press(Qt.Key.Key_Delete, CONTROL)
    floor.window.workplace.grid.choose(wave[3].slot)
    assert not floor.window.workplace.run_panel.asking.isVisible()


def test_a_copy_of_the_label_is_asked_for(floor: Floor, wave: Wave) -> None:
    floor.show(*wave)
    floor.window.workplace.grid.choose(wave[4].slot)
    floor.press(Qt.Key.Key_P, CONTROL)
    floor.window.workplace.grid.choose(wave[0].slot)
    floor.press(Qt.Key.Key_P, CONTROL)
    assert floor.posted == [CopyRequested(wave[4].slot)]


def test_enter_goes_to_the_run_and_escape_comes_back(floor: Floor, wave: Wave) -> None:
    floor.show(*wave)
    floor.window.workplace.grid.choose(wave[3].slot)
    floor.press(Qt.Key.Key_Return)
    assert floor.window.workplace.run_panel.hold.hasFocus()
    floor.press(Qt.Key.Key_Return)
    assert floor.posted == [RunHeld(wave[3].slot)]
    floor.press(Qt.Key.Key_Escape)
    assert floor.window.workplace.grid.hasFocus()


def test_f3_goes_from_one_slot_that_needs_hands_to_the_next(floor: Floor, wave: Wave) -> None:
    floor.show(*wave)
    chosen = []
    for _ in range(3):
        floor.press(Qt.Key.Key_F3)
        chosen.append(floor.window.workplace.grid.slot)
    assert chosen == [wave[2].slot, wave[5].slot, wave[2].slot]


def test_the_attention_list_leads_to_the_slot(floor: Floor, wave: Wave) -> None:
    floor.show(*wave)
    floor.press(Qt.Key.Key_F2)
    assert floor.window.workplace.attention.list.hasFocus()
    floor.press(Qt.Key.Key_Return)
    assert floor.window.workplace.grid.slot == wave[5].slot


def test_bad_news_stays_until_the_bench_says_it_is_over(floor: Floor, wave: Wave) -> None:
    floor.show(*wave, problems=(PAPER,))
    floor.press(Qt.Key.Key_Escape)
    floor.show(problems=(PAPER,))
    assert {note.problem.code for note in floor.window.workplace.attention.notes} == {
        ProblemCode.PRINTER_OUT_OF_PAPER,
        ProblemCode.UNPLUGGED,
    }
    floor.show(replace(wave[5], category=wave[3].category, problem=None))
    assert floor.window.workplace.attention.notes == ()


def test_a_new_problem_is_heard_once(qtbot: QtBot, floor: Floor) -> None:
    floor.show(problems=(PAPER,))
    qtbot.waitUntil(lambda: len(floor.beeps) == 4, timeout=3000)
    floor.show(problems=(PAPER,))
    qtbot.wait(400)
    assert len(floor.beeps) == 4


def test_the_tally_shows_only_its_slots_until_escape(floor: Floor, wave: Wave) -> None:
    floor.show(*wave)
    floor.press(Qt.Key.Key_F5)
    floor.press(Qt.Key.Key_Tab)
    floor.press(Qt.Key.Key_Tab)
    floor.press(Qt.Key.Key_Return)
    quiet = floor.window.workplace.grid._tile.quiet
    assert wave[5].slot not in quiet
    assert len(quiet) == 15
    floor.press(Qt.Key.Key_Escape)
    assert floor.window.workplace.grid._tile.quiet == frozenset()


def test_a_slot_is_found_by_the_end_of_its_imei(qtbot: QtBot, floor: Floor, wave: Wave) -> None:
    floor.show(*wave)
    floor.type("/")
    qtbot.waitUntil(floor.window.workplace.search.hasFocus)
    floor.type("0042")
    qtbot.wait(60)
    floor.press(Qt.Key.Key_Return)
    assert floor.window.workplace.grid.slot == wave[5].slot
    assert floor.window.workplace.grid.hasFocus()
    assert not floor.window.workplace.search.isVisible()


def test_a_code_typed_on_the_grid_goes_into_the_scan_bar(qtbot: QtBot, floor: Floor) -> None:
    floor.type("00440000")
    qtbot.wait(60)
    assert floor.window.scan_bar.field.text() == "00440000"
    floor.press(Qt.Key.Key_Return)
    assert floor.posted == [TextScanned("00440000", "keyboard")]
    assert floor.window.scan_bar.field.text() == ""
    assert floor.window.workplace.grid.hasFocus()


def test_a_scan_stays_until_the_next_and_ten_are_kept(floor: Floor, taken: ScanView) -> None:
    floor.show(scans=(taken,))
    floor.show()
    assert floor.window.scan_bar.raw.text() == taken.text
    for number in range(12):
        floor.show(scans=(replace(taken, text=str(number)),))
    assert [scan.text for scan in floor.window.workplace.history.scans] == [
        str(number) for number in range(11, 1, -1)
    ]


def test_a_refused_scan_shows_its_text_and_every_reason(floor: Floor) -> None:
    reasons = ("An IMEI has only digits.", "An asset tag is 2 to 5 capitals, ...")
    floor.show(scans=(ScanView("<b>x</b>", "s", ScanTone.BAD, "Means nothing.", reasons),))
    bar = floor.window.scan_bar
    assert bar.raw.text() == "<b>x</b>"
    assert all(reason in bar.reasons.text() for reason in reasons)
    assert bar.badge.accessibleName() == "Not taken"


def test_the_keys_are_shown_from_the_table_and_escape_closes_them(
    qtbot: QtBot, floor: Floor
) -> None:
    floor.type("?")
    qtbot.waitUntil(lambda: floor.window._overlay.sheet is not None)
    opened = floor.window._overlay.sheet
    assert opened
    shown = {label.text() for label in opened.findChildren(QLabel)}
    assert {action.text for action in ACTIONS} <= shown
    assert {action.keys[0] for action in ACTIONS} <= shown
    floor.press(Qt.Key.Key_Escape)
    assert floor.window._overlay.sheet is None
    assert floor.window.workplace.grid.hasFocus()


def test_f1_explains_the_chosen_slot(floor: Floor, wave: Wave) -> None:
    floor.show(*wave)
    floor.window.workplace.grid.choose(wave[5].slot)
    floor.press(Qt.Key.Key_F1)
    assert floor.window._overlay.sheet
    assert floor.window._overlay.sheet.accessibleName() == "B2 — Unplugged"


def test_everything_written_grows_and_shrinks(floor: Floor) -> None:
    def sizes() -> list[float]:
        texts = floor.window.findChildren(QLabel)
        return [text.font().pointSizeF() for text in (*texts, floor.window.scan_bar.field)]

    usual = sizes()
    floor.press(Qt.Key.Key_Equal, CONTROL)
    assert all(now > before for now, before in zip(sizes(), usual, strict=True))
    floor.press(Qt.Key.Key_0, CONTROL)
    assert sizes() == usual
    floor.press(Qt.Key.Key_Minus, CONTROL)
    assert all(now < before for now, before in zip(sizes(), usual, strict=True))


def test_what_is_asked_stays_in_sight_at_twice_the_size(
    qtbot: QtBot, floor: Floor, wave: Wave
) -> None:
    def in_sight(part: QWidget) -> bool:
        return part.visibleRegion().boundingRect() == part.rect()

    window, bounds = floor.window, floor.window.size()
    floor.show(*wave)
    window.workplace.grid.choose(wave[5].slot)
    for _ in range(5):
        floor.press(Qt.Key.Key_Equal, CONTROL)
    floor.press(Qt.Key.Key_Delete, CONTROL)
    qtbot.waitUntil(lambda: in_sight(window.workplace.run_panel.asking.reason))
    floor.press(Qt.Key.Key_Escape)
    floor.press(Qt.Key.Key_F4)
    qtbot.waitUntil(lambda: in_sight(window.workplace.run_panel.hold))
    floor.press(Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: all(map(in_sight, window.workplace.tally.figures.values())))
    assert window.size() == bounds


@pytest.mark.parametrize("steps", [0, 2, 5])
def test_the_run_is_written_whole_at_every_size(
    qtbot: QtBot, floor: Floor, wave: Wave, steps: int
) -> None:
    floor.show(*wave)
    floor.window.workplace.grid.choose(wave[5].slot)
    for _ in range(steps):
        floor.press(Qt.Key.Key_Equal, CONTROL)
    lines = [
        text for text in floor.window.workplace.run_panel.findChildren(QLabel) if text.isVisible()
    ]
    qtbot.waitUntil(
        lambda: all(line.height() >= line.heightForWidth(line.width()) for line in lines)
    )
    assert len(lines) == 5


def test_every_action_can_be_asked_for_by_its_key(floor: Floor) -> None:
    shortcuts = {key.toString() for act in floor.window.actions() for key in act.shortcuts()}
    typed = {action.keys[0] for action in ACTIONS if action.typed}
    assert {key for action in ACTIONS for key in action.keys} <= shortcuts | typed
    for act in Act:
        if act is not Act.QUIT:
            floor.window.do(act)


def test_control_q_closes_the_window(qtbot: QtBot, floor: Floor) -> None:
    with qtbot.waitSignal(floor.window.closed):
        floor.press(Qt.Key.Key_Q, CONTROL)
    assert not floor.window.isVisible()


def test_a_training_bench_says_so_everywhere(qtbot: QtBot, layout: HubLayout) -> None:
    window = MainWindow("bench-07", layout, lambda _fact: True, LIGHT, simulated=True)
    qtbot.addWidget(window)
    labels = [label.text() for label in window.findChildren(QLabel)]
    assert any(label.startswith("TRAINING") for label in labels)
    assert "TRAINING" in window.windowTitle()


def test_nothing_shown_is_ever_markup(floor: Floor, wave: Wave) -> None:
    floor.show(*wave)
    plain = Qt.TextFormat.PlainText
    assert all(label.textFormat() == plain for label in floor.window.findChildren(QLabel))


def test_everything_that_takes_the_focus_has_a_name(floor: Floor, wave: Wave) -> None:
    floor.show(*wave)
    named: list[Callable[[], str]] = []
    for _ in range(20):
        floor.press(Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        assert focus
        text = getattr(focus, "text", str)
        assert focus.accessibleName() or text(), focus
        named.append(focus.accessibleName)
    assert len({id(name.__self__) for name in named}) >= 6  # type: ignore[attr-defined]


def test_a_dark_window_is_dark(qtbot: QtBot, floor: Floor) -> None:
    def corner() -> str:
        return floor.window.grab().toImage().pixelColor(3, 3).name().upper()

    assert corner() == LIGHT.window
    floor.window.show_theme(DARK)
    qtbot.waitUntil(lambda: corner() == DARK.window)


@pytest.mark.parametrize("code", ["B4", "A1"])
def test_a_bench_that_has_gone_takes_no_decision(
    qtbot: QtBot, layout: HubLayout, wave: Wave, code: str
) -> None:
    window = MainWindow("bench-07", layout, lambda _fact: False, LIGHT, simulated=False)
    qtbot.addWidget(window)
    window.workplace.table.show([replace(wave[3], slot=SlotCode.parse(code))])
    window.workplace.grid.choose(SlotCode.parse("C1"))
    window.workplace.grid.choose(SlotCode.parse(code))
    window.do(Act.HOLD)
    assert "not running" in window.status.text()
