"""The one window: scans on top, the workplace below, and over them what is asked for.

Nothing here is modal and everything has a key. The window only shows views and posts facts. It is
painted twice: first what there is to read while the rest is loaded, then whole; nothing moves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6 import QtCore
from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QVBoxLayout, QWidget

from app.actions import Act, act_of
from app.arrangement import Foot, banner, body
from app.bridge import Changes
from app.feedback import Sounds, announce
from app.overlay import Overlay
from app.parts import Strip, Text
from app.staging.scan_bar import ScanBar
from app.theme import Theme
from app.zoom import Zoom
from bench.events.views import Category, ScanTone, ScanView
from bench.staging.slots import HubLayout

if TYPE_CHECKING:
    from app.asked import Asked  # with the workplace
    from app.checkup import Checkup
    from app.desks.places import Places  # with the workplace
    from app.profile_shelf import ProfileShelf
    from app.sign_in import SignInLine  # where somebody is enrolled
    from app.staging.attention import Note  # with the workplace, behind the first paint
    from app.wedge import Wedge
    from app.workplace import Workplace
    from bench.events.access import AccessView
    from bench.events.run import Fact  # loads every room of the facts; the window posts a few
    from bench.problems import Problem

_NOBODY = "Nobody signs in at this bench."


class MainWindow(QMainWindow):
    """Shows one bench; `post` takes what the technician decides and returns whether it went in."""

    painted = Signal()
    """The first paint is on the screen."""
    furnished = Signal()
    """The whole window is, and every key acts."""
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
        checkup: Checkup | None = None,
        shelf: ProfileShelf | None = None,
    ) -> None:
        super().__init__()
        self._layout = layout
        self._post = post
        self._checkup, self._shelf = checkup, shelf
        self._sounds = sounds or Sounds(self)
        self._wedge: Wedge | None = None
        self._places: Places | None = None
        self._asked: Asked | None = None
        self._sign_in: SignInLine | None = None
        self._theme = theme
        self._zoom = Zoom()
        QApplication.setPalette(theme.palette())
        self._then: Callable[[], None] | None = self._painted
        if QApplication.isRightToLeft():  # the slots lie as on the bench, whatever the desktop does
            self.setLayoutDirection(QtCore.Qt.LayoutDirection.LeftToRight)
        self.setWindowTitle(f"{name} — Staging Bench{' — TRAINING' if simulated else ''}")
        self.scan_bar = ScanBar(name, theme)
        self.centre = QWidget()
        self._overlay = Overlay(self.centre, simulated=simulated)
        self.foot = Foot()
        self.status = self.foot.status
        self._arrange(simulated=simulated)
        self.scan_bar.typed.connect(self._typed)
        self.resize(1360, 850)

    @property
    def places(self) -> Places:
        """The slots and the desks; made when they are first needed."""
        if self._places is None:
            self._places = self._furnish()
        return self._places

    @property
    def workplace(self) -> Workplace:
        """The slots and what stands beside them."""
        return self.places.slots

    # ── what the bench says ─────────────────────────────────────────────────────────────────────
    @Slot(object)
    def show_changes(self, changes: Changes) -> None:
        """Show what is new."""
        new = self.workplace.show_changes(changes)
        self._overlay.show_slots(changes.slots)
        if changes.access is not None:
            self._show_access(changes.access)
        self.places.show_desk(changes.desk, changes.access, may_focus=self._may_focus())
        self.foot.show_hints(at_desk=self.places.view is not None)
        self.scan_bar.show_secret(is_secret=self.places.takes_badge)
        assert self._asked
        self._asked.corner.show_view(changes.centre, changes.problems)
        self._tell(changes.scans, new)

    @Slot(object)
    def show_refusal(self, problems: tuple[Problem, ...]) -> None:
        """Show for good why the bench could not go on."""
        self._tell((), self.workplace.show_refusal(problems))

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
        for part in (self.places, self.scan_bar, self._overlay):
            part.show_theme(theme)

    # ── what the person does ────────────────────────────────────────────────────────────────────
    def do(self, act: Act) -> None:
        """Do what a key asks for."""
        if not self.places.refuses(act):
            self._acts()[act]()
        self.workplace.settle()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Take characters that nobody wrote down: a typed key acts, others go to the scan bar."""
        if act := act_of(text := event.text()):
            self.do(act)
        elif self._answers(text, event):
            event.accept()
        elif text.isprintable() and text.strip():
            self.scan_bar.type(text)
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Take the focus for the slots, until they are there."""
        super().showEvent(event)
        if self._places is None:
            self.setFocus()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Go on once the window can be seen; the parts are painted in the same pass."""
        super().paintEvent(event)
        then, self._then = self._then, None
        if then:
            QTimer.singleShot(0, then)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Say that the window goes; only unsaved work has it asked for twice."""
        if not self._overlay.may_close():
            event.ignore()
            return
        super().closeEvent(event)
        self.closed.emit()

    def _painted(self) -> None:
        """Go on with the slots and all else; the next paint shows the whole."""
        self.painted.emit()
        self._then = self._whole
        self.places.show()
        self.update()

    def _whole(self) -> None:
        """Listen to keys and to scanners that type: nobody presses one before."""
        from app.keys import give_keys  # noqa: PLC0415 - as above
        from app.wedge import Wedge  # noqa: PLC0415 - as above

        self._wedge = Wedge(self, lambda: bool(self._sign_in and self._sign_in.is_asking))
        self._wedge.scanned.connect(self._scanned)
        self._wedge.unclear.connect(self._unclear)
        give_keys(self, self.do)
        self.furnished.emit()

    def _furnish(self) -> Places:
        from app.furnishing import furnish  # noqa: PLC0415 - loaded behind the first paint

        places, self._asked = furnish(
            self._layout, self._post, lambda: self._theme, self._say, self._overlay, self.foot,
            self._checkup, self._shelf,
        )  # fmt: skip
        self._room.takeAt(0)
        self._room.addWidget(places)
        places.slots.left.connect(self._back)
        places.enter()
        return places

    def _show_access(self, view: AccessView) -> None:
        if self._sign_in is None:
            from app.sign_in import SignInLine  # noqa: PLC0415 - only where somebody is enrolled

            self._sign_in = SignInLine(self._post, self._say)
            self._top.insertWidget(self._top.count() - 1, self._sign_in)
            self._sign_in.show()
        self._sign_in.show_view(view)
        self.workplace.run_panel.code.set_locked(view.needed and not view.who)

    @Slot()
    def _unclear(self) -> None:
        self._say("Too fast for fingers, too short for a code: nothing was taken. Type the PIN.")

    @Slot(str)
    def _scanned(self, text: str) -> None:
        from bench.events.person import TextScanned  # noqa: PLC0415 - nobody scans at the start

        if not self._post(TextScanned(text, "keyboard")):
            self._say("The bench is not running: the scan was not taken.")

    @Slot(str)
    def _typed(self, text: str) -> None:
        self._scanned(text)
        (self._overlay.sheet.setFocus if self._overlay.sheet else self.places.enter)()

    @Slot(str)
    def _say(self, told: str) -> None:
        self.status.setText(told)
        announce(self, told, urgent=False)

    @Slot()
    def _back(self) -> None:
        """Close what lies on top: a sheet, a question to a second person, what goes on."""
        was_covered = self._overlay.sheet is not None
        if not self._overlay.close():
            return
        was_asked = self._sign_in is not None and self._sign_in.leave()
        self.scan_bar.field.clear()
        self.places.back(is_enough=was_covered or was_asked)

    def _tell(self, scans: tuple[ScanView, ...], new: tuple[Note, ...]) -> None:
        from app.telling import tell  # noqa: PLC0415 - loaded with the workplace

        tell(scans, new, self.scan_bar, self.workplace.attention, self._sounds)

    def _may_focus(self) -> bool:
        """Whether nobody is at something else than slots and desks."""
        is_asked = self._sign_in is not None and self._sign_in.is_asking
        is_typing = self.scan_bar.field.hasFocus() and bool(self.scan_bar.field.text())
        return not (self._overlay.sheet or is_asked or is_typing)

    def _answers(self, text: str, event: QKeyEvent) -> bool:
        """Take a digit of a PIN, or one for a desk: pressed by itself, half a scan is no answer."""
        if self._sign_in and self._sign_in.type(text):
            return True
        is_alone = bool(self._wedge and self._wedge.is_alone) and not event.isAutoRepeat()
        return is_alone and self.places.type(text)

    def _resize(self, steps: int) -> None:
        self._zoom.move(steps)
        self.scan_bar.fit()
        self.places.fit(self._zoom.factor)
        self._overlay.fit()
        if self._sign_in:
            self._sign_in.fit()
        for text in self.findChildren(Text):
            text.fit()

    def _arrange(self, *, simulated: bool) -> None:
        self._top = banner(self.centre, simulated=simulated)
        self._room = QVBoxLayout()
        self._room.addStretch()
        self._top.addLayout(body(self.scan_bar, self._room, self.foot), 1)
        self.setCentralWidget(self.centre)

    def _acts(self) -> dict[Act, Callable[[], object]]:
        assert self._asked
        return self._asked.acts() | {
            Act.SCAN: self.scan_bar.field.setFocus,
            Act.LOCK: self._sign_in.lock if self._sign_in else lambda: self._say(_NOBODY),
            Act.BACK: self._back,
            Act.LARGER: lambda: self._resize(1),
            Act.SMALLER: lambda: self._resize(-1),
            Act.USUAL: lambda: self._resize(0),
            Act.QUIT: self.close,
        }
