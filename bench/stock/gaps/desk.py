"""Gaps at a desk: how much is accounted for, who had what is scanned, and the report."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bench.custody.entries import SealedEvent
from bench.events.desks import Choice, Line, Wanted, Weight
from bench.events.views import ScanTone
from bench.identity.scans import ScanReading
from bench.problems import ProblemCode
from bench.stock.desk.means import Means
from bench.stock.desk.turns import Face, Say, Task, Turn
from bench.stock.finding import queries as finding
from bench.stock.finding.lists import Found
from bench.stock.finding.sought import Sought
from bench.stock.gaps.epochs import earlier
from bench.stock.gaps.queries import account
from bench.stock.gaps.reports import gap_report, handset_report, in_words
from bench.stock.papers.desk import Printing
from bench.stock.papers.report import Report, shown
from bench.stock.standing.naming import end_of

_HEADS = ("With", "From", "To", "Minutes", "Given by", "Gap")


@dataclass(frozen=True, slots=True)
class Accounting(Task):
    """Shows who had the handset that was scanned last."""

    means: Means = field(repr=False)
    handset: Found | None = None
    before: tuple[SealedEvent, ...] = field(default=(), repr=False)
    """Its events of earlier epochs."""

    def face(self) -> Face:
        """Ask for a handset; its time is read anew, so that it ends now."""
        now = round(self.means.now().timestamp() * 1000)
        choices: tuple[Choice, ...] = (Choice("all", "The report of all gaps"),)
        if self.handset:
            choices = (Choice("one", "The report of this handset"), *choices)
        return Face(
            f"Gaps: {self._name()}" if self.handset else "Gaps", "Scan a handset's label or IMEI.",
            Wanted.SCAN, choices, columns=_HEADS if self.handset else (), lines=self._lines(),
            remark=in_words(account(self.means.book.connection, now)),
        )  # fmt: skip

    def heard(self, reading: ScanReading, text: str) -> Turn:
        """Show who had it."""
        sought = Sought.of(reading, text)
        found = finding.find(self.means.book.connection, sought).handsets if sought else ()
        if len(found) != 1:
            detail = f"{len(found)} handsets go by it" if found else reading.raw
            return self.refused(ProblemCode.NOT_FOUND, detail)
        told = f"{found[0].asset_tag or end_of(found[0].imei)}: {found[0].place}"
        ledger = self.means.ledger
        before = earlier(ledger.path, ledger.opener, found[0].uid)
        return Turn(replace(self, handset=found[0], before=before), Say(ScanTone.GOOD, told))

    def answered(self, choice: str, text: str) -> Turn:
        """Print."""
        _ = text
        if choice == "all":
            return Turn(Printing(self.means, gap_report(self.means.now()), self))
        if choice == "one" and self.handset:
            return Turn(Printing(self.means, self._report(self.handset), self))
        return self.refused(ProblemCode.NOT_POSSIBLE_NOW)

    def _report(self, handset: Found) -> Report:
        events = (*self.before, *self.means.ledger.history(handset.uid))
        return handset_report(self._name(), events, self.means.now())

    def _name(self) -> str:
        return self.handset.asset_tag or end_of(self.handset.imei) if self.handset else ""

    def _lines(self) -> tuple[Line, ...]:
        if self.handset is None:
            return ()
        report = self._report(self.handset)
        rows = [tuple(map(shown, row)) for row in report.rows(self.means.book.connection)]
        return tuple(Line(row, Weight.BAD if row[-1] else Weight.PLAIN) for row in rows)
