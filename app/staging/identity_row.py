"""One number that somebody or something says a handset has, to be compared with others.

What differs is boxed and underlined in reverse, never by colour alone. The line can be focused, so
that a screen reader reads it digit by digit.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.parts import scaled
from app.staging.comparing import Said, is_number

_SCALES = (1.35, 1.2, 1.05, 0.9, 0.75, 0.6)
_PAD = 4
_NAME = "handset  "
"""The widest of the usual names; they stand in one column, longer ones above their number."""


class IdentityRow(QWidget):
    """A name and a number, every character in a cell of the same width."""

    def __init__(self, said: Said) -> None:
        super().__init__()
        self.said = said
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(said.spoken)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the room of the largest writing; narrower, it is written smaller."""
        height = round(QFontMetricsF(scaled(_SCALES[0], bold=True)).height())
        return QSize(12 * height, height + self._above() + 2 * _PAD)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the same height, and hardly any width."""
        return QSize(0, self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Go to the next line, or to the one before."""
        match event.key():
            case Qt.Key.Key_Down:
                self.focusNextChild()
            case Qt.Key.Key_Up:
                self.focusPreviousChild()
            case _:
                super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Show the edge."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Lose the edge."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the name, and beside or below it the number."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, role = self.palette(), QPalette.ColorRole
        above, whole = self._above(), QRectF(self.rect()).adjusted(_PAD, _PAD, -_PAD, -_PAD)
        painter.setFont(scaled(1.0))
        painter.setPen(palette.color(role.PlaceholderText))
        name = QRectF(whole.topLeft(), whole.size())
        name.setHeight(above or whole.height())
        painter.drawText(name, int(Qt.AlignmentFlag.AlignVCenter), self.said.name)
        self._paint_value(painter, whole.adjusted(0 if above else _column(), above, 0, 0))
        if self.hasFocus():
            painter.setPen(QPen(palette.color(role.Accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 5, 5)

    def _above(self) -> int:
        """Return the height of a name that is too long to stand beside its number, else 0."""
        metrics = QFontMetricsF(scaled(1.0))
        is_long = metrics.horizontalAdvance(self.said.name) > _column()
        return round(metrics.height()) if is_long else 0

    def _paint_value(self, painter: QPainter, room: QRectF) -> None:
        if not is_number(self.said.value):
            painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), self.said.value)
            return
        font, cell = self._writing(room.width())
        painter.setFont(font)
        place, at = 0, room.left()
        for group in self.said.groups:
            for character in group:
                box = QRectF(at, room.top(), cell, room.height())
                self._paint_character(painter, character, box, differs=place in self.said.places)
                place, at = place + 1, at + cell
            at += cell / 2

    def _paint_character(
        self, painter: QPainter, character: str, box: QRectF, *, differs: bool
    ) -> None:
        palette, role = self.palette(), QPalette.ColorRole
        if differs:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.color(role.WindowText))
            painter.drawRoundedRect(box, 3, 3)
            line = box.bottom() - 2.5
            painter.setPen(QPen(palette.color(role.Base), 2))
            painter.drawLine(QPointF(box.left() + 2, line), QPointF(box.right() - 2, line))
        painter.setPen(palette.color(role.Base if differs else role.WindowText))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), character)

    def _writing(self, room: float) -> tuple[QFont, float]:
        """Return the largest font in which the number fits, and the width of its cells."""
        cells = len(self.said.value) + len(self.said.groups) / 2
        for scale in _SCALES:
            font = scaled(scale, bold=True)
            cell = max(map(QFontMetricsF(font).horizontalAdvance, self.said.value)) + 2
            if cell * cells <= room:
                break
        return font, cell


def _column() -> float:
    return QFontMetricsF(scaled(1.0)).horizontalAdvance(_NAME)
