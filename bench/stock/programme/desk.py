"""The roll-out at a desk: its page, counted behind the desk, and the same as a file."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial

from bench.events.desks import Choice, Wanted
from bench.problems import ProblemCode
from bench.stock.desk.means import Means
from bench.stock.desk.turns import Cancelled, Face, Job, Progress, Task, Turn
from bench.stock.papers.writing import Form, Written
from bench.stock.programme.asking import ask
from bench.stock.programme.printing import print_roll_out
from bench.stock.programme.telling import Teller
from bench.stock.programme.view import RollOutView
from bench.stock.programme.words import clock

_TITLE = "The roll-out"
_RENEW = "renew"
_FORMS = {Form.PDF: "On paper (PDF)", Form.CSV: "As a table (CSV)"}


@dataclass(frozen=True, slots=True)
class RollOut(Task):
    """Shows the roll-out as it was counted last, and says how much was recorded since."""

    means: Means = field(repr=False)
    view: RollOutView

    def face(self) -> Face:
        """Show the page, and offer to count anew and to print."""
        forms = (Choice(form.value, text) for form, text in _FORMS.items())
        return Face(
            _TITLE,
            f"As it was at {clock(self.view.at)}.",
            Wanted.CHOICE,
            (Choice(_RENEW, "Count anew"), *forms),
            remark=self._remark(),
            page=self.view,
        )

    def answered(self, choice: str, text: str) -> Turn:
        """Count anew, or print what is shown."""
        _ = text
        if choice == _RENEW:
            return Turn(self, job=counting(self.means))
        if choice not in [form.value for form in _FORMS]:
            return self.refused(ProblemCode.NOT_POSSIBLE_NOW)
        work = partial(_printed, self.means, self.view, Form(choice))
        return Turn(self, job=Job(f"{_TITLE}, {choice.upper()}", work))

    def worked(self, result: object) -> Turn:
        """Show what was counted, or say where the paper lies."""
        match result:
            case RollOutView():
                return Turn(replace(self, view=result))
            case Written():
                return self.good(f"{result.path.name}: SHA-256 {result.sha256[:16]}…")
            case _:
                return Turn(self)

    def _remark(self) -> str:
        behind = self.means.book.read_to() - self.view.seq
        return f"{behind:,} events were recorded since; 1 counts anew." if behind > 0 else ""


def begin(means: Means) -> RollOut:
    """Return the desk with the roll-out as it is now: some 25 ms at 800,000 events."""
    return RollOut(means, ask(means.book.connection, _teller(means)))


def counting(means: Means) -> Job:
    """Return the work that counts the roll-out; its result is a `RollOutView`."""
    teller = _teller(means)

    def work(progress: Progress, cancelled: Cancelled) -> RollOutView:
        _ = progress, cancelled  # it takes less time than a look at either is worth
        with means.book.reader() as book:
            return ask(book, teller)

    return Job("Counting the roll-out", work)


def _teller(means: Means) -> Teller:
    return Teller(means.now(), means.bench, means.simulated)


def _printed(
    means: Means, view: RollOutView, form: Form, progress: Progress, cancelled: Cancelled
) -> Written:
    _ = progress, cancelled
    return print_roll_out(view, form, means.papers, means.fonts)
