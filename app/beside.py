"""What stands beside the slots, below each other."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from app.arrangement import stacked


class Beside(QScrollArea):
    """What stands beside the slots; scrolls where it is higher than the window."""

    def __init__(self, parts: Sequence[tuple[QWidget, int]]) -> None:
        super().__init__()
        self._kept: tuple[QWidget, ...] = ()
        self._parts = [part for part, _ in parts]
        self._inside = QWidget()
        column = stacked(parts)
        column.setContentsMargins(0, 0, 0, 0)
        self._inside.setLayout(column)
        self.setWidget(self._inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for bar in (self.horizontalScrollBar(), self.verticalScrollBar()):
            bar.rangeChanged.connect(self._resized)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the width that the parts need beside a scroll bar; any height will do."""
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(self._inside.minimumSizeHint().width() + bar, 0)

    def fit(self) -> None:
        """Follow the application's font, once the parts have done so."""
        QTimer.singleShot(0, self.updateGeometry)

    def keep_in_sight(self, *parts: QWidget) -> None:
        """Keep parts in sight while others grow; where there is no room for all, the last one."""
        if parts != self._kept:
            self._kept = parts
            self._resized()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keep in sight what has the focus."""
        super().resizeEvent(event)
        self.reveal()

    @Slot()
    def _resized(self) -> None:
        """Ask for the width that is needed now; what has the focus comes before what is kept."""
        self.updateGeometry()
        focused = self.focusWidget()
        if focused is None or not focused.hasFocus():
            for part in self._kept:
                self.ensureWidgetVisible(part, 0, 0)

    @Slot()
    def reveal(self) -> None:
        """Bring the part that has the focus into sight, and in it what has the focus."""
        focused = self.focusWidget()
        if focused is None or not focused.hasFocus():
            return
        part = next(part for part in self._parts if part is focused or part.isAncestorOf(focused))
        self.ensureWidgetVisible(part, 0, 0)
        self.ensureWidgetVisible(focused, 0, 0)
