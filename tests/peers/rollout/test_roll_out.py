"""From order file to signed hand-over, by keys and scans alone; the day's sums come out even."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import bridge
from app.bridge import BenchThread
from app.feedback import Sounds
from app.main_window import MainWindow
from app.theme import LIGHT
from bench.custody.verification import verify_file
from tests.peers.rollout.hands import Hands
from tests.peers.rollout.line import Line
from tests.peers.rollout.scenario import Scenario
from tests.peers.rollout.supplier import POOL, Supplier


@pytest.fixture
def scenario(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[int], Scenario]]:
    """Return what sets a roll-out of so many handsets up."""
    monkeypatch.setattr(bridge, "FRAME", 0)
    before = QFont(QApplication.font()), QApplication.palette()
    threads: list[BenchThread] = []

    def begun(count: int) -> Scenario:
        line = Line(tmp_path)
        thread = BenchThread(line)
        threads.append(thread)
        hands: list[Hands] = []
        window = MainWindow(
            line.name, line.layout, lambda fact: hands[0].post(fact),  # noqa: PLW0108 - made later
            LIGHT, simulated=True, sounds=Sounds(beep=lambda: None),
        )  # fmt: skip
        qtbot.addWidget(window)
        hands.append(Hands(window, thread, line, qtbot))
        thread.changed.connect(window.show_changes)
        with qtbot.waitActive(window), qtbot.waitSignal(window.furnished):
            window.show()
            window.activateWindow()
        thread.start()
        return Scenario(hands[0], Supplier(count), tmp_path)

    gc.disable()  # as in the application: a collection on the bench's thread would destroy windows
    yield begun
    assert all(thread.stop() for thread in threads)
    gc.collect()
    gc.enable()
    QApplication.setFont(before[0])
    QApplication.setPalette(before[1])


@pytest.mark.parametrize(
    "count",
    [13, pytest.param(300, marks=(pytest.mark.soak, pytest.mark.timeout(3600)))],
    ids=["sample", "whole"],
)
def test_a_roll_out_goes_from_order_file_to_signed_hand_over_and_back_and_balances(
    scenario: Callable[[int], Scenario], count: int, tmp_path: Path
) -> None:
    rolled = scenario(count)
    rolled.run()
    assert rolled.phases() == {
        "handed-over": rolled.staged - 4, "disposed": 2, "in-stock": 3, "dead-on-arrival": 1,
    }  # fmt: skip
    assert rolled.discrepancies() == {
        "short": 2, "over": 1, "unknown": 1, "damaged": 2, "duplicate": 1, "wrong-model": 1,
        "wrong-order": 1,
    }  # fmt: skip
    assert rolled.goods_in.report().read_text("utf-8-sig").count("\n") == 1 + 10
    assert rolled.end.account().count("\n") == 1, "the report of gaps has rows"
    held = rolled.staged - 3  # given back by two that are no more, and by one that was doubted
    assert sum(int(line.cells[3]) for line in rolled.end.pools()) == held
    rolled.end.reconcile()
    (told,) = (body["data"] for body in rolled.bodies("reconciled"))
    assert (told["balanced"], told["rest"], told["differences"]) == (True, 0, []), told
    assert told["licences"] == {POOL: {"bought": 2 * count, "held": held}}
    rolled.end.hand_shift_over()
    seen = rolled.end.look()
    assert (seen.counted_in, seen.fleet) == (count, len(rolled.supplier.fleet))
    assert rolled.pages() == rolled.pages_refolded()
    assert verify_file(tmp_path / "ledger.db").verifies
