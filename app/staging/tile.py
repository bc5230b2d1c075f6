"""What fits on a tile and where: fonts and places for a cell of any size.

Every size comes from font metrics and grows with the tile; the slot's name is at least 28 points
and its word 16 at the usual zoom.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics

from bench.identity.plain import plain

NAME, WORD, DETAIL = 28.0, 16.0, 11.0
"""Points of slot name, word and handset on the smallest tile."""
GAP = 5
"""Pixels between the edge of a cell and its tile, where the selection is drawn."""
_PAD, _TIGHT = 12, 8
"""Pixels between the edge of a tile and its lines, and above them where room is scarce."""
_STRETCHES = (100, 88, 76)
"""Per cent of its width to which a text is narrowed before it is cut."""
_FINER = 0.5
"""Points by which a text is made smaller at a time."""
_LARGEST = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Sizes:
    """The fonts of a tile and the heights of its lines, in pixels."""

    name: QFont
    word: QFont
    detail: QFont
    name_height: int
    word_height: int
    detail_height: int
    bar: int
    detailed: bool

    @property
    def height(self) -> int:
        """The height of all lines, without what is around them."""
        return self.name_height + self.word_height + 3 * self.bar + self.detail_line

    @property
    def detail_line(self) -> int:
        """The height of the line about the handset, 0 where there is no room for it."""
        return self.detail_height if self.detailed else 0


@dataclass(frozen=True, slots=True)
class Places:
    """Where everything goes in a cell at 0, 0; `detail` is None where there is no room for it."""

    cell: QRect
    tile: QRect
    name: QRect
    mark: QRectF
    word: QRect
    bar: QRectF
    detail: QRect | None


@lru_cache(maxsize=32)
def sizes(width: int, height: int, zoom: float, family: str) -> Sizes:
    """Return the sizes for a cell: the largest of which the lines fill its height."""
    least = _sizes(1.0, zoom, family, detailed=True)
    room = height - 2 * (_PAD + GAP)
    if room < least.height:
        return _sizes(1.0, zoom, family, detailed=False)
    widest = width / (QFontMetrics(least.word).horizontalAdvance("Unauthorised") + 2 * _PAD)
    return _sizes(max(1.0, min(_LARGEST, room / least.height, widest)), zoom, family, detailed=True)


def smallest(zoom: float, family: str) -> QSize:
    """Return the smallest cell in which name, shape and word can be read."""
    least = _sizes(1.0, zoom, family, detailed=False)
    width = QFontMetrics(least.word).horizontalAdvance("Scan label") + 2 * (_PAD + GAP)
    return QSize(width, least.height + 2 * (_TIGHT + GAP))


@lru_cache(maxsize=32)
def places_in(width: int, height: int, size: Sizes) -> Places:
    """Return where the lines go: the name at the top, the others from the bottom up."""
    cell = QRect(0, 0, width, height)
    tile = cell.adjusted(GAP, GAP, -GAP, -GAP)
    pad = _PAD if tile.height() >= size.height + 2 * _PAD else _TIGHT
    left, room = tile.left() + _PAD, tile.width() - 2 * _PAD
    top, detail = tile.top() + pad, tile.bottom() + 1 - pad - size.detail_line
    bar = detail - 2 * size.bar
    side = round(size.name_height * 0.78)
    return Places(
        cell=cell,
        tile=tile,
        name=QRect(left, top, room - side, size.name_height),
        mark=QRectF(left + room - side, top + (size.name_height - side) / 2, side, side),
        word=QRect(left, bar - size.bar - size.word_height, room, size.word_height),
        bar=QRectF(left, bar, room, size.bar),
        detail=QRect(left, detail, room, size.detail_height) if size.detailed else None,
    )


def fitted(text: str, font: QFont, width: int, least: float | None = None) -> tuple[str, QFont]:
    """Return `text` made plain and the font in which it fits.

    It is narrowed if need be, then made smaller down to `least` points, and cut only then.
    """
    shown = plain(text)
    font = QFont(font)
    for stretch in _STRETCHES:
        font.setStretch(stretch)
        if QFontMetrics(font).horizontalAdvance(shown) <= width:
            return shown, font
    while least is not None and font.pointSizeF() > least:
        font.setPointSizeF(max(least, font.pointSizeF() - _FINER))
        if QFontMetrics(font).horizontalAdvance(shown) <= width:
            return shown, font
    return QFontMetrics(font).elidedText(shown, Qt.TextElideMode.ElideRight, width), font


def font_of(family: str, points: float) -> QFont:
    """Return a font; what is to be read from afar is bold."""
    font = QFont(family)
    font.setPointSizeF(points)
    font.setBold(points >= WORD)
    return font


def _sizes(scale: float, zoom: float, family: str, *, detailed: bool) -> Sizes:
    name, word, detail = (font_of(family, points * scale * zoom) for points in (NAME, WORD, DETAIL))
    return Sizes(
        name=name,
        word=word,
        detail=detail,
        name_height=QFontMetrics(name).height(),
        word_height=QFontMetrics(word).height(),
        detail_height=QFontMetrics(detail).height(),
        bar=max(4, round(6 * scale * zoom)),
        detailed=detailed,
    )
