"""The numbers beside the lines; a line with a fault has a cross, a bold number and an edge."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

FAULT = "✗"


class Margin(QWidget):
    """Room left of a text; painted by whoever knows where its lines are."""

    def __init__(
        self, text: QWidget, width: Callable[[], int], paint: Callable[[QPaintEvent], None]
    ) -> None:
        super().__init__(text)
        self._width = width
        self._paint = paint

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the width that the longest number needs."""
        return QSize(self._width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Have the numbers painted."""
        self._paint(event)
