"""Sixty-four slots that all change at once, on the bench's own thread, under the real window."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.actions import Act
from app.bridge import BenchThread
from app.main_window import MainWindow
from app.theme import DARK, LIGHT
from bench.events.views import BenchView, Category, ScanTone, ScanView, SlotView, TallyView
from bench.identity.identifiers import SlotCode
from bench.ports import Post
from bench.problems import Problem, ProblemCode
from bench.staging.slots import HubLayout

VIEWS = 4_000


class NoisyBench:
    """Publishes as fast as it can, slots at random, and keeps what it said last."""

    name = "bench-07"
    simulated = True
    layout = HubLayout(8, 8)

    def __init__(self) -> None:
        self.last = {slot: SlotView(slot) for slot in self.layout.slots()}
        self.scans: list[str] = []
        self.tally = TallyView()
        self._chance = random.Random(7)

    async def run(
        self, publish: Callable[[BenchView], None], ready: Callable[[Post], None]
    ) -> None:
        ready(lambda _fact: None)
        for number in range(VIEWS):
            publish(self._view(number))
            if number % 10 == 0:
                await asyncio.sleep(0.002)

    def _view(self, number: int) -> BenchView:
        slots = tuple(self._slot(slot) for slot in self._chance.sample([*self.last], 4))
        self.last.update((view.slot, view) for view in slots)
        self.tally = TallyView(staged=number)
        self.scans.append(f"SCAN{number}")
        tone = self._chance.choice([*ScanTone])
        scan = ScanView(self.scans[-1], "scanner", tone, f"{slots[0].slot} — so it is.")
        standing = tuple(view.problem for view in self.last.values() if view.problem)
        return BenchView(slots, scan, self.tally, standing[:3])

    def _slot(self, slot: SlotCode) -> SlotView:
        category = self._chance.choice([*Category])
        held = Problem(self._chance.choice([*ProblemCode]), str(slot), "x" * 50)
        share = self._chance.random()
        return SlotView(
            slot, category, f"Step {round(share * 4)}/4", "SM-A556B", "0018", "BW-000001",
            round(share * 4), 4, "push profile", share,
            held if category is Category.HELD else None,
        )  # fmt: skip


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    font, palette = QFont(QApplication.font()), QApplication.palette()
    shown = MainWindow("bench-07", HubLayout(8, 8), lambda _fact: True, LIGHT, simulated=True)
    qtbot.addWidget(shown)
    with qtbot.waitExposed(shown):
        shown.show()
    yield shown
    QApplication.setFont(font)
    QApplication.setPalette(palette)


def test_a_noisy_bench_of_sixty_four_ends_with_its_newest_views_shown(
    qtbot: QtBot, window: MainWindow
) -> None:
    bench = NoisyBench()
    thread = BenchThread(bench)
    drains: list[object] = []
    thread.changed.connect(window.show_changes)
    thread.changed.connect(drains.append)
    with qtbot.waitSignal(thread.ended, timeout=60_000):
        thread.start()
    assert thread.stop()
    assert {view.slot: view for view in window.workplace.table.views()} == bench.last
    assert window.workplace.run_panel.view == bench.last[window.workplace.grid.slot]
    assert window.workplace.tally.figures["Staged"].text() == str(VIEWS - 1)
    assert [scan.text for scan in window.workplace.history.scans] == bench.scans[:-11:-1]
    assert window.scan_bar.raw.text() == bench.scans[-1]
    held = {view.slot for view in bench.last.values() if view.problem}
    assert {note.slot for note in window.workplace.attention.notes} - {None} == held
    assert len(drains) < VIEWS


def test_a_person_can_work_while_the_bench_is_noisy(qtbot: QtBot, window: MainWindow) -> None:
    bench = NoisyBench()
    thread = BenchThread(bench)
    asked = iter([act for act in Act if act is not Act.QUIT] * 3)
    themes = iter([DARK, LIGHT] * 1_000)

    def work() -> None:
        window.do(next(asked, Act.NEXT))
        window.show_theme(next(themes))

    thread.changed.connect(window.show_changes)
    thread.changed.connect(work)
    with qtbot.waitSignal(thread.ended, timeout=60_000):
        thread.start()
    assert thread.stop()
    assert {view.slot: view for view in window.workplace.table.views()} == bench.last
