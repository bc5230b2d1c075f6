"""A slot as a painted tile, legible from two metres: name, shape, word, thin progress, handset."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QApplication, QStyledItemDelegate, QStyleOptionViewItem

from app.staging.faces import Faces, Frame, flat, segment, segments, shows_progress
from app.staging.model import Index, SlotTable
from app.staging.tile import Places, places_in, sizes
from app.theme import Theme
from bench.events.views import Category, SlotView
from bench.identity.identifiers import SlotCode

_QUIET = 0.25


class TileDelegate(QStyledItemDelegate):
    """Paints the slots; `quiet` ones are shown faintly, `lit` is the phase of the slow pulse.

    `chosen` is framed, strongly while the slots are `focused`. The grid says so, and not the state
    that Qt hands in, because the first look at that loads everything a style can draw.
    """

    def __init__(self, table: SlotTable, theme: Theme) -> None:
        super().__init__()
        self._table = table
        self._faces = Faces()
        self.theme = theme
        self.zoom = 1.0
        self.lit = False
        self.quiet: frozenset[SlotCode] = frozenset()
        self.chosen: SlotCode | None = None
        self.focused = False

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one tile: its kept face, and on it what moves."""
        view = self._table.at(index.row(), index.column())
        cell: QRect = option.rect
        frame = self._frame(cell.width(), cell.height(), painter.device().devicePixelRatio())
        face = self._faces.face(view, frame)
        painter.translate(cell.topLeft())
        if view.slot in self.quiet:
            painter.setOpacity(_QUIET)
            painter.drawPixmap(0, 0, flat(face))
        else:
            painter.drawPixmap(0, 0, face.ground)
            painter.drawPixmap(0, 0, face.own)
        self._moving(painter, view, frame)
        if view.slot == self.chosen:
            self._selection(painter, frame.places)
        painter.setOpacity(1.0)
        painter.translate(-cell.topLeft())

    def _frame(self, width: int, height: int, ratio: float) -> Frame:
        size = sizes(width, height, self.zoom, QApplication.font().family())
        return Frame(self.theme, size, places_in(width, height, size), ratio)

    def _moving(self, painter: QPainter, view: SlotView, frame: Frame) -> None:
        ink, places = self.theme.paint(view.category).ink, frame.places
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if view.category is Category.WORKING:
            arc = self._faces.arc(view.share, ink, places.mark.width(), frame.ratio)
            painter.drawPixmap(places.mark.topLeft(), arc)
        if shows_progress(view):
            _fill(painter, places.bar, view, QColor(ink))
        if self.lit and view.category is Category.NEEDS_YOU:
            painter.setPen(QPen(QColor(ink), 3))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(places.tile).adjusted(4, 4, -4, -4), 6, 6)

    def _selection(self, painter: QPainter, places: Places) -> None:
        painter.setPen(QPen(QColor(self.theme.ink if self.focused else self.theme.muted), 3.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(places.cell).adjusted(2, 2, -2, -2), 12, 12)


def _fill(painter: QPainter, bar: QRectF, view: SlotView, ink: QColor) -> None:
    """Fill the bar as far as the steps are done."""
    count = segments(view)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    for place in range(count):
        done = min(1.0, view.share * count - place)
        if done <= 0:
            return
        part = segment(bar, count, place)
        part.setWidth(part.width() * done)
        painter.drawRoundedRect(part, bar.height() / 2, bar.height() / 2)
