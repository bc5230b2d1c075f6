"""The bench as a table on a terminal that follows along; on anything else, a line at each change.

Everything shown is plain text: nothing in it is markup to the terminal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from bench.events.views import (
    BenchView,
    Category,
    SlotView,
    TallyView,
)
from bench.identity.identifiers import SlotCode
from bench.problems import Problem, ProblemCode

_STYLES = {
    Category.EMPTY: "dim", Category.ATTACHED: "blue", Category.NEEDS_YOU: "yellow",
    Category.WORKING: "cyan", Category.DONE: "green", Category.HELD: "bold red",
    Category.VOID: "dim strike",
}  # fmt: skip


class Onlooker:
    """Keeps what was shown last: the newest view of each slot, and the tally."""

    def __init__(self) -> None:
        self.slots: dict[SlotCode, SlotView] = {}
        self.tally = TallyView()

    def see(self, view: BenchView) -> None:
        """Look at what is shown now."""
        self.slots.update((slot.slot, slot) for slot in view.slots)
        self.tally = view.tally

    def held_by(self, *codes: ProblemCode) -> int:
        """Return how many slots are held for one of these reasons."""
        return sum(problem.code in codes for problem in self._holds())

    def holds(self) -> tuple[str, ...]:
        """Return what each held slot is held for, in words."""
        return tuple(map(str, self._holds()))

    def _holds(self) -> Iterator[Problem]:
        for name in sorted(self.slots):
            slot = self.slots[name]
            if slot.category is Category.HELD and slot.problem:
                yield replace(slot.problem, where=str(name))


class ProgressTable(Onlooker):
    """Use as a context manager around the run whose views it is shown."""

    def __init__(self, columns: int, console: Console | None = None) -> None:
        super().__init__()
        self._columns = columns
        self._console = console or Console(stderr=True)
        self._live = Live(
            console=self._console, get_renderable=self._table, auto_refresh=False, transient=False
        )
        self._last = ""

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._console.is_terminal:
            self._live.stop()

    def show(self, _: BenchView) -> None:
        """Bring the terminal up to what was seen last."""
        if self._console.is_terminal:
            self._live.refresh()
        elif (line := self._line()) != self._last:
            self._last = line
            self._console.print(Text(line))

    def _line(self) -> str:
        tally = self.tally
        return (
            f"{tally.staged} staged, {tally.in_hand} in hand, {tally.held} held, "
            f"{tally.voided} void"
        )

    def _table(self) -> Table:
        table = Table(*[""] * self._columns, title=Text(self._line()), show_header=False)
        slots = [self.slots[slot] for slot in sorted(self.slots)]
        for start in range(0, len(slots), self._columns):
            table.add_row(*map(_cell, slots[start : start + self._columns]))
        return table


def _cell(view: SlotView) -> Text:
    tail = f" …{view.imei_tail}" if view.imei_tail else ""
    return Text(f"{view.slot} {view.word}{tail}", style=_STYLES[view.category])
