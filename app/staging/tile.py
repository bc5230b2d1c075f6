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
_LARGEST = 2.0


@dataclass(frozen=True, slots=True)
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
        return self.name_height + self.word_height + 3 * self.bar + self._detail

    def places(self, cell: QRect) -> Places:
        """Return where the lines go: the name at the top, the others from the bottom up."""
        tile = cell.adjusted(GAP, GAP, -GAP, -GAP)
        pad = _PAD if tile.height() >= self.height + 2 * _PAD else _TIGHT
        left, width = tile.left() + _PAD, tile.width() - 2 * _PAD
        detail = tile.bottom() + 1 - pad - self._detail
        bar = detail - 2 * self.bar
        side = round(self.name_height * 0.78)
        top = tile.top() + pad
        return Places(
            tile=tile,
            name=QRect(left, top, width - side, self.name_height),
            mark=QRectF(left + width - side, top + (self.name_height - side) / 2, side, side),
            word=QRect(left, bar - self.bar - self.word_height, width, self.word_height),
            bar=QRectF(left, bar, width, self.bar),
            detail=QRect(left, detail, width, self.detail_height) if self.detailed else None,
        )

    @property
    def _detail(self) -> int:
        return self.detail_height if self.detailed else 0


@dataclass(frozen=True, slots=True)
class Places:
    """Where everything on one tile goes; `detail` is None where there is no room for it."""

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


@lru_cache(maxsize=1024)
def fitted(text: str, family: str, points: float, width: int) -> tuple[str, QFont]:
    """Return `text` made plain and the font in which it fits: narrowed if need be, then cut."""
    shown = plain(text)
    font = font_of(family, points)
    for stretch in _STRETCHES:
        font.setStretch(stretch)
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
