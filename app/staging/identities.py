"""What box, handset and label say where they do not agree: whole numbers, and nowhere else.

What differs is boxed and underlined in reverse, never by colour alone. Each line can be focused,
so that a screen reader reads it digit by digit.
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
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.parts import scaled
from app.staging.comparing import differing, groups, spoken
from bench.identity.plain import plain

_SCALES = (1.35, 1.2, 1.05, 0.9, 0.75, 0.6)
_PAD = 4
_NAME = "Handset "
"""The widest of the usual names; they stand in one column."""


class Identities(QWidget):
    """The values below each other; out of sight while nothing disagrees."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[IdentityRow, ...] = ()
        self.setAccessibleName("What does not agree")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._shown: tuple[tuple[str, str], ...] = ()
        self.hide()

    def show_values(self, values: tuple[tuple[str, str], ...]) -> None:
        """Show a name and a value each."""
        if values == self._shown:
            return
        self._shown = values
        for row in self.rows:
            self._column.removeWidget(row)
            row.deleteLater()
        shown = [(plain(name), plain(value)) for name, value in values]
        places = differing([value for _, value in shown])
        lengths = [len(value) for _, value in shown]
        self.rows = tuple(
            IdentityRow(name, value, places if lengths.count(len(value)) > 1 else frozenset())
            for name, value in shown
        )
        for row in self.rows:
            self._column.addWidget(row)
        self.setVisible(bool(values))


class IdentityRow(QWidget):
    """One name and value; `places` are where it differs from others of its kind."""

    def __init__(self, name: str, value: str, places: frozenset[int]) -> None:
        super().__init__()
        self.name, self.value, self.places = name, value, places
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(spoken(name, value, places))

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the room of the largest writing; narrower, it is written smaller."""
        height = QFontMetricsF(scaled(_SCALES[0], bold=True)).height()
        return QSize(round(12 * height), round(height) + 2 * _PAD)

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
        """Paint name and value, every character in a cell of the same width."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, role = self.palette(), QPalette.ColorRole
        named = scaled(1.0)
        left = QFontMetricsF(named).horizontalAdvance(_NAME) + _PAD
        painter.setFont(named)
        painter.setPen(palette.color(role.PlaceholderText))
        box = QRectF(_PAD, 0, left, self.height())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), self.name)
        self._paint_value(painter, left + _PAD)
        if self.hasFocus():
            painter.setPen(QPen(palette.color(role.Accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 5, 5)

    def _paint_value(self, painter: QPainter, left: float) -> None:
        font, cell = self._writing(self.width() - left - _PAD)
        painter.setFont(font)
        place, at = 0, left
        for group in groups(self.value or "not read"):
            for character in group:
                box = QRectF(at, _PAD, cell, self.height() - 2 * _PAD)
                self._paint_character(painter, character, box, differs=place in self.places)
                place, at = place + 1, at + cell
            at += cell / 2 if self.value else 0

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
        """Return the largest font in which the value fits, and the width of its cells."""
        for scale in _SCALES:
            font = scaled(scale, bold=True)
            metrics = QFontMetricsF(font)
            cell = max(map(metrics.horizontalAdvance, self.value or "n")) + 2
            if cell * (len(self.value) + len(groups(self.value)) / 2) <= room:
                break
        return font, cell
