"""The still part of each tile, painted once and kept: everything but progress and selection.

Painting letters and outlines anew for sixty-four slots ten times a second would stall the window.
"""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPixmap

from app.staging import shapes
from app.staging.tile import Places, Sizes, fitted
from app.theme import LOOKS, Shape, Theme
from bench.events.views import Category, SlotView
from bench.identity.identifiers import SlotCode

_MOST_SEGMENTS = 8
_ARC_PARTS = 48
_TEXT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_TAIL = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class _Key(NamedTuple):
    """All that a face shows, and how."""

    category: Category
    words: tuple[str, ...]
    steps: int
    cell: tuple[int, int, float]
    dark: bool
    points: float


class Faces:
    """Keeps one picture a slot, and the arcs; a change of theme, size or zoom repaints them.

    Slots that look alike share a ground: antialiased outlines are most of what a face costs.
    """

    def __init__(self) -> None:
        self._kept: dict[SlotCode, tuple[_Key, QPixmap]] = {}
        self._grounds: dict[_Key, QPixmap] = {}
        self._arcs: dict[tuple[str, float, int, float], QPixmap] = {}

    def face(
        self, view: SlotView, theme: Theme, size: Sizes, places: Places, ratio: float
    ) -> QPixmap:
        """Return the still picture of a cell, `ratio` device pixels to a pixel."""
        key = _Key(
            category=view.category,
            words=(view.word, view.model, view.imei_tail),
            steps=segments(view) if shows_progress(view) else 0,
            cell=(places.cell.width(), places.cell.height(), ratio),
            dark=theme.dark,
            points=size.name.pointSizeF(),
        )
        kept = self._kept.get(view.slot)
        if kept is None or kept[0] != key:
            picture = QPixmap(self._ground(key._replace(words=()), view, theme, places))
            _words(picture, view, theme, size, places)
            kept = self._kept[view.slot] = key, picture
        return kept[1]

    def arc(self, share: float, ink: str, side: float, ratio: float) -> QPixmap:
        """Return the arc of a share of work, in as many parts as can be told apart."""
        part = max(0, min(_ARC_PARTS, round(share * _ARC_PARTS)))
        key = ink, side, part, ratio
        if key not in self._arcs:
            picture = _blank(QSize(round(side), round(side)), ratio)
            painter = _begin(picture)
            box = QRectF(0, 0, side, side)
            shapes.draw(painter, Shape.ARC, box, QColor(ink), part / _ARC_PARTS)
            painter.end()
            self._arcs[key] = picture
        return self._arcs[key]

    def _ground(self, key: _Key, view: SlotView, theme: Theme, places: Places) -> QPixmap:
        """Return what a face shows beside words; the grounds of one size are kept."""
        if key not in self._grounds:
            if any(kept.cell != key.cell or kept.dark != key.dark for kept in self._grounds):
                self._grounds.clear()
            self._grounds[key] = _ground(view, theme, places, key)
        return self._grounds[key]


def segments(view: SlotView) -> int:
    """Return into how many parts the progress bar is divided: one a step, if they can be seen."""
    return view.steps if 0 < view.steps <= _MOST_SEGMENTS else 1


def segment(bar: QRectF, count: int, place: int) -> QRectF:
    """Return where one part of the bar lies."""
    gap = bar.height() * 0.8
    width = (bar.width() - gap * (count - 1)) / count
    return QRectF(bar.left() + place * (width + gap), bar.top(), width, bar.height())


def shows_progress(view: SlotView) -> bool:
    """Return whether a slot has progress to show."""
    return view.category is Category.WORKING or (
        view.share > 0 and view.category in (Category.HELD, Category.NEEDS_YOU)
    )


def _blank(size: QSize, ratio: float) -> QPixmap:
    picture = QPixmap(size * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    return picture


def _begin(picture: QPixmap) -> QPainter:
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    return painter


def _ground(view: SlotView, theme: Theme, places: Places, key: _Key) -> QPixmap:
    picture = _blank(places.cell.size(), key.cell[2])
    painter = _begin(picture)
    _surface(painter, view, theme, places.tile)
    shape, ink = LOOKS[view.category].shape, QColor(theme.paint(view.category).ink)
    if shape is not Shape.ARC:
        shapes.draw(painter, shape, places.mark, _calm(view, theme))
    if key.steps:
        _track(painter, places.bar, key.steps, ink)
    painter.end()
    return picture


def _surface(painter: QPainter, view: SlotView, theme: Theme, tile: QRect) -> None:
    edge = QPen(QColor(theme.line), 1)
    if view.category is Category.EMPTY:
        edge = QPen(QColor(theme.muted), 1.5, Qt.PenStyle.DashLine)
    painter.setPen(edge)
    painter.setBrush(QColor(theme.paint(view.category).fill))
    painter.drawRoundedRect(QRectF(tile).adjusted(0.5, 0.5, -0.5, -0.5), 9, 9)


def _words(picture: QPixmap, view: SlotView, theme: Theme, size: Sizes, places: Places) -> None:
    painter = QPainter(picture)
    painter.setPen(QColor(theme.paint(view.category).ink))
    _write(painter, size.name, str(view.slot), places.name)
    painter.setPen(_calm(view, theme))
    _write(painter, size.word, view.word, places.word)
    if places.detail:
        _handset(painter, size.detail, view, places.detail)
    painter.end()


def _calm(view: SlotView, theme: Theme) -> QColor:
    """Return the ink of all but the name: fainter where there is no handset."""
    return QColor(
        theme.muted if view.category is Category.EMPTY else theme.paint(view.category).ink
    )


def _handset(painter: QPainter, font: QFont, view: SlotView, line: QRect) -> None:
    if not (view.imei_tail or view.model):
        return
    tail = f"…{view.imei_tail}" if view.imei_tail else ""
    painter.setFont(font)
    painter.drawText(line, _TAIL, tail)
    width = QFontMetrics(font).horizontalAdvance(f"{tail} ") if tail else 0
    _write(painter, font, view.model, line.adjusted(0, 0, -width, 0))


def _write(painter: QPainter, font: QFont, text: str, line: QRect) -> None:
    shown, narrowed = fitted(text, font, line.width())
    painter.setFont(narrowed)
    painter.drawText(line, _TEXT, shown)


def _track(painter: QPainter, bar: QRectF, count: int, ink: QColor) -> None:
    faint = QColor(ink)
    faint.setAlphaF(0.25)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(faint)
    for place in range(count):
        painter.drawRoundedRect(segment(bar, count, place), bar.height() / 2, bar.height() / 2)
