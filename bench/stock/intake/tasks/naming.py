"""Naming a file: it is looked at, and shown as it is understood; what became of the last one."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.events.desks import Choice, Line, Wanted, Weight
from bench.problems import Problem
from bench.stock.desk.means import Means
from bench.stock.desk.turns import Cancelled, Face, Job, Progress, Task, Turn
from bench.stock.intake.looking import Look, look, named_after
from bench.stock.intake.queries import count_open, imports, unrecorded
from bench.stock.intake.taking import Taken
from bench.stock.intake.tasks import words
from bench.stock.intake.tasks.settling import Settling
from bench.stock.intake.tasks.showing import TITLE, Showing

_LAST = 8


@dataclass(frozen=True, slots=True)
class Naming(Task):
    """Asks for a file; `taken` is what became of the one before."""

    means: Means
    taken: Taken | None = None

    def face(self) -> Face:
        """Ask for a file, and show what was refused of the last, or which were taken before."""
        connection = self.means.book.connection
        open_ = count_open(connection)
        choices = (Choice("settle", f"Settle {open_} that files disagree about"),) if open_ else ()
        lines = _refused(self.taken)
        columns = ("Row", "Refused because") if lines else ("File", "Rows taken", "Refused")
        lines = lines or self._before()
        return Face(
            TITLE, "Name the file of a supplier, CSV or XLSX.", Wanted.FILE, choices,
            columns=columns, lines=lines, remark=_remark(self.taken),
        )  # fmt: skip

    def chose_file(self, path: str) -> Turn:
        """Look at a file; what an earlier one left unrecorded is recorded."""
        where = Path(os.path.expanduser(path.strip()))  # noqa: PTH111 - an unknown ~name stays as it is
        entries = unrecorded(self.means.book.connection)

        def work(_: Progress, __: Cancelled) -> Look:
            with self.means.book.reader() as connection:
                return look(connection, where)

        return Turn(self, entries=entries, job=Job(f"reading {where.name}", work))

    def answered(self, choice: str, text: str) -> Turn:
        """Go and settle what files disagree about."""
        if choice == "settle" and count_open(self.means.book.connection):
            return Turn(Settling(self.means))
        return Task.answered(self, choice, text)

    def worked(self, result: object) -> Turn:
        """Show the file as it is understood; a problem was told already."""
        if isinstance(result, Problem):
            return Turn(self)
        assert isinstance(result, Look), "what the job returns"
        return Turn(Showing(self.means, named_after(result), partial(Naming, self.means)))

    def _before(self) -> tuple[Line, ...]:
        return tuple(
            Line((each.name, f"{each.taken:,}", f"{each.refused:,}"))
            for each in imports(self.means.book.connection, _LAST)
        )


def begin(means: Means) -> Task:
    """Begin the task."""
    return Naming(means)


def _refused(taken: Taken | None) -> tuple[Line, ...]:
    if taken is None:
        return ()
    return tuple(Line((str(e.row.number), e.reason), Weight.BAD) for e in taken.first)


def _remark(taken: Taken | None) -> str:
    if taken is None or taken.refusals is None:
        return ""
    return f"{words.became(taken)}. Mend {taken.refusals} and take it in again."
