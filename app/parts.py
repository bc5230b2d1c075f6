"""The few parts the window is made of: text that is never markup, cards, and keys drawn as caps."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QListView,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

_RADIUS = 10.0


def scaled(scale: float, *, bold: bool = False) -> QFont:
    """Return the application's font, larger or smaller."""
    font = QFont(QApplication.font())
    font.setPointSizeF(font.pointSizeF() * scale)
    font.setBold(bold)
    return font


class Text(QLabel):
    """A plain text; follows the theme, and the application's font when it is told to `fit`."""

    def __init__(
        self,
        text: str = "",
        *,
        scale: float = 1.0,
        bold: bool = False,
        muted: bool = False,
        wrap: bool = False,
    ) -> None:
        super().__init__()
        self._scale, self._bold = scale, bold
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        if not wrap:
            self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        if muted:
            self.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.setFont(scaled(scale, bold=bold))
        self.setText(text)

    def fit(self) -> None:
        """Follow the application's font."""
        self.setFont(scaled(self._scale, bold=self._bold))


class Card(QFrame):
    """A rounded surface with an optional heading; the focused one has a stronger edge."""

    def __init__(self, heading: str = "") -> None:
        super().__init__()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(14, 10, 14, 12)
        self.column.setSpacing(6)
        self.heading = Text(heading, scale=0.92, bold=True, muted=True)
        if heading:
            self.setAccessibleName(heading)
            self.column.addWidget(self.heading)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the surface."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Mid), 1))
        painter.setBrush(palette.color(QPalette.ColorRole.Base))
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS
        )


class Strip(QWidget):
    """A coloured strip with a line of text: watermark, end of a demonstration."""

    def __init__(self, text: str, fill: str, ink: str) -> None:
        super().__init__()
        self.text = Text(text, bold=True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.text.setForegroundRole(QPalette.ColorRole.WindowText)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 5, 12, 5)
        column.addWidget(self.text)
        self.setAutoFillBackground(True)
        self.show_colours(fill, ink)
        self.setAccessibleName(text)

    def show_colours(self, fill: str, ink: str) -> None:
        """Change to other colours."""
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, QColor(fill))
        palette.setColor(QPalette.ColorRole.WindowText, QColor(ink))
        self.setPalette(palette)


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


class QuietList(QListView):
    """A list that leaves characters to the window instead of searching by them.

    It is content with three lines and takes all the room there is.
    """

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the room it is content with."""
        return QSize(super().sizeHint().width(), 3 * QFontMetrics(scaled(1.0)).height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the same height: less would show nothing whole."""
        return QSize(super().minimumSizeHint().width(), self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Take only keys that move or do something."""
        if event.text().isprintable() and event.text():
            event.ignore()
        else:
            super().keyPressEvent(event)
