"""The lines that a desk shows, as Qt's model: what stays the same is left alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt
from PySide6.QtGui import QPixmap

from app.desks.marks import WORDS, mark
from app.staging.model import Index
from app.theme import Theme
from bench.events.desks import Line, Weight
from bench.identity.plain import plain

_ROOT = QModelIndex()
_LONGEST = 240
"""Characters of a cell that are shown."""


class Lines(QAbstractTableModel):
    """Lines under their columns, or under none. Only the stretch that differs is changed."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.columns: tuple[str, ...] = ()
        self.lines: list[Line] = []
        self._side = 16
        self._marks: dict[Weight, QPixmap] = {}

    def rowCount(self, parent: Index = _ROOT) -> int:  # noqa: N802 - Qt's name
        """Return how many lines there are."""
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = _ROOT) -> int:  # noqa: N802 - Qt's name
        """Return how many columns there are."""
        return 0 if parent.isValid() else _width(self.columns, self.lines)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:  # noqa: ANN401 - Qt's
        """Return the name of a column."""
        if way is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        return self.columns[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt's
        """Return a cell, its mark, or its line in words for a screen reader."""
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return self._cell(line, index.column())
            case Qt.ItemDataRole.DecorationRole if index.column() == 0:
                return self._mark(line.weight)
            case Qt.ItemDataRole.AccessibleTextRole:
                return spoken(line) if index.column() == 0 else self._cell(line, index.column())
            case _:
                return None

    def show_lines(self, columns: tuple[str, ...], lines: Sequence[Line]) -> None:
        """Show these lines; other columns are another table."""
        if columns != self.columns or _width(columns, lines) != self.columnCount():
            self.beginResetModel()
            self.columns, self.lines = columns, list(lines)
            self.endResetModel()
            return
        first, last = _alike(self.lines, lines)
        before, after = len(self.lines) - last, len(lines) - last
        self._replace(first, before, lines[first:after])

    def show_theme(self, theme: Theme, side: int) -> None:
        """Draw the marks anew, each of so many pixels."""
        self.theme, self._side = theme, side
        self._marks.clear()
        if self.lines:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.lines) - 1, 0))

    def _replace(self, first: int, before: int, new: Sequence[Line]) -> None:
        """Put new lines in the place of those from `first` to `before`."""
        both = min(before - first, len(new))
        if both:
            self.lines[first : first + both] = new[:both]
            corner = self.index(first + both - 1, max(0, self.columnCount() - 1))
            self.dataChanged.emit(self.index(first, 0), corner)
        at = first + both
        if before > at:
            self.beginRemoveRows(_ROOT, at, before - 1)
            del self.lines[at:before]
            self.endRemoveRows()
        if rest := new[both:]:
            self.beginInsertRows(_ROOT, at, at + len(rest) - 1)
            self.lines[at:at] = rest
            self.endInsertRows()

    def _mark(self, weight: Weight) -> QPixmap:
        if weight not in self._marks:
            self._marks[weight] = mark(weight, self.theme, self._side)
        return self._marks[weight]

    def _cell(self, line: Line, column: int) -> str:
        return plain(line.cells[column], _LONGEST) if column < len(line.cells) else ""


def spoken(line: Line) -> str:
    """Return a line in words: how it looks, then what it says."""
    cells = [plain(cell, _LONGEST) for cell in line.cells if cell]
    word = WORDS[line.weight]
    return f"{word}: {', '.join(cells)}" if word else ", ".join(cells)


def _width(columns: Sequence[str], lines: Sequence[Line]) -> int:
    return len(columns) or max((len(line.cells) for line in lines), default=0)


def _alike(before: Sequence[Line], after: Sequence[Line]) -> tuple[int, int]:
    """Return how many lines are the same at the beginning, and how many of the rest at the end."""
    most = min(len(before), len(after))
    first = next((n for n in range(most) if before[n] != after[n]), most)
    rest = most - first
    last = next((n for n in range(rest) if before[-1 - n] != after[-1 - n]), rest)
    return first, last
