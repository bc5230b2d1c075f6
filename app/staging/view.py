"""The grid of slots: as on the hub, moved through by geometry, repainted where it changed."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QModelIndex, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHeaderView, QTableView, QWidget

from app.staging.delegate import TileDelegate
from app.staging.model import SlotTable
from app.staging.tile import smallest
from app.theme import Theme
from bench.events.views import Category
from bench.identity.identifiers import SlotCode

PULSE = 800
"""Milliseconds of each half of the pulse: far below three flashes a second."""
_FLATTEST = 0.92
"""A tile is at most this much as high as wide, so that few rows do not become towers."""


class HubGrid(QTableView):
    """Every slot in sight; `chosen` follows the selection, `opened` is Enter or a double click."""

    chosen = Signal(object)
    opened = Signal(object)

    def __init__(self, table: SlotTable, theme: Theme) -> None:
        super().__init__()
        self._table = table
        self._tile = TileDelegate(table, theme)
        self._pulse = QTimer(self, interval=PULSE)
        self._pulse.timeout.connect(self._beat)
        self._look()
        self.setModel(table)
        self.setItemDelegate(self._tile)
        self.selectionModel().currentChanged.connect(self._moved)
        self.activated.connect(self._entered)
        self.choose(table.at(0, 0).slot)

    @property
    def slot(self) -> SlotCode:
        """The chosen slot; there is always one."""
        index = self.currentIndex()
        return self._table.at(index.row(), index.column()).slot

    def choose(self, slot: SlotCode) -> None:
        """Choose a slot and bring it into sight."""
        self.setCurrentIndex(self._table.where(slot))

    def quieten(self, slots: Collection[SlotCode]) -> None:
        """Show these slots faintly and the others as usual."""
        self._tile.quiet = frozenset(slots)
        self.viewport().update()

    def show_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._tile.theme = theme
        self.viewport().update()

    def show_zoom(self, zoom: float) -> None:
        """Repaint larger or smaller; 1 is the usual size."""
        self._tile.zoom = zoom
        self._divide()
        self.scrollTo(self.currentIndex())
        self.viewport().update()

    def pulse(self) -> None:
        """Start or stop the pulse as slots need it; never where the desktop asks for stillness."""
        needed = any(view.category is Category.NEEDS_YOU for view in self._table.views())
        wanted = needed and self._may_move()
        if wanted and not self._pulse.isActive():
            self._pulse.start()
        elif not wanted and self._pulse.isActive():
            self._pulse.stop()
            self._tile.lit = False

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint in one go: a tile that let go of the interpreter would wait for the bench again."""
        super().paintEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Divide the room anew."""
        super().resizeEvent(event)
        self._divide()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Leave characters to the window, which types them into the scan bar."""
        if event.text().isprintable() and event.text():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Frame the chosen slot strongly."""
        self._tile.focused = True
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Frame the chosen slot weakly."""
        self._tile.focused = False
        super().focusOutEvent(event)

    def _may_move(self) -> bool:
        from PySide6.QtWidgets import QStyle  # noqa: PLC0415 - slow, and not for the start

        hint = QStyle.StyleHint.SH_Widget_Animation_Duration
        return self.style().styleHint(hint, None, self) > 0

    def _look(self) -> None:
        # A viewport of our own: asked for Qt's, PySide would load every widget there is to find
        # out which of them it is.
        viewport = QWidget()
        self.setViewport(viewport)
        viewport.setAutoFillBackground(False)
        self.setAccessibleName("Slots")
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.setCornerButtonEnabled(False)
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        clear = self.palette()
        clear.setColor(clear.ColorRole.Highlight, QColor(0, 0, 0, 0))
        self.setPalette(clear)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.hide()
            header.setMinimumSectionSize(1)
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def _divide(self) -> None:
        least = smallest(self._tile.zoom, QApplication.font().family())
        room = self.viewport()
        width = max(least.width(), room.width() // self._table.columnCount())
        height = max(least.height(), room.height() // self._table.rowCount())
        self.horizontalHeader().setDefaultSectionSize(width)
        self.verticalHeader().setDefaultSectionSize(
            max(least.height(), min(height, round(width * _FLATTEST)))
        )

    @Slot(QModelIndex, QModelIndex)
    def _moved(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self._tile.chosen = self.slot
        self.chosen.emit(self.slot)

    @Slot(QModelIndex)
    def _entered(self, _index: QModelIndex) -> None:
        self.opened.emit(self.slot)

    @Slot()
    def _beat(self) -> None:
        self._tile.lit = not self._tile.lit
        for view in self._table.views():
            if view.category is Category.NEEDS_YOU:
                self.update(self._table.where(view.slot))
