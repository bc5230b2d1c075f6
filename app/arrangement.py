"""Where the parts of the window go: scans on top, slots below, what needs reading beside them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.actions import ACTIONS
from app.parts import Strip, Text
from app.theme import TRAINING

_TRAINING = "TRAINING — simulated handsets, nothing leaves this bench"
_GAP = 10
_UNBROKEN = "\N{NO-BREAK SPACE}"
_BENCH, _BESIDE = 70, 30
"""Per cent of the width; what stands beside never gets less than it needs."""


def stacked(parts: Sequence[tuple[QWidget, int]]) -> QVBoxLayout:
    """Return parts below each other, each with its share of spare height."""
    column = QVBoxLayout()
    column.setSpacing(_GAP)
    for part, share in parts:
        column.addWidget(part, share)
    return column


def banner(centre: QWidget, *, simulated: bool) -> QVBoxLayout:
    """Return the window's whole column, begun with the watermark of a training bench."""
    column = QVBoxLayout(centre)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    if simulated:
        column.addWidget(Strip(_TRAINING, TRAINING.fill, TRAINING.ink))
    return column


class Beside(QScrollArea):
    """What stands beside the slots; scrolls where it is higher than the window."""

    def __init__(self, parts: Sequence[tuple[QWidget, int]]) -> None:
        super().__init__()
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

    def fit(self) -> None:
        """Follow the application's font, once the parts have done so."""
        QTimer.singleShot(0, self.updateGeometry)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keep in sight what has the focus."""
        super().resizeEvent(event)
        self.reveal()

    @Slot()
    def reveal(self) -> None:
        """Bring the part that has the focus into sight, and in it what has the focus."""
        focused = self.focusWidget()
        if focused is None or not focused.hasFocus():
            return
        part = next(part for part in self._parts if part is focused or part.isAncestorOf(focused))
        self.ensureWidgetVisible(part, 0, 0)
        self.ensureWidgetVisible(focused, 0, 0)


def body(top: QWidget, bench: QBoxLayout, beside: QWidget, status: Text) -> QVBoxLayout:
    """Return the window's inside."""
    row = QHBoxLayout()
    row.setSpacing(_GAP + 4)
    row.addLayout(bench, _BENCH)
    row.addWidget(beside, _BESIDE)
    column = QVBoxLayout()
    column.setContentsMargins(14, 12, 14, 8)
    column.setSpacing(_GAP)
    column.addWidget(top)
    column.addLayout(row, 1)
    column.addLayout(_foot(status))
    return column


def _foot(status: Text) -> QHBoxLayout:
    """Return the last line: what was just said, and the keys used most."""
    hints = [f"{action.keys[0]} {action.hint}" for action in ACTIONS if action.hint]
    unbroken = (hint.replace(" ", _UNBROKEN) for hint in hints)
    keys = Text(f"{_UNBROKEN * 4} ".join(unbroken), scale=0.92, muted=True, wrap=True)
    keys.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    row = QHBoxLayout()
    row.addWidget(status, 2)
    row.addWidget(keys, 3)
    return row
