from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFont, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit
from pytestqt.qtbot import QtBot

from app.application import run_window
from app.main_window import MainWindow
from bench.events import BenchView, Category, SlotView, TallyView
from bench.identity.identifiers import SlotCode
from bench.ports import Post
from bench.problems import Problem, ProblemCode, ProblemError
from bench.staging.slots import HubLayout


class Demo:
    """A bench that stages one handset, then does what it was told to."""

    name = "bench-07"
    simulated = True
    layout = HubLayout(1, 2)

    def __init__(self, last: Callable[[], None] | None = None, *, ends: bool = True) -> None:
        self.cancelled = False
        self._last = last
        self._ends = ends

    async def run(self, publish: Callable[[BenchView], None], ready: Callable[[Post], None]) -> None:
        ready(lambda _fact: None)
        slot = SlotCode("A", 1)
        for category in (Category.WORKING, Category.DONE):
            publish(BenchView((SlotView(slot, category, "Step"),), tally=TallyView(1)))
            await asyncio.sleep(0.1)
        if self._last:
            self._last()
        if not self._ends:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.cancelled = True
                raise


@pytest.fixture(autouse=True)
def _same_look_after(qtbot: QtBot) -> Iterator[None]:
    assert qtbot
    font, palette = QFont(QApplication.font()), QApplication.palette()
    yield
    QApplication.setFont(font)
    QApplication.setPalette(palette)


def window() -> MainWindow:
    return next(
        top for top in QApplication.topLevelWidgets()
        if isinstance(top, MainWindow) and top.isVisible()
    )  # fmt: skip


def later(milliseconds: int, act: Callable[[], object]) -> None:
    QTimer.singleShot(milliseconds, act)


def test_a_demo_that_ends_closes_the_window(tmp_path: Path) -> None:
    assert run_window(Demo(), finish="close", linger=0, reports=tmp_path) == 0


def test_pictures_are_taken_of_the_work_and_of_the_end(tmp_path: Path) -> None:
    run_window(Demo(), finish="close", linger=0, screenshots=tmp_path / "p", reports=tmp_path)
    taken = sorted(path.name for path in (tmp_path / "p").iterdir())
    assert taken == ["window-1.png", "window-2.png", "window-final.png"]
    assert QImage(str(tmp_path / "p" / "window-final.png")).width() >= 800


def test_closing_the_window_cancels_the_bench(tmp_path: Path) -> None:
    bench = Demo(ends=False)
    later(400, lambda: window().close())
    assert run_window(bench, reports=tmp_path) == 0
    assert bench.cancelled


def test_a_key_keeps_the_window_of_a_finished_demo(tmp_path: Path) -> None:
    stayed: list[bool] = []

    def touch() -> None:
        QTest.keyClick(window().windowHandle(), Qt.Key.Key_Right)

    def look() -> None:
        stayed.append(window().isVisible())
        window().close()

    later(700, touch)
    later(2500, look)
    assert run_window(Demo(), finish="close", linger=1.2, reports=tmp_path) == 0
    assert stayed == [True]


def test_a_finished_demo_says_when_it_goes(tmp_path: Path) -> None:
    said: list[str] = []
    later(700, lambda: said.extend(label.text() for label in window().findChildren(QLabel)))
    run_window(Demo(), finish="close", linger=1, reports=tmp_path)
    assert "Demo finished — the window closes in 1 s; press any key to keep it" in said


def test_a_bug_of_the_bench_is_shown_kept_and_returned(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def fall() -> None:
        raise ValueError("IMEI 004400000000018 was nobody's")

    shown: list[str] = []
    later(900, lambda: shown.extend(t.toPlainText() for t in window().findChildren(QPlainTextEdit)))
    assert run_window(Demo(fall), finish="close", linger=1, reports=tmp_path) == 1
    kept = next(tmp_path.glob("crash-*.txt")).read_text(encoding="utf-8")
    for told in (shown[0], kept, capsys.readouterr().err):
        assert "ValueError: IMEI (number …18) was nobody's" in told


def test_a_bench_that_may_not_run_says_why_and_what_to_do(tmp_path: Path) -> None:
    def refuse() -> None:
        raise ProblemError(Problem(ProblemCode.LEDGER_IN_USE, "record"))

    said: list[str] = []
    later(900, lambda: said.extend(note.body for note in window().attention.notes))
    assert run_window(Demo(refuse), finish="close", linger=1, reports=tmp_path) == 1
    assert "Close the other Staging Bench first." in said[0]
    assert list(tmp_path.glob("crash-*.txt")) == []


def test_a_bug_of_the_window_is_reported_and_work_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def fall() -> None:
        error = KeyError("slot of another hub")
        sys.excepthook(KeyError, error, None)

    later(200, fall)
    later(700, lambda: window().close())
    bench = Demo(ends=False)
    assert run_window(bench, reports=tmp_path) == 0
    assert "slot of another hub" in capsys.readouterr().err
    assert len(list(tmp_path.glob("crash-*.txt"))) == 1


def test_the_process_is_left_as_it_was(tmp_path: Path) -> None:
    before = sys.excepthook, sys.getswitchinterval(), gc.isenabled()
    run_window(Demo(), finish="close", linger=0, reports=tmp_path)
    assert (sys.excepthook, sys.getswitchinterval(), gc.isenabled()) == before


@pytest.mark.parametrize(("theme", "expected"), [("light", "#E8ECF0"), ("dark", "#0E1417")])
def test_the_theme_can_be_chosen(tmp_path: Path, theme: str, expected: str) -> None:
    assert theme in ("light", "dark")
    chosen = "light" if theme == "light" else "dark"
    run_window(
        Demo(), theme=chosen, finish="close", linger=0, screenshots=tmp_path, reports=tmp_path
    )
    corner = QImage(str(tmp_path / "window-final.png")).pixelColor(3, 400)
    assert corner.name().upper() == expected
