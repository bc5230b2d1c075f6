"""The shift's hand-over at the desk: seen, put on paper, signed by both, signed off by the second.

The paper is written before anybody signs, so that both sign a digest that stands.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bench.custody.entries import Entry, PersonalText
from bench.events.desks import Choice, Wanted
from bench.events.orders import CustodyKind
from bench.events.person import HiddenText
from bench.events.views import ScanTone
from bench.problems import ProblemCode
from bench.stock.consignments.strokes import read_strokes
from bench.stock.desk.means import Means
from bench.stock.desk.turns import Face, Say, Task, Turn
from bench.stock.papers.writing import Form, Written, report_job
from bench.stock.shifts.queries import read
from bench.stock.shifts.sheet import COLUMNS, Shift, lines, recorded, sheet

_TITLE = "Hand the shift over"
_FIELDS = ("signature", "second_signature")
"""What a signature is called in the record: of who hands over, of who takes over."""


@dataclass(frozen=True, slots=True)
class Looking(Task):
    """Shows what the shift leaves; both look at it before its sheet is written."""

    means: Means = field(repr=False)
    shift: Shift

    def face(self) -> Face:
        """Show it."""
        choices = (Choice("write", "Write the sheet and sign"), Choice("again", "Look anew"))
        prompt = f"{self.shift.work} handsets in work, {len(self.shift.slots)} slots occupied."
        return Face(
            _TITLE, prompt, choices=choices, columns=tuple(each.title for each in COLUMNS),
            lines=lines(self.shift),
        )  # fmt: skip

    def answered(self, choice: str, text: str) -> Turn:
        """Write the sheet, or look anew."""
        _ = text
        match choice:
            case "write":
                return Turn(self, job=report_job(self.means, sheet(self.shift), Form.PDF))
            case "again":
                return Turn(begin(self.means))
            case _:
                return self.refused(ProblemCode.NOT_POSSIBLE_NOW)

    def worked(self, result: object) -> Turn:
        """Go on to the signatures."""
        if not isinstance(result, Written):
            return Turn(self)
        said = Say(ScanTone.GOOD, f"Its sheet is {result.path.name}.")
        return Turn(Signing(self.shift, result), said)


@dataclass(frozen=True, slots=True)
class Signing(Task):
    """Waits for both signatures; `first` is that of whoever hands over."""

    shift: Shift
    written: Written
    first: HiddenText | None = field(default=None, repr=False)

    def face(self) -> Face:
        """Ask for the signature that is missing."""
        who = "takes over" if self.first else "hands over"
        remark = f"{self.written.path.name}, SHA-256 {self.written.sha256[:16]}…"
        return Face(
            _TITLE, f"Whoever {who} signs.", Wanted.SIGNATURE,
            (Choice("back", "Do not hand over"),), int(self.first is not None), 2, "signatures",
            remark=remark,
        )  # fmt: skip

    def answered(self, choice: str, text: str) -> Turn:
        """Leave it."""
        _ = text
        return Turn(None) if choice == "back" else self.refused(ProblemCode.NOT_POSSIBLE_NOW)

    def signed(self, strokes: HiddenText) -> Turn:
        """Take a signature; with the second one the hand-over waits to be signed off."""
        try:
            read_strokes(strokes)
        except ValueError as error:
            return self.refused(ProblemCode.SIGNATURE_UNFIT, str(error))
        if self.first is None:
            return self.good("Signed. Who takes over?", replace(self, first=strokes))
        if strokes.text == self.first.text:
            return self.refused(ProblemCode.SIGNATURE_UNFIT, "it is the other's")
        texts = zip(_FIELDS, (self.first, strokes), strict=True)
        entry = Entry(
            CustodyKind.SHIFT_HANDED_OVER,
            data=recorded(self.shift, self.written.sha256),
            personal=tuple(PersonalText(of, each.text, self.shift.name) for of, each in texts),
        )
        told = Say(ScanTone.GOOD, "The shift is handed over.")
        return Turn(None, told, (entry,), purpose="the hand-over of the shift")


def begin(means: Means) -> Looking:
    """Look at what the shift leaves now."""
    runs = means.ledger.open_runs()
    return Looking(means, read(means.book.connection, runs, means.now()))
