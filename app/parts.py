"""The few parts the window is made of: text that is never markup, cards, and coloured strips.

The first paint shows these, so they do without Qt's namespace: with the first name that is asked
of it, PySide makes all of its 93 enumerations, which takes an eighth of an empty window's time.
Nor may a painter be given a pen or a brush, because PySide asks whether it is a style of one.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QSizePolicy, QVBoxLayout, QWidget

PLAIN_TEXT = 0
"""`Qt.TextFormat.PlainText` as the number it is."""
CENTRE, RIGHT = 0x84, 0x82
"""`Qt.AlignmentFlag`, as numbers: in the middle, and at the right on half the height."""
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
        self.setProperty("textFormat", PLAIN_TEXT)
        self.setWordWrap(wrap)
        if not wrap:
            self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        if muted:
            self.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.setFont(scaled(scale, bold=bold))
        self.setText(text)

    def align(self, alignment: int) -> None:
        """Set where the text stands, as a number of `Qt.AlignmentFlag`."""
        self.setProperty("alignment", alignment)

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
        palette, surface = self.palette(), QPainterPath()
        surface.addRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)
        painter.fillPath(surface, palette.brush(QPalette.ColorRole.Base))
        painter.strokePath(surface, QPen(palette.brush(QPalette.ColorRole.Mid), 1))


class Strip(QWidget):
    """A coloured strip with a line of text: watermark, end of a demonstration."""

    def __init__(self, text: str, fill: str, ink: str) -> None:
        super().__init__()
        self.text = Text(text, bold=True)
        self.text.align(CENTRE)
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
