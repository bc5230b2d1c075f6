"""The roll-out's page: warnings, figures, plots, tables; what is there stays, what changed is set.

What is seen first is there at once; each table below it is made in a turn of its own, so that a
key that is pressed meanwhile is heard. Tab goes from one to the next, arrows and Page Down move the
whole of it.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from app.parts import Card, Strip, Text
from app.rollout.canvas import PlotCanvas
from app.rollout.headline import Headlines
from app.rollout.section_table import SectionTable
from app.theme import Theme
from bench.events.views import Category
from bench.identity.plain import plain
from bench.stock.programme import plotting
from bench.stock.programme.plot import Plot
from bench.stock.programme.sections import Section, sections, too_early
from bench.stock.programme.view import RollOutView

_EXAMPLE = "An example: no handset in it is real."
_LETTERS = 400
_AROUND = 40
"""Pixels above and below what has the focus: its title is seen as well."""


class RollOutPage(QScrollArea):
    """Shows a `RollOutView`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        paint = theme.paint(Category.NEEDS_YOU)
        self.title = Text(scale=1.4, bold=True, wrap=True)
        self.warnings = Strip("", paint.fill, paint.ink)
        self.warnings.text.setWordWrap(True)
        self.headlines = Headlines()
        self.burn_up, self.capacity = _PlotCard(theme), _PlotCard(theme)
        self.tables: dict[str, SectionTable] = {}
        self._to_show: list[Section] = []
        self._turns = QTimer(self, singleShot=True)
        self._turns.timeout.connect(self._show_next)
        self.setAccessibleName("The roll-out")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._arrange()

    @property
    def is_behind(self) -> bool:
        """Whether tables have still to be shown."""
        return bool(self._to_show)

    def show_page(self, page: object) -> None:
        """Show what the desk says now."""
        assert isinstance(page, RollOutView), "the roll-out's desk shows the roll-out"
        self.title.setText(plain(page.aims.name, _LETTERS) or "The roll-out")
        self._warn(page)
        self.headlines.show_view(page)
        self.burn_up.show_plot(plotting.burn_up(page))
        self.capacity.show_plot(plotting.capacity(page))
        self._to_show = list(sections(page))
        self._turns.start(0)

    def show_theme(self, theme: Theme) -> None:
        """Change to another theme."""
        paint = theme.paint(Category.NEEDS_YOU)
        self.warnings.show_colours(paint.fill, paint.ink)
        for part in (self.burn_up, self.capacity):
            part.canvas.show_theme(theme)

    def fit(self) -> None:
        """Follow the application's font."""
        for text in self.findChildren(Text):
            text.fit()
        self.headlines.fit()
        for part in (self.burn_up, self.capacity):
            part.canvas.fit()
        for table in self.tables.values():
            table.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Move; keys that print a character are the window's."""
        if event.text().isprintable() and event.text().strip():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002, FBT001, N802 - Qt's names
        """Go on, and bring all of what has the focus then into sight, its top above all."""
        moved = super().focusNextPrevChild(next)
        focus, inside = self.focusWidget(), self.widget()
        if moved and focus and inside and inside.isAncestorOf(focus):
            top = focus.mapTo(inside, QPoint()).y()
            self.ensureVisible(0, top + focus.height(), 0, _AROUND)
            self.ensureVisible(0, top, 0, _AROUND)
        return moved

    @Slot()
    def _show_next(self) -> None:
        """Show the next table that does not say yet what it should; the first time, make it."""
        section = self._to_show.pop(0)
        table = self.tables.get(section.title)
        if table is None:
            self.tables[section.title] = table = SectionTable(section.title)
            self._column.addWidget(table)
        table.show_section(section)
        if self._to_show:
            self._turns.start(0)

    def _warn(self, view: RollOutView) -> None:
        example = _EXAMPLE if view.aims.example else ""
        told = [each for each in (*view.warnings, too_early(view), example) if each]
        text = "\n".join(plain(each, _LETTERS) for each in told)
        self.warnings.text.setText(text)
        self.warnings.setAccessibleName(text)
        self.warnings.setVisible(bool(told))

    def _arrange(self) -> None:
        inside = QWidget()
        inside.setAutoFillBackground(False)
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 8, 0)
        self._column.setSpacing(10)
        top = (self.title, self.warnings, self.headlines, self.burn_up, self.capacity)
        for part in top:
            self._column.addWidget(part)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)


class _PlotCard(Card):
    """A plot with its title; hidden where there is none."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(" ")
        self.canvas = PlotCanvas(theme)
        self.column.addWidget(self.canvas)

    def show_plot(self, plot: Plot | None) -> None:
        self.setVisible(plot is not None)
        if plot:
            self.heading.setText(plot.title)
            self.setAccessibleName(plot.title)
            self.canvas.show_plot(plot)
