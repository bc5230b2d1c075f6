"""One of the roll-out's tables; arrows move in it, Tab goes on to what comes next."""

from __future__ import annotations

from typing import TypeAlias

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from app.parts import Card, Text, scaled
from bench.identity.plain import plain
from bench.stock.programme.sections import Section

_Index: TypeAlias = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LETTERS = 80
_AIR = "\N{EN SPACE}"
"""Around every text: columns that meet, one at its right and one at its left, stay two."""


class SectionModel(QAbstractTableModel):
    """A section's cells; set anew only when it changed."""

    def __init__(self) -> None:
        super().__init__()
        self._section = Section("", (), ())

    def show_section(self, section: Section) -> None:
        """Show another state of the table; where its shape is the same, only cells change."""
        before, fits = self._section, _shape(section) == _shape(self._section)
        if fits:
            self._section = section
            if section != before and section.rows:
                last = self.index(len(section.rows) - 1, len(section.columns) - 1)
                self.dataChanged.emit(self.index(0, 0), last)
        else:
            self.beginResetModel()
            self._section = section
            self.endResetModel()

    def rowCount(self, parent: _Index = _NOWHERE) -> int:  # noqa: N802 - Qt's name
        """Return how many rows there are."""
        return 0 if parent.isValid() else len(self._section.rows)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:  # noqa: N802 - Qt's name
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self._section.columns)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell's text, or on which side it stands."""
        value = self._section.rows[index.row()][index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return plain(value.shown, _LETTERS)
            case Qt.ItemDataRole.TextAlignmentRole:
                return int(_RIGHT if value.is_number else _LEFT)
            case _:
                return None

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return a heading, on the side of what stands below it."""
        if way is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            rows = self._section.rows
            return int(_RIGHT if rows and rows[0][section].is_number else _LEFT)
        name = self._section.columns[section]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return f"{_AIR}{name}{_AIR}"
            case Qt.ItemDataRole.AccessibleTextRole:
                return name
            case _:
                return None


class SectionTable(Card):
    """A table with its title and how it is reckoned; as high as it is long."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self._model = SectionModel()
        self.table = _Table()
        self.table.setModel(self._model)
        self.table.setAccessibleName(title)
        self._none = Text(muted=True, wrap=True)
        self._remark = Text(scale=0.88, muted=True, wrap=True)
        for part in (self.table, self._none, self._remark):
            self.column.addWidget(part)

    def show_section(self, section: Section) -> None:
        """Show the table as it is now."""
        self._model.show_section(section)
        self._none.setText(section.none)
        self._remark.setText(section.remark)
        self._remark.setVisible(bool(section.remark and section.rows))
        self._none.setVisible(not section.rows)
        self.table.setVisible(bool(section.rows))
        self.fit()

    def fit(self) -> None:
        """Follow the application's font."""
        row = QFontMetrics(scaled(1.0)).height() + 8
        for part in (self.table, self.table.horizontalHeader()):
            part.setFont(scaled(1.0))
        head, bar = self.table.horizontalHeader(), self.table.horizontalScrollBar()
        self.table.verticalHeader().setDefaultSectionSize(row)
        self.table.spread()
        high = head.sizeHint().height() + bar.sizeHint().height()
        self.table.setFixedHeight(row * self._model.rowCount() + high)


class _Table(QTableView):
    """Reads only; keys that print a character are the window's."""

    def __init__(self) -> None:
        super().__init__()
        self.verticalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setHighlightSections(False)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setItemDelegate(_Airy(self))

    def spread(self) -> None:
        """Let each column be as wide as what stands in it, the first take what room is left."""
        head = self.horizontalHeader()
        if not head.count():
            return
        self.resizeColumnsToContents()
        others = sum(head.sectionSize(column) for column in range(1, head.count()))
        room = self.viewport().width() - others
        self.setColumnWidth(0, max(head.sectionSize(0), room))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Share out the new width."""
        super().resizeEvent(event)
        self.spread()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Move, and search for nothing."""
        if event.text().isprintable() and event.text().strip():
            event.ignore()
        else:
            super().keyPressEvent(event)


class _Airy(QStyledItemDelegate):
    """Leaves room on both sides of what stands in a cell."""

    def initStyleOption(  # noqa: N802 - Qt's name
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Take the cell's text with air around it."""
        super().initStyleOption(option, index)
        option.text = f"{_AIR}{option.text}{_AIR}"


def _shape(section: Section) -> tuple[object, ...]:
    sides = tuple(value.is_number for value in section.rows[0]) if section.rows else ()
    return section.title, section.columns, len(section.rows), sides
