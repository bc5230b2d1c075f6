"""The paper for scanners, asked for with one key: made beside the window and opened."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import shiboken6
from PySide6.QtCore import QObject, QProcess, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from app.checkup import Checkup
from app.papers import NAME, make_paper

if TYPE_CHECKING:
    from tests.app.conftest import Floor

CONTROL = Qt.KeyboardModifier.ControlModifier


class Desktop(QObject):
    """Opens files as a desktop does, and remembers which."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url.toLocalFile())


@pytest.fixture
def desktop() -> Iterator[Desktop]:
    made = Desktop()
    QDesktopServices.setUrlHandler("file", made, "open")  # type: ignore[arg-type]  # the stub says bytes, PySide takes str
    yield made
    QDesktopServices.unsetUrlHandler("file")


def _checkup(folder: Path, program: str) -> Checkup:
    paper = (sys.executable, "-c", program)
    return Checkup(lambda: (), folder / "rules", folder, paper)


def _ask(floor: Floor, folder: Path, program: str) -> None:
    floor.asked.checkup = _checkup(folder, program)
    floor.press(Qt.Key.Key_B, CONTROL)


def test_the_paper_is_made_and_opened(
    qtbot: QtBot, floor: Floor, desktop: Desktop, tmp_path: Path
) -> None:
    _ask(floor, tmp_path, "import sys; open(sys.argv[2], 'w').write('paper')")
    assert "being made" in floor.window.status.text()
    qtbot.waitUntil(lambda: bool(desktop.opened))
    assert desktop.opened == [str(tmp_path / NAME)]
    assert (tmp_path / NAME).read_text() == "paper"
    assert str(tmp_path / NAME) in floor.window.status.text()


@pytest.mark.parametrize(
    ("program", "says"),
    [
        ("raise SystemExit('no room <b>left')", "no room <b>left"),
        ("raise SystemExit(3)", "made: "),
        ("import os; os.kill(os.getpid(), 9)", "crashed"),
    ],
)
def test_a_paper_that_could_not_be_made_says_why(
    qtbot: QtBot, floor: Floor, desktop: Desktop, tmp_path: Path, program: str, says: str
) -> None:
    _ask(floor, tmp_path, program)
    qtbot.waitUntil(lambda: "could not be made" in floor.window.status.text())
    assert says in floor.window.status.text()
    assert desktop.opened == []


def test_a_program_that_cannot_be_started_is_said(
    qtbot: QtBot, floor: Floor, tmp_path: Path
) -> None:
    paper = (str(tmp_path / "nowhere"),)
    floor.asked.checkup = Checkup(lambda: (), tmp_path / "rules", tmp_path, paper)
    floor.press(Qt.Key.Key_B, CONTROL)
    qtbot.waitUntil(lambda: "could not be made" in floor.window.status.text())
    assert "No such file" in floor.window.status.text()


def test_a_maker_that_crashes_is_told_of_once(qtbot: QtBot, tmp_path: Path) -> None:
    parent, said = QObject(), list[str]()
    make_paper(_checkup(tmp_path, "import os; os.kill(os.getpid(), 9)"), parent, said.append)
    qtbot.waitUntil(lambda: not parent.findChildren(QProcess))
    assert len(said) == 2


def test_asked_twice_the_paper_is_made_once(
    qtbot: QtBot, floor: Floor, desktop: Desktop, tmp_path: Path
) -> None:
    log, go = tmp_path / "log", tmp_path / "go"
    _ask(
        floor,
        tmp_path,
        f"import os, time; open({str(log)!r}, 'a').write('begun ')\n"
        f"while not os.path.exists({str(go)!r}): time.sleep(0.01)",
    )
    qtbot.waitUntil(log.exists)
    floor.press(Qt.Key.Key_B, CONTROL)
    assert "being made" in floor.window.status.text()
    assert len(floor.window.findChildren(QProcess)) == 1
    go.touch()
    qtbot.waitUntil(lambda: bool(desktop.opened))
    assert log.read_text() == "begun "
    qtbot.waitUntil(lambda: not floor.window.findChildren(QProcess))
    floor.press(Qt.Key.Key_B, CONTROL)
    qtbot.waitUntil(lambda: len(desktop.opened) == 2)


def test_a_window_that_goes_meanwhile_ends_the_making(qtbot: QtBot, tmp_path: Path) -> None:
    parent, said = QObject(), list[str]()
    make_paper(_checkup(tmp_path, "import time; time.sleep(60)"), parent, said.append)
    (making,) = parent.findChildren(QProcess)
    qtbot.waitUntil(lambda: making.state() is QProcess.ProcessState.Running)
    number = making.processId()
    shiboken6.delete(parent)
    assert not Path(f"/proc/{number}").exists()
    assert said == ["The paper for scanners is being made."]


def test_a_simulated_bench_needs_no_paper(floor: Floor) -> None:
    floor.press(Qt.Key.Key_B, CONTROL)
    assert "simulated" in floor.window.status.text()
