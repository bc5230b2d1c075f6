"""How a line looks: a shape and a colour borrowed from the states, and a word beside them."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from app.staging import shapes
from app.theme import LOOKS, Theme
from bench.events.desks import Weight
from bench.events.views import Category

_LOOKS: Mapping[Weight, Category] = {
    Weight.GOOD: Category.DONE,
    Weight.OPEN: Category.NEEDS_YOU,
    Weight.BAD: Category.HELD,
}
WORDS: Mapping[Weight, str] = {
    Weight.PLAIN: "",
    Weight.GOOD: "Done",
    Weight.OPEN: "Open",
    Weight.BAD: "Not right",
}
"""What a screen reader says of a mark."""


def mark(weight: Weight, theme: Theme, side: int) -> QPixmap:
    """Return the mark of a line as a square of so many pixels; a plain line's is empty."""
    drawn = QPixmap(side, side)
    drawn.fill(Qt.GlobalColor.transparent)
    if category := _LOOKS.get(weight):
        _draw(drawn, category, theme)
    return drawn


def _draw(drawn: QPixmap, category: Category, theme: Theme) -> None:
    paint, side = theme.paint(category), drawn.width()
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(paint.fill))
    painter.drawRoundedRect(QRectF(0, 0, side, side), side / 5, side / 5)
    edge = side / 5
    box = QRectF(edge, edge, side - 2 * edge, side - 2 * edge)
    shapes.draw(painter, LOOKS[category].shape, box, QColor(paint.ink))
    painter.end()
