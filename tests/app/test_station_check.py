"""Checking the station from the window, by keyboard."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QApplication, QPlainTextEdit
from pytestqt.qtbot import QtBot

from app.checkup import Checkup
from app.main_window import MainWindow
from app.parts import Text
from app.station_check import CheckSheet, StationCheck
from app.theme import DARK, LIGHT
from bench.checks import Finding, Severity
from bench.command_line.doctor import summary
from bench.command_line.doctor_apart import findings_apart
from bench.events.person import TextScanned

if TYPE_CHECKING:
    from tests.app.conftest import Floor

CONTROL = Qt.KeyboardModifier.ControlModifier
ROOT = Path(__file__).parents[2]
RULES = ROOT / "resources" / "udev" / "68-staging-bench.rules"
FOUND = (
    Finding(Severity.WELL, "udev", "it runs"),
    Finding(Severity.MEND, "ADB server", "the one on port 5037 is of the account other",
            "End it as that account: sudo -u other adb -P 5037 kill-server"),
    Finding(Severity.NOTE, "Handsets", "no handset is plugged in: not tried",
            "Plug one in and look again."),
    Finding(Severity.WELL, "Label printer", "it is ready"),
)  # fmt: skip


class Desk:
    """The window with a station that gives what the test wants, when the test wants it."""

    def __init__(self, floor: Floor, keep: Path) -> None:
        self.floor = floor
        self.looks = 0
        self.findings: Iterable[Finding] = FOUND
        floor.asked.checkup = Checkup(self._look, RULES, keep, ())

    @property
    def window(self) -> MainWindow:
        return self.floor.window

    @property
    def check(self) -> StationCheck:
        sheet = self.window._overlay.sheet
        assert isinstance(sheet, CheckSheet)
        return sheet.check

    def open(self) -> StationCheck:
        self.floor.press(Qt.Key.Key_F9)
        return self.check

    def _look(self) -> Iterator[Finding]:
        self.looks += 1
        yield from self.findings


@pytest.fixture
def desk(floor: Floor, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(floor, tmp_path / "kept")
    yield made
    made.window._overlay.close()


def over(check: StationCheck) -> Callable[[], bool]:
    return lambda: not check.is_looking


def test_the_station_is_checked_with_one_key_and_each_line_is_shown(
    qtbot: QtBot, desk: Desk
) -> None:
    check = desk.open()
    qtbot.waitUntil(over(check))
    assert check.findings == FOUND
    assert check.state.text() == "1 to mend, 1 worth knowing."
    assert not check.progress.isVisible()
    shown = [text.text() for row in check.rows for text in row.findChildren(Text)]
    assert {"✓ Well", "✗ Mend", "• Note", "ADB server"} <= set(shown)


def test_each_line_is_read_to_who_cannot_see_it(qtbot: QtBot, desk: Desk) -> None:
    check = desk.open()
    qtbot.waitUntil(over(check))
    names = [row.accessibleName() for row in check.rows]
    assert names[1].startswith("Mend: ADB server. the one on port 5037")
    assert names[1].endswith("kill-server")
    assert all(button.accessibleDescription() == button.key for button in check.buttons)
    assert check.list.accessibleName() == "Check of this station"


def test_lines_come_one_by_one_while_the_window_goes_on(qtbot: QtBot, desk: Desk) -> None:
    going = threading.Event()

    def slowly() -> Iterator[Finding]:
        yield FOUND[0]
        going.wait(10)
        yield FOUND[1]

    desk.findings = slowly()
    check = desk.open()
    qtbot.waitUntil(lambda: len(check.rows) == 1)
    assert check.is_looking
    assert check.progress.isVisible()
    assert "1 so far" in check.state.text()
    desk.floor.scan("004400000000018")
    assert [type(fact) for fact in desk.floor.posted] == [TextScanned]
    going.set()
    qtbot.waitUntil(over(check))
    assert len(check.rows) == 2


def test_the_arrows_go_from_line_to_line(qtbot: QtBot, desk: Desk) -> None:
    check = desk.open()
    qtbot.waitUntil(over(check))
    assert check.rows[0].hasFocus()
    desk.floor.press(Qt.Key.Key_Down)
    assert check.rows[1].hasFocus()
    desk.floor.press(Qt.Key.Key_Up)
    assert check.rows[0].hasFocus()


def test_esc_closes_it_and_ends_the_looking(qtbot: QtBot, desk: Desk) -> None:
    ended, going = threading.Event(), threading.Event()

    def endless() -> Iterator[Finding]:
        try:
            while True:
                yield FOUND[0]
                going.wait(0.01)
        finally:
            ended.set()

    desk.findings = endless()
    check = desk.open()
    qtbot.waitUntil(lambda: len(check.rows) > 1)
    desk.floor.press(Qt.Key.Key_Escape)
    assert desk.window._overlay.sheet is None
    assert ended.wait(10)
    assert desk.window.workplace.grid.hasFocus()


def test_the_key_looks_again(qtbot: QtBot, desk: Desk) -> None:
    check = desk.open()
    qtbot.waitUntil(over(check))
    desk.findings = FOUND[:1]
    again = desk.open()
    qtbot.waitUntil(over(again))
    assert (desk.looks, again.findings) == (2, FOUND[:1])
    again.buttons[0].setFocus()
    desk.findings = FOUND[:2]
    desk.floor.press(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: desk.check.findings == FOUND[:2])
    assert desk.looks == 3


def test_a_check_that_breaks_off_never_passes_for_well(qtbot: QtBot, desk: Desk) -> None:
    def breaks() -> Iterator[Finding]:
        yield FOUND[0]
        raise ZeroDivisionError("by nought")

    desk.findings = breaks()
    check = desk.open()
    qtbot.waitUntil(over(check))
    assert check.findings[1].found == "it broke off: ZeroDivisionError: by nought"
    assert check.state.text() == "1 to mend."
    desk.findings = ()
    again = desk.open()
    qtbot.waitUntil(over(again))
    assert again.state.text() == "Nothing was looked at."


def test_all_lines_can_be_copied(qtbot: QtBot, desk: Desk) -> None:
    check = desk.open()
    qtbot.waitUntil(over(check))
    desk.floor.press(Qt.Key.Key_C, CONTROL)
    told = QApplication.clipboard().text()
    assert told.startswith("well  udev: it runs\nMEND  ADB server: the one on port 5037")
    assert told.endswith("1 to mend, 1 worth knowing.\n")


def test_all_lines_can_be_saved_and_where_is_said(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    check = desk.open()
    qtbot.waitUntil(over(check))
    desk.floor.press(Qt.Key.Key_S, CONTROL)
    (file,) = (tmp_path / "kept").iterdir()
    assert json.loads(file.read_text("utf-8"))["to_mend"] == 1
    assert str(file) in check.state.text()


def test_what_cannot_be_saved_is_said(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("a file in the way")
    check = desk.open()
    qtbot.waitUntil(over(check))
    desk.floor.press(Qt.Key.Key_S, CONTROL)
    assert check.state.text().startswith("It could not be saved")


def test_the_udev_rules_are_shown_with_how_to_install_them(qtbot: QtBot, desk: Desk) -> None:
    check = desk.open()
    qtbot.waitUntil(over(check))
    desk.floor.press(Qt.Key.Key_U, CONTROL)
    sheet = desk.window._overlay.sheet
    assert sheet is not None
    assert sheet.accessibleName() == "udev rules"
    body = sheet.findChild(QPlainTextEdit)
    assert isinstance(body, QPlainTextEdit)
    told = body.toPlainText()
    assert told.startswith("Install them with:\nsudo install -m 644 ")
    assert 'TAG+="uaccess"' in told


def test_what_a_device_says_is_only_ever_text(qtbot: QtBot, desk: Desk) -> None:
    markup = "<b>bold</b> <img src=x>"
    desk.findings = (Finding(Severity.MEND, "Scanner", markup, markup),)
    check = desk.open()
    qtbot.waitUntil(over(check))
    assert all(
        text.textFormat() is Qt.TextFormat.PlainText for text in check.rows[0].findChildren(Text)
    )


def test_the_real_doctor_is_asked_in_a_process_of_its_own(
    qtbot: QtBot, desk: Desk, tmp_path: Path
) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text(f'[station]\nledger = "{tmp_path / "ledger.db"}"\n')
    words = ("main.py", "--settings", str(settings), "doctor", "--json-lines")
    desk.findings = findings_apart([sys.executable, str(ROOT / words[0]), *words[1:]])
    check = desk.open()
    qtbot.waitUntil(over(check), timeout=60_000)
    found = {finding.what: finding for finding in check.findings}
    assert found["Record"].ok
    assert "none are made" in found["Backup"].found
    assert check.state.text() == summary(check.findings)


def test_a_simulated_bench_has_no_station_to_check(floor: Floor) -> None:
    floor.press(Qt.Key.Key_F9)
    assert floor.window._overlay.sheet is None
    assert "simulated" in floor.window.status.text()


@pytest.mark.parametrize("steps", [0, 8], ids=["usual", "200 %"])
def test_nothing_is_cut_off_however_large_the_letters(qtbot: QtBot, desk: Desk, steps: int) -> None:
    check = desk.open()
    qtbot.waitUntil(over(check))
    for _ in range(steps):
        desk.floor.press(Qt.Key.Key_Plus, CONTROL)
    QApplication.processEvents()
    qtbot.wait(50)
    view = check.list.viewport().rect()
    for row in check.rows:
        for text in row.findChildren(Text):
            needed = text.fontMetrics().boundingRect(
                QRect(0, 0, text.width(), 10_000), Qt.TextFlag.TextWordWrap, text.text()
            )
            assert needed.height() <= text.height() + 1, text.text()
        assert row.width() <= view.width()


def test_the_badges_follow_the_theme(qtbot: QtBot, desk: Desk) -> None:
    check = desk.open()
    qtbot.waitUntil(over(check))

    def picture() -> bytes:
        grabbed = check.rows[1].grab().toImage()
        return bytes(grabbed.constBits())

    light = picture()
    desk.window.show_theme(DARK)
    assert picture() != light
    desk.window.show_theme(LIGHT)
    assert picture() == light
