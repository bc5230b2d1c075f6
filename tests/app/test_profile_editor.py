"""Profiles edited in the window, by keyboard."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontInfo
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.profile_editor.checking import check
from app.profile_editor.editor import ProfileEditor
from app.profile_editor.editor_sheet import EditorSheet
from app.profile_editor.live_check import PAUSE
from app.profile_shelf import ProfileShelf
from app.theme import DARK
from bench.enrolment.profiles.load import load_profile
from bench.enrolment.profiles.words import told
from bench.events.person import ProfileChosen, TextScanned
from bench.events.views import ProfileView, SlotView

if TYPE_CHECKING:
    from tests.app.conftest import Floor

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
SHIPPED = Path(__file__).parents[2] / "resources" / "profiles"
PROFILE = """# kept for the depot

[profile]
name = "Depot"  # as on the door
version = 4

[[step]]
name = "Boot chain is green"
verify = "ro.boot.verifiedbootstate"
is = "green"
"""


@dataclass
class Room:
    """The editor over the window, and the folders it works in."""

    floor: Floor
    qtbot: QtBot
    shelf: ProfileShelf

    @property
    def sheet(self) -> EditorSheet:
        sheet = self.floor.window._overlay.sheet
        assert isinstance(sheet, EditorSheet)
        return sheet

    @property
    def editor(self) -> ProfileEditor:
        return self.sheet.editor

    @property
    def depot(self) -> Path:
        return self.shelf.own / "depot.toml"

    def open(self) -> ProfileEditor:
        self.floor.press(Qt.Key.Key_E, CONTROL)
        self.settle()
        return self.editor

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: self.editor.is_checked)

    def choose(self, name: str) -> None:
        rows = [row.told.split()[0] for row in self.editor.list._rows]
        self.editor.list.setFocus()
        for _ in range(abs(rows.index(name) - self.editor.list.currentIndex().row())):
            down = rows.index(name) > self.editor.list.currentIndex().row()
            self.floor.press(Qt.Key.Key_Down if down else Qt.Key.Key_Up)
        self.settle()

    def write(self, text: str) -> None:
        """Put a text in the place of all there is, as from a clipboard."""
        self.editor.text.setFocus()
        self.floor.press(Qt.Key.Key_A, CONTROL)
        self.editor.text.insertPlainText(text)
        self.settle()

    def text(self) -> str:
        draft = self.editor.draft
        assert draft
        return draft.text

    def said(self) -> str:
        return self.editor.state.text()


@pytest.fixture
def room(qtbot: QtBot, floor: Floor, tmp_path: Path) -> Room:
    own, shipped = tmp_path / "own", tmp_path / "shipped"
    own.mkdir()
    (own / "depot.toml").write_text(PROFILE, "utf-8")
    shutil.copytree(SHIPPED, shipped)
    shelf = ProfileShelf(own, shipped, (own / "depot.toml",))
    floor.asked.shelf = shelf
    return Room(floor, qtbot, shelf)


# ── opening ─────────────────────────────────────────────────────────────────────────────────────
def test_the_profile_in_use_is_open_first_and_says_when_a_change_holds(room: Room) -> None:
    editor = room.open()
    assert room.text() == PROFILE
    assert editor.list.currentIndex().data() == "depot  (in use)"
    assert "goes on with the profile it started with" in room.said()
    assert "profile restage" in room.said()


def test_the_editor_opens_whatever_has_the_focus(room: Room) -> None:
    """Some desktops take Control and E for the end of a line that is written."""
    room.floor.window.scan_bar.field.setFocus()
    room.floor.press(Qt.Key.Key_F12)
    assert room.sheet.isVisible()


def test_every_shipped_profile_is_an_example_without_a_fault(room: Room) -> None:
    editor = room.open()
    named = [row.told for row in editor.list._rows if row.file and row.file.is_shipped]
    assert len(named) == len(list(SHIPPED.glob("*.toml")) + list(SHIPPED.glob("*/*.toml")))
    assert all("example" in told for told in named)
    for _ in named:
        editor.list.setFocus()
        room.floor.press(Qt.Key.Key_Down)
        room.settle()
        assert editor.faults.faults == ()
        assert editor.words.toPlainText().strip()


def test_a_bench_without_profiles_says_where_they_would_lie(room: Room, tmp_path: Path) -> None:
    empty = ProfileShelf(tmp_path / "none", tmp_path / "nothing")
    room.floor.asked.shelf = empty
    room.open()
    assert f"no profile in {empty.own}" in room.said()
    for key in (Qt.Key.Key_S, Qt.Key.Key_R, Qt.Key.Key_N, Qt.Key.Key_T, Qt.Key.Key_O, Qt.Key.Key_G):
        room.floor.press(key, CONTROL)
    assert not room.sheet.is_unsaved()


def test_a_bench_without_a_folder_of_profiles_says_so(floor: Floor) -> None:
    floor.press(Qt.Key.Key_E, CONTROL)
    assert "no folder of profiles" in floor.window.status.text()


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"x" * 70_000], ids=["bytes", "huge"])
def test_a_file_that_is_no_text_is_not_opened(room: Room, content: bytes) -> None:
    (room.shelf.own / "broken.toml").write_bytes(content)
    room.open()
    room.choose("broken")
    assert "cannot be opened" in room.said()
    assert room.text() == PROFILE


def test_a_file_that_went_meanwhile_is_not_opened(room: Room) -> None:
    gone = room.shelf.own / "gone.toml"
    gone.write_text(PROFILE, "utf-8")
    room.open()
    gone.unlink()
    room.choose("gone")
    assert "cannot be opened: it is gone" in room.said()


# ── checking ────────────────────────────────────────────────────────────────────────────────────
def test_a_fault_is_named_with_line_key_and_remedy_while_it_is_written(room: Room) -> None:
    editor = room.open()
    assert not editor.faults.faults
    room.write(PROFILE.replace("version = 4", "version = 0"))
    assert [(fault.line, fault.key) for fault in editor.faults.faults] == [(5, "version")]
    told = editor.faults.model().index(0, 0).data()
    assert told.startswith("✗ line 5 · version: ")
    assert editor.text._faulty == {5}
    room.write(PROFILE)
    assert editor.faults.faults == ()
    assert editor.text._faulty == frozenset()


def test_enter_on_a_fault_jumps_to_its_line(room: Room) -> None:
    editor = room.open()
    room.write(PROFILE.replace('verify = "ro.boot.verifiedbootstate"', '    verfy = "x"'))
    editor.faults.enter()
    room.floor.press(Qt.Key.Key_Return)
    assert editor.text.hasFocus()
    assert editor.text.line == editor.faults.faults[0].line
    assert editor.standing.text().startswith("✗ line")


def test_the_next_fault_has_a_key(room: Room) -> None:
    editor = room.open()
    room.write(PROFILE.replace("version = 4", "version = 0").replace('is = "green"', "is = 3"))
    editor.text.go_to(1)
    lines = []
    for _ in range(3):
        room.floor.press(Qt.Key.Key_G, CONTROL)
        lines.append(editor.text.line)
    assert lines == [5, 10, 5]


def test_only_the_newest_text_counts(qtbot: QtBot, room: Room) -> None:
    """A slow disk must not bring the faults of a text that was mended meanwhile."""
    editor = room.open()
    look, gate, begun = editor._check._look, threading.Event(), threading.Event()

    def slow(text: str, folder: Path, name: str) -> object:
        begun.set()
        gate.wait(10)
        return look(text, folder, name)

    editor._check._look = slow  # type: ignore[assignment]
    editor.text.setFocus()
    editor.text.insertPlainText("=")
    qtbot.waitUntil(begun.is_set)
    editor.text.undo()
    assert not editor.is_checked
    gate.set()
    room.settle()
    assert editor.faults.faults == ()


def test_a_check_that_breaks_off_is_a_fault_and_no_pass() -> None:
    text = PROFILE.replace("verify", "install")
    found = check(text, None, "a.toml")  # type: ignore[arg-type]
    assert found.profile is None
    assert [fault.remedy for fault in found.faults] == ["the check broke off: AttributeError"]


def test_what_a_profile_does_is_told_in_words(room: Room) -> None:
    editor = room.open()
    assert editor.words.toPlainText() == "\n".join(told(load_profile(room.depot)))
    room.write(PROFILE.replace("version = 4", "version = 9"))
    assert editor.words.toPlainText().startswith("Depot, version 9")


def test_the_fingerprint_told_is_the_one_that_goes_into_custody(room: Room) -> None:
    """It covers the files of the steps, which a quick check does not read."""
    editor = room.open()
    room.choose("training")
    saved = load_profile(room.shelf.shipped / "training" / "training.toml")
    assert saved.fingerprint in editor.words.toPlainText()
    (room.shelf.shipped / "training" / "welcome.txt").write_text("another", "utf-8")
    editor.text.setFocus()
    editor.text.insertPlainText("#")
    editor.text.undo()
    room.settle()
    assert saved.fingerprint not in editor.words.toPlainText()


# ── saving ──────────────────────────────────────────────────────────────────────────────────────
def save(room: Room) -> None:
    room.floor.press(Qt.Key.Key_S, CONTROL)


def test_a_change_is_saved_with_its_comments_and_a_version_raised_by_one(room: Room) -> None:
    room.open()
    room.write(PROFILE.replace("green", "orange"))
    room.floor.press(Qt.Key.Key_R, CONTROL)
    save(room)
    assert room.depot.read_text("utf-8") == (
        PROFILE.replace("green", "orange").replace("version = 4", "version = 5")
    )
    assert room.said().startswith(f"Saved as {room.depot}.")
    assert "started again" in room.said()
    assert load_profile(room.depot).version == 5
    assert not room.sheet.is_unsaved()


def test_new_content_under_the_old_version_is_saved_only_when_asked_twice(room: Room) -> None:
    room.open()
    room.write(PROFILE.replace("green", "orange"))
    save(room)
    assert "under its old version" in room.said()
    assert room.depot.read_text("utf-8") == PROFILE
    save(room)
    assert "orange" in room.depot.read_text("utf-8")


def test_a_comment_needs_no_new_version(room: Room) -> None:
    room.open()
    room.write(PROFILE + "# seen\n")
    save(room)
    assert room.depot.read_text("utf-8").endswith("# seen\n")


def test_a_profile_with_a_fault_is_not_saved(room: Room) -> None:
    room.open()
    room.write(PROFILE.replace("version = 4", "version = 0"))
    save(room)
    assert room.said().startswith("Not saved, one fault: ✗ line 5 · version")
    assert room.depot.read_text("utf-8") == PROFILE


def test_what_somebody_else_wrote_meanwhile_is_not_written_over(room: Room) -> None:
    room.open()
    room.write(PROFILE + "# mine\n")
    room.depot.write_text(PROFILE + "# theirs\n", "utf-8")
    save(room)
    assert "somebody changed depot.toml" in room.said()
    assert room.depot.read_text("utf-8").endswith("# theirs\n")
    assert room.text().endswith("# mine\n")
    room.floor.press(Qt.Key.Key_O, CONTROL)
    assert "drops what is not saved" in room.said()
    assert room.text().endswith("# mine\n")
    room.floor.press(Qt.Key.Key_O, CONTROL)
    assert room.text().endswith("# theirs\n")


def test_mine_is_kept_under_another_name_beside_theirs(room: Room) -> None:
    room.open()
    room.write(PROFILE + "# mine\n")
    room.depot.unlink()
    save(room)
    assert "somebody changed" in room.said()
    room.floor.press(Qt.Key.Key_S, CONTROL | SHIFT)
    room.editor.question.field.setText("depot-mine")
    room.floor.press(Qt.Key.Key_Return)
    assert (room.shelf.own / "depot-mine.toml").read_text("utf-8").endswith("# mine\n")
    assert not room.depot.exists()


def test_a_shipped_profile_is_kept_under_a_name_of_the_users_own(room: Room) -> None:
    room.open()
    room.choose("device-check")
    before = (room.shelf.shipped / "device-check.toml").read_bytes()
    room.editor.text.setFocus()
    room.floor.press(Qt.Key.Key_R, CONTROL)
    save(room)
    assert room.editor.question.field.hasFocus()
    assert room.editor.question.field.text() == "device-check"
    room.floor.press(Qt.Key.Key_Return)
    own = room.shelf.own / "device-check.toml"
    assert load_profile(own).version == 2
    assert (room.shelf.shipped / "device-check.toml").read_bytes() == before
    assert room.editor.draft
    assert room.editor.draft.path == own
    assert not room.sheet.is_unsaved()


def test_a_copy_never_takes_the_place_of_another_profile(room: Room) -> None:
    room.open()
    room.floor.press(Qt.Key.Key_N, CONTROL)
    save(room)
    assert room.editor.question.field.text() == "depot-2"
    room.editor.question.field.setText("depot")
    room.floor.press(Qt.Key.Key_Return)
    assert "there is a depot.toml already" in room.said()
    assert room.sheet.is_unsaved()
    save(room)
    room.floor.press(Qt.Key.Key_Return)
    assert (room.shelf.own / "depot-2.toml").read_text("utf-8") == PROFILE
    assert not room.sheet.is_unsaved()


def keyed(room: Room, text: str, quick: int) -> None:
    """Type a name, so many of its letters as fast as a scanner."""
    field = room.editor.question.field
    field.behind = 10_000  # however slow this machine is
    for character in text:
        QTest.keyClick(field, character)  # type: ignore[call-overload]
    field._quick = quick


def test_a_scan_that_paused_names_no_file_and_is_taken_for_a_scan(room: Room) -> None:
    room.open()
    room.floor.press(Qt.Key.Key_S, CONTROL | SHIFT)
    keyed(room, "004400000000015", quick=13)
    QTest.keyClick(room.editor.question.field, Qt.Key.Key_Return)
    assert room.floor.posted == [TextScanned("004400000000015", "keyboard")]
    assert [path.name for path in room.shelf.own.iterdir()] == ["depot.toml"]
    assert room.editor.question.field.text() == "depot-2"


def test_enter_right_behind_a_letter_is_asked_for_once_more(room: Room) -> None:
    room.open()
    room.floor.press(Qt.Key.Key_S, CONTROL | SHIFT)
    keyed(room, "depot-mine", quick=3)
    for count in (1, 2):
        QTest.keyClick(room.editor.question.field, Qt.Key.Key_Return)
        assert len(list(room.shelf.own.iterdir())) == count
    assert (room.shelf.own / "depot-mine.toml").read_text("utf-8") == PROFILE
    assert room.floor.posted == []


@pytest.mark.parametrize("name", ["../x", "a/b", "", " ", ".hidden", "a b", "ä", "-" * 5, "x" * 99])
def test_a_name_that_leads_elsewhere_is_not_taken(room: Room, name: str) -> None:
    room.open()
    room.floor.press(Qt.Key.Key_S, CONTROL | SHIFT)
    room.editor.question.answered.emit(name)
    assert "letters, digits" in room.said()
    assert [path.name for path in room.shelf.own.iterdir()] == ["depot.toml"]


def test_a_copy_whose_files_are_not_there_is_not_saved_and_says_which(room: Room) -> None:
    room.open()
    room.choose("training")
    save(room)
    room.floor.press(Qt.Key.Key_Return)
    assert room.said().startswith("Not saved, 2 faults: ✗ line 23 · install: there is no file")
    assert not (room.shelf.own / "training.toml").exists()


def test_a_folder_that_takes_no_file_is_said(room: Room, tmp_path: Path) -> None:
    room.open()
    blocked = tmp_path / "file"
    blocked.write_text("", "utf-8")
    room.editor._shelf = room.shelf._replace(own=blocked / "profiles")
    room.floor.press(Qt.Key.Key_S, CONTROL | SHIFT)
    room.floor.press(Qt.Key.Key_Return)
    assert room.said().startswith("Not saved in ")


def test_a_variant_is_added_under_the_next_letter(room: Room) -> None:
    editor = room.open()
    room.choose("a32-intune-qr")
    editor.text.setFocus()
    for _ in range(2):
        room.floor.press(Qt.Key.Key_T, CONTROL)
    room.settle()
    assert editor.faults.faults == ()
    assert "Variant B," in editor.words.toPlainText()
    assert "Variant C," in editor.words.toPlainText()


# ── where there is no profile ───────────────────────────────────────────────────────────────────
def is_closed_to_writing(room: Room) -> bool:
    text = room.editor.text
    text.setFocus()
    room.floor.type("x")
    return text.isReadOnly() and text.toPlainText() == "" and room.editor.draft is None


def test_a_file_that_is_gone_leaves_no_text_that_nobody_would_keep(room: Room) -> None:
    room.open()
    assert room.editor.words.toPlainText()
    room.depot.unlink()
    room.floor.press(Qt.Key.Key_O, CONTROL)
    assert "it is gone" in room.said()
    assert is_closed_to_writing(room)
    assert room.editor.words.toPlainText() == ""
    for keys in (CONTROL, CONTROL | SHIFT):
        room.floor.press(Qt.Key.Key_S, keys)
        assert room.said().startswith("Not saved. Nothing is open here")
    assert not room.editor.question.isVisible()
    room.choose("device-check")
    assert room.text()
    assert not room.editor.text.isReadOnly()


def test_an_empty_shelf_takes_no_text(room: Room, tmp_path: Path) -> None:
    room.floor.asked.shelf = ProfileShelf(tmp_path / "none", tmp_path / "neither", ())
    room.open()
    assert is_closed_to_writing(room)
    save(room)
    assert "Nothing is open here" in room.said()


def test_what_it_does_is_not_told_of_a_text_with_a_fault(room: Room) -> None:
    room.open()
    assert room.editor.words.toPlainText()
    room.write(PROFILE + "rubbish = = 1\n")
    assert room.editor.faults.faults
    assert room.editor.words.toPlainText() == ""
    room.write(PROFILE)
    assert room.editor.words.toPlainText()


# ── leaving ─────────────────────────────────────────────────────────────────────────────────────
def test_escape_closes_at_once_where_nothing_is_lost(room: Room) -> None:
    room.open()
    room.floor.press(Qt.Key.Key_Escape)
    assert room.floor.window._overlay.sheet is None
    assert room.floor.window.workplace.grid.hasFocus()


def test_escape_asks_for_a_second_one_where_something_is_unsaved(room: Room) -> None:
    room.open()
    room.write(PROFILE + "# mine\n")
    room.floor.press(Qt.Key.Key_Escape)
    assert room.sheet.isVisible()
    assert "Not saved: depot." in room.said()
    room.floor.press(Qt.Key.Key_Escape)
    assert room.floor.window._overlay.sheet is None
    assert room.depot.read_text("utf-8") == PROFILE


def test_a_key_between_two_escapes_asks_again(room: Room) -> None:
    room.open()
    room.write(PROFILE + "# mine\n")
    room.floor.press(Qt.Key.Key_Escape)
    room.editor.text.insertPlainText("#")
    room.floor.press(Qt.Key.Key_Escape)
    assert room.sheet.isVisible()


def test_escape_leaves_the_question_for_a_name_first(room: Room) -> None:
    room.open()
    room.floor.press(Qt.Key.Key_S, CONTROL | SHIFT)
    room.floor.press(Qt.Key.Key_Escape)
    assert not room.editor.question.isVisible()
    assert room.editor.text.hasFocus()
    room.floor.press(Qt.Key.Key_Escape)
    assert room.floor.window._overlay.sheet is None


def test_the_window_closes_over_unsaved_work_only_when_asked_twice(room: Room) -> None:
    room.open()
    room.write(PROFILE + "# mine\n")
    room.floor.press(Qt.Key.Key_Q, CONTROL)
    assert room.floor.window.isVisible()
    room.floor.press(Qt.Key.Key_Q, CONTROL)
    assert not room.floor.window.isVisible()


def test_what_is_unsaved_stays_below_another_sheet_and_comes_back(room: Room) -> None:
    room.open()
    room.write(PROFILE + "# mine\n")
    editor = room.editor
    room.floor.press(Qt.Key.Key_F1, SHIFT)
    assert not editor.isVisible()
    room.floor.press(Qt.Key.Key_Escape)
    assert room.editor is editor
    assert editor.isVisible()
    assert room.text().endswith("# mine\n")
    room.floor.window.show_report("Fault", "told")
    room.floor.press(Qt.Key.Key_E, CONTROL)
    assert room.editor is editor


def test_a_window_that_is_closed_shows_first_what_would_be_lost(room: Room) -> None:
    room.open()
    room.write(PROFILE + "# mine\n")
    editor = room.editor
    room.floor.press(Qt.Key.Key_F1, SHIFT)
    room.floor.press(Qt.Key.Key_Q, CONTROL)
    assert room.floor.window.isVisible()
    assert room.editor is editor
    assert editor.state.visibleRegion().boundingRect() == editor.state.rect()
    assert "Not saved: depot." in room.said()
    room.floor.press(Qt.Key.Key_Q, CONTROL)
    assert not room.floor.window.isVisible()


def test_a_warning_that_was_covered_since_is_given_once_more(room: Room) -> None:
    room.open()
    room.write(PROFILE + "# mine\n")
    room.floor.press(Qt.Key.Key_Q, CONTROL)
    room.floor.press(Qt.Key.Key_F1, SHIFT)
    room.floor.press(Qt.Key.Key_Q, CONTROL)
    assert room.floor.window.isVisible()
    assert "Not saved: depot." in room.said()


def test_a_profile_chosen_over_unsaved_work_leaves_the_focus_with_the_work(
    room: Room, wave: tuple[SlotView, ...]
) -> None:
    profiles = (ProfileView("f1", "A", 3, "", "qr"), ProfileView("f2", "A", 3, "B", "qr"))
    room.floor.show(*wave, profiles=profiles)
    room.floor.window.workplace.grid.choose(wave[2].slot)
    room.open()
    room.write(PROFILE + "# mine\n")
    room.floor.press(Qt.Key.Key_F10)
    room.floor.press(Qt.Key.Key_Return)
    assert room.floor.posted == [ProfileChosen(wave[2].slot, "f1")]
    focus = room.floor.window.focusWidget()
    assert focus
    assert room.sheet.isAncestorOf(focus)


def test_a_code_that_is_typed_leaves_the_focus_with_the_editor(room: Room) -> None:
    room.open()
    room.floor.window.scan_bar.field.setFocus()
    room.floor.type("b4")
    room.floor.press(Qt.Key.Key_Return)
    assert room.floor.posted == [TextScanned("b4", "keyboard")]
    focus = room.floor.window.focusWidget()
    assert focus
    assert room.sheet.isAncestorOf(focus)


def test_looking_at_another_profile_loses_nothing(room: Room) -> None:
    editor = room.open()
    room.write(PROFILE + "# mine\n")
    room.choose("device-check")
    assert editor.list._rows[0].told == "depot  (in use)  • unsaved"
    room.choose("depot")
    assert room.text().endswith("# mine\n")
    editor.text.undo()
    assert room.text() == PROFILE
    assert not room.sheet.is_unsaved()


# ── keys, size, colours, words for a screen reader ──────────────────────────────────────────────
def test_tab_indents_and_control_tab_goes_on(room: Room) -> None:
    editor = room.open()
    editor.text.go_to(4)
    room.floor.press(Qt.Key.Key_Home)
    room.floor.press(Qt.Key.Key_Tab)
    assert room.text().splitlines()[3].startswith('    name = "Depot"')
    room.floor.press(Qt.Key.Key_Backtab, SHIFT)
    assert room.text() == PROFILE
    room.floor.press(Qt.Key.Key_Tab, CONTROL)
    assert not editor.text.hasFocus()
    room.floor.press(Qt.Key.Key_Backtab, SHIFT)
    assert editor.text.hasFocus()


def test_tab_indents_every_chosen_line(room: Room) -> None:
    editor = room.open()
    editor.text.go_to(4)
    room.floor.press(Qt.Key.Key_Home)
    room.floor.press(Qt.Key.Key_Down, SHIFT)
    room.floor.press(Qt.Key.Key_Tab)
    assert [line.startswith("    ") for line in room.text().splitlines()[3:5]] == [True, True]
    room.floor.press(Qt.Key.Key_Backtab, SHIFT)
    assert room.text() == PROFILE


def test_a_scan_lands_while_a_profile_is_written(room: Room) -> None:
    room.open()
    room.editor.text.setFocus()
    room.floor.scan("004400000000018")
    assert room.floor.posted == [TextScanned("004400000000018", "keyboard")]
    assert room.text() == PROFILE


def test_the_text_is_monospaced_and_grows_with_the_window(room: Room) -> None:
    editor = room.open()
    assert QFontInfo(editor.text.font()).fixedPitch()
    before = editor.text.font().pointSizeF()
    margin = editor.text._margin_width()
    room.floor.press(Qt.Key.Key_Equal, CONTROL)
    assert editor.text.font().pointSizeF() > before
    assert editor.text._margin_width() > margin
    room.floor.press(Qt.Key.Key_0, CONTROL)
    assert editor.text.font().pointSizeF() == before


def test_a_line_with_a_fault_is_told_from_others_without_any_colour(
    qtbot: QtBot, room: Room
) -> None:
    """A cross stands beside its number, and the number is bold."""

    def beside(line: int) -> bytes:
        top = round(editor.text.blockBoundingGeometry(
            editor.text.document().findBlockByNumber(line - 1)
        ).translated(editor.text.contentOffset()).top())  # fmt: skip
        height = editor.text.fontMetrics().height()
        picture = editor.text._margin.grab().toImage()
        left = picture.copy(0, top, editor.text.fontMetrics().horizontalAdvance("✗") + 4, height)
        return bytes(left.constBits())

    editor = room.open()
    plain = beside(5)
    room.write(PROFILE.replace("version = 4", "version = 0"))
    qtbot.waitUntil(lambda: beside(5) != plain)
    assert beside(4) == plain


def test_a_theme_changes_every_colour_of_the_text(room: Room) -> None:
    editor = room.open()
    room.floor.window.show_theme(DARK)
    block = editor.text.document().findBlockByNumber(3)
    colours = {form.format.foreground().color().name() for form in block.layout().formats()}
    assert colours == {QColor(DARK.accent).name(), QColor(DARK.muted).name()}


def test_everything_in_the_editor_that_takes_the_focus_has_a_name(room: Room) -> None:
    room.open()
    room.write(PROFILE.replace("version = 4", "version = 0"))
    room.editor.list.setFocus()
    named = {QApplication.focusWidget()}
    for _ in range(10):
        leaves = CONTROL if room.editor.text.hasFocus() else Qt.KeyboardModifier.NoModifier
        room.floor.press(Qt.Key.Key_Tab, leaves)
        focus = QApplication.focusWidget()
        assert focus
        text: Callable[[], str] = getattr(focus, "text", str)
        assert focus.accessibleName() or (callable(text) and text()), focus
        named.add(focus)
    assert {room.editor.list, room.editor.text, room.editor.faults, room.editor.words} <= named
    assert room.editor.faults.accessibleName().startswith("Faults")


def test_a_text_is_checked_only_after_a_pause(room: Room) -> None:
    editor = room.open()
    editor.text.insertPlainText("=")
    assert not editor.is_checked
    assert editor._check._pause.interval() == PAUSE
    assert editor.faults.faults == ()
    room.settle()
    assert editor.faults.faults
