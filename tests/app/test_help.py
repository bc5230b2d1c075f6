"""The pages of help in the window, by keyboard; nothing outside them is ever opened."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QTextDocument
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.help.help_sheet import HelpPages, HelpSheet
from app.help.page_view import PageView, anchor_of
from app.help.pages import FOLDER, fitting, followed, pages
from bench.events.views import ProfileView, SlotView

if TYPE_CHECKING:
    from tests.app.conftest import Floor

SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
Wave = tuple[SlotView, ...]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, told in {
        "labels.md": "# Labels\n\nSee [the record](custody.md#a-second-part).\n",
        "custody.md": "# Custody\n\nOne.\n\n" + "Text.\n\n" * 200 + "## A second part\n\nTwo.\n",
        "enrol-qr.md": "# With a QR code\n\n<script>x</script> ![p](http://127.0.0.1:9/p.png)\n",
        "enrol-knox.md": "# Through Knox\n\n[out](https://example.org/) [up](../README.md)\n",
    }.items():
        (tmp_path / name).write_text(told, "utf-8")
    return tmp_path


@pytest.fixture
def shown(qtbot: QtBot, folder: Path) -> HelpPages:
    made = HelpPages("knox", folder)
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    made.list.setFocus()
    return made


def opened(floor: Floor) -> HelpPages:
    floor.press(Qt.Key.Key_F1, SHIFT)
    sheet = floor.window._overlay.sheet
    assert isinstance(sheet, HelpSheet)
    return sheet.help


def test_the_pages_of_this_program_are_shown_and_escape_closes_them(floor: Floor) -> None:
    shown = opened(floor)
    assert shown.list.hasFocus()
    assert shown.page.toPlainText().strip()
    floor.press(Qt.Key.Key_Escape)
    assert floor.window._overlay.sheet is None
    assert floor.window.workplace.grid.hasFocus()


def test_the_page_that_fits_the_chosen_slots_method_is_asked_for(floor: Floor, wave: Wave) -> None:
    knox = ProfileView("f3", "A32 over Knox", 1, "", "knox")
    floor.show(*wave, replace(wave[2], fingerprint="f3"), profiles=(knox,))
    floor.window.workplace.grid.choose(wave[2].slot)
    assert floor.window.workplace.method() == "knox"
    floor.window.workplace.grid.choose(wave[3].slot)
    assert floor.window.workplace.method() == ""


def test_pages_about_enrolment_come_first_and_the_fitting_one_is_open(
    shown: HelpPages, folder: Path
) -> None:
    assert [page.title for page in pages(folder)] == [
        "Through Knox", "With a QR code", "Custody", "Labels",
    ]  # fmt: skip
    assert shown.name == "enrol-knox.md"
    assert fitting("zero-touch", pages(folder)) == "enrol-knox.md"
    assert fitting("", ()) == ""


def test_arrows_choose_a_page(shown: HelpPages) -> None:
    QTest.keyClick(shown.list, Qt.Key.Key_Down)
    assert shown.name == "enrol-qr.md"
    assert shown.page.accessibleName() == "With a QR code"


def test_a_link_leads_to_the_part_of_another_page_and_back(shown: HelpPages) -> None:
    shown._open("labels.md")
    shown.page.setFocus()
    QTest.keyClick(shown.page, Qt.Key.Key_Tab)
    QTest.keyClick(shown.page, Qt.Key.Key_Return)
    assert shown.name == "custody.md"
    assert shown.page.verticalScrollBar().value() > 0
    assert shown.list.currentIndex().data() == "Custody"
    QTest.keyClick(shown.page, Qt.Key.Key_Left, ALT)
    assert shown.name == "labels.md"


@pytest.mark.parametrize(
    "link",
    [
        "https://example.org/", "http://127.0.0.1/", "file:///etc/passwd", "../README.md",
        "../help/labels.md", "/etc/passwd", "..%2f..%2fREADME.md", "qrc:/x", "data:text/html,x",
        "javascript:x", "nothing.md", "%00.md", "labels.md/../custody.md",
    ],
)  # fmt: skip
def test_a_link_leads_nowhere_else(shown: HelpPages, folder: Path, link: str) -> None:
    before = shown.name
    assert followed(link, pages(folder)) is None
    shown._follow(link)
    assert shown.name == before
    assert "Nothing outside" in shown.state.text()


def test_a_link_to_the_outside_is_not_handed_to_the_desktop(shown: HelpPages) -> None:
    asked: list[str] = []
    shown.page.followed.connect(asked.append)
    shown.page.setFocus()
    QTest.keyClick(shown.page, Qt.Key.Key_Tab)
    QTest.keyClick(shown.page, Qt.Key.Key_Return)
    assert asked == ["https://example.org/"]
    assert not shown.page.openExternalLinks()
    assert not shown.page.openLinks()


def test_nothing_is_loaded_for_a_page(shown: HelpPages) -> None:
    shown._open("enrol-qr.md")
    kind = QTextDocument.ResourceType.ImageResource
    assert shown.page.document().resource(kind, QUrl("http://127.0.0.1:9/p.png")) is None


def test_a_page_that_has_gone_is_said(shown: HelpPages, folder: Path) -> None:
    (folder / "labels.md").unlink()
    (folder / "custody.md").write_bytes(b"\xff\xfe\x00")
    shown._open("labels.md")
    assert "labels.md cannot be read" in shown.state.text()
    shown._open("custody.md")
    assert "custody.md cannot be read" in shown.state.text()


def test_a_computer_without_pages_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    made = HelpPages("qr", tmp_path)
    qtbot.addWidget(made)
    assert "no pages of help" in made.state.text()


def test_every_link_between_our_own_pages_leads_to_a_page() -> None:
    known = pages()
    links = {
        link
        for page in known
        for link in re.findall(r"\]\(([^)]+)\)", (FOLDER / page.name).read_text("utf-8"))
        if "://" not in link
    }
    assert "custody.md" in links
    assert [link for link in links if followed(link, known) is None] == []


def test_every_page_of_ours_has_a_heading_and_is_shown(qtbot: QtBot) -> None:
    view = PageView()
    qtbot.addWidget(view)
    for page in pages():
        assert page.title != Path(page.name).stem, page
        view.show_markdown(page.title, (FOLDER / page.name).read_text("utf-8"))
        assert view.toPlainText().strip(), page


def test_an_anchor_is_what_github_makes_of_a_heading() -> None:
    assert anchor_of("What the `set` said, in 2 parts") == "what-the-set-said-in-2-parts"
