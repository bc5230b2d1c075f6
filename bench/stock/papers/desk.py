"""Reports at a desk: which one, as what, and where it lies then."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bench.events.desks import Choice, Line, Wanted
from bench.problems import ProblemCode
from bench.stock.desk.means import Means
from bench.stock.desk.turns import Face, Task, Turn
from bench.stock.papers.report import Report
from bench.stock.papers.writing import Form, Written, report_job

_FORMS = {
    Form.PDF: "On paper (PDF)",
    Form.CSV: "As a table (CSV)",
    Form.JSON_LINES: "For a program (JSON lines)",
}
_AT_ONCE = 8
"""Reports that have a key; one is left for the next ones."""


@dataclass(frozen=True, slots=True)
class Printing(Task):
    """Writes one report in the form that is chosen, then goes on with `after`; None ends there."""

    means: Means = field(repr=False)
    report: Report
    after: Task | None = None

    def face(self) -> Face:
        """Ask for the form."""
        choices = tuple(Choice(form.value, text) for form, text in _FORMS.items())
        remark = f"It will lie in {self.means.papers}."
        return Face(self.report.title, "As what? Press its key.", choices=choices, remark=remark)

    def answered(self, choice: str, text: str) -> Turn:
        """Begin to write it."""
        _ = text
        if choice not in [form.value for form in _FORMS]:
            return self.refused(ProblemCode.NOT_POSSIBLE_NOW)
        return Turn(self, job=report_job(self.means, self.report, Form(choice)))

    def worked(self, result: object) -> Turn:
        """Say where it lies; what went wrong was said already."""
        if not isinstance(result, Written):
            return Turn(self)
        said = f"{result.path.name}: {result.rows} rows, SHA-256 {result.sha256[:16]}…"
        return replace(self.good(said), task=self.after)


@dataclass(frozen=True, slots=True)
class Choosing(Task):
    """Offers reports, some at a time."""

    means: Means = field(repr=False)
    reports: tuple[Report, ...]
    first: int = 0

    def face(self) -> Face:
        """Ask which."""
        shown = self.reports[self.first : self.first + _AT_ONCE]
        choices = tuple(Choice(report.name, report.title) for report in shown)
        if len(self.reports) > _AT_ONCE:
            choices += (Choice("more", "More reports"),)
        lines = () if self.reports else (Line(("There are no reports yet.",)),)
        return Face("Reports", "Which report? Press its key.", Wanted.CHOICE, choices, lines=lines)

    def answered(self, choice: str, text: str) -> Turn:
        """Go on with the report, or show the next ones."""
        _ = text
        if choice == "more":
            after = self.first + _AT_ONCE
            return Turn(replace(self, first=after if after < len(self.reports) else 0))
        found = next((report for report in self.reports if report.name == choice), None)
        if found is None:
            return self.refused(ProblemCode.NOT_POSSIBLE_NOW)
        return Turn(Printing(self.means, found))
