"""The table of a desk's lines: read by arrows, and never in the way of a key for the desk."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QTableView

from app.desks.lines import Lines, spoken
from app.parts import scaled
from app.theme import Theme
from bench.events.desks import Line

_GAP, _WIDEST = 16, 24
"""Pixels between columns; how many times as wide as a line is high a column gets at the most."""
_LOOKED_AT = 60
"""Lines by which the width of a column is found: a long table must not be measured whole."""
_LEAST = 4
"""Lines that are whole at the least, where there are so many: a desk that is too high scrolls."""


class LineTable(QTableView):
    """Shows lines; characters go to the window, Ctrl+C copies the whole line."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.lines = Lines(theme, self)
        self.setModel(self.lines)
        self.setAccessibleName("What is open, and what happened last")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head = self.horizontalHeader()
        head.setStretchLastSection(True)
        head.setHighlightSections(False)
        head.setResizeContentsPrecision(_LOOKED_AT)
        self.fit()

    def show_lines(self, columns: tuple[str, ...], lines: tuple[Line, ...]) -> None:
        """Show these; where somebody reads further down, they go on reading there."""
        is_other = columns != self.lines.columns
        grew = len(lines) > len(self.lines.lines)
        self.lines.show_lines(columns, lines)
        if is_other or grew:
            self._fit_columns()
        self.horizontalHeader().setVisible(bool(columns))
        self._fit_height()
        self.setVisible(bool(lines))

    def show_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self.lines.show_theme(theme, self._side())

    def fit(self) -> None:
        """Follow the application's font."""
        side = self._side()
        for part in (self, self.horizontalHeader()):  # the application's own comes to them later
            part.setFont(scaled(1.0))
        self.setIconSize(QSize(side, side))
        self.verticalHeader().setDefaultSectionSize(QFontMetrics(scaled(1.0)).height() + 10)
        self.lines.show_theme(self.lines.theme, side)
        self._fit_columns()
        self._fit_height()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Take only keys that move, and the one that copies."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
        elif (event.text().isprintable() and event.text()) or event.key() in _NOT_OURS:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _fit_columns(self) -> None:
        """Give each column the room that it needs, and some to its neighbour."""
        self.resizeColumnsToContents()
        for column in range(self.lines.columnCount() - 1):
            self.setColumnWidth(
                column, min(self.columnWidth(column), _WIDEST * self._side()) + _GAP
            )

    def _fit_height(self) -> None:
        shown = min(len(self.lines.lines), _LEAST)
        head = self.horizontalHeader().sizeHint().height() if self.lines.columns else 0
        self.setMinimumHeight(head + shown * self.verticalHeader().defaultSectionSize())

    def _copy(self) -> None:
        row = self.currentIndex().row()
        if 0 <= row < len(self.lines.lines):
            QApplication.clipboard().setText(spoken(self.lines.lines[row]))

    def _side(self) -> int:
        return QFontMetrics(scaled(1.0)).height()


_NOT_OURS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
