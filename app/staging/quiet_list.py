"""A list that leaves characters to the window."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QListView

from app.parts import scaled


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
