"""The roll-out's page in the window: what it says, by which keys, in which size and theme."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QFont
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.parts import Card, Text
from app.rollout.colours import INKS, ink
from app.rollout.headline import headlines
from app.rollout.page import RollOutPage
from app.theme import DARK, LIGHT, Theme
from app.zoom import Zoom
from bench.stock.programme.plot import Role
from bench.stock.programme.view import Capacity, RollOutView
from tests.bench.stock.programme.roll_outs import AIMS, half_done


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[RollOutPage]:
    before = QFont(QApplication.font())
    made = RollOutPage(LIGHT)
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.show_page(half_done())
    made.show()
    qtbot.waitExposed(made)
    qtbot.waitUntil(lambda: not made.is_behind)
    yield made
    QApplication.setFont(before)


def said(page: QWidget) -> str:
    return " | ".join(text.text() for text in page.findChildren(Text) if not text.isHidden())


def test_the_page_says_how_far_it_is_and_when_it_will_be_done(page: RollOutPage) -> None:
    told = said(page)
    assert "Example roll-out" in told
    assert "600" in told and "of 1,000, 30 a day" in told  # noqa: PT018
    assert "16 Apr 2026" in told or "15 Apr 2026" in told
    assert "500 | 700 of 1,200 managed" in told
    assert not page.warnings.isVisible()


def test_a_warning_is_shown_and_goes_when_it_no_longer_holds(page: RollOutPage) -> None:
    page.show_page(half_done(aims=replace(AIMS, capacity=700)))
    assert page.warnings.isVisible()
    assert "The core is full" in page.warnings.accessibleName()
    page.show_page(half_done())
    assert not page.warnings.isVisible()


def test_no_text_of_a_file_is_markup(page: RollOutPage) -> None:
    page.show_page(half_done(aims=replace(AIMS, name="<img src=x>\n\x1b[31m")))
    assert page.title.text().startswith("<img src=x>")
    assert page.title.textFormat() is Qt.TextFormat.PlainText
    assert "\x1b" not in page.title.text()


def test_tab_reaches_every_plot_and_table_and_brings_it_into_sight(
    qtbot: QtBot, page: RollOutPage
) -> None:
    qtbot.wait(20)
    page.activateWindow()
    page.setFocus()
    wanted = {page.burn_up.canvas, page.capacity.canvas}
    wanted |= {table.table for table in page.tables.values() if table.table.isVisible()}  # type: ignore[misc]
    met: set[QWidget] = set()
    for _ in range(len(wanted) + 3):
        QTest.keyClick(QApplication.focusWidget() or page, Qt.Key.Key_Tab)
        focus = page.focusWidget()
        if focus in wanted and focus is not None:
            met.add(focus)
            top = focus.mapTo(page, QPoint()).y()
            assert top >= 0
            assert top + focus.height() <= page.height()
    assert met == wanted


def test_keys_that_print_are_left_to_the_desk(page: RollOutPage) -> None:
    heard: list[str] = []
    table = page.tables["Figures"].table

    class Window(QWidget):
        def keyPressEvent(self, event: object) -> None:  # noqa: N802
            heard.append(event.text())  # type: ignore[attr-defined]

    window = Window()
    page.setParent(window)
    for part in (page, table, page.burn_up.canvas):
        QTest.keyClick(part, Qt.Key.Key_1)
    page.setParent(None)
    assert heard == ["1", "1", "1"]


def shown_anew(qtbot: QtBot, page: RollOutPage, view: RollOutView) -> None:
    """Show a view, and wait until the last table was its turn."""
    page.show_page(view)
    qtbot.waitUntil(lambda: not page.is_behind)


def test_what_is_seen_first_waits_for_no_table(qtbot: QtBot) -> None:
    made = RollOutPage(LIGHT)
    qtbot.addWidget(made)
    made.show_page(half_done())
    assert made.tables == {}
    assert "600" in said(made)
    made.show_page(half_done(phases={"staged": 7}))
    qtbot.waitUntil(lambda: not made.is_behind)
    model = made.tables["Where the handsets are"].table.model()
    assert (model.rowCount(), model.data(model.index(0, 1))) == (1, "7")


def test_a_view_that_is_shown_again_paints_and_builds_nothing_anew(
    qtbot: QtBot, page: RollOutPage
) -> None:
    model = page.tables["Figures"].table.model()
    resets: list[int] = []
    model.modelReset.connect(lambda: resets.append(1))
    made = len(page.findChildren(QWidget))
    shown_anew(qtbot, page, half_done())
    shown_anew(qtbot, page, half_done(seq=4712))
    assert (resets, len(page.findChildren(QWidget))) == ([], made)


def test_a_table_shows_what_changed(qtbot: QtBot, page: RollOutPage) -> None:
    model = page.tables["Where the handsets are"].table.model()
    phases = {"handed-over": 5, "in-stock": 6, "staged": 7}
    shown_anew(qtbot, page, half_done(phases=phases))
    shown = [model.data(model.index(row, 1)) for row in range(model.rowCount())]
    assert shown == ["5", "6", "7"]


def test_everything_is_readable_at_twice_the_size(qtbot: QtBot, page: RollOutPage) -> None:
    zoom = Zoom()
    zoom.move(20)
    page.fit()

    def cut() -> list[str]:
        texts = (text for text in page.findChildren(Text) if text.isVisible() and text.wordWrap())
        return [t.text() for t in texts if t.height() < t.heightForWidth(t.width())]

    qtbot.waitUntil(lambda: cut() == [], timeout=5000)
    table = page.tables["Figures"].table
    assert table.font().pointSizeF() == QApplication.font().pointSizeF()
    assert table.height() >= table.rowHeight(0) * table.model().rowCount()
    for each in page.tables.values():
        needed = each.table.sizeHintForColumn(0)
        assert each.table.columnWidth(0) >= needed, each.table.accessibleName()
        assert not each.table.isVisible() or each.table.horizontalHeader().length() >= (
            each.table.viewport().width()
        )


def test_figures_stand_in_as_few_rows_as_there_is_room_for(qtbot: QtBot, page: RollOutPage) -> None:
    def rows() -> int:
        cards = page.headlines.findChildren(Card)
        return len({card.y() for card in cards})

    page.resize(500, 700)
    qtbot.waitUntil(lambda: rows() == 2)
    page.resize(1500, 700)
    qtbot.waitUntil(lambda: rows() == 1)
    page.resize(500, 700)
    qtbot.waitUntil(lambda: rows() == 2)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_every_curve_can_be_told_from_its_card(theme: Theme) -> None:
    def light(colour: str) -> float:
        parts: list[float] = [*QColor(colour).getRgbF()][:3]  # type: ignore[misc]
        linear: list[float] = [
            c / 12.92 if c <= 0.04045 else float(((c + 0.055) / 1.055) ** 2.4) for c in parts
        ]
        return sum(
            share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True)
        )

    assert set(INKS) == set(Role)
    for role in Role:
        darker, lighter = sorted((light(ink(role, theme)), light(theme.card)))
        assert (lighter + 0.05) / (darker + 0.05) >= 3


def test_a_plot_is_painted_in_the_colours_of_the_theme(page: RollOutPage) -> None:
    def has(colour: str) -> bool:
        picture = page.burn_up.canvas.grab().toImage()
        wanted = QColor(colour).rgb()
        return any(
            picture.pixel(x, y) == wanted
            for x in range(picture.width()) for y in range(0, picture.height(), 2)
        )  # fmt: skip

    assert has(ink(Role.STAGED, LIGHT))
    page.show_theme(DARK)
    assert has(ink(Role.STAGED, DARK))


def test_a_screen_reader_is_told_what_the_plots_say(page: RollOutPage) -> None:
    assert "Staged: 600 of 1,000" in page.burn_up.canvas.accessibleDescription()
    assert page.burn_up.canvas.accessibleName() == "Burn-up"


def test_without_a_capacity_there_is_no_plot_of_it(page: RollOutPage) -> None:
    page.show_page(replace(half_done(), capacity=Capacity(0, 0, 600)))
    assert not page.capacity.isVisible()
    shown = {each.caption: each.figure for each in headlines(half_done())}
    assert shown["Room in the core"] == "500"


def test_an_example_says_that_it_is_one(page: RollOutPage) -> None:
    page.show_page(half_done(aims=replace(AIMS, example=True)))
    assert "An example" in page.warnings.accessibleName()
