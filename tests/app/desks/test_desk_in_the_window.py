"""A day at the desks: everything by scanner and digits, the pointer only to sign."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.desks.desk import Desk
from app.help.help_sheet import HelpSheet
from app.main_window import MainWindow
from app.theme import DARK, LIGHT
from bench.events.access import AccessView
from bench.events.desks import (
    Answered,
    Choice,
    DeskOpened,
    DeskView,
    FileChosen,
    JobCancelled,
    JobView,
    Line,
    SignatureDrawn,
    Wanted,
    Weight,
    Workspace,
)
from bench.events.person import PinWithdrawn, RunHeld, TextScanned
from bench.events.views import ScanTone, ScanView, SlotView
from bench.problems import Problem, ProblemCode
from bench.staging.slots import HubLayout

if TYPE_CHECKING:
    from pathlib import Path

    from tests.app.conftest import Floor

CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
CHOICES = (
    Choice("accept", "Accept it"),
    Choice("back", "Back to the supplier"),
    Choice("other", "Something else", asks="What is it?"),
)
COUNTING = DeskView(
    Workspace.GOODS_IN, "Count a delivery", "Scan the next box.", 7, Wanted.SCAN, CHOICES,
    12, 40, "boxes", ("Box", "What"),
    (Line(("0018", "short"), Weight.OPEN), Line(("0026", "counted"), Weight.GOOD)),
    "Carton C-1",
)  # fmt: skip


def asking(wanted: Wanted, question: int = 8) -> DeskView:
    return replace(COUNTING, wanted=wanted, question=question, choices=())


def desk_of(floor: Floor) -> Desk:
    desk = floor.window.places.desk
    assert desk is not None
    return desk


def test_each_workspace_has_its_key(floor: Floor) -> None:
    for key in (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4, Qt.Key.Key_5):
        floor.press(key, CONTROL)
    assert floor.posted == [
        DeskOpened(Workspace.GOODS_IN), DeskOpened(Workspace.BENCH),
        DeskOpened(Workspace.DISPATCH), DeskOpened(Workspace.CUSTODY),
        DeskOpened(Workspace.ROLL_OUT),
    ]  # fmt: skip


def test_a_desk_stands_where_the_slots_were_until_somebody_goes_back_to_them(floor: Floor) -> None:
    places = floor.window.places
    floor.show(desk=COUNTING)
    desk = desk_of(floor)
    assert (desk.isVisible(), places.slots.isVisible()) == (True, False)
    assert desk.prompt.text() == "Scan the next box."
    assert desk.counted.told.text() == "12 of 40 boxes (30 %)"
    assert places.switch.tabText(places.switch.currentIndex()).startswith("● Goods-in")
    floor.show()
    assert (desk.isVisible(), places.slots.isVisible()) == (False, True)
    assert floor.window.focusWidget() is places.slots.grid
    assert places.switch.tabText(places.switch.currentIndex()).startswith("● Bench")


def test_a_workspace_that_was_only_asked_for_is_not_marked(floor: Floor) -> None:
    switch = floor.window.places.switch
    switch.setCurrentIndex(2)
    assert floor.posted == [DeskOpened(Workspace.DISPATCH)]
    assert switch.tabText(switch.currentIndex()).startswith("● Bench")


def test_a_digit_gives_the_answer_that_stands_beside_it(floor: Floor) -> None:
    floor.show(desk=COUNTING)
    floor.type("2")
    assert floor.posted == [Answered(7, "back")]


def test_ten_answers_have_ten_digits(floor: Floor) -> None:
    ten = tuple(Choice(f"c{n}", f"Choice {n}") for n in range(11))
    floor.show(desk=replace(COUNTING, choices=ten))
    floor.type("0")
    assert floor.posted == [Answered(7, "c9")]
    assert desk_of(floor).choices.buttons[10].key == ""


def test_a_digit_without_an_answer_begins_a_code(floor: Floor) -> None:
    floor.show(desk=COUNTING)
    floor.type("9")
    assert floor.posted == []
    assert floor.window.scan_bar.field.text() == "9"


def test_a_scan_is_no_answer_whatever_it_begins_with(floor: Floor) -> None:
    floor.show(desk=COUNTING)
    floor.scan("123456789")
    assert floor.posted == [TextScanned("123456789", "keyboard")]


def test_half_a_scan_is_no_answer(floor: Floor) -> None:
    """The rest of it, here one digit and Enter, comes soon behind."""
    floor.show(desk=COUNTING)
    floor.pause_within("12", 1000)
    floor.pause_within("3", 1020)
    assert floor.posted == []
    assert floor.window.scan_bar.field.text() == "123"


def test_answers_that_stand_alone_are_larger_where_letters_are_of_the_usual_size(
    floor: Floor,
) -> None:
    floor.show(desk=COUNTING)
    beside = [button.sizeHint().height() for button in desk_of(floor).choices.buttons]
    floor.show(desk=replace(COUNTING, lines=()))
    alone = [button.sizeHint().height() for button in desk_of(floor).choices.buttons]
    assert min(alone) > max(beside)
    for _ in range(5):
        floor.press(Qt.Key.Key_Plus, CONTROL)
    assert not any(button.is_roomy for button in desk_of(floor).choices.buttons)


def test_an_answer_that_asks_for_a_text_gets_one(floor: Floor) -> None:
    floor.show(desk=COUNTING)
    floor.type("3")
    desk = desk_of(floor)
    assert desk.question.asked.text() == "What is it?"
    assert floor.window.focusWidget() is desk.question.field
    floor.type("wet 2")
    floor.press(Qt.Key.Key_Return)
    assert floor.posted == [Answered(7, "other", "wet 2")]
    assert not desk.question.isVisible()


def test_esc_leaves_a_text_first_and_the_task_then(floor: Floor) -> None:
    floor.show(desk=COUNTING)
    floor.type("3")
    floor.press(Qt.Key.Key_Escape)
    assert floor.posted == []
    assert not desk_of(floor).question.isVisible()
    floor.press(Qt.Key.Key_Escape)
    assert floor.posted == [DeskOpened(Workspace.GOODS_IN)]


def test_a_text_is_typed_where_one_is_wanted_and_alt_still_answers(floor: Floor) -> None:
    floor.show(desk=replace(COUNTING, wanted=Wanted.TEXT, question=9))
    floor.type("1a")
    floor.press(Qt.Key.Key_Return)
    floor.press(Qt.Key.Key_2, ALT)
    assert floor.posted == [Answered(9, "", "1a"), Answered(9, "back")]


def test_a_scan_that_comes_while_a_text_is_written_is_a_scan(floor: Floor) -> None:
    floor.show(desk=asking(Wanted.TEXT))
    floor.scan("C-00012")
    assert floor.posted == [TextScanned("C-00012", "keyboard")]
    assert desk_of(floor).question.field.text() == ""


def test_nothing_written_is_no_answer(floor: Floor) -> None:
    floor.show(desk=asking(Wanted.TEXT))
    floor.press(Qt.Key.Key_Return)
    assert floor.posted == []
    assert "Nothing is written" in floor.window.status.text()


def test_what_was_begun_is_not_given_to_the_next_question(floor: Floor) -> None:
    floor.show(desk=asking(Wanted.TEXT, 8))
    floor.type("abc")
    floor.show(desk=asking(Wanted.TEXT, 9))
    assert desk_of(floor).question.field.text() == ""


def test_more_of_the_same_question_leaves_what_was_begun(floor: Floor) -> None:
    floor.show(desk=asking(Wanted.TEXT, 8))
    floor.type("abc")
    floor.show(desk=replace(asking(Wanted.TEXT, 8), done=13))
    assert desk_of(floor).question.field.text() == "abc"


def test_a_file_is_named_with_tab_as_in_a_shell(floor: Floor, tmp_path: Path) -> None:
    (tmp_path / "orders").mkdir()
    (tmp_path / "orders" / "august.csv").touch()
    (tmp_path / "orders" / "april.csv").touch()
    (tmp_path / "orders" / ".hidden").touch()
    floor.show(desk=asking(Wanted.FILE))
    field, offered = desk_of(floor).question.path, desk_of(floor).question.offered
    field.setText(f"{tmp_path}/or")
    floor.press(Qt.Key.Key_Tab)
    assert field.text() == f"{tmp_path}/orders/"
    floor.press(Qt.Key.Key_Tab)
    assert field.text() == f"{tmp_path}/orders/a"
    assert "april.csv" in offered.text()
    assert ".hidden" not in offered.text()
    floor.type("u")
    floor.press(Qt.Key.Key_Tab)
    floor.press(Qt.Key.Key_Return)
    assert floor.posted == [FileChosen(8, f"{tmp_path}/orders/august.csv")]


def test_tab_goes_on_where_there_is_nothing_to_complete(floor: Floor, tmp_path: Path) -> None:
    floor.show(desk=asking(Wanted.FILE))
    field = desk_of(floor).question.path
    field.setText(f"{tmp_path}/none")
    floor.press(Qt.Key.Key_Tab)
    assert field.text() == f"{tmp_path}/none"
    assert floor.window.focusWidget() is not field


def test_a_folder_is_asked_for_without_its_files(floor: Floor, tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "paper.pdf").touch()
    floor.show(desk=asking(Wanted.FOLDER))
    field = desk_of(floor).question.path
    field.setText(f"{tmp_path}/pap")
    floor.press(Qt.Key.Key_Tab)
    assert field.text() == f"{tmp_path}/papers/"


def test_a_file_is_looked_for_on_a_sheet_that_esc_leaves(floor: Floor) -> None:
    floor.show(desk=asking(Wanted.FILE))
    floor.press(Qt.Key.Key_O, CONTROL)
    sheet = floor.window._overlay.sheet
    assert sheet is not None
    assert sheet.accessibleName() == "Which file?"
    floor.press(Qt.Key.Key_Escape)
    assert floor.window._overlay.sheet is None
    assert floor.posted == []
    assert floor.window.places.view is not None


def test_a_file_that_was_found_is_the_answer(floor: Floor, tmp_path: Path) -> None:
    floor.show(desk=asking(Wanted.FILE))
    floor.press(Qt.Key.Key_O, CONTROL)
    floor.asked._found_file(str(tmp_path))
    assert floor.posted == [FileChosen(8, str(tmp_path))]
    assert floor.window._overlay.sheet is None


def test_no_file_is_looked_for_where_none_is_asked_for(floor: Floor) -> None:
    floor.show(desk=COUNTING)
    floor.press(Qt.Key.Key_O, CONTROL)
    assert floor.window._overlay.sheet is None
    assert "No file is asked for" in floor.window.status.text()


def signed(floor: Floor) -> list[str]:
    return [fact.strokes.text for fact in floor.posted if isinstance(fact, SignatureDrawn)]


def draw(floor: Floor, *points: tuple[float, float]) -> None:
    """Draw through places of the field, each a share of its width and height."""
    pad = desk_of(floor).question.pad
    places = [QPoint(round(x * pad.width()), round(y * pad.height())) for x, y in points]
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=places[0])
    for place in places[1:]:
        QTest.mouseMove(pad, place)
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=places[-1])


def test_a_signature_is_drawn_and_accepted_with_enter(floor: Floor) -> None:
    floor.show(desk=asking(Wanted.SIGNATURE))
    draw(floor, (0.1, 0.5), (0.5, 0.2), (0.9, 0.5))
    draw(floor, (0.5, 0.5))
    floor.press(Qt.Key.Key_Return)
    (strokes,) = signed(floor)
    lines = [[tuple(map(int, p.split(","))) for p in line.split()] for line in strokes.split(";")]
    assert [len(line) >= least for line, least in zip(lines, (3, 1), strict=True)] == [True, True]
    assert all(0 <= each <= 9999 for line in lines for point in line for each in point)
    assert lines[0][0][0] == pytest.approx(1000, abs=60)
    assert lines[0][-1][0] == pytest.approx(9000, abs=60)
    assert "1000" not in repr(floor.posted[-1])


def test_a_signature_is_kept_in_the_field_and_forgotten_after_it(floor: Floor) -> None:
    floor.show(desk=asking(Wanted.SIGNATURE))
    draw(floor, (0.5, 0.5), (2.0, -1.0))
    floor.press(Qt.Key.Key_Return)
    assert signed(floor)[0].split()[-1] == "9999,0"
    floor.press(Qt.Key.Key_Return)
    assert len(signed(floor)) == 1
    assert "Nothing is signed" in floor.window.status.text()


def test_a_signature_can_be_cleared(floor: Floor) -> None:
    floor.show(desk=asking(Wanted.SIGNATURE))
    draw(floor, (0.1, 0.1), (0.2, 0.2))
    floor.press(Qt.Key.Key_Delete)
    draw(floor, (0.8, 0.8), (0.9, 0.9))
    floor.press(Qt.Key.Key_Return)
    assert all(int(point.split(",")[0]) > 7000 for point in signed(floor)[0].split())


def test_an_endless_signature_has_an_end(floor: Floor) -> None:
    floor.show(desk=asking(Wanted.SIGNATURE))
    for _ in range(5):
        draw(floor, *(((n % 100) / 100, (n // 100 % 100) / 100) for n in range(1000)))
    floor.press(Qt.Key.Key_Return)
    assert len(signed(floor)[0].replace(";", " ").split()) <= 4005


def test_a_badge_that_is_typed_is_not_shown(floor: Floor) -> None:
    floor.show(desk=asking(Wanted.BADGE))
    floor.type("B9")
    field = floor.window.scan_bar.field
    assert (field.text(), "B9" in field.displayText()) == ("B9", False)
    floor.press(Qt.Key.Key_Return)
    assert floor.posted == [TextScanned("B9", "keyboard")]
    floor.show(desk=COUNTING)
    assert field.displayText() == field.text() == ""


def test_esc_stops_the_work_that_goes_on(floor: Floor) -> None:
    floor.show(desk=replace(COUNTING, job=JobView("Reading orders.csv", 0.25)))
    desk = desk_of(floor)
    assert desk.doing.told.text() == "Reading orders.csv: 25 % is done. Esc stops it."
    floor.press(Qt.Key.Key_Escape)
    assert floor.posted == [JobCancelled()]
    floor.show(desk=COUNTING)
    assert not desk.doing.isVisible()


def test_a_question_to_a_second_person_is_left_without_leaving_the_task(floor: Floor) -> None:
    waiting = AccessView(needed=True, who="Technician T1", purpose="release 0018")
    floor.show(desk=COUNTING, access=waiting)
    floor.press(Qt.Key.Key_Escape)
    assert floor.posted == [PinWithdrawn()]


def test_a_desk_that_waits_for_a_second_person_asks_for_that_and_for_nothing_else(
    floor: Floor,
) -> None:
    waiting = AccessView(needed=True, who="Technician T1", purpose="release 0018")
    floor.show(desk=asking(Wanted.SIGNATURE), access=waiting)
    desk = desk_of(floor)
    assert "release 0018" in desk.prompt.text()
    assert not desk.question.isVisible()
    floor.show(desk=COUNTING, access=waiting)
    floor.type("1")
    assert floor.posted == []
    assert not desk.choices.buttons
    floor.show(desk=COUNTING, access=replace(waiting, purpose=""))
    assert desk.prompt.text() == COUNTING.prompt
    assert len(desk.choices.buttons) == len(CHOICES)


def test_the_last_line_has_the_keys_of_where_one_is(floor: Floor) -> None:
    keys = floor.window.foot.keys
    assert "attention" in keys.text()
    floor.show(desk=COUNTING)
    assert "attention" not in keys.text()
    assert "answer" in keys.text()
    floor.show()
    assert "attention" in keys.text()


@pytest.mark.parametrize(
    ("workspace", "title", "page"),
    [
        (Workspace.GOODS_IN, "Count in: carton C-1", "goods-in.md"),
        (Workspace.GOODS_IN, "Take in a file", "stock-files.md"),
        (Workspace.GOODS_IN, "Marry SIMs", "sims-and-licences.md"),
        (Workspace.DISPATCH, "Kit and pack", "dispatch.md"),
        (Workspace.CUSTODY, "Custody", "stock-papers.md"),
        (Workspace.CUSTODY, "Release from quarantine: 0018", "dispatch.md"),
        (Workspace.ROLL_OUT, "The roll-out", "roll-out.md"),
        (Workspace.ROLL_OUT, "Licence pools", "sims-and-licences.md"),
    ],
)
def test_help_at_a_desk_begins_with_its_own_page(
    floor: Floor, workspace: Workspace, title: str, page: str
) -> None:
    floor.show(desk=replace(COUNTING, workspace=workspace, title=title))
    floor.press(Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
    sheet = floor.window._overlay.sheet
    assert isinstance(sheet, HelpSheet)
    assert sheet.help.name == page


def test_lines_without_headings_are_read_too(floor: Floor) -> None:
    lines = (Line(("scenario", "release"), Weight.GOOD), Line(("sim", "removed"), Weight.GOOD))
    floor.show(desk=replace(COUNTING, columns=(), lines=lines))
    table = desk_of(floor).lines
    assert table.lines.data(table.lines.index(1, 1)) == "removed"
    assert not table.horizontalHeader().isVisible()
    assert table.isVisible()
    floor.show(desk=COUNTING)
    assert table.horizontalHeader().isVisible()


def test_columns_and_workspaces_are_whole_at_twice_the_size(floor: Floor) -> None:
    heads = ("Announced by the supplier", "Still to come today", "What")
    lines = tuple(Line(("1", "2", "3")) for _ in range(6))
    floor.show(desk=replace(COUNTING, columns=heads, lines=lines))
    for _ in range(5):
        floor.press(Qt.Key.Key_Plus, CONTROL)
    table, switch = desk_of(floor).lines, floor.window.places.switch
    head = table.horizontalHeader()
    assert all(head.sectionSize(n) >= head.sectionSizeHint(n) for n in range(head.count()))
    assert table.height() >= head.height() + 2 * table.rowHeight(0)
    last = switch.tabRect(switch.count() - 1)
    assert last.right() <= switch.width()


def test_a_field_to_sign_in_is_in_sight_at_twice_the_size(floor: Floor) -> None:
    floor.show(desk=COUNTING)
    for _ in range(5):
        floor.press(Qt.Key.Key_Plus, CONTROL)
    floor.show(desk=replace(COUNTING, wanted=Wanted.SIGNATURE, question=8))
    pad = desk_of(floor).question.pad
    QTest.qWait(20)
    assert pad.visibleRegion().boundingRect().height() == pad.height()


def test_what_is_for_slots_is_not_done_out_of_their_sight(
    floor: Floor, wave: tuple[SlotView, ...]
) -> None:
    floor.show(*wave, desk=COUNTING)
    floor.window.workplace.grid.choose(wave[3].slot)
    for key in (Qt.Key.Key_F8, Qt.Key.Key_F2, Qt.Key.Key_Slash):
        floor.press(key)
    assert floor.posted == []
    assert "for the slots: Ctrl+2" in floor.window.status.text()
    floor.show()
    floor.press(Qt.Key.Key_F8)
    assert floor.posted == [RunHeld(wave[3].slot)]


def test_what_stands_at_the_slots_is_said_at_the_desk(floor: Floor) -> None:
    paper = Problem(ProblemCode.PRINTER_OUT_OF_PAPER, "printer ZD421")
    floor.show(desk=COUNTING, problems=(paper,))
    told = floor.window.places.attention
    assert told.isVisible()
    assert "printer ZD421" in told.text()
    floor.show(desk=COUNTING)
    assert not told.isVisible()


def test_an_answer_is_shown_and_heard_as_at_the_slots(floor: Floor, taken: ScanView) -> None:
    floor.show(desk=COUNTING, scans=(replace(taken, tone=ScanTone.GOOD, answer="Counted."),))
    assert floor.window.scan_bar.answer.text() == "Counted."
    QTest.qWait(20)
    assert len(floor.beeps) == 1


def test_a_question_takes_no_focus_from_a_sheet_or_from_who_types_a_code(floor: Floor) -> None:
    floor.show(desk=COUNTING)
    floor.type("?")
    floor.show(desk=asking(Wanted.TEXT, 8), problems=(Problem(ProblemCode.BOOK_BEHIND),))
    assert floor.window._overlay.sheet is not None
    assert not desk_of(floor).question.field.hasFocus()
    floor.press(Qt.Key.Key_Escape)
    assert floor.posted == []
    assert desk_of(floor).question.field.hasFocus()
    floor.show(desk=COUNTING)
    floor.press(Qt.Key.Key_F6)
    floor.type("35")
    floor.show(desk=asking(Wanted.TEXT, 9))
    assert floor.window.focusWidget() is floor.window.scan_bar.field


def test_a_bench_that_is_over_says_that_nothing_was_changed(
    qtbot: QtBot, layout: HubLayout
) -> None:
    window = MainWindow("bench-07", layout, lambda _fact: False, LIGHT, simulated=False)
    qtbot.addWidget(window)
    window.places.switch.asked.emit(Workspace.DISPATCH)
    assert "not running" in window.status.text()


def test_the_lines_say_how_they_look_in_words_too(floor: Floor) -> None:
    floor.show(desk=COUNTING)
    lines = desk_of(floor).lines.lines
    heard = [
        lines.data(lines.index(row, 0), Qt.ItemDataRole.AccessibleTextRole) for row in range(2)
    ]
    assert heard == ["Open: 0018, short", "Done: 0026, counted"]


def test_a_digit_answers_while_somebody_reads_the_lines(floor: Floor) -> None:
    floor.show(desk=COUNTING)
    desk_of(floor).lines.setFocus()
    floor.press(Qt.Key.Key_Down)
    floor.show(desk=replace(COUNTING, done=13, question=8))
    assert desk_of(floor).lines.hasFocus()
    floor.type("1")
    assert floor.posted == [Answered(8, "accept")]
    floor.press(Qt.Key.Key_C, CONTROL)
    assert "counted" in QApplication.clipboard().text()


def test_nothing_that_a_file_says_is_markup(floor: Floor) -> None:
    bad = "<img src=x>\nabc\u202e"
    floor.show(
        desk=replace(
            COUNTING, prompt=bad, title=bad, remark=bad, choices=(Choice("a", bad),),
            lines=(Line((bad,)),),
        )
    )  # fmt: skip
    desk = desk_of(floor)
    for shown in (desk.prompt.text(), desk.remark.text(), desk.choices.buttons[0].text()):
        assert shown == "<img src=x> abc"
    assert desk.lines.lines.data(desk.lines.lines.index(0, 0)) == "<img src=x> abc"


@pytest.mark.parametrize("wanted", [Wanted.SCAN, Wanted.FILE, Wanted.SIGNATURE])
def test_a_desk_is_whole_at_twice_the_size_in_both_themes(floor: Floor, wanted: Wanted) -> None:
    floor.show(desk=replace(COUNTING, wanted=wanted, job=JobView("Reading", 0.5)))
    for _ in range(5):
        floor.press(Qt.Key.Key_Plus, CONTROL)
    for theme in (DARK, LIGHT):
        floor.window.show_theme(theme)
        assert not floor.window.grab().isNull()
    desk = desk_of(floor)
    assert desk.width() <= floor.window.width()
    for button in desk.choices.buttons:
        assert button.height() >= button.heightForWidth(button.width())
        assert button.geometry().right() <= desk.choices.width()
    if part := desk.question.part:
        assert part.visibleRegion().boundingRect().height() >= min(part.height(), 20)


def test_a_desk_reads_from_the_right_where_the_desktop_does(
    qtbot: QtBot, layout: HubLayout
) -> None:
    QApplication.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        window = MainWindow("bench-07", layout, lambda _fact: True, LIGHT, simulated=False)
        qtbot.addWidget(window)
        with qtbot.waitSignal(window.furnished):
            window.show()
        window.places.show_desk(COUNTING, may_focus=True)
        desk = window.places.desk
        assert desk is not None
        first, second = desk.choices.buttons[:2]
        qtbot.waitUntil(lambda: first.mapTo(desk, QPoint()).x() > second.mapTo(desk, QPoint()).x())
        assert desk.counted.bar.isRightToLeft()
        assert not window.grab().isNull()
    finally:
        QApplication.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
