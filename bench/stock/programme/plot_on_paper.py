"""A plot drawn on a sheet, in millimetres, in ink that a grey printer keeps apart.

It loads fpdf2: import it where it is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from fpdf.enums import Align

from bench.custody.statement.sheet import SANS, Sheet
from bench.stock.programme.plot import Curve, Plot, Point, Role
from bench.stock.programme.strokes import DASHES, spread

_LEFT, _RIGHT, _TOP, _BOTTOM = 16, 40, 5, 6
"""Millimetres around the square: for counts, for names, for uprights' names, for days."""
_INK: Mapping[Role, tuple[int, int, int]] = {
    Role.COUNTED_IN: (90, 90, 90), Role.STAGED: (0, 95, 75), Role.HANDED_OVER: (20, 81, 124),
    Role.LIMIT: (194, 59, 0), Role.FORECAST: (120, 80, 160), Role.NOW: (60, 60, 60),
}  # fmt: skip
_PALE = 0.82
_GREY = 215
_LETTER_MM = 3.2


class Frame(NamedTuple):
    """Where on the sheet: the corner above left, width and height."""

    corner: Point
    width: float
    height: float

    def place(self, point: Point) -> tuple[float, float]:
        """Return where a point of the square is."""
        across = self.width - _LEFT - _RIGHT
        up = self.height - _TOP - _BOTTOM
        return (
            self.corner.x + _LEFT + point.x * across,
            self.corner.y + _TOP + (1 - point.y) * up,
        )


def draw(sheet: Sheet, plot: Plot, frame: Frame) -> None:
    """Draw scales, surfaces, curves and names."""
    sheet.set_font(SANS, "", 7)
    _scales(sheet, plot, frame)
    for band in plot.bands:
        pale = [round(255 - (255 - each) * (1 - _PALE)) for each in _INK[band.role]]
        with sheet.local_context(fill_color=tuple(pale)):
            sheet.polygon([frame.place(point) for point in band.points], style="F")
    for upright in plot.uprights:
        line = (Point(upright.x, 0.0), Point(upright.x, 1.0))
        _line(sheet, Curve(upright.role, "", line), frame)
        left, top = frame.place(Point(upright.x, 1.0))
        sheet.text(left - sheet.get_string_width(upright.name) / 2, top - 1, upright.name)
    for curve in plot.curves:
        _line(sheet, curve, frame)
    _names(sheet, plot, frame)


def _scales(sheet: Sheet, plot: Plot, frame: Frame) -> None:
    with sheet.local_context(draw_color=_GREY, line_width=0.15):
        for tick in plot.up:
            sheet.line(*frame.place(Point(0.0, tick.at)), *frame.place(Point(1.0, tick.at)))
        for tick in plot.across:
            sheet.line(*frame.place(Point(tick.at, 0.0)), *frame.place(Point(tick.at, 1.0)))
    for tick in plot.up:
        left, top = frame.place(Point(0.0, tick.at))
        sheet.set_xy(left - _LEFT, top - 1.5)
        sheet.cell(_LEFT - 1, 3, tick.text, align=Align.R)
    for tick in plot.across:
        left, top = frame.place(Point(tick.at, 0.0))
        sheet.text(left - sheet.get_string_width(tick.text) / 2, top + 4, tick.text)


def _line(sheet: Sheet, curve: Curve, frame: Frame) -> None:
    dash, gap = DASHES[curve.role]
    with sheet.local_context(draw_color=_INK[curve.role], line_width=0.5):
        if dash:
            sheet.set_dash_pattern(dash=dash, gap=gap)
        sheet.polyline([frame.place(point) for point in curve.points])
        sheet.set_dash_pattern()


def _names(sheet: Sheet, plot: Plot, frame: Frame) -> None:
    named = [curve for curve in plot.curves if curve.points and curve.name]
    up = frame.height - _TOP - _BOTTOM
    heights = spread([curve.points[-1].y for curve in named], _LETTER_MM / up)
    for curve, height in zip(named, heights, strict=True):
        left, top = frame.place(Point(1.0, height))
        with sheet.local_context(text_color=_INK[curve.role]):
            sheet.text(left + 1.5, top + 1, sheet.letters("cell", curve.name))
