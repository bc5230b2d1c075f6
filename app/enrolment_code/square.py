"""Where a code is painted, or what is said in its place."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, floor

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.enrolment_code.drawing import QUIET, picture, place
from app.parts import scaled

_USUAL, _LEAST = 3.0, 2.0
"""Pixels of a module, before the screen's scale: what is asked for, and what a camera needs."""
_EDGE = 2
"""Pixels more, for a widget that begins and ends between two of the screen's."""
NO_ROOM = "Too little room to read it here: show it full screen"


class CodeSquare(QWidget):
    """Paints the rows that `shown` gives at the moment of painting, else its words.

    It keeps no code: what may not be shown any more cannot be painted by an event that is late.
    """

    def __init__(self, shown: Callable[[], tuple[bytes, ...]], words: Callable[[], str]) -> None:
        super().__init__()
        self._shown = shown
        self._words = words
        self._modules = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def make_room(self, modules: int) -> None:
        """Ask for room for a code of so many modules a side."""
        if modules != self._modules:
            self._modules = modules
            self.updateGeometry()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the room that is easily read from."""
        return self._side(_USUAL)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the room that can be read from."""
        return self._side(_LEAST)

    def event(self, event: QEvent) -> bool:
        """Ask for other room on another screen."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self.updateGeometry()
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the code in device pixels, wherever between two of them the widget begins."""
        painter = QPainter(self)
        rows = self._shown()
        if not rows:
            self._say(painter, self._words())
            return
        to_device = painter.deviceTransform()
        at = place(len(rows), _whole(to_device.mapRect(QRectF(self.rect()))))
        if at.module < floor(_LEAST * to_device.m11()):
            self._say(painter, NO_ROOM)
            return
        painter.setWorldTransform(to_device.inverted()[0])
        painter.drawImage(at.left, at.top, picture(rows, at.module))

    def _say(self, painter: QPainter, words: str) -> None:
        palette = self.palette()
        painter.fillRect(self.rect(), palette.color(QPalette.ColorRole.Window))
        painter.setPen(palette.color(QPalette.ColorRole.WindowText))
        painter.setFont(scaled(1.2, bold=True))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(self.rect().adjusted(16, 16, -16, -16), int(flags), words)

    def _side(self, module: float) -> QSize:
        side = ceil((self._modules + 2 * QUIET) * module) + _EDGE if self._modules else 0
        return QSize(side, side)


def _whole(room: QRectF) -> QRect:
    """Return the whole pixels inside a rectangle."""
    left, top = ceil(room.left() - _ROUNDED), ceil(room.top() - _ROUNDED)
    right, bottom = floor(room.right() + _ROUNDED), floor(room.bottom() + _ROUNDED)
    return QRect(left, top, right - left, bottom - top)


_ROUNDED = 1e-6
"""What a factor of 1.25 may be off by, in pixels."""
