"""The panel behind the chip: what waits and since when, what is wrong, what to do; Sync now.

Never modal, and what it shows is renewed while it is open.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.parts import Text
from app.sheet import Page, Sheet
from app.staging.key_button import KeyButton

HEADING = "The central store"
SYNC_KEY = "Ctrl+S"
_WIDE = 640
"""Pixels of a line that is still easy to read."""


class CentreLines(QWidget):
    """What is said line by line, and the button below."""

    wanted = Signal()
    """Somebody wants what waits to be sent now."""

    def __init__(self) -> None:
        super().__init__()
        self.state = Text(scale=1.2, bold=True, wrap=True)
        self.trouble = Text(wrap=True)
        self.values: dict[str, Text] = {}
        self.page = Page(self._lines(), HEADING)
        self.button = KeyButton("Sync now", SYNC_KEY)
        self.button.clicked.connect(self.wanted)
        within = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence(SYNC_KEY), self, self.wanted.emit, context=within)
        self._arrange()

    def show_lines(self, line: str, rows: tuple[tuple[str, str], ...], trouble: str) -> None:
        """Show what is said now; only what changed is set, so that nothing flickers."""
        _set(self.state, line)
        _set(self.trouble, trouble)
        self.trouble.setVisible(bool(trouble))
        for name, value in rows:
            _set(self._value(name), value)
        spoken = "; ".join(f"{name}: {value}" for name, value in rows)
        told = ". ".join(part.rstrip(".") for part in (line, trouble, spoken) if part)
        if told != self.page.accessibleDescription():
            self.page.setAccessibleDescription(told)

    def _value(self, name: str) -> Text:
        if name not in self.values:
            row = len(self.values)
            self._grid.addWidget(Text(name, muted=True, wrap=True), row, 0)
            self.values[name] = Text(wrap=True)
            self._grid.addWidget(self.values[name], row, 1)
        return self.values[name]

    def _lines(self) -> QWidget:
        inside = QWidget()
        inside.setMinimumWidth(_WIDE // 2)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(22)
        self._grid.setVerticalSpacing(7)
        self._grid.setColumnStretch(1, 1)
        column.addWidget(self.state)
        column.addWidget(self.trouble)
        column.addLayout(self._grid)
        column.addStretch()
        return inside

    def _arrange(self) -> None:
        foot = QHBoxLayout()
        foot.addStretch()
        foot.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.page, 1)
        column.addLayout(foot)
        self.setFocusProxy(self.page)


class CentrePanel(Sheet):
    """The lines, laid over the window; `left` says that it is closed."""

    left = Signal()

    def __init__(self, parent: QWidget, lines: CentreLines) -> None:
        self.lines = lines
        super().__init__(parent, HEADING, lines, fits=False)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Say that it goes."""
        self.left.emit()
        super().closeEvent(event)


def _set(text: Text, told: str) -> None:
    if text.text() != told:
        text.setText(told)
