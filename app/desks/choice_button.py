"""An answer as a button: its key, and its words beside it on as many lines as they need."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QStyle

from app.parts import scaled
from app.pressed import PressedByEnter

_PAD, _ROOMY_PAD = 10, 18
_ROOMY = 1.3
"""How much larger the words are where there is room for it."""
_WORDS = 18
"""Characters of a line below which words are not broken further."""


class ChoiceButton(PressedByEnter):
    """Enter, Space and its digit press it; `key` is "" where there are more answers than digits."""

    def __init__(self, key: str, text: str) -> None:
        super().__init__()
        self.key = key
        self.is_roomy = False
        """Whether there is room to be read from further away."""
        self.setText(text)
        self.setAccessibleName(text)
        self.setAccessibleDescription(key)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the room that it needs on one line, or on two where the words are many."""
        metrics = QFontMetrics(self._letters())
        whole = metrics.horizontalAdvance(self.text())
        wide = min(whole, max(whole // 2, _WORDS * metrics.averageCharWidth() * 2))
        wide += self._key_room() + 2 * self._pad
        return QSize(wide, self.heightForWidth(wide))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the least width; the words go on more lines then."""
        metrics = QFontMetrics(self._letters())
        wide = self._key_room() + 2 * self._pad + _WORDS * metrics.averageCharWidth()
        return QSize(wide, metrics.height() + 2 * self._pad)

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's name
        """Return the height at which no word is cut off."""
        metrics = QFontMetrics(self._letters())
        room = QRect(0, 0, max(1, width - self._key_room() - 2 * self._pad), 10_000)
        words = metrics.boundingRect(room, int(Qt.TextFlag.TextWordWrap), self.text())
        return max(words.height(), metrics.height()) + 2 * self._pad

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the key as a cap, and the words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, role = self.palette(), QPalette.ColorRole
        focused = self.hasFocus()
        edge = palette.color(role.Accent if focused else role.Mid)
        painter.setPen(QPen(edge, 3 if focused else 1))
        painter.setBrush(palette.color(role.Mid if self.isDown() else role.Base))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5), 7, 7)
        painter.setFont(self._letters())
        painter.setPen(palette.color(role.WindowText))
        room = self.rect().adjusted(self._pad, _PAD // 2, -self._pad, -_PAD // 2)
        self._draw(painter, self._mirrored(room.adjusted(self._key_room(), 0, 0, 0)), self.text())
        if self.key:
            self._paint_key(painter, room)

    def _paint_key(self, painter: QPainter, room: QRect) -> None:
        side = QFontMetrics(self._letters()).height() + 4
        cap = QRect(room.left(), room.center().y() - side // 2, side, side)
        cap = self._mirrored(cap)
        painter.setBrush(self.palette().color(QPalette.ColorRole.Window))
        painter.setPen(self.palette().color(QPalette.ColorRole.Mid))
        painter.drawRoundedRect(QRectF(cap), 5, 5)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        painter.drawText(cap, int(Qt.AlignmentFlag.AlignCenter), self.key)

    def _draw(self, painter: QPainter, room: QRect, words: str) -> None:
        at = QStyle.visualAlignment(
            self.layoutDirection(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        painter.drawText(room, int(at) | int(Qt.TextFlag.TextWordWrap), words)

    def _mirrored(self, room: QRect) -> QRect:
        return QStyle.visualRect(self.layoutDirection(), self.rect(), room)

    def _key_room(self) -> int:
        return QFontMetrics(self._letters()).height() + 4 + _PAD

    def _letters(self) -> QFont:
        return scaled(_ROOMY if self.is_roomy else 1.0, bold=True)

    @property
    def _pad(self) -> int:
        return _ROOMY_PAD if self.is_roomy else _PAD
