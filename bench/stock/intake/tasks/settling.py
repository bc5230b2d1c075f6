"""Settling, one after the other, what files disagree about: the key says whose word stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.custody.body import utc
from bench.events.desks import Choice, Line, Weight
from bench.events.views import ScanTone
from bench.problems import Problem
from bench.stock.desk.means import Means
from bench.stock.desk.turns import Cancelled, Face, Job, Progress, Say, Task, Turn
from bench.stock.intake.queries import (
    Disagreement,
    count_open,
    open_disagreements,
    unrecorded,
)
from bench.stock.intake.settling import Which, settle
from bench.stock.sims import rehoming

_SHOWN = 12
_AT_ONCE = 100_000
_ALL = {"all-ours": Which.OURS, "all-theirs": Which.THEIRS}


@dataclass(frozen=True, slots=True)
class Settling(Task):
    """Shows what is open, the oldest first, and asks about that."""

    means: Means

    def face(self) -> Face:
        """Ask whose word stands."""
        connection = self.means.book.connection
        found, open_ = open_disagreements(connection, _SHOWN), count_open(connection)
        lines = tuple(_line(each) for each in found)
        columns = ("Thing", "Field", "As before", "As the file says", "File")
        if not found:
            return Face("Settle", "Nothing is open.", choices=(Choice("later", "Back"),))
        prompt = f"Whose word stands about {found[0].thing}: {found[0].field}?"
        return Face("Settle", prompt, choices=_choices(found[0]), total=open_,
                    unit="open", columns=columns, lines=lines)  # fmt: skip

    def answered(self, choice: str, text: str) -> Turn:
        """Settle it, or all that its file says otherwise."""
        if choice == "later":
            return Turn(None)
        found = open_disagreements(self.means.book.connection, _AT_ONCE if choice in _ALL else 1)
        which = _ALL.get(choice) or next((each for each in Which if each == choice), None)
        if not found or which is None:
            return Task.answered(self, choice, text)
        alike = [each for each in found if each.number == found[0].number]
        return Turn(self, job=self._job(alike, which))

    def worked(self, result: object) -> Turn:
        """Record it, and go on with the next; at the end, back to the beginning."""
        if isinstance(result, Problem):
            return Turn(self)
        connection = self.means.book.connection
        more = count_open(connection)
        told = f"settled, {more:,} open" if more else "settled, nothing is open"
        says = Say(ScanTone.GOOD, told)
        entries = (*unrecorded(connection), *rehoming.entries(connection))
        return Turn(self if more else None, says, entries)

    def _job(self, found: Sequence[Disagreement], which: Which) -> Job:
        book, at = self.means.book, utc(self.means.now())

        def work(_: Progress, __: Cancelled) -> int:
            with book.writer() as connection:
                return settle(connection, found, which, at)

        return Job("settling", work)


def _choices(found: Disagreement) -> tuple[Choice, ...]:
    ours, theirs = found.shown
    return (
        Choice(Which.OURS.value, f"As before: {ours or 'nothing'}"),
        Choice(Which.THEIRS.value, f"As {found.file} says: {theirs}"),
        Choice("all-ours", f"As before in all that {found.file} says otherwise"),
        Choice("all-theirs", f"As {found.file} says, in all of it"),
        Choice("later", "Later"),
    )


def _line(found: Disagreement) -> Line:
    ours, theirs = found.shown
    return Line((found.thing, found.field, ours, theirs, found.file), Weight.OPEN)
