"""The one window: scan bar, slots as on the hub, and beside them tally, attention and the run.

Nothing here is modal and everything has a key. The window only shows views and posts facts.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QFont,
    QKeyEvent,
    QKeySequence,
    QPaintEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLineEdit,
    QMainWindow,
    QVBoxLayout,
    QWidget,
)

from app.actions import ACTIONS, Act, Action
from app.bridge import Changes
from app.feedback import Sounds, announce, worst
from app.parts import Card, Strip, Text
from app.staging.attention import AttentionList, Note, notes
from app.staging.model import SlotTable
from app.staging.run_panel import RunPanel
from app.staging.scan_bar import ScanBar, ScanHistory, heard
from app.staging.tally import Tally
from app.staging.view import HubGrid
from app.theme import TRAINING, Theme
from app.wedge import Wedge
from bench.events import Category, Fact, ScanTone, ScanView, TextScanned
from bench.identity.identifiers import SlotCode
from bench.problems import Problem
from bench.staging.slots import HubLayout

_ZOOMS = (0.7, 0.8, 0.9, 1.0, 1.15, 1.3, 1.5, 1.75, 2.0)
_USUAL = _ZOOMS.index(1.0)
_SIZE = QSize(1360, 850)
_BASE = 11.0
"""Points of the running text at the usual zoom; a desktop that asks for more gets more."""
_TRAINING = "TRAINING — simulated handsets, nothing leaves this bench"
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
        self._sheet: Card | None = None
        self._standing: tuple[Problem, ...] = ()
        self._ending: tuple[Problem, ...] = ()
        self._zoom = _USUAL
        self._seen = False
        self._points = max(_BASE, QApplication.font().pointSizeF())
        self._set_font()
        self.setWindowTitle(f"{name} — Staging Bench{' — TRAINING' if simulated else ''}")
        self.table = SlotTable(layout, self)
        self.grid = HubGrid(self.table, theme)
        self.scan_bar = ScanBar(name, theme)
        self.tally = Tally()
        self.attention = AttentionList(theme)
        self.run_panel = RunPanel(post, self.table.view(self.grid.slot))
        self.history = ScanHistory(theme)
        self.centre = QWidget()
        self.search = QLineEdit(
            placeholderText="Find a slot by anything it shows; Enter chooses it"
        )
        self.hint = Card(_NOTHING)
        self.status = Text(muted=True)
        self._arrange(simulated=simulated)
        self._connect()
        self.show_theme(theme)
        self.resize(_SIZE)

    # ── what the bench says ─────────────────────────────────────────────────────────────────────
    @Slot(object)
    def show_changes(self, changes: Changes) -> None:
        """Show what is new."""
        self.table.show(changes.slots)
        self._standing = changes.problems
        if any(view.slot == self.grid.slot for view in changes.slots):
            self.run_panel.show_view(self.table.view(self.grid.slot))
        self.tally.show_tally(changes.tally)
        new = self._show_notes()
        self._tell(changes.scans, new)

    @Slot(object)
    def show_refusal(self, problems: tuple[Problem, ...]) -> None:
        """Show for good why the bench could not go on."""
        self._ending = problems
        self._tell((), self._show_notes())

    def show_report(self, heading: str, told: str) -> None:
        """Show a crash report over the window."""
        self._show_text(heading, told)
        self._sounds.play(ScanTone.BAD)
        announce(self, heading, urgent=True)

    def show_end(self, told: str, *, good: bool) -> None:
        """Show in a strip on top that the bench is over."""
        paint = self._theme.paint(Category.DONE if good else Category.HELD)
        strip = Strip(told, paint.fill, paint.ink)
        self._top.insertWidget(0, strip)
        announce(self, told, urgent=not good)

    def show_theme(self, theme: Theme) -> None:
        """Change to another theme."""
        self._theme = theme
        QApplication.setPalette(theme.palette())
        for part in (self.grid, self.attention, self.history, self.scan_bar):
            part.show_theme(theme)

    # ── what the person does ────────────────────────────────────────────────────────────────────
    def do(self, act: Act) -> None:  # noqa: C901, PLR0912 - one line for each action
        """Do what a key asks for."""
        match act:
            case Act.EXPLAIN:
                self._explain()
            case Act.ATTENTION:
                self.attention.enter()
            case Act.NEXT:
                self._next()
            case Act.RUN:
                self.run_panel.enter()
            case Act.TALLY:
                self.tally.enter()
            case Act.SCAN:
                self.scan_bar.field.setFocus()
            case Act.HOLD:
                self.run_panel.hold_or_resume()
            case Act.VOID:
                self.run_panel.ask_reason()
            case Act.COPY:
                self.run_panel.copy_label()
            case Act.FIND:
                self.search.show()
                self.search.setFocus()
            case Act.KEYS:
                self._show_keys()
            case Act.BACK:
                self._back()
            case Act.LARGER:
                self._set_zoom(self._zoom + 1)
            case Act.SMALLER:
                self._set_zoom(self._zoom - 1)
            case Act.USUAL:
                self._set_zoom(_USUAL)
            case Act.QUIT:
                self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Take characters that nobody wrote down: a typed key acts, others go to the scan bar."""
        text = event.text()
        act = next((a.act for a in ACTIONS if a.typed and a.keys[0] == text), None)
        if act:
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
            QTimer.singleShot(0, self.painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Say that the window goes; nothing asks whether it may."""
        super().closeEvent(event)
        self.closed.emit()

    @Slot(str)
    def _scanned(self, text: str) -> None:
        self._hand_in(TextScanned(text, "keyboard"))

    @Slot(str)
    def _typed(self, text: str) -> None:
        self._hand_in(TextScanned(text, "keyboard"))
        self.grid.setFocus()

    def _hand_in(self, fact: Fact) -> None:
        if not self._post(fact):
            self._say("The bench is not running: the scan was not taken.")

    @Slot(object)
    def _chosen(self, slot: SlotCode) -> None:
        self.run_panel.withdraw()
        self.run_panel.show_view(self.table.view(slot))

    @Slot(object)
    def _opened(self, slot: SlotCode) -> None:
        self.grid.choose(slot)
        self.run_panel.enter()

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
        standing = [note for note in self.attention.notes if note.slot == self.grid.slot]
        for note in standing or self.attention.notes[:1]:
            self._show_text(note.head, note.body)
            return
        self._say(f"{self.grid.slot} — nothing is wrong.")

    def _next(self) -> None:
        slot = self.table.next_needing_hands(self.grid.slot)
        self.grid.setFocus()
        if slot:
            self.grid.choose(slot)
        else:
            self._say("No slot needs hands.")

    @Slot()
    def _back(self) -> None:
        if self._sheet:
            self._sheet.close()
            self._sheet = None
        self.run_panel.withdraw()
        self.search.clear()
        self.search.hide()
        self.scan_bar.field.clear()
        self.tally.clear()
        self.grid.setFocus()

    # ── how it is put together ──────────────────────────────────────────────────────────────────
    def _show_notes(self) -> tuple[Note, ...]:
        views = self.table.views()
        standing = notes(views, (*self._ending, *self._standing))
        empty = not standing and all(view.category is Category.EMPTY for view in views)
        self.hint.setVisible(empty)
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

    def _show_keys(self) -> None:
        from app import sheet  # noqa: PLC0415 - nothing of it is seen at the start

        self._open(sheet.keys(self.centre))

    def _show_text(self, heading: str, told: str) -> None:
        from app import sheet  # noqa: PLC0415 - as above

        self._open(sheet.text(self.centre, heading, told))

    def _open(self, opened: Card) -> None:
        if self._sheet:
            self._sheet.close()
        self._sheet = opened

    def _set_zoom(self, step: int) -> None:
        self._zoom = max(0, min(len(_ZOOMS) - 1, step))
        self._set_font()
        self.grid.show_zoom(_ZOOMS[self._zoom])

    def _set_font(self) -> None:
        font = QFont(QApplication.font())
        font.setPointSizeF(self._points * _ZOOMS[self._zoom])
        QApplication.setFont(font)

    def _arrange(self, *, simulated: bool) -> None:
        self._top = QVBoxLayout()
        self._top.setContentsMargins(0, 0, 0, 0)
        self._top.setSpacing(0)
        if simulated:
            self._top.addWidget(Strip(_TRAINING, TRAINING.fill, TRAINING.ink))
        body = QVBoxLayout()
        body.setContentsMargins(14, 12, 14, 8)
        body.setSpacing(10)
        body.addWidget(self.scan_bar)
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addLayout(self._bench_side(), 70)
        row.addLayout(self._beside(), 30)
        body.addLayout(row, 1)
        body.addLayout(self._foot())
        self._top.addLayout(body, 1)
        self.centre.setLayout(self._top)
        self.setCentralWidget(self.centre)

    def _bench_side(self) -> QVBoxLayout:
        self.search.setAccessibleName("Find a slot")
        self.search.hide()
        column = QVBoxLayout()
        for part in (self.hint, self.search, self.grid):
            column.addWidget(part)
        column.setStretchFactor(self.grid, 1)
        return column

    def _beside(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(10)
        parts = ((self.tally, 0), (self.attention, 5), (self.run_panel, 0), (self.history, 3))
        for part, stretch in parts:
            column.addWidget(part, stretch)
        return column

    def _foot(self) -> QHBoxLayout:
        hints = "     ".join(f"{a.keys[0]} {a.hint}" for a in ACTIONS if a.hint)
        row = QHBoxLayout()
        row.addWidget(self.status, 1)
        keys = Text(hints, scale=0.92, muted=True)
        keys.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(keys, 3)
        return row

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
        for action in ACTIONS:
            if not action.typed:
                self.addAction(self._key(action))

    def _key(self, action: Action) -> QAction:
        key = QAction(action.text, self)
        key.setShortcuts([QKeySequence(keys) for keys in action.keys])
        key.triggered.connect(lambda _checked=False, act=action.act: self.do(act))
        return key
