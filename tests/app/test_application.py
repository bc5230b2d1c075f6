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
from app.theme import Choice
from bench.events.views import (
    BenchView,
    Category,
    SlotView,
    TallyView,
)
from bench.identity.identifiers import SlotCode
from bench.ports import Post
from bench.problems import Problem, ProblemCode, ProblemError
from bench.settings import state_folder
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

    async def run(
        self, publish: Callable[[BenchView], None], ready: Callable[[Post], None]
    ) -> None:
        try:
            await self._stage(publish, ready)
        except asyncio.CancelledError:
            self.cancelled = True
            raise

    async def _stage(
        self, publish: Callable[[BenchView], None], ready: Callable[[Post], None]
    ) -> None:
        ready(lambda _fact: None)
        slot = SlotCode("A", 1)
        for category in (Category.WORKING, Category.DONE):
            publish(BenchView((SlotView(slot, category, "Step"),), tally=TallyView(1)))
            await asyncio.sleep(0.1)
        if self._last:
            self._last()
        if not self._ends:
            await asyncio.Event().wait()


@pytest.fixture(autouse=True)
def _same_look_after(qtbot: QtBot) -> Iterator[None]:
    assert qtbot
    font, palette = QFont(QApplication.font()), QApplication.palette()
    yield
    QApplication.setFont(font)
    QApplication.setPalette(palette)


def when(
    ready: Callable[[MainWindow], bool],
    act: Callable[[MainWindow], object],
    *,
    close: bool = True,
) -> None:
    """Do something with the window as soon as it has come so far, then close it."""
    shown = [top for top in QApplication.topLevelWidgets() if isinstance(top, MainWindow)]
    seen = [top for top in shown if top.isVisible() and ready(top)]
    if seen:
        act(seen[0])
        if close:
            seen[0].close()
    else:
        QTimer.singleShot(30, lambda: when(ready, act, close=close))


def ended(shown: MainWindow) -> bool:
    return any("closes in" in label.text() for label in shown.findChildren(QLabel))


def staged(shown: MainWindow) -> bool:
    return shown.workplace.table.at(0, 0).category is Category.DONE


def test_a_demo_that_ends_closes_the_window(tmp_path: Path) -> None:
    assert run_window(Demo(), finish="close", linger=0, reports=tmp_path) == 0


def test_pictures_are_taken_of_the_work_and_of_the_end(tmp_path: Path) -> None:
    run_window(Demo(), finish="close", linger=0, screenshots=tmp_path / "p", reports=tmp_path)
    taken = sorted(path.name for path in (tmp_path / "p").iterdir())
    assert taken == ["window-1.png", "window-2.png", "window-final.png"]
    assert QImage(str(tmp_path / "p" / "window-final.png")).width() >= 800


def test_closing_the_window_cancels_the_bench(tmp_path: Path) -> None:
    bench = Demo(ends=False)
    when(staged, lambda _window: None)
    assert run_window(bench, reports=tmp_path) == 0
    assert bench.cancelled


def test_a_key_keeps_the_window_of_a_finished_demo(tmp_path: Path) -> None:
    stayed: list[bool] = []

    def touch(shown: MainWindow) -> None:
        QTest.keyClick(shown.windowHandle(), Qt.Key.Key_Right)
        QTimer.singleShot(2_000, lambda: look(shown))

    def look(shown: MainWindow) -> None:
        stayed.append(shown.isVisible())
        shown.close()

    when(ended, touch, close=False)
    assert run_window(Demo(), finish="close", linger=1, reports=tmp_path) == 0
    assert stayed == [True]


def test_a_finished_demo_says_when_it_goes(tmp_path: Path) -> None:
    said: list[str] = []
    when(ended, lambda shown: said.extend(label.text() for label in shown.findChildren(QLabel)))
    run_window(Demo(), finish="close", linger=20, reports=tmp_path)
    assert "Demo finished — the window closes in 20 s; press any key to keep it" in said


def test_a_bug_of_the_bench_is_shown_kept_and_returned(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def fall() -> None:
        raise ValueError("IMEI 004400000000018 was nobody's")

    shown: list[str] = []
    when(ended, lambda top: shown.extend(t.toPlainText() for t in top.findChildren(QPlainTextEdit)))
    assert run_window(Demo(fall), finish="close", linger=20, reports=tmp_path) == 1
    kept = next(tmp_path.glob("crash-*.txt")).read_text(encoding="utf-8")
    for told in (shown[0], kept, capsys.readouterr().err):
        assert "ValueError: IMEI (number …18) was nobody's" in told


def test_a_bench_that_may_not_run_says_why_and_what_to_do(tmp_path: Path) -> None:
    def refuse() -> None:
        raise ProblemError(Problem(ProblemCode.LEDGER_IN_USE, "record"))

    said: list[str] = []
    when(ended, lambda shown: said.extend(note.body for note in shown.workplace.attention.notes))
    assert run_window(Demo(refuse), finish="close", linger=20, reports=tmp_path) == 1
    assert "Close the other Staging Bench first." in said[0]
    assert list(tmp_path.glob("crash-*.txt")) == []


def test_a_bug_of_the_window_is_reported_once_and_work_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def fall() -> None:
        for _ in range(3):
            sys.excepthook(KeyError, KeyError("slot of another hub"), None)

    when(staged, lambda _window: fall())
    bench = Demo(ends=False)
    assert run_window(bench, reports=tmp_path) == 0
    assert "slot of another hub" in capsys.readouterr().err
    assert len(list(tmp_path.glob("crash-*.txt"))) == 1


def test_the_process_is_left_as_it_was(tmp_path: Path) -> None:
    before = sys.excepthook, sys.getswitchinterval(), gc.isenabled()
    run_window(Demo(), finish="close", linger=0, reports=tmp_path)
    assert (sys.excepthook, sys.getswitchinterval(), gc.isenabled()) == before


@pytest.mark.parametrize(("theme", "expected"), [("light", "#E8ECF0"), ("dark", "#0E1417")])
def test_the_theme_can_be_chosen(tmp_path: Path, theme: Choice, expected: str) -> None:
    run_window(
        Demo(), theme=theme, finish="close", linger=0, screenshots=tmp_path, reports=tmp_path
    )
    corner = QImage(str(tmp_path / "window-final.png")).pixelColor(3, 400)
    assert corner.name().upper() == expected


@pytest.mark.parametrize(
    ("named", "folder"),
    [("/var/lib", "/var/lib"), ("", "/home/t/.local/state"), ("here", "/home/t/.local/state")],
)
def test_crash_reports_lie_in_the_state_folder_of_the_account(
    monkeypatch: pytest.MonkeyPatch, named: str, folder: str
) -> None:
    monkeypatch.setenv("HOME", "/home/t")
    monkeypatch.setenv("XDG_STATE_HOME", named)
    assert state_folder() == Path(folder) / "staging-bench"
