"""The roll-out on paper: its warnings, its plots and its tables, PDF/A-3u.

It loads fpdf2: import it where it is used.
"""

from __future__ import annotations

from pathlib import Path

from fpdf.enums import Align, TableBordersLayout

from bench.custody.statement.sheet import SANS, Imprint, Sheet
from bench.stock.programme import plotting
from bench.stock.programme.plot import Point
from bench.stock.programme.plot_on_paper import Frame, draw
from bench.stock.programme.sections import Section, sections, too_early
from bench.stock.programme.view import RollOutView
from bench.stock.programme.words import clock

_PLOT_MM = 68
_FIRST, _OTHERS = 26, 14
"""Shares of a table's width: its first column, and each of the others."""


def paper(view: RollOutView, fonts: Path) -> bytes:
    """Return the bytes of the document; `OSError` where a face cannot be read."""
    title = view.aims.name or "The roll-out"
    document = f"roll-out of {view.bench} after event {view.seq}"
    imprint = Imprint(title, document, view.at, view.simulated)
    sheet = Sheet(imprint, fonts, "A4", "landscape")
    sheet.heading(sheet.letters("title", title), 16)
    sheet.paragraph(f"As it was at {clock(view.at)}, after event {view.seq:,}.")
    for warning in filter(None, (*view.warnings, too_early(view))):
        sheet.paragraph(f"! {sheet.letters('remarks', warning)}", 9.5)
    _plots(sheet, view)
    for section in sections(view):
        _table(sheet, section)
    return bytes(sheet.output())


def _plots(sheet: Sheet, view: RollOutView) -> None:
    for plot in (plotting.burn_up(view), plotting.capacity(view)):
        if plot:
            if sheet.get_y() + _PLOT_MM + 10 > sheet.h - 16:
                sheet.add_page()
            sheet.heading(plot.title)
            top = sheet.get_y()
            draw(sheet, plot, Frame(Point(sheet.l_margin, top), sheet.epw, _PLOT_MM))
            sheet.set_y(top + _PLOT_MM + 2)
            sheet.paragraph(sheet.letters("remarks", plot.spoken))


def _table(sheet: Sheet, section: Section) -> None:
    if sheet.will_page_break(24):
        sheet.add_page()
    sheet.heading(section.title)
    if section.remark:
        sheet.paragraph(section.remark, 7.5)
    if not section.rows:
        sheet.paragraph(section.none)
        return
    sheet.set_font(SANS, "", 8)
    sides = [Align.R if value.is_number else Align.L for value in section.rows[0]]
    widths = (_FIRST, *(_OTHERS for _ in section.columns[1:]))
    with sheet.table(
        width=min(sheet.epw, 36 * len(section.columns)), col_widths=widths, align=Align.L,
        text_align=sides, line_height=4.2, borders_layout=TableBordersLayout.HORIZONTAL_LINES,
    ) as table:  # fmt: skip
        table.row(tuple(name or " " for name in section.columns))
        for row in section.rows:
            table.row(tuple(sheet.letters("cell", value.shown) or " " for value in row))
