"""A window on a bench of four times four slots, and a person at its keyboard."""

from __future__ import annotations

import contextlib
import gc
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.asked import Asked
from app.bridge import Changes
from app.feedback import Sounds
from app.main_window import MainWindow
from app.theme import LIGHT
from bench.events.access import AccessView
from bench.events.desks import DeskView
from bench.events.run import Fact
from bench.events.views import (
    Category,
    ProfileView,
    ScanTone,
    ScanView,
    SlotView,
    TallyView,
)
from bench.identity.identifiers import SlotCode
from bench.problems import Problem, ProblemCode
from bench.staging.slots import HubLayout


@pytest.fixture(autouse=True)
def _rubbish_on_this_thread() -> Iterator[None]:
    """As in the application: a collection on a bench's thread would destroy windows there."""
    gc.disable()
    yield
    gc.collect()
    gc.enable()


@dataclass
class Floor:
    """The window, what it posted, how often it beeped, and the hands of the technician."""

    window: MainWindow
    posted: list[Fact]
    beeps: list[int] = field(default_factory=list)

    @property
    def asked(self) -> Asked:
        """What answers the keys that open something over the window."""
        assert self.window._asked
        return self.window._asked

    def show(
        self,
        *slots: SlotView,
        scans: tuple[ScanView, ...] = (),
        problems: tuple[Problem, ...] = (),
        access: AccessView | None = None,
        profiles: tuple[ProfileView, ...] = (),
        desk: DeskView | None = None,
    ) -> None:
        tally = TallyView()
        self.window.show_changes(
            Changes(slots, scans, tally, problems, access, profiles, desk=desk)
        )

    def press(
        self,
        key: Qt.Key,
        modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        """Press a key as the desktop delivers it: to the native window, then to the focus."""
        QTest.keyClick(self.window.windowHandle(), key, modifier)

    def type(self, text: str) -> None:
        """Type at a person's speed."""
        for character in text:
            QTest.keyClick(self.window.windowHandle(), character)  # type: ignore[call-overload]
            QTest.qWait(60)

    def scan(self, text: str) -> None:
        """Send a code as a scanner that types does: at once, and Enter behind it."""
        with self.patience():
            for character in text:
                QTest.keyClick(self.window.windowHandle(), character)  # type: ignore[call-overload]
            self.press(Qt.Key.Key_Return)

    def pause_within(self, text: str, at: int, between: int = 2) -> None:
        """Send keys `between` ms apart from a time on, and then nothing, as a link that breaks."""
        wedge = self.window._wedge
        assert wedge
        times = itertools.count(at, between)
        wedge.pressed_at = lambda _event: next(times)
        with self.patience():
            for character in text:
                QTest.keyPress(self.window.windowHandle(), character)  # type: ignore[call-overload]
            wedge._paused()

    def scan_at(self, text: str, at: int) -> None:
        """Scan, with the first key at a time in ms."""
        wedge = self.window._wedge
        assert wedge
        times = itertools.count(at, 2)
        wedge.pressed_at = lambda _event: next(times)
        self.scan(text)

    @contextlib.contextmanager
    def patience(self) -> Iterator[None]:
        """Make a burst of whatever comes now, however slow this machine is."""
        wedge = self.window._wedge
        assert wedge
        before, wedge.hold = wedge.hold, 10_000
        yield
        wedge.hold = before


@pytest.fixture
def layout() -> HubLayout:
    return HubLayout(4, 4)


@pytest.fixture
def simulated() -> bool:
    """Whether the bench of the floor is a training bench."""
    return False


@pytest.fixture
def floor(qtbot: QtBot, layout: HubLayout, simulated: bool) -> Iterator[Floor]:
    before = QFont(QApplication.font()), QApplication.palette()
    posted: list[Fact] = []
    beeps: list[int] = []

    def post(fact: Fact) -> bool:
        posted.append(fact)
        return True

    sounds = Sounds(beep=lambda: beeps.append(1))
    window = MainWindow("bench-07", layout, post, LIGHT, simulated=simulated, sounds=sounds)
    qtbot.addWidget(window)
    with qtbot.waitActive(window), qtbot.waitSignal(window.furnished):
        window.show()
        window.activateWindow()
    yield Floor(window, posted, beeps)
    QApplication.setFont(before[0])
    QApplication.setPalette(before[1])


@pytest.fixture
def slot() -> Callable[[str], SlotCode]:
    return SlotCode.parse


@pytest.fixture
def wave(layout: HubLayout) -> tuple[SlotView, ...]:
    """One slot of each category, from A1 on."""
    slots = layout.slots()
    held = Problem(ProblemCode.UNPLUGGED, str(slots[5]), "step 2 of 4, push profile")
    return (
        SlotView(slots[0]),
        SlotView(slots[1], Category.ATTACHED, "Attached"),
        SlotView(slots[2], Category.NEEDS_YOU, "Scan IMEI", "Pixel 8a", "0018", steps=4, step=1),
        SlotView(
            slots[3], Category.WORKING, "Step 3/4", "SM-A556B", "0026", "BW-000001", 3, 4,
            "push profile", 0.6,
        ),
        SlotView(slots[4], Category.DONE, "Done", "SM-A556B", "0034", "BW-000002", 4, 4, "", 1.0),
        SlotView(
            slots[5], Category.HELD, "Unplugged", "SM-A556B", "0042", "BW-000003", 2, 4, "", 0.3,
            held,
        ),
        SlotView(slots[6], Category.VOID, "Void", "SM-A556B", "0059", "BW-000004", 2, 4),
    )  # fmt: skip


@pytest.fixture
def taken() -> ScanView:
    return ScanView("004400000000018", "scanner", ScanTone.GOOD, "C1 — taken into custody.")
