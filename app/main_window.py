"""The one window: scan bar, slots as on the hub, and beside them tally, attention and the run.

Nothing here is modal and everything has a key. The window only shows views and posts facts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from app.actions import Act, act_of
from app.arrangement import Beside, banner, body, stacked
from app.bridge import Changes
from app.feedback import Sounds, announce, worst
from app.overlay import Overlay
from app.parts import Card, Strip, Text
from app.staging.attention import AttentionList, Note, notes
from app.staging.model import SlotTable
from app.staging.run_panel import RunPanel
from app.staging.scan_bar import ScanBar
from app.staging.scan_history import ScanHistory, heard
from app.staging.search import Search
from app.staging.tally import Tally
from app.staging.view import HubGrid
from app.theme import Theme
from app.wedge import Wedge
from app.zoom import Zoom
from bench.events.views import Category, ScanTone, ScanView
from bench.identity.identifiers import SlotCode
from bench.staging.slots import HubLayout

if TYPE_CHECKING:
    from bench.events.run import Fact  # loads every room of the facts; the window posts a few
    from bench.problems import Problem

_NOTHING = "Nothing is plugged in. Plug a handset into any slot, then scan the IMEI on its box."


class MainWindow(QMainWindow):
    """Shows one bench; `post` takes what the technician decides and returns whether it went in."""

    painted = Signal()
    """The first paint is on the screen."""
    closed = Signal()

    def __init__(
        self,
        name: str,
        layout: HubLayout,
        post: Callable[[Fact], bool],
        theme: Theme,
        *,
        simulated: bool,
        sounds: Sounds | None = None,
    ) -> None:
        super().__init__()
        self._post = post
        self._sounds = sounds or Sounds(self)
        self._wedge: Wedge | None = None
        self._standing: tuple[Problem, ...] = ()
        self._ending: tuple[Problem, ...] = ()
        self._theme = theme
        self._zoom = Zoom()
        QApplication.setPalette(theme.palette())
        self._seen = False
        # The slots lie as on the bench, whatever way the desktop reads.
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setWindowTitle(f"{name} — Staging Bench{' — TRAINING' if simulated else ''}")
        self.table = SlotTable(layout, self)
        self.grid = HubGrid(self.table, theme)
        self.scan_bar = ScanBar(name, theme)
        self.tally = Tally()
        self.attention = AttentionList(theme)
        self.run_panel = RunPanel(post, self.table.view(self.grid.slot))
        self.history = ScanHistory(theme)
        self._beside = Beside(
            ((self.tally, 0), (self.attention, 5), (self.run_panel, 0), (self.history, 3))
        )
        self.centre = QWidget()
        self._overlay = Overlay(self.centre)
        self.search = Search()
        self.hint = Card(_NOTHING)
        self.hint.heading.setWordWrap(True)
        self.status = Text(muted=True, wrap=True)
        self._arrange(simulated=simulated)
        self._acts = self._all_acts()
        self._connect()
        self.resize(1360, 850)

    # ── what the bench says ─────────────────────────────────────────────────────────────────────
    @Slot(object)
    def show_changes(self, changes: Changes) -> None:
        """Show what is new."""
        self.table.show(changes.slots)
        self._standing = changes.problems
        if any(view.slot == self.grid.slot for view in changes.slots):
            self.run_panel.show_view(self.table.view(self.grid.slot))
        self.tally.show_tally(changes.tally)
        self._tell(changes.scans, self._show_notes())

    @Slot(object)
    def show_refusal(self, problems: tuple[Problem, ...]) -> None:
        """Show for good why the bench could not go on."""
        self._ending = problems
        self._tell((), self._show_notes())

    def show_report(self, heading: str, told: str) -> None:
        """Show a crash report over the window."""
        self._overlay.show_text(heading, told)
        self._sounds.play(ScanTone.BAD)
        announce(self, heading, urgent=True)

    def show_end(self, told: str, *, good: bool) -> None:
        """Show in a strip on top that the bench is over."""
        paint = self._theme.paint(Category.DONE if good else Category.HELD)
        self._top.insertWidget(0, Strip(told, paint.fill, paint.ink))
        announce(self, told, urgent=not good)

    def show_theme(self, theme: Theme) -> None:
        """Change to another theme."""
        self._theme = theme
        QApplication.setPalette(theme.palette())
        for part in (self.grid, self.attention, self.history, self.scan_bar):
            part.show_theme(theme)

    # ── what the person does ────────────────────────────────────────────────────────────────────
    def do(self, act: Act) -> None:
        """Do what a key asks for."""
        self._acts[act]()
        QTimer.singleShot(0, self._beside.reveal)  # once what was shown or enlarged has its place

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Take characters that nobody wrote down: a typed key acts, others go to the scan bar."""
        if act := act_of(text := event.text()):
            self.do(act)
        elif text.isprintable() and text.strip():
            self.scan_bar.type(text)
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Listen to scanners that type, as soon as there is a native window."""
        super().showEvent(event)
        if self._wedge is None:
            self._wedge = Wedge(self)
            self._wedge.scanned.connect(self._scanned)
            self.grid.setFocus()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Say once that the window can be seen; the parts are painted in the same pass."""
        super().paintEvent(event)
        if not self._seen:
            self._seen = True
            QTimer.singleShot(0, self._painted)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Say that the window goes; nothing asks whether it may."""
        super().closeEvent(event)
        self.closed.emit()

    @Slot()
    def _painted(self) -> None:
        self.painted.emit()
        from app.keys import give_keys  # noqa: PLC0415 - nobody presses one before

        give_keys(self, self.do)

    @Slot(str)
    def _scanned(self, text: str) -> None:
        from bench.events.person import TextScanned  # noqa: PLC0415 - nobody scans at the start

        if not self._post(TextScanned(text, "keyboard")):
            self._say("The bench is not running: the scan was not taken.")

    @Slot(str)
    def _typed(self, text: str) -> None:
        self._scanned(text)
        self.grid.setFocus()

    @Slot(object)
    def _chosen(self, slot: SlotCode) -> None:
        self.run_panel.withdraw()
        self.run_panel.show_view(self.table.view(slot))

    @Slot(object)
    def _opened(self, slot: SlotCode) -> None:
        self.grid.choose(slot)
        self.do(Act.RUN)

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

    @Slot(str)
    def _say(self, told: str) -> None:
        self.status.setText(told)
        announce(self, told, urgent=False)

    def _explain(self) -> None:
        standing = sorted(self.attention.notes, key=lambda note: note.slot != self.grid.slot)
        if standing:
            self._overlay.show_note(standing[0].head, standing[0].body)
        else:
            self._say("Nothing is wrong.")

    def _next(self) -> None:
        slot = self.table.next_needing_hands(self.grid.slot)
        self.grid.setFocus()
        if slot:
            self.grid.choose(slot)
        else:
            self._say("No slot needs hands.")

    @Slot()
    def _back(self) -> None:
        self._overlay.close()
        self.run_panel.withdraw()
        self.search.leave()
        self.scan_bar.field.clear()
        self.tally.clear()
        self.grid.setFocus()

    def _show_notes(self) -> tuple[Note, ...]:
        views = self.table.views()
        standing = notes(views, (*self._ending, *self._standing))
        used = any(view.category is not Category.EMPTY for view in views)
        self.hint.setVisible(not used and not self._ending)
        self.grid.pulse()
        return self.attention.show_notes(standing)

    def _tell(self, scans: tuple[ScanView, ...], new: tuple[Note, ...]) -> None:
        tones = [scan.tone for scan in scans] + [ScanTone.BAD for _ in new]
        if scans:
            self.scan_bar.show_scan(scans[-1])
            self.history.add(scans)
        if tones:
            self._sounds.play(worst(tones))
        for scan in scans:
            announce(self.scan_bar, heard(scan), urgent=scan.tone is ScanTone.BAD)
        for note in new:
            announce(self.attention, f"{note.head}. {note.body}", urgent=True)

    def _resize(self, steps: int) -> None:
        self._zoom.move(steps)
        self.grid.show_zoom(self._zoom.factor)
        for part in (self.scan_bar, self.tally, self.attention, self.history, self._beside):
            part.fit()
        for text in self.findChildren(Text):
            text.fit()

    def _arrange(self, *, simulated: bool) -> None:
        self._top = banner(self.centre, simulated=simulated)
        bench = stacked(((self.hint, 0), (self.search, 0), (self.grid, 1)))
        self._top.addLayout(body(self.scan_bar, bench, self._beside, self.status), 1)
        self.setCentralWidget(self.centre)

    def _connect(self) -> None:
        self.grid.chosen.connect(self._chosen)
        self.grid.opened.connect(self._opened)
        self.attention.opened.connect(self._opened)
        self.scan_bar.typed.connect(self._typed)
        self.run_panel.said.connect(self._say)
        self.run_panel.left.connect(self.grid.setFocus)
        self.tally.filtered.connect(self._filtered)
        self.search.textChanged.connect(self._sought)
        self.search.returnPressed.connect(self._back)

    def _all_acts(self) -> dict[Act, Callable[[], object]]:
        return {
            Act.EXPLAIN: self._explain,
            Act.ATTENTION: self.attention.enter,
            Act.NEXT: self._next,
            Act.RUN: self.run_panel.enter,
            Act.TALLY: self.tally.enter,
            Act.SCAN: self.scan_bar.field.setFocus,
            Act.HOLD: self.run_panel.hold_or_resume,
            Act.VOID: self.run_panel.ask_reason,
            Act.COPY: self.run_panel.copy_label,
            Act.FIND: self.search.enter,
            Act.KEYS: self._overlay.show_keys,
            Act.BACK: self._back,
            Act.LARGER: lambda: self._resize(1),
            Act.SMALLER: lambda: self._resize(-1),
            Act.USUAL: lambda: self._resize(0),
            Act.QUIT: self.close,
        }
