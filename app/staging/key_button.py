"""A button with its key drawn below its word."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QPushButton

from app.parts import scaled


class KeyButton(QPushButton):
    """A flat button that shows its key; Enter and Space press it.

    It has room for its other text from the start, so that nothing moves when that is shown.
    """

    def __init__(self, text: str, key: str, other: str = "") -> None:
        super().__init__(text)
        self.key = key
        self._texts = (text, other)
        self.setAutoDefault(True)
        self.setAccessibleDescription(key)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the room text and key need."""
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the room text and key need."""
        text, key = QFontMetrics(scaled(1.0, bold=True)), QFontMetrics(scaled(0.85))
        wide = max(key.horizontalAdvance(self.key), *map(text.horizontalAdvance, self._texts))
        return QSize(wide + 24, text.height() + key.height() + 14)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the word above its key; faint when it cannot be pressed now."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(1.0 if self.isEnabled() else 0.45)
        palette, role = self.palette(), QPalette.ColorRole
        focused = self.hasFocus()
        edge = palette.color(role.Accent if focused else role.Mid)
        painter.setPen(QPen(edge, 3 if focused else 1))
        painter.setBrush(palette.color(role.Mid if self.isDown() else role.Window))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5), 7, 7)
        room = self.rect().adjusted(6, 7, -6, -7)
        centre = Qt.AlignmentFlag.AlignHCenter
        painter.setPen(palette.color(role.WindowText))
        painter.setFont(scaled(1.0, bold=True))
        painter.drawText(room, int(centre | Qt.AlignmentFlag.AlignTop), self.text())
        painter.setPen(palette.color(role.PlaceholderText))
        painter.setFont(scaled(0.85))
        painter.drawText(room, int(centre | Qt.AlignmentFlag.AlignBottom), self.key)
