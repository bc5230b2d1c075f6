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
        self._shown: QWidget | None = None
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

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the width that the parts need beside a scroll bar; any height will do."""
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(self._inside.minimumSizeHint().width() + bar, 0)

    def fit(self, shown: QWidget | None = None) -> None:
        """Follow the parts' new sizes, once they have them, and bring one of them into sight."""
        self._shown = shown
        QTimer.singleShot(0, self._fit)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keep in sight what has the focus."""
        super().resizeEvent(event)
        self.reveal()

    @Slot()
    def _fit(self) -> None:
        self.updateGeometry()
        if self._shown:
            QTimer.singleShot(0, self._reveal_shown)

    @Slot()
    def _reveal_shown(self) -> None:
        """Show the part that is new, unless what has the focus here would go out of sight."""
        shown, self._shown = self._shown, None
        focused = self.focusWidget()
        if shown and not (focused and focused.hasFocus()):
            self.ensureWidgetVisible(shown, 0, 0)

    @Slot()
    def reveal(self) -> None:
        """Bring the part that has the focus into sight, and in it what has the focus."""
        focused = self.focusWidget()
        if focused is None or not focused.hasFocus():
            return
        part = next(part for part in self._parts if part is focused or part.isAncestorOf(focused))
        self.ensureWidgetVisible(part, 0, 0)
        self.ensureWidgetVisible(focused, 0, 0)
