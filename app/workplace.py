"""The slots, and beside them tally, attention, the chosen run and the last scans.

The window makes this behind its first paint: it is most of what there is to load and to paint.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.arrangement import beside_each_other, stacked
from app.beside import Beside
from app.bridge import Changes
from app.parts import Card
from app.staging.attention import AttentionList, Note, notes
from app.staging.model import SlotTable
from app.staging.run_panel import RunPanel
from app.staging.scan_history import ScanHistory
from app.staging.search import Search
from app.staging.tally import Tally
from app.staging.view import HubGrid
from app.theme import Theme
from bench.events.views import Category, ProfileView, SlotView
from bench.identity.identifiers import SlotCode
from bench.staging.slots import HubLayout

if TYPE_CHECKING:
    from bench.events.run import Fact
    from bench.problems import Problem

_NOTHING = "Nothing is plugged in. Plug a handset into any slot, then scan the IMEI on its box."


class Workplace(QWidget):
    """Shows the slots of one bench; `post` takes what the technician decides about them."""

    said = Signal(str)
    """A line for the person."""
    left = Signal()
    """What was sought is found: everything that is open may close."""

    def __init__(self, layout: HubLayout, post: Callable[[Fact], bool], theme: Theme) -> None:
        super().__init__()
        self.profiles: tuple[ProfileView, ...] = ()
        self._standing: tuple[Problem, ...] = ()
        self._ending: tuple[Problem, ...] = ()
        self.table = SlotTable(layout, self)
        self.grid = HubGrid(self.table, theme)
        self.tally = Tally()
        self.attention = AttentionList(theme)
        self.run_panel = RunPanel(post, self.chosen())
        self.history = ScanHistory(theme)
        self.beside = Beside(
            ((self.tally, 0), (self.attention, 5), (self.run_panel, 0), (self.history, 3))
        )
        self.search = Search()
        self.hint = Card(_NOTHING)
        self.hint.heading.setWordWrap(True)
        self._arrange()
        self._connect()

    def show_changes(self, changes: Changes) -> tuple[Note, ...]:
        """Show what is new; return the notes that were not there before."""
        was_empty = self.chosen().category is Category.EMPTY
        self.table.show(changes.slots)
        is_empty = self.chosen().category is Category.EMPTY
        self._standing, self.profiles = changes.problems, changes.profiles
        if any(view.slot == self.grid.slot for view in changes.slots):
            self._show_run(self.chosen())
        self.run_panel.hear(changes)
        self.run_panel.code.notice(scanned=bool(changes.scans), handled=was_empty is not is_empty)
        self.tally.show_tally(changes.tally)
        if changes.scans:
            self.history.add(changes.scans)
        return self._show_notes()

    def show_refusal(self, problems: tuple[Problem, ...]) -> tuple[Note, ...]:
        """Show for good why the bench could not go on; return the notes that are new."""
        self._ending = problems
        return self._show_notes()

    def show_theme(self, theme: Theme) -> None:
        """Change to another theme."""
        for part in (self.grid, self.attention, self.history):
            part.show_theme(theme)

    def fit(self, zoom: float) -> None:
        """Follow the application's font; 1 is the usual size of what is painted."""
        self.grid.show_zoom(zoom)
        for part in (self.tally, self.attention, self.history, self.beside):
            part.fit()

    def worst(self) -> Note | None:
        """Return the worst note, first of those of the chosen slot."""
        standing = sorted(self.attention.notes, key=lambda note: note.slot != self.grid.slot)
        return standing[0] if standing else None

    def chosen(self) -> SlotView:
        """Return the chosen slot as it is shown."""
        return self.table.view(self.grid.slot)

    def method(self) -> str:
        """Return how the chosen slot's handset comes under management, "" where that is unknown."""
        profile = self.chosen().fingerprint
        found = (each.method for each in self.profiles if each.fingerprint == profile)
        return next(found, "")

    def choose_next(self) -> None:
        """Choose the next slot that needs hands."""
        slot = self.table.next_needing_hands(self.grid.slot)
        self.grid.setFocus()
        if slot:
            self.grid.choose(slot)
        else:
            self.said.emit("No slot needs hands.")

    def settle(self) -> None:
        """Bring into sight what has the focus, once what was shown or enlarged has its place."""
        QTimer.singleShot(0, self.beside, self.beside.reveal)

    def back(self) -> None:
        """Close what is open and go back to the slots."""
        self.run_panel.withdraw()
        self.search.leave()
        self.tally.clear()
        self.grid.setFocus()

    def _show_notes(self) -> tuple[Note, ...]:
        views = self.table.views()
        standing = notes(views, (*self._ending, *self._standing))
        used = any(view.category is not Category.EMPTY for view in views)
        self.hint.setVisible(not used and not self._ending)
        self.grid.pulse()
        return self.attention.show_notes(standing)

    @Slot(object)
    def _chose(self, slot: SlotCode) -> None:
        self.run_panel.withdraw()
        self._show_run(self.table.view(slot))

    def _show_run(self, view: SlotView) -> None:
        """Show a run; what it asks a person to do and the code for it come into sight."""
        panel = self.run_panel
        panel.show_view(view)
        asked = ((panel.confirming, view.confirms), (panel.code, view.code))
        self.beside.keep_in_sight(*(part for part, is_there in asked if is_there))

    @Slot(object)
    def _opened(self, slot: SlotCode) -> None:
        self.grid.choose(slot)
        self.run_panel.enter()
        self.settle()

    @Slot(object)
    def _filtered(self, shown: frozenset[Category]) -> None:
        views = self.table.views() if shown else ()
        self.grid.quieten([view.slot for view in views if view.category not in shown])

    @Slot(str)
    def _sought(self, text: str) -> None:
        found = self.table.matching(text)
        self.grid.quieten({view.slot for view in self.table.views()} - set(found))
        if found and text.strip():
            self.grid.choose(found[0])

    def _arrange(self) -> None:
        bench = stacked(((self.hint, 0), (self.search, 0), (self.grid, 1)))
        self.setLayout(beside_each_other(bench, self.beside))

    def _connect(self) -> None:
        self.grid.chosen.connect(self._chose)
        self.grid.opened.connect(self._opened)
        self.attention.opened.connect(self._opened)
        self.run_panel.said.connect(self.said)
        self.run_panel.left.connect(self.grid.setFocus)
        self.tally.filtered.connect(self._filtered)
        self.search.textChanged.connect(self._sought)
        self.search.returnPressed.connect(self.left)
