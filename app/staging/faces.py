"""The still part of each tile, painted once and kept: everything but progress and selection.

Painting letters and outlines anew for sixty-four slots ten times a second would stall the window.
So would doing it at once when sixty-four handsets are plugged in: what looks the same on several
slots is painted once for all of them, and a slot's name stays while its colours may stay.
"""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPixmap

from app.staging import shapes
from app.staging.tile import WORD, Places, Sizes, fitted
from app.theme import LOOKS, Shape, Theme
from bench.events.views import Category, SlotView
from bench.identity.identifiers import SlotCode

_MOST_SEGMENTS = 8
_ARC_PARTS = 48
_MOST_GROUNDS = 200
"""Grounds kept at most: far more than a bench has words to say."""
_TEXT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_TAIL = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class Frame(NamedTuple):
    """What all tiles have in common; `ratio` device pixels are a pixel."""

    theme: Theme
    size: Sizes
    places: Places
    ratio: float


class Face(NamedTuple):
    """The two layers of a tile: what other slots show too, and over it what is this slot's own."""

    ground: QPixmap
    own: QPixmap


class Faces:
    """Keeps both layers of each slot, and the arcs; another frame repaints them."""

    def __init__(self) -> None:
        self._frame: Frame | None = None
        self._grounds: dict[tuple[Category, str, int], QPixmap] = {}
        self._own: dict[SlotCode, tuple[tuple[str, ...], QPixmap]] = {}
        self._arcs: dict[tuple[str, float, int, float], QPixmap] = {}

    def face(self, view: SlotView, frame: Frame) -> Face:
        """Return the still picture of a cell, in layers."""
        if frame != self._frame:
            self._grounds.clear()
            self._own.clear()
            self._frame = frame
        return Face(self._ground(view, frame), self._words(view, frame))

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

    def _ground(self, view: SlotView, frame: Frame) -> QPixmap:
        key = view.category, view.word, segments(view) if shows_progress(view) else 0
        if key not in self._grounds:
            if len(self._grounds) >= _MOST_GROUNDS:
                self._grounds.clear()
            self._grounds[key] = _ground(view, frame, key[2])
        return self._grounds[key]

    def _words(self, view: SlotView, frame: Frame) -> QPixmap:
        shown = (view.model, view.imei_tail) if frame.places.detail else ()
        key = frame.theme.paint(view.category).ink, *shown
        kept = self._own.get(view.slot)
        if kept is None or kept[0] != key:
            kept = self._own[view.slot] = key, _words(view, frame)
        return kept[1]


def flat(face: Face) -> QPixmap:
    """Return both layers as one, which alone can be shown faintly as a whole."""
    picture = QPixmap(face.ground)
    painter = QPainter(picture)
    painter.drawPixmap(0, 0, face.own)
    painter.end()
    return picture


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


def _ground(view: SlotView, frame: Frame, steps: int) -> QPixmap:
    theme, places = frame.theme, frame.places
    picture = _blank(places.cell.size(), frame.ratio)
    painter = _begin(picture)
    _surface(painter, view, theme, places.tile)
    shape, ink = LOOKS[view.category].shape, QColor(theme.paint(view.category).ink)
    if shape is not Shape.ARC:
        shapes.draw(painter, shape, places.mark, _calm(view, theme))
    if steps:
        _track(painter, places.bar, steps, ink)
    painter.setPen(_calm(view, theme))
    _write(painter, frame.size.word, view.word, places.word, WORD)
    painter.end()
    return picture


def _surface(painter: QPainter, view: SlotView, theme: Theme, tile: QRect) -> None:
    edge = QPen(QColor(theme.line), 1)
    if view.category is Category.EMPTY:
        edge = QPen(QColor(theme.muted), 1.5, Qt.PenStyle.DashLine)
    painter.setPen(edge)
    painter.setBrush(QColor(theme.paint(view.category).fill))
    painter.drawRoundedRect(QRectF(tile).adjusted(0.5, 0.5, -0.5, -0.5), 9, 9)


def _words(view: SlotView, frame: Frame) -> QPixmap:
    picture = _blank(frame.places.cell.size(), frame.ratio)
    painter = QPainter(picture)
    painter.setPen(QColor(frame.theme.paint(view.category).ink))
    _write(painter, frame.size.name, str(view.slot), frame.places.name)
    if frame.places.detail:
        painter.setPen(_calm(view, frame.theme))
        _handset(painter, frame.size.detail, view, frame.places.detail)
    painter.end()
    return picture


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


def _write(
    painter: QPainter, font: QFont, text: str, line: QRect, least: float | None = None
) -> None:
    shown, narrowed = fitted(text, font, line.width(), least)
    painter.setFont(narrowed)
    painter.drawText(line, _TEXT, shown)


def _track(painter: QPainter, bar: QRectF, count: int, ink: QColor) -> None:
    faint = QColor(ink)
    faint.setAlphaF(0.25)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(faint)
    for place in range(count):
        painter.drawRoundedRect(segment(bar, count, place), bar.height() / 2, bar.height() / 2)
