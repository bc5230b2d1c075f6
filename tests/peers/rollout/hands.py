"""The hands of a technician at the window: keys, scans and, to sign, a pointer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.bridge import BenchThread
from app.desks.choices import DIGITS
from app.main_window import MainWindow
from app.written_field import BEHIND
from bench.events.desks import DeskView, Wanted, Workspace
from bench.events.run import Fact
from bench.events.views import SlotView
from bench.identity.identifiers import SlotCode
from bench.staging.trainees import Trainee
from tests.peers.rollout.line import Line

KEYS = {
    Workspace.GOODS_IN: Qt.Key.Key_1,
    Workspace.BENCH: Qt.Key.Key_2,
    Workspace.DISPATCH: Qt.Key.Key_3,
    Workspace.CUSTODY: Qt.Key.Key_4,
    Workspace.ROLL_OUT: Qt.Key.Key_5,
}
_PATIENCE = 60_000
"""Milliseconds after which what was waited for is taken not to come."""
_ALONE = 4
"""Milliseconds for which a key of these hands is held: nobody else types here."""


@dataclass
class Hands:
    """Does what a person does, and waits until it is seen; `sent` counts the window's facts."""

    window: MainWindow
    thread: BenchThread
    line: Line
    qtbot: QtBot
    sent: int = 0
    signatures: int = 0
    crashes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.thread.crashed.connect(self.crashes.append)

    @property
    def desk(self) -> DeskView:
        """The desk that is shown."""
        view = self.window.places.view
        assert view is not None, "the slots are shown"
        return view

    @property
    def answer(self) -> str:
        """What was answered last."""
        return self.window.scan_bar.answer.text()

    @property
    def was_taken(self) -> bool:
        """Whether what was done last was no mistake."""
        return self.window.scan_bar.badge.accessibleName() != "Not taken"

    def post(self, fact: Fact) -> bool:
        """Hand a fact of the window on."""
        self.sent += 1
        return self.thread.post(fact)

    # ── keys ────────────────────────────────────────────────────────────────────────────────────
    def go(self, workspace: Workspace, *choices: str) -> None:
        """Go to a workspace by its key, and choose there."""
        self._press(KEYS[workspace], Qt.KeyboardModifier.ControlModifier)
        self.settle()
        for choice in choices:
            self.choose(choice)

    def choose(self, name: str, text: str = "") -> None:
        """Press the digit of a choice; type its text, where it asks for one."""
        names = [choice.name for choice in self.desk.choices]
        assert name in names, f"{name} is not among {names}: {self.desk.prompt} {self.answer}"
        digit = DIGITS[names.index(name)]
        if self.desk.wanted in (Wanted.TEXT, Wanted.FILE, Wanted.FOLDER):
            self._press(Qt.Key(ord(digit)), Qt.KeyboardModifier.AltModifier)
        else:
            self.type(digit)
        if text:
            self.write(text)
        self.settle()

    def write(self, text: str) -> None:
        """Type a text or the name of a file, and press Enter."""
        self.type(text)
        QTest.qWait(BEHIND + 20)  # a person's Enter, no scanner's
        self._press(Qt.Key.Key_Return)
        self.settle()

    def type(self, text: str) -> None:
        """Press keys, and wait until none is held any more."""
        wedge = self.window._wedge
        assert wedge is not None
        wedge.hold = _ALONE
        for character in text:
            QTest.keyClick(self.window.windowHandle(), character)  # type: ignore[call-overload]
        self.until(lambda: not wedge._held)

    # ── scans ───────────────────────────────────────────────────────────────────────────────────
    def scan(self, text: object) -> None:
        """Scan a code as a scanner that types does."""
        wedge = self.window._wedge
        assert wedge is not None
        wedge.hold = 10_000
        for character in str(text):
            QTest.keyClick(self.window.windowHandle(), character)  # type: ignore[call-overload]
        self._press(Qt.Key.Key_Return)
        wedge.hold = _ALONE
        self.settle()

    def take(self, text: object, told: str = "") -> None:
        """Scan what is taken; the answer says so, in those words."""
        self.scan(text)
        assert self.was_taken, f"{text}: {self.answer}"
        assert told in self.answer, self.answer

    def miss(self, text: object) -> None:
        """Scan what is refused."""
        self.scan(text)
        assert not self.was_taken, f"{text}: {self.answer}"

    def pause(self) -> None:
        """Wait until the same code is no longer one scan that bounced."""
        QTest.qWait(550)

    # ── people ──────────────────────────────────────────────────────────────────────────────────
    def prove(self, who: Trainee) -> None:
        """Have somebody show badge and PIN: to sign in, or to sign off what somebody else did."""
        self.scan(who.badge.text)
        line = self.window._sign_in
        assert line is not None, self.answer
        assert line.is_asking, f"{self.answer} {line.told.text()}"
        self.type(who.pin.text)
        QTest.qWait(3 * _ALONE)
        self._press(Qt.Key.Key_Return)
        self.settle()
        self.until(lambda: not (line.is_asking or line._view.checking))
        self.settle()

    def sign(self) -> None:
        """Sign on the screen and accept it."""
        assert self.window.places.desk is not None
        pad = self.window.places.desk.question.pad
        assert pad.isVisible(), f"{self.desk.prompt} {self.answer}"
        across, down = pad.width(), pad.height()
        self.signatures += 1
        high = 3 + self.signatures % 2  # no two who sign one paper sign alike
        points = [QPoint(across * n // 12, down * (high + n % 5) // 10) for n in range(1, 11)]
        QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=points[0])
        for point in points[1:]:
            QTest.mouseMove(pad, point)
        QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=points[-1])
        QTest.qWait(3 * _ALONE)  # an Enter right behind a scan belongs to the scan
        self._press(Qt.Key.Key_Return)
        self.settle()

    # ── what is seen ────────────────────────────────────────────────────────────────────────────
    def slot(self, slot: SlotCode) -> SlotView:
        """Return a slot as it is shown."""
        return self.window.workplace.table.view(slot)

    def see(self, slot: SlotCode, word: str) -> None:
        """Wait until a slot shows a word."""
        self.until(lambda: self.slot(slot).word == word, lambda: str(self.slot(slot)))

    def settle(self) -> None:
        """Wait until all that was done is decided on and shown, and no work goes on behind it."""
        self.until(lambda: self.line.taken >= self.sent and not self.thread._views._pending)
        self.until(lambda: self.window.places.view is None or self.desk.job is None)

    def until(self, what: Callable[[], bool], told: Callable[[], str] = str) -> None:
        """Wait until something is so."""
        for _ in range(_PATIENCE):
            QTest.qWait(0)
            if what():
                return
            assert not self.crashes, self.crashes[0]
            QTest.qWait(1)
        raise TimeoutError(f"{told()} {self.answer}")

    def _press(
        self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        QTest.keyClick(self.window.windowHandle(), key, modifier)
