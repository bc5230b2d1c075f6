"""Hand over to a person: their badge, the handsets, their badge again; and the next.

Whoever has no badge says a name and signs on the screen. Nothing is written before it is accepted.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bench.custody.entries import PersonalText
from bench.events.desks import Choice, Line, Wanted
from bench.events.person import HiddenText
from bench.events.views import ScanTone
from bench.identity.scans import ScanReading
from bench.problems import ProblemCode
from bench.stock.desk.means import Means
from bench.stock.desk.turns import Face, Say, Task, Turn
from bench.stock.handing import giving, meeting, queries, recipients
from bench.stock.handing.giving import Acceptance, Given
from bench.stock.handing.paper import Kept
from bench.stock.handing.receipt import Receipt, receipt_job
from bench.stock.handing.recipients import Recipient

TITLE = "Hand over to a person"
_NAME = Choice("name", "They have no badge: take their name", "Their name")
_COLUMNS = ("Handset", "IMEI", "Model", "Variant")


@dataclass(frozen=True)
class HandingOver(Task):
    """Asks who takes over: by badge, by name, or by what they have already.

    The receipt of the `last` hand-over can be printed.
    """

    means: Means
    last: Receipt | None = None

    def face(self) -> Face:
        """Ask for a badge."""
        print_ = Choice("receipt", "Write the receipt of the last hand-over")
        choices = (_NAME, print_) if self.last else (_NAME,)
        prompt = "Read the badge of whoever takes over, or scan a handset that they have already."
        return Face(TITLE, prompt, Wanted.BADGE, choices)

    def badge(self, text: HiddenText) -> Turn:
        """Begin with whoever it is."""
        if reading := meeting.label_of(text):
            return self._who_has(reading)
        if meeting.is_no_badge(text):
            return self.refused(ProblemCode.BADGE_UNFIT)
        try:
            whose = recipients.by_badge(text, self.means.pepper)
        except ValueError:
            return self.refused(ProblemCode.BADGE_UNFIT)
        return self._begun(whose)

    def answered(self, choice: str, text: str) -> Turn:
        """Take a name, or write the receipt."""
        if choice == "receipt" and self.last:
            return Turn(self, job=receipt_job(self.means, self.last))
        if choice != _NAME.name:
            return Task.answered(self, choice, text)
        try:
            return self._begun(recipients.by_name(text))
        except ValueError:
            return self.refused(ProblemCode.NAME_UNFIT)

    def worked(self, result: object) -> Turn:
        """Say where the receipt lies."""
        if not isinstance(result, Kept):
            return Turn(self)
        return self.good(f"The receipt is {result.path.name}.")

    def _who_has(self, reading: ScanReading) -> Turn:
        box = meeting.met(self.means, reading)
        holder = queries.holder_of(self.means.book.connection, box.uid)
        if not holder:
            told = f"{box.name}: no person has it yet. Who takes over comes first."
            return Turn(self, Say(ScanTone.BAD, told))
        return self._begun(Recipient(holder))

    def _begun(self, to: Recipient) -> Turn:
        has = len(queries.held_by(self.means.book.connection, to.pseudonym))
        known = f"They have {has} handset{'s'[: has != 1]} already." if has else "They are here."
        return self.good(f"{known} Scan what they take over.", Giving(self.means, to, has))


@dataclass(frozen=True)
class Giving(Task):
    """Takes the handsets that somebody takes over, in any number; their badge accepts them."""

    means: Means
    to: Recipient
    has: int = 0
    given: tuple[Given, ...] = field(default=())

    def face(self) -> Face:
        """Ask for the next handset, or for the acceptance."""
        sign = (Choice("sign", "They sign for it on the screen"),) if self.given else ()
        badge = self.to.has_badge
        then = "then their badge again" if badge else "then let them sign"
        return Face(
            TITLE,
            f"Scan the label of each handset, {then}.",
            Wanted.BADGE if badge else Wanted.SCAN,
            (*sign, Choice("leave", "Leave it: nothing is handed over")),
            columns=_COLUMNS,
            lines=tuple(map(_line, reversed(self.given))),
            remark=f"They have {self.has} already." if self.has else "",
        )

    def badge(self, text: HiddenText) -> Turn:
        """Take a handset, or the same badge as acceptance."""
        if reading := meeting.label_of(text):
            return self.heard(reading, text.text)
        try:
            again = recipients.by_badge(text, self.means.pepper)
        except ValueError:
            return self.refused(ProblemCode.BADGE_UNFIT)
        if again != self.to or meeting.is_no_badge(text):
            return self.refused(ProblemCode.BADGE_OTHER)
        if not self.given:
            return Turn(self, Say(ScanTone.REPEATED, "It is they. Scan what they take over."))
        return accepted(self, Acceptance.BADGE)

    def heard(self, reading: ScanReading, text: str) -> Turn:
        """Add a handset."""
        _ = text
        box = meeting.met(self.means, reading)
        if any(box.uid == each.box.uid for each in self.given):
            return Turn(self, Say(ScanTone.REPEATED, f"{box.name} is among them already."))
        giving.refuse_unfit(box)
        letter = meeting.variant(self.means, box)
        more = Given(box, meeting.ref(self.means, box), letter)
        told = f"{box.name}, variant {letter}." if letter else f"{box.name}."
        return self.good(told, replace(self, given=(*self.given, more)))

    def answered(self, choice: str, text: str) -> Turn:
        """Let them sign, or leave it."""
        if choice == "leave":
            told = "Nothing was handed over."
            return Turn(HandingOver(self.means), Say(ScanTone.REPEATED, told))
        if choice == "sign" and self.given:
            return Turn(Signing(self))
        return Task.answered(self, choice, text)


@dataclass(frozen=True)
class Signing(Task):
    """Asks for the signature of whoever takes over."""

    giving: Giving

    def face(self) -> Face:
        """Ask for it; the handsets stand beside it."""
        given = self.giving.given
        count = f"{len(given)} handset{'s'[: len(given) != 1]}"
        return Face(
            TITLE,
            f"Let them sign for {count}.",
            Wanted.SIGNATURE,
            (Choice("back", "Back to the handsets"),),
            columns=_COLUMNS,
            lines=tuple(map(_line, given)),
        )

    def answered(self, choice: str, text: str) -> Turn:
        """Go back."""
        return Turn(self.giving) if choice == "back" else Task.answered(self, choice, text)

    def signed(self, strokes: HiddenText) -> Turn:
        """Hand over what was signed for."""
        try:
            signature = recipients.signature(strokes, self.giving.to.pseudonym)
        except ValueError as error:
            return self.refused(ProblemCode.SIGNATURE_UNFIT, str(error))
        return accepted(self.giving, Acceptance.SIGNATURE, signature)


def accepted(these: Giving, how: Acceptance, signature: PersonalText | None = None) -> Turn:
    """Write a hand-over, and go on to the next person."""
    given, to = these.given, these.to
    names = ", ".join(each.box.name for each in given)
    after = HandingOver(these.means, Receipt.of(to.pseudonym, given, how, these.means.now()))
    entries = giving.handed_over(given, to, how, signature)
    return Turn(after, Say(ScanTone.GOOD, f"{names} handed over."), entries)


def _line(given: Given) -> Line:
    box = given.box
    return Line((box.name, f"…{box.imei[-4:]}", box.model, given.variant))
