"""The parts of a desk below each other; where they are higher than the window, they scroll."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QVBoxLayout, QWidget

_GAP = 10


class Stack(QScrollArea):
    """Keeps what has the focus in sight."""

    def __init__(self, parts: Sequence[QWidget]) -> None:
        super().__init__()
        self._inside = QWidget()
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(_GAP)
        for part in parts:
            self._column.addWidget(part)
        self._column.addStretch()
        self.setWidget(self._inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for surface in (self._inside, self.viewport()):
            surface.setAutoFillBackground(False)
        self.verticalScrollBar().rangeChanged.connect(self._reveal)
        QApplication.instance().focusChanged.connect(self._focused)  # type: ignore[union-attr]

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the width that the parts need beside a scroll bar; any height will do."""
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(self._inside.minimumSizeHint().width() + bar, 0)

    def add(self, part: QWidget) -> None:
        """Put another part below the others; it takes the height that is left."""
        self._column.insertWidget(self._column.count() - 1, part, 1)

    def share(self, part: QWidget, share: int) -> None:
        """Set how much of the height that is left a part gets."""
        self._column.setStretchFactor(part, share)

    def fill(self, room: QWidget) -> None:
        """Fill a widget with this."""
        column = QVBoxLayout(room)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keep in sight what has the focus."""
        super().resizeEvent(event)
        self._reveal()

    @Slot()
    def _reveal(self) -> None:
        """Bring what has the focus into sight, once it has its place."""
        self._focused(None, QApplication.focusWidget())

    def _focused(self, _before: QWidget | None, now: QWidget | None) -> None:
        if now is not None and self._inside.isAncestorOf(now):
            self.ensureWidgetVisible(now, 0, _GAP)
