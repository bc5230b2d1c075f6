"""The headless bench as it shows itself: a table on a terminal, lines anywhere else."""

from __future__ import annotations

import io

from rich.console import Console

from bench.events.views import (
    BenchView,
    Category,
    SlotView,
    TallyView,
)
from bench.identity.identifiers import SlotCode
from bench.onlooker import Onlooker, ProgressTable

A1, A2 = SlotCode("A", 1), SlotCode("A", 2)
FIRST = BenchView(
    slots=(SlotView(A1, Category.WORKING, "Step 1/5", imei_tail="0016"), SlotView(A2)),
    tally=TallyView(in_hand=1),
)
SECOND = BenchView(slots=(SlotView(A1, Category.DONE, "Done"),), tally=TallyView(staged=1))


def shown(*, terminal: bool) -> str:
    written = io.StringIO()
    console = Console(file=written, force_terminal=terminal, width=60, color_system=None)
    with ProgressTable(2, console) as table:
        for view in (FIRST, FIRST, SECOND):
            table.see(view)
            table.show(view)
    return written.getvalue()


def test_the_newest_view_of_each_slot_is_kept() -> None:
    onlooker = Onlooker()
    onlooker.see(FIRST)
    onlooker.see(SECOND)
    assert [view.word for view in onlooker.slots.values()] == ["Done", "Empty"]
    assert onlooker.tally.staged == 1


def test_away_from_a_terminal_a_line_is_written_at_each_change() -> None:
    assert shown(terminal=False).splitlines() == [
        "0 staged, 1 in hand, 0 held, 0 void",
        "1 staged, 0 in hand, 0 held, 0 void",
    ]


def test_on_a_terminal_the_slots_stand_in_a_table() -> None:
    text = shown(terminal=True)
    assert "A1 Step 1/5 …0016" in text
    assert "A2 Empty" in text
    assert "A1 Done" in text


def test_what_a_slot_shows_is_no_markup_to_the_terminal() -> None:
    written = io.StringIO()
    console = Console(file=written, force_terminal=True, width=60, color_system=None)
    with ProgressTable(1, console) as table:
        view = BenchView((SlotView(A1, Category.HELD, "[bold]x[/bold]"),), tally=TallyView(held=1))
        table.see(view)
        table.show(view)
    assert "[bold]x[/bold]" in written.getvalue()
