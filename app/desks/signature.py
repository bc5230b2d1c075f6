"""A field to sign in, with a pen, a finger or a mouse.

Qt makes mouse events of what a pen and a finger do where nobody takes their own, so one way is
enough. What is drawn leaves once, as text whose repr hides it, and is forgotten here.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QWidget

from app.handing_on import ENDS
from app.parts import scaled

_SIDE = 9999
"""The last of the steps that the field is wide and high."""
_MOST = 4000
"""Points of a signature that are kept; one of an arm's length has a tenth."""
_APART = 2
"""Pixels between two points at the least."""
_CLEARS = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class SignaturePad(QWidget):
    """`signed` carries the strokes, spelled `x,y x,y;x,y …`; `empty` says that there are none."""

    signed = Signal(str)
    empty = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("Signature: sign here; Enter accepts it, Delete clears it.")
        self._strokes: list[list[QPointF]] = []
        self._drawing = False

    def clear(self) -> None:
        """Forget what was drawn."""
        self._strokes, self._drawing = [], False
        self.update()

    def accept(self) -> None:
        """Give what was drawn away, and keep nothing of it."""
        spelled = self._spelled()
        self.clear()
        if spelled:
            self.signed.emit(spelled)
        else:
            self.empty.emit()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return room for a hand."""
        height = QFontMetrics(scaled(1.0)).height() * 8
        return QSize(3 * height, height)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the least in which one can sign."""
        return self.sizeHint() / 2

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter accepts, Delete clears."""
        if event.key() in ENDS:
            self.accept()
        elif event.key() in _CLEARS:
            self.clear()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Begin a stroke."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.setFocus()
            self._drawing = True
            self._strokes.append([self._share(event.position())])
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Draw on."""
        if self._drawing:
            self._add(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """End the stroke."""
        if self._drawing and event.button() is Qt.MouseButton.LeftButton:
            self._add(event.position())
            self._drawing = False

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the field, the line to sign on, and what was drawn."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, role = self.palette(), QPalette.ColorRole
        edge = palette.color(role.Accent if self.hasFocus() else role.Mid)
        painter.setPen(QPen(edge, 3 if self.hasFocus() else 1))
        painter.setBrush(palette.color(role.Base))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5), 7, 7)
        base, inset = round(self.height() * 0.78), round(self.width() * 0.06)
        painter.setPen(QPen(palette.color(role.PlaceholderText), 1))
        painter.drawLine(inset, base, self.width() - inset, base)
        if not self._strokes:
            room = self.rect().adjusted(inset, base, -inset, 0)
            told = "Sign here. Enter accepts it, Delete clears it."
            painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter), told)
        ink = QPen(palette.color(role.Text), max(2.0, self.height() / 70))
        ink.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(ink)
        for stroke in self._strokes:
            painter.drawPath(self._path(stroke))

    def _path(self, stroke: list[QPointF]) -> QPainterPath:
        width, height = self.width() / _SIDE, self.height() / _SIDE
        points = [QPointF(point.x() * width, point.y() * height) for point in stroke]
        path = QPainterPath(points[0])
        for point in points[1:] or [points[0] + QPointF(0.1, 0)]:
            path.lineTo(point)
        return path

    def _add(self, position: QPointF) -> None:
        point, last = self._share(position), self._strokes[-1][-1]
        across = (point.x() - last.x()) * self.width() / _SIDE
        down = (point.y() - last.y()) * self.height() / _SIDE
        if abs(across) + abs(down) >= _APART and sum(map(len, self._strokes)) < _MOST:
            self._strokes[-1].append(point)
            self.update()

    def _share(self, position: QPointF) -> QPointF:
        """Return a place as steps of the field, inside it."""
        across = round(position.x() * _SIDE / max(1, self.width()))
        down = round(position.y() * _SIDE / max(1, self.height()))
        return QPointF(max(0, min(_SIDE, across)), max(0, min(_SIDE, down)))

    def _spelled(self) -> str:
        strokes = (
            " ".join(f"{point.x():.0f},{point.y():.0f}" for point in stroke)
            for stroke in self._strokes
        )
        return ";".join(strokes)
