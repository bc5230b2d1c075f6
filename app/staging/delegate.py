"""A slot as a painted tile, legible from two metres: name, shape, word, thin progress, handset."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.staging import shapes
from app.staging.model import Index, SlotTable
from app.staging.tile import Places, Sizes, fitted, sizes
from app.theme import LOOKS, Shape, Theme
from bench.events import Category, SlotView
from bench.identity.identifiers import SlotCode

_MOST_SEGMENTS = 8
_QUIET = 0.25
_TEXT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_TAIL = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class TileDelegate(QStyledItemDelegate):
    """Paints the slots; `quiet` ones are shown faintly, `lit` is the phase of the slow pulse."""

    def __init__(self, table: SlotTable, theme: Theme) -> None:
        super().__init__()
        self._table = table
        self.theme = theme
        self.zoom = 1.0
        self.lit = False
        self.quiet: frozenset[SlotCode] = frozenset()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one tile."""
        view = self._table.at(index.row(), index.column())
        cell: QRect = option.rect
        family = QApplication.font().family()
        size = sizes(cell.width(), cell.height(), self.zoom, family)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(_QUIET if view.slot in self.quiet else 1.0)
        places = size.places(cell)
        self._surface(painter, view, places.tile)
        if option.state & QStyle.StateFlag.State_Selected:
            focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
            self._selection(painter, cell, focused=focused)
        self._lines(painter, view, size, places)
        painter.restore()

    def _surface(self, painter: QPainter, view: SlotView, tile: QRect) -> None:
        paint = self.theme.paint(view.category)
        edge = QPen(QColor(self.theme.line), 1)
        if view.category is Category.EMPTY:
            edge = QPen(QColor(self.theme.muted), 1.5, Qt.PenStyle.DashLine)
        painter.setPen(edge)
        painter.setBrush(QColor(paint.fill))
        painter.drawRoundedRect(QRectF(tile).adjusted(0.5, 0.5, -0.5, -0.5), 9, 9)
        if self.lit and view.category is Category.NEEDS_YOU:
            painter.setPen(QPen(QColor(paint.ink), 3))
            painter.drawRoundedRect(QRectF(tile).adjusted(4, 4, -4, -4), 6, 6)

    def _selection(self, painter: QPainter, cell: QRect, *, focused: bool) -> None:
        painter.setPen(QPen(QColor(self.theme.ink if focused else self.theme.muted), 3.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(cell).adjusted(2, 2, -2, -2), 12, 12)

    def _lines(self, painter: QPainter, view: SlotView, size: Sizes, places: Places) -> None:
        look, ink = LOOKS[view.category], QColor(self.theme.paint(view.category).ink)
        faint = look.shape is Shape.DASHED
        mark_ink = QColor(self.theme.muted) if faint else ink
        shapes.draw(painter, look.shape, places.mark, mark_ink, view.share)
        if _shows_progress(view):
            _bar(painter, places.bar, view, ink)
        painter.setPen(ink)
        _write(painter, size.name, str(view.slot), places.name)
        painter.setPen(mark_ink)
        _write(painter, size.word, view.word, places.word)
        if places.detail:
            _handset(painter, size.detail, view, places.detail)


def _handset(painter: QPainter, font: QFont, view: SlotView, line: QRect) -> None:
    tail = f"…{view.imei_tail}" if view.imei_tail else ""
    painter.setFont(font)
    painter.drawText(line, _TAIL, tail)
    width = QFontMetrics(font).horizontalAdvance(f"{tail} ") if tail else 0
    _write(painter, font, view.model, line.adjusted(0, 0, -width, 0))


def _write(painter: QPainter, font: QFont, text: str, line: QRect) -> None:
    shown, narrowed = fitted(text, font.family(), font.pointSizeF(), line.width())
    painter.setFont(narrowed)
    painter.drawText(line, _TEXT, shown)


def _bar(painter: QPainter, box: QRectF, view: SlotView, ink: QColor) -> None:
    """Draw one segment a step, filled as far as the steps are done."""
    count = view.steps if 0 < view.steps <= _MOST_SEGMENTS else 1
    gap = box.height() * 0.8
    width = (box.width() - gap * (count - 1)) / count
    faint = QColor(ink)
    faint.setAlphaF(0.25)
    painter.setPen(Qt.PenStyle.NoPen)
    for segment in range(count):
        part = QRectF(box.left() + segment * (width + gap), box.top(), width, box.height())
        painter.setBrush(faint)
        painter.drawRoundedRect(part, box.height() / 2, box.height() / 2)
        part.setWidth(width * max(0.0, min(1.0, view.share * count - segment)))
        painter.setBrush(ink)
        painter.drawRoundedRect(part, box.height() / 2, box.height() / 2)


def _shows_progress(view: SlotView) -> bool:
    return view.category is Category.WORKING or (
        view.share > 0 and view.category in (Category.HELD, Category.NEEDS_YOU)
    )
