"""Codes to show, a clock that stands, and an independent reader of what is painted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import zxingcpp
from PIL import Image
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.enrolment_code import CodeView, Lookout
from bench.enrolment.codes import make_code
from bench.events.enrolment import ShownCode
from bench.events.person import HiddenText

CANARY = '{"android.app.extra.PROVISIONING_WIFI_PASSWORD":"canary-password"}'
NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)


@dataclass
class Wall:
    """The time, which stands until somebody moves it; seconds and a date that agree."""

    passed: float = 0.0

    def seconds(self) -> float:
        return self.passed

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.passed)


@dataclass
class Shown:
    """A code in a window, and who looks at it."""

    view: CodeView
    lookout: Lookout
    wall: Wall

    def read(self) -> bytes | None:
        """Return what an independent reader makes of the window, None for nothing."""
        return read_from(self.view)

    def wait(self, seconds: float) -> None:
        """Let time pass, and the timers that were set for it."""
        self.wall.passed += seconds
        self.lookout.look()
        self.view._ticks.timeout.emit()


def photo(widget: QWidget) -> Image.Image:
    """Return what a widget paints, at the pixels of its screen."""
    grabbed = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGBA8888)
    size = grabbed.width(), grabbed.height()
    return Image.frombytes("RGBA", size, bytes(grabbed.constBits())).convert("L")


def read_from(widget: QWidget) -> bytes | None:
    """Return what an independent reader makes of what a widget paints, None for nothing."""
    found = zxingcpp.read_barcodes(photo(widget))
    return found[0].bytes if found else None


@pytest.fixture
def read() -> Callable[[QWidget], bytes | None]:
    """Read what a widget paints."""
    return read_from


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def code() -> Callable[..., ShownCode]:
    """Make a code that is valid for so many minutes; None: nobody said."""

    def made(text: str = CANARY, minutes: float | None = 12, *warnings: str) -> ShownCode:
        expires = None if minutes is None else NOW + timedelta(minutes=minutes)
        return make_code(HiddenText(text), expires, warnings)

    return made


@pytest.fixture
def shown(qtbot: QtBot, wall: Wall, code: Callable[..., ShownCode]) -> Shown:
    """The usual code, before somebody's eyes."""
    lookout = Lookout(60.0, wall.seconds)
    view = CodeView(lookout, wall.now)
    view.show_code(code())
    view.resize(420, 520)
    qtbot.addWidget(view)
    with qtbot.waitExposed(view):
        view.show()
    return Shown(view, lookout, wall)
