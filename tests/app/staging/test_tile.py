from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.staging.faces import Faces, Frame
from app.staging.model import SlotTable
from app.staging.tile import DETAIL, NAME, WORD, fitted, font_of, places_in, sizes, smallest
from app.staging.view import HubGrid
from app.theme import DARK, LIGHT, Theme
from bench.events.views import Category, SlotView
from bench.problems import CATALOGUE
from bench.staging.slots import HubLayout


def shown(qtbot: QtBot, layout: HubLayout, theme: Theme, views: tuple[SlotView, ...]) -> HubGrid:
    table = SlotTable(layout)
    grid = HubGrid(table, theme)
    table.setParent(grid)
    qtbot.addWidget(grid)
    grid.resize(900, 640)
    grid.show()
    table.show(views)
    return grid


def picture(grid: HubGrid) -> QImage:
    return grid.viewport().grab().toImage()


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_each_tile_has_the_colour_of_its_category(
    qtbot: QtBot, layout: HubLayout, wave: tuple[SlotView, ...], theme: Theme
) -> None:
    grid = shown(qtbot, layout, theme, wave)
    seen = picture(grid)
    for view in wave:
        cell = grid.visualRect(grid.model().index(*divmod(wave.index(view), 4)))
        spot = seen.pixelColor(cell.left() + 10, cell.center().y())
        assert spot == QColor(theme.paint(view.category).fill), view


def test_a_change_of_theme_repaints_the_tiles(
    qtbot: QtBot, layout: HubLayout, wave: tuple[SlotView, ...]
) -> None:
    grid = shown(qtbot, layout, LIGHT, wave)
    before = picture(grid)
    grid.show_theme(DARK)
    assert picture(grid) != before


def test_progress_moves_the_bar(
    qtbot: QtBot, layout: HubLayout, wave: tuple[SlotView, ...]
) -> None:
    grid = shown(qtbot, layout, LIGHT, wave)
    before = picture(grid)
    table = grid.model()
    assert isinstance(table, SlotTable)
    table.show([replace(wave[3], share=0.9)])
    assert picture(grid) != before


@pytest.mark.parametrize(
    "model",
    ["<h1>Big</h1><img src=x>", "\x1b[31mred\x1b[0m", "W" * 100_000, "\u202egnp.exe", "a\nb\tc"],
    ids=["markup", "escape", "huge", "direction", "lines"],
)
def test_a_handset_says_only_text(
    qtbot: QtBot, layout: HubLayout, wave: tuple[SlotView, ...], model: str
) -> None:
    grid = shown(qtbot, layout, LIGHT, (replace(wave[3], model=model),))
    assert not picture(grid).isNull()
    text, _font = fitted(model, font_of(QApplication.font().family(), DETAIL), 120)
    assert len(text) <= 80
    assert "\x1b" not in text
    assert "\n" not in text
    assert "\u202e" not in text
    assert text.startswith(model[:2].strip("\x1b\u202e\n"))


def test_name_and_word_are_never_smaller_than_can_be_read_from_two_metres(qtbot: QtBot) -> None:
    assert qtbot
    family = QApplication.font().family()
    least = smallest(1.0, family)
    for width, height in ((least.width(), least.height()), (240, 160), (500, 400)):
        size = sizes(width, height, 1.0, family)
        assert size.name.pointSizeF() >= NAME >= 28
        assert size.word.pointSizeF() >= WORD >= 16


def test_a_word_is_narrowed_before_it_is_cut(qtbot: QtBot) -> None:
    assert qtbot
    font = font_of(QApplication.font().family(), WORD)
    wide = fitted("Unplugged", font, 1000)
    narrow = fitted("Unplugged", font, 125)
    assert wide[0] == narrow[0] == "Unplugged"
    assert narrow[1].stretch() < wide[1].stretch()
    assert fitted("Unplugged", font, 60)[0].endswith("…")


def test_every_word_of_a_problem_stands_whole_on_a_tile_of_a_usual_bench(qtbot: QtBot) -> None:
    """Sixteen slots in a window of the usual size: 227 x 171 pixels a slot."""
    assert qtbot
    size = sizes(227, 171, 1.0, QApplication.font().family())
    room = places_in(227, 171, size).word.width()
    for advice in CATALOGUE.values():
        shown, font = fitted(advice.word, size.word, room, WORD)
        assert shown == advice.word
        assert font.pointSizeF() >= WORD


def test_every_slot_of_a_full_bench_has_a_tile_of_the_same_size(
    qtbot: QtBot, layout: HubLayout, wave: tuple[SlotView, ...]
) -> None:
    grid = shown(qtbot, layout, LIGHT, wave)
    places = [grid.visualRect(grid.model().index(*divmod(n, 4))) for n in range(16)]
    assert len({(place.width(), place.height()) for place in places}) == 1
    assert all(grid.viewport().rect().contains(place) for place in places)


def frame(theme: Theme = LIGHT) -> Frame:
    size = sizes(180, 140, 1.0, QApplication.font().family())
    return Frame(theme, size, places_in(180, 140, size), 1.0)


def test_slots_that_look_alike_are_painted_once(qtbot: QtBot, layout: HubLayout) -> None:
    assert qtbot
    faces, seen = Faces(), frame()
    one, two, *_ = (SlotView(s, Category.ATTACHED, "Reading") for s in layout.slots())
    assert faces.face(one, seen).ground is faces.face(two, seen).ground
    assert faces.face(one, seen).own is not faces.face(two, seen).own


def test_a_name_is_painted_once_until_its_colour_or_its_handset_changes(
    qtbot: QtBot, layout: HubLayout
) -> None:
    assert qtbot
    faces, seen, slot = Faces(), frame(), layout.slots()[0]
    empty = faces.face(SlotView(slot), seen).own
    assert faces.face(SlotView(slot, Category.ATTACHED, "Reading"), seen).own is empty
    read = SlotView(slot, Category.NEEDS_YOU, "Scan IMEI", "SM-A556B", "0018")
    assert faces.face(read, seen).own is not empty
    kept = faces.face(read, seen).own
    assert faces.face(SlotView(slot, Category.DONE, "Done", "SM-A556B", "0018"), seen).own != kept


def test_another_theme_or_size_paints_every_layer_anew(qtbot: QtBot, layout: HubLayout) -> None:
    assert qtbot
    faces, view = Faces(), SlotView(layout.slots()[0])
    before = faces.face(view, frame(LIGHT))
    after = faces.face(view, frame(DARK))
    assert after.ground is not before.ground
    assert after.own is not before.own


def test_words_without_end_do_not_fill_the_memory(qtbot: QtBot, layout: HubLayout) -> None:
    assert qtbot
    faces, seen, slot = Faces(), frame(), layout.slots()[0]
    for number in range(1000):
        faces.face(SlotView(slot, Category.HELD, f"Word {number}"), seen)
    assert len(faces._grounds) <= 200


def test_a_slot_that_was_not_sought_is_faint_as_a_whole(
    qtbot: QtBot, layout: HubLayout, wave: tuple[SlotView, ...]
) -> None:
    grid = shown(qtbot, layout, LIGHT, wave)
    cell = grid.visualRect(grid.model().index(1, 2))  # void, grey
    spot = cell.left() + 10, cell.center().y()
    plain = picture(grid).pixelColor(*spot)
    grid.quieten([wave[6].slot])
    faint = picture(grid).pixelColor(*spot)
    assert faint.lightness() > plain.lightness()
