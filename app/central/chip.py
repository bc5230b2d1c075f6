"""The chip: outline, word and a little more, as wide as it will ever need to be."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy

from app.central.words import Said
from app.parts import scaled
from app.pressed import PressedByEnter
from app.staging import shapes
from app.theme import LOOKS, Theme
from bench.events.central import CentreState
from bench.events.views import Category

CENTRE_LOOKS: Mapping[CentreState, Category] = {
    CentreState.IN_STEP: Category.DONE,
    CentreState.SENDING: Category.WORKING,
    CentreState.WAITING: Category.ATTACHED,
    CentreState.AWAY: Category.VOID,
    CentreState.STOPPED: Category.HELD,
}
"""It borrows the look of a category, as a scan's answer does, and says its own word."""
_HEAD, _TAIL = 1.0, 0.85
_WIDEST = ("Sending 100 %", "99,999 wait since Wed 00:00")
_PAD = 8
_ELIDED = Qt.TextElideMode.ElideRight


class CentreChip(PressedByEnter):
    """Enter, Space and the mouse open what is behind it; follows theme and font by itself."""

    def __init__(self, theme: Callable[[], Theme], key: str) -> None:
        super().__init__()
        self._theme, self._key = theme, key
        self._said = Said("")
        self._state, self._share = CentreState.WAITING, 0.0
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def state(self) -> CentreState:
        """The state that is shown."""
        return self._state

    def show_said(self, said: Said, state: CentreState, share: float, more: str) -> None:
        """Show what is said; `more` is told of it where somebody asks: a plain text."""
        if (said, state, share) != (self._said, self._state, self._share):
            self._said, self._state, self._share = said, state, share
            self.setText(said.line.replace("&", "&&"))
            self.setAccessibleName(f"Central store: {said.line}")
            self.update()
        if more != self.accessibleDescription():
            self.setAccessibleDescription(more)
            self.setToolTip(_unmarked(f"{more}\n{self._key}"))

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the room of the longest that is usually said, whatever is said now."""
        head, tail = (QFontMetrics(font) for font in self._fonts())
        wide = max(head.horizontalAdvance(_WIDEST[0]), tail.horizontalAdvance(_WIDEST[1]))
        high = head.height() + tail.height()
        return QSize(_side(high) + wide + 3 * _PAD, high + _PAD)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the same."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the edge, the mark, and the words beside it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        role, focused = QPalette.ColorRole, self.hasFocus()
        edge = self.palette().color(role.Accent if focused else role.Mid)
        painter.setPen(QPen(edge, 3 if focused else 1))
        painter.setBrush(self.palette().color(role.Mid if self.isDown() else role.Base))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5), 7, 7)
        self._paint_words(painter, self._paint_mark(painter))

    def _paint_mark(self, painter: QPainter) -> float:
        """Paint colour and outline; return where they end."""
        category = CENTRE_LOOKS[self._state]
        paint, side = self._theme().paint(category), _side(self.height() - _PAD)
        mark = QRectF(_PAD, (self.height() - side) / 2, side, side)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(paint.fill))
        painter.drawRoundedRect(mark, 5, 5)
        inner = mark.adjusted(5, 5, -5, -5)
        shapes.draw(painter, LOOKS[category].shape, inner, QColor(paint.ink), self._share)
        return mark.right()

    def _paint_words(self, painter: QPainter, begins: float) -> None:
        fonts, role = self._fonts(), QPalette.ColorRole
        room = QRectF(self.rect()).adjusted(begins + _PAD, 0, -_PAD, 0)
        height = sum(QFontMetrics(font).height() for font in fonts[: 1 + bool(self._said.tail)])
        top = (self.height() - height) / 2
        inks = role.Text, role.PlaceholderText
        for font, text, ink in zip(fonts, self._said[:2], inks, strict=True):
            metrics = QFontMetrics(font)
            painter.setFont(font)
            painter.setPen(self.palette().color(ink))
            line = QRectF(room.left(), top, room.width(), metrics.height())
            told = metrics.elidedText(text, _ELIDED, int(room.width()))
            painter.drawText(line, int(Qt.AlignmentFlag.AlignLeft), told)
            top += metrics.height()

    @staticmethod
    def _fonts() -> tuple[QFont, QFont]:
        return scaled(_HEAD, bold=True), scaled(_TAIL)


def _side(height: float) -> int:
    return round(height * 0.72)


def _unmarked(text: str) -> str:
    """Return a tooltip that is never taken for markup, whatever it begins with."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>")
    return f"<span>{safe}</span>"
