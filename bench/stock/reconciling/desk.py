"""The day's reconciliation at the desk: worked out, shown, put on paper and into the record."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

from bench.custody.database import transaction
from bench.custody.entries import Entry
from bench.custody.ledger import Ledger
from bench.events.desks import Choice
from bench.events.orders import CustodyKind
from bench.events.views import ScanTone
from bench.problems import Problem, ProblemCode, ProblemError
from bench.stock.book.binding import marks
from bench.stock.book.book import Book
from bench.stock.desk.means import Means
from bench.stock.desk.turns import (
    Cancelled,
    Face,
    Job,
    JobCancelledError,
    Progress,
    Say,
    Task,
    Turn,
)
from bench.stock.papers.writing import Form, Written, report_job
from bench.stock.reconciling.balance import Balance, balanced, recorded
from bench.stock.reconciling.queries import last_event, read
from bench.stock.reconciling.sheet import COLUMNS, in_words, lines, sheet

_TITLE = "Reconcile the day"
_TURNS, _PAUSE = 100, 0.03
"""How often a moment is looked for, and the seconds between."""


@dataclass(frozen=True, slots=True)
class Reconciling(Task):
    """Works the day's sum out, then waits for it to be recorded."""

    means: Means = field(repr=False)
    balance: Balance | None = None

    def face(self) -> Face:
        """Show the sums, differences first."""
        if self.balance is None:
            begin = (Choice("begin", "Work it out"),)
            return Face(_TITLE, "Press the key to work the day's sums out.", choices=begin)
        choices = (Choice("record", "Record it, with its sheet"), Choice("begin", "Once more"))
        return Face(
            _TITLE, in_words(self.balance), choices=choices,
            columns=tuple(column.title for column in COLUMNS), lines=lines(self.balance),
        )  # fmt: skip

    def answered(self, choice: str, text: str) -> Turn:
        """Work it out, or write the sheet of what was worked out."""
        _ = text
        if choice == "begin":
            return Turn(self, job=balance_job(self.means))
        if choice == "record" and self.balance:
            return Turn(self, job=report_job(self.means, sheet(self.balance), Form.PDF))
        return self.refused(ProblemCode.NOT_POSSIBLE_NOW)

    def worked(self, result: object) -> Turn:
        """Show the sums; or record them, once their sheet lies there whole."""
        match result:
            case Balance():
                tone = ScanTone.GOOD if result.is_balanced else ScanTone.BAD
                return Turn(replace(self, balance=result), Say(tone, in_words(result)))
            case Written() if self.balance:
                data = recorded(self.balance, result.sha256)
                told = f"Recorded; its sheet is {result.path.name}."
                entry = Entry(CustodyKind.RECONCILED, data=data)
                return Turn(None, Say(ScanTone.GOOD, told), (entry,))
            case _:
                return Turn(self)


def balance_job(means: Means) -> Job:
    """Return the work that reconciles the day that is now; its result is a `Balance`."""
    return Job(_TITLE, partial(balance_of, means.book, means.ledger, means.now().date()))


def balance_of(book: Book, ledger: Ledger, day: date, _: Progress, cancelled: Cancelled) -> Balance:
    """Reconcile a day over connections of the thread that calls.

    The slots go on meanwhile: it is read at a moment at which the book has all that the record has.
    Raises `ProblemError` (BOOK_BEHIND) where there is none within seconds.
    """
    with book.reader() as ours, closing(ledger.opener.read(ledger.path)) as record:
        for _turn in range(_TURNS):
            if cancelled():
                raise JobCancelledError
            with transaction(record, "DEFERRED"), transaction(ours, "DEFERRED"):
                last = last_event(record)
                if min(marks(ours, book.origin, book.pages).values()) == last:
                    return balanced(day.isoformat(), read(ours, record, day))
            time.sleep(_PAUSE)
    raise ProblemError(Problem(ProblemCode.BOOK_BEHIND, book.name))
