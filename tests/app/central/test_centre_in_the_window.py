"""The chip and the panel in the window, by keyboard and by ear."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.bridge import Changes
from app.central import calm, corner
from app.central.chip import CENTRE_LOOKS, CentreChip
from app.central.corner import CentreCorner
from app.central.panel import CentrePanel
from app.theme import DARK, LOOKS
from bench.events.central import CentreState, CentreView, SyncRequested
from bench.events.person import TextScanned
from bench.events.views import TallyView
from bench.problems import Problem, ProblemCode

if TYPE_CHECKING:
    from tests.app.conftest import Floor

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
NOW = datetime.now(UTC)
IN_STEP = CentreView(CentreState.IN_STEP, seen=NOW)
WAITING = CentreView(CentreState.WAITING, 12, NOW)
SENDING = CentreView(CentreState.SENDING, 100, NOW)
AWAY = CentreView(CentreState.AWAY, 340, NOW - timedelta(days=40), detail="no route")
STOPPED = CentreView(CentreState.STOPPED, 5, NOW, detail="two histories")
GONE = Problem(ProblemCode.CENTRE_UNREACHABLE, "centre.example", "no route")


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a screen reader says of the centre."""
    told: list[str] = []
    monkeypatch.setattr(corner, "announce", lambda _of, said, **_: told.append(said))
    return told


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calm, "BETWEEN", 60)
    monkeypatch.setattr(calm, "PATIENCE", 120)


def its(floor: Floor) -> CentreCorner:
    return floor.asked.corner


def chip(floor: Floor) -> CentreChip:
    made = its(floor).chip
    assert made is not None
    return made


def panel(floor: Floor) -> CentrePanel:
    made = its(floor).panel
    assert made is not None
    return made


def show(floor: Floor, view: CentreView | None, *problems: Problem) -> None:
    floor.window.show_changes(Changes((), (), TallyView(), problems, None, (), view))


def test_a_bench_by_itself_has_no_chip_and_loads_nothing_of_it() -> None:
    code = (
        "import sys\n"
        "from PySide6.QtWidgets import QApplication\n"
        "from app.bridge import Changes\n"
        "from app.main_window import MainWindow\n"
        "from app.theme import LIGHT\n"
        "from bench.events.views import TallyView\n"
        "from bench.staging.slots import HubLayout\n"
        "app = QApplication([])\n"
        "post = lambda fact: True\n"
        "window = MainWindow('bench-07', HubLayout(2, 2), post, LIGHT, simulated=False)\n"
        "painted = []\n"
        "names = ('app.central', 'bench.events.central', 'bench.inventory', 'psycopg')\n"
        "loaded = lambda: [name for name in sys.modules if name.startswith(names)]\n"
        "window.painted.connect(lambda: painted.extend(loaded()))\n"
        "window.furnished.connect(app.quit)\n"
        "window.show()\n"
        "app.exec()\n"
        "window.show_changes(Changes((), (), TallyView(), ()))\n"
        "late = {'app.central.chip', 'app.central.panel', 'bench.inventory', 'psycopg'}\n"
        "sys.exit(' '.join([*painted, *late.intersection(loaded())]) or 0)"
    )
    ended = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
    assert ended.returncode == 0, ended.stderr


def test_where_no_centre_is_set_up_the_key_says_so(floor: Floor) -> None:
    show(floor, None)
    floor.press(Qt.Key.Key_F9, SHIFT)
    assert "no central store is set up" in floor.window.status.text()
    assert floor.window.findChild(CentreChip) is None
    assert its(floor).panel is None


def test_the_chip_comes_with_the_first_word_of_the_centre(floor: Floor) -> None:
    show(floor, IN_STEP)
    assert chip(floor).isVisible()
    assert chip(floor).text() == "In step"
    assert chip(floor).accessibleName() == "Central store: In step"
    assert "Last answer" in chip(floor).accessibleDescription()


def test_nothing_moves_whatever_the_chip_says(qtbot: QtBot, floor: Floor) -> None:
    show(floor, IN_STEP)
    qtbot.wait(20)
    before = chip(floor).geometry(), floor.window.workplace.geometry()
    for view in (AWAY, replace(STOPPED, detail="x" * 10_000), replace(SENDING, waiting=10**9)):
        show(floor, view)
        qtbot.waitUntil(lambda view=view: chip(floor).state is view.state)  # type: ignore[misc]
        qtbot.wait(20)
        assert (chip(floor).geometry(), floor.window.workplace.geometry()) == before


def test_no_two_states_look_alike_without_colour() -> None:
    assert set(CENTRE_LOOKS) == set(CentreState)
    shapes = {LOOKS[category].shape for category in CENTRE_LOOKS.values()}
    assert len(shapes) == len(CentreState)


def test_a_thousand_numbers_are_a_few_paintings_and_the_last_one_is_shown(
    qtbot: QtBot, floor: Floor
) -> None:
    show(floor, SENDING)
    texts: list[str] = []

    class Watch(QObject):
        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802
            if event.type() is QEvent.Type.Paint:
                texts.append(chip(floor).text())
            return False

    watch = Watch()
    chip(floor).installEventFilter(watch)
    for left in range(999, 0, -1):
        show(floor, replace(SENDING, waiting=left))
        if left % 100 == 0:
            QApplication.processEvents()
    qtbot.waitUntil(lambda: "1 left" in chip(floor).text().split(", "))
    assert len(set(texts)) < 12


def test_what_waits_for_a_moment_is_not_shown(qtbot: QtBot, floor: Floor) -> None:
    show(floor, IN_STEP)
    for _ in range(5):
        show(floor, WAITING)
        show(floor, replace(SENDING, waiting=1))
        show(floor, IN_STEP)
        qtbot.wait(30)
        assert chip(floor).text() == "In step"
    qtbot.wait(calm.PATIENCE + 50)
    assert chip(floor).text() == "In step"
    show(floor, WAITING)
    qtbot.waitUntil(lambda: chip(floor).text().startswith("12 wait, since"))


def test_trouble_is_shown_at_once(floor: Floor) -> None:
    show(floor, IN_STEP)
    show(floor, STOPPED)
    assert chip(floor).text() == "Stopped: two histories"


def test_a_screen_reader_hears_trouble_and_its_end_once_and_no_numbers(
    qtbot: QtBot, floor: Floor, heard: list[str]
) -> None:
    for view in (IN_STEP, AWAY, replace(AWAY, waiting=341), replace(AWAY, waiting=342), SENDING):
        show(floor, view)
        qtbot.wait(80)
    show(floor, IN_STEP)
    qtbot.waitUntil(lambda: chip(floor).text() == "In step")
    assert [told.split(",")[0] for told in heard] == [
        "Central store: Centre away",
        "Central store: In step",
    ]


def test_hostile_text_is_text(floor: Floor) -> None:
    show(floor, replace(STOPPED, detail="<img src=x>&amp;\u202eR" + "y" * 10_000), GONE)
    floor.press(Qt.Key.Key_F9, SHIFT)
    lines = panel(floor).lines
    assert lines.state.textFormat() is Qt.TextFormat.PlainText
    assert lines.trouble.textFormat() is Qt.TextFormat.PlainText
    assert lines.state.text().startswith("Stopped: <img src=x>&amp; Ryyy")
    assert len(lines.state.text()) < 250
    assert "<img" not in chip(floor).toolTip()


# ── the panel ───────────────────────────────────────────────────────────────────────────────────
def test_the_panel_opens_with_its_key_says_all_and_escape_closes_it(
    qtbot: QtBot, floor: Floor
) -> None:
    show(floor, AWAY, GONE)
    floor.press(Qt.Key.Key_F9, SHIFT)
    opened = panel(floor).lines
    assert opened.state.text().startswith("Centre away, 340 wait since ")
    assert opened.trouble.text() == str(GONE)
    assert opened.values["To be sent"].text() == "340 events wait"
    assert opened.page.hasFocus()
    assert "what waits is sent when it is back" in opened.page.accessibleDescription()
    floor.press(Qt.Key.Key_Escape)
    assert its(floor).panel is None
    assert floor.window.workplace.grid.hasFocus()
    qtbot.wait(20)
    show(floor, IN_STEP)
    qtbot.waitUntil(lambda: chip(floor).text() == "In step")


def test_the_key_pressed_twice_opens_one_panel(floor: Floor) -> None:
    show(floor, IN_STEP)
    floor.press(Qt.Key.Key_F9, SHIFT)
    first = panel(floor)
    floor.press(Qt.Key.Key_F9, SHIFT)
    assert panel(floor) is first
    assert len(floor.window.findChildren(CentrePanel)) == 1


def test_another_sheet_takes_its_place_and_it_can_be_opened_again(
    qtbot: QtBot, floor: Floor
) -> None:
    show(floor, IN_STEP)
    floor.press(Qt.Key.Key_F9, SHIFT)
    floor.press(Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
    assert its(floor).panel is None
    show(floor, STOPPED)
    qtbot.wait(20)
    floor.press(Qt.Key.Key_F9, SHIFT)
    assert panel(floor).lines.state.text() == "Stopped: two histories"


def test_an_open_panel_shows_what_is_new_and_what_is_over(qtbot: QtBot, floor: Floor) -> None:
    show(floor, AWAY, GONE)
    floor.press(Qt.Key.Key_F9, SHIFT)
    lines = panel(floor).lines
    show(floor, SENDING)
    qtbot.waitUntil(lambda: lines.state.text() == "Sending 70 %, 100 left")
    assert not lines.trouble.isVisible()
    assert lines.values["To be sent"].text() == "100 events wait"


def test_problems_of_other_rooms_are_none_of_the_centres(floor: Floor) -> None:
    show(floor, IN_STEP, Problem(ProblemCode.LEDGER_FULL, "ledger.db"))
    floor.press(Qt.Key.Key_F9, SHIFT)
    assert panel(floor).lines.trouble.text() == ""


@pytest.mark.parametrize("how", ["key", "enter", "mouse"])
def test_sync_now_is_asked_of_the_bench(floor: Floor, how: str) -> None:
    show(floor, WAITING)
    floor.press(Qt.Key.Key_F9, SHIFT)
    button = panel(floor).lines.button
    match how:
        case "key":
            floor.press(Qt.Key.Key_S, CONTROL)
        case "enter":
            floor.press(Qt.Key.Key_Tab)
            assert button.hasFocus()
            floor.press(Qt.Key.Key_Return)
        case _:
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert floor.posted == [SyncRequested()]
    assert "being sent" in floor.window.status.text()


def test_how_a_sync_that_was_asked_for_ends_is_told_though_it_was_so_before(
    qtbot: QtBot, floor: Floor, heard: list[str]
) -> None:
    show(floor, STOPPED)
    floor.press(Qt.Key.Key_F9, SHIFT)
    floor.press(Qt.Key.Key_S, CONTROL)
    show(floor, replace(STOPPED, seen=NOW))
    qtbot.waitUntil(lambda: len(heard) == 2)
    assert heard[0] == heard[1] == "Central store: Stopped: two histories"


def test_a_bench_that_is_over_says_that_nothing_is_sent(floor: Floor) -> None:
    show(floor, WAITING)
    its(floor)._post = lambda _fact: False
    floor.press(Qt.Key.Key_F9, SHIFT)
    floor.press(Qt.Key.Key_S, CONTROL)
    assert "not running" in floor.window.status.text()


def test_a_scan_lands_while_the_panel_is_open(qtbot: QtBot, floor: Floor) -> None:
    show(floor, WAITING)
    floor.press(Qt.Key.Key_F9, SHIFT)
    floor.scan("004400000000018")
    qtbot.wait(60)
    assert floor.posted == [TextScanned("004400000000018", "keyboard")]


@pytest.mark.parametrize("how", ["space", "enter", "mouse"])
def test_the_chip_opens_the_panel_too(qtbot: QtBot, floor: Floor, how: str) -> None:
    show(floor, IN_STEP)
    chip(floor).setFocus()
    match how:
        case "space":
            floor.press(Qt.Key.Key_Space)
        case "enter":
            floor.press(Qt.Key.Key_Return)
        case _:
            QTest.mouseClick(chip(floor), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: its(floor).panel is not None)
    assert panel(floor).isVisible()


def test_chip_and_panel_grow_with_the_text_and_follow_the_theme(qtbot: QtBot, floor: Floor) -> None:
    show(floor, STOPPED)
    floor.press(Qt.Key.Key_F9, SHIFT)
    before = chip(floor).sizeHint(), panel(floor).lines.state.font().pointSizeF()
    light = chip(floor).grab().toImage()
    for _ in range(3):
        floor.press(Qt.Key.Key_Plus, CONTROL)
    qtbot.wait(20)
    assert chip(floor).size() == chip(floor).sizeHint()
    assert chip(floor).width() > before[0].width()
    assert panel(floor).lines.state.font().pointSizeF() > before[1]
    floor.window.show_theme(DARK)
    qtbot.wait(20)
    dark = chip(floor).grab().toImage()
    assert dark.pixelColor(dark.width() - 8, 8).lightness() < 80
    assert light.pixelColor(light.width() - 8, 8).lightness() > 200
