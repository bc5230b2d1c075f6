"""Both sides sign for a consignment at its site: whoever brought it, whoever takes it over."""

from __future__ import annotations

from dataclasses import dataclass

from bench.events.desks import Choice, Wanted
from bench.events.person import HiddenText
from bench.events.views import ScanTone
from bench.problems import ProblemCode
from bench.stock.desk.means import Means
from bench.stock.desk.turns import Face, Say, Task, Turn
from bench.stock.handing import arriving, meeting, recipients
from bench.stock.handing.arriving import Place
from bench.stock.handing.receiving import Receiving, Ticking
from bench.stock.handing.recipients import Recipient

_NAME = Choice("name", "They have no badge: take their name", "Their name")


@dataclass(frozen=True)
class Bringing(Task):
    """Asks for the signature of whoever brought it."""

    means: Means
    place: Place

    def face(self) -> Face:
        """Ask for it."""
        more = Choice("more", "Another label was found")
        gone = Choice("gone", "They have gone: nobody can sign")
        prompt = "Let whoever brought it sign."
        return Face(self.place.docket, prompt, Wanted.SIGNATURE, (more, gone))

    def signed(self, strokes: HiddenText) -> Turn:
        """Keep it, and ask who takes over."""
        try:
            signature = recipients.signature(strokes, self.place.docket)
        except ValueError as error:
            return self.refused(ProblemCode.SIGNATURE_UNFIT, str(error))
        entry = arriving.signed(self.place, "from", (signature,))
        told = Say(ScanTone.GOOD, "Signed. Who takes it over?")
        return Turn(Meeting(self.means, self.place), told, (entry,))

    def answered(self, choice: str, text: str) -> Turn:
        """Go on without, which the other signature says; or go back to the labels."""
        if choice == "more":
            return Turn(Ticking(self.means, self.place))
        if choice == "gone":
            return Turn(Meeting(self.means, self.place, alone=True))
        return Task.answered(self, choice, text)


@dataclass(frozen=True)
class Meeting(Task):
    """Asks who takes a consignment over."""

    means: Means
    place: Place
    alone: bool = False

    def face(self) -> Face:
        """Ask for a badge."""
        prompt = "Read the badge of whoever takes it over."
        return Face(self.place.docket, prompt, Wanted.BADGE, (_NAME,))

    def badge(self, text: HiddenText) -> Turn:
        """Go on to their signature."""
        try:
            whose = recipients.by_badge(text, self.means.pepper)
        except ValueError:
            return self.refused(ProblemCode.BADGE_UNFIT)
        if meeting.is_no_badge(text):
            return self.refused(ProblemCode.BADGE_UNFIT)
        return Turn(Taking(self, whose))

    def answered(self, choice: str, text: str) -> Turn:
        """Take a name."""
        if choice != _NAME.name:
            return Task.answered(self, choice, text)
        try:
            return Turn(Taking(self, recipients.by_name(text)))
        except ValueError:
            return self.refused(ProblemCode.NAME_UNFIT)


@dataclass(frozen=True)
class Taking(Task):
    """Asks for the signature of whoever takes it over; with it the consignment has arrived."""

    meeting: Meeting
    who: Recipient

    def face(self) -> Face:
        """Ask for it."""
        other = Choice("other", "It is somebody else")
        prompt = "Let whoever takes it over sign."
        return Face(self.meeting.place.docket, prompt, Wanted.SIGNATURE, (other,))

    def answered(self, choice: str, text: str) -> Turn:
        """Ask for somebody else."""
        return Turn(self.meeting) if choice == "other" else Task.answered(self, choice, text)

    def signed(self, strokes: HiddenText) -> Turn:
        """Write that it was taken over."""
        at, who = self.meeting, self.who
        try:
            signature = recipients.signature(strokes, who.pseudonym)
        except ValueError as error:
            return self.refused(ProblemCode.SIGNATURE_UNFIT, str(error))
        texts = (signature, *who.personal)
        entry = arriving.signed(at.place, "to", texts, who.pseudonym, alone=at.alone)
        told = Say(ScanTone.GOOD, f"{at.place.docket} was taken over.")
        return Turn(Receiving(at.means), told, (entry,))
