"""Does one deed with one handset after the other: a scan, a key, the next scan."""

from __future__ import annotations

from dataclasses import dataclass

from bench.events.desks import Choice, Line, Wanted, Weight
from bench.events.person import HiddenText
from bench.events.views import ScanTone
from bench.identity.scans import ScanReading
from bench.problems import ProblemCode
from bench.stock.desk.means import Means
from bench.stock.desk.turns import Face, Say, Task, Turn
from bench.stock.handing import meeting, recipients
from bench.stock.handing.queries import held_by
from bench.stock.packing import queries as boxes
from bench.stock.packing.boxing import is_said
from bench.stock.packing.queries import Box
from bench.stock.returns.deeds import LOSE, Deed
from bench.stock.returns.queries import in_quarantine, last_scenario
from bench.stock.returns.subject import subject
from bench.stock.returns.words import DISTRUSTED

_SHOWN, _KEYS = 20, 9


@dataclass(frozen=True)
class Doing(Task):
    """Takes a handset; shows what is in quarantine."""

    means: Means
    deed: Deed

    def face(self) -> Face:
        """Ask for it."""
        aside = in_quarantine(self.means.book.connection, _SHOWN)
        lines = tuple(Line((a.name, a.model, a.problem), Weight.OPEN) for a in aside)
        columns = ("In quarantine", "Model", "Why")
        return Face(self.deed.title, self.deed.prompt, Wanted.SCAN, columns=columns, lines=lines)

    def heard(self, reading: ScanReading, text: str) -> Turn:
        """Ask what the deed asks."""
        _ = text
        return self.begun(meeting.met(self.means, reading))

    def begun(self, box: Box) -> Turn:
        """Go on with a handset, where the deed can be done with it."""
        if why := self.deed.unfit(box):
            return self.refused(ProblemCode.STANDS_OTHERWISE, why, where=box.name)
        return self.good(f"{box.name}. {self.deed.question}", Deciding(self, box))


@dataclass(frozen=True)
class Losing(Doing):
    """Takes a handset that is not here: its label is typed, or its holder says which."""

    deed: Deed = LOSE
    held: tuple[Box, ...] = ()

    def face(self) -> Face:
        """Ask for it, or which of those that somebody has."""
        choices = tuple(Choice(box.uid, f"{box.name}, {box.model}") for box in self.held)
        return Face(self.deed.title, self.deed.prompt, Wanted.BADGE, choices)

    def badge(self, text: HiddenText) -> Turn:
        """Take a handset, or show what a person has."""
        if reading := meeting.label_of(text):
            return self.heard(reading, text.text)
        try:
            whose = recipients.by_badge(text, self.means.pepper)
        except ValueError:
            return self.refused(ProblemCode.BADGE_UNFIT)
        if meeting.is_no_badge(text):
            return self.refused(ProblemCode.BADGE_UNFIT)
        book = self.means.book.connection
        held = (boxes.box(book, each.uid) for each in held_by(book, whose.pseudonym)[:_KEYS])
        has = tuple(box for box in held if box)
        if len(has) == 1:
            return self.begun(has[0])
        return self.good(f"They have {len(has)} handsets.", Losing(self.means, held=has))

    def answered(self, choice: str, text: str) -> Turn:
        """Take the one that is meant."""
        found = next((box for box in self.held if box.uid == choice), None)
        return self.begun(found) if found else Task.answered(self, choice, text)


@dataclass(frozen=True)
class Deciding(Task):
    """Asks the one thing, and writes it."""

    doing: Doing
    box: Box

    def face(self) -> Face:
        """Ask it."""
        deed = self.doing.deed
        choices = (*deed.choices, Choice("leave", "Leave it as it is"))
        scenario = last_scenario(self.doing.means.book.connection, self.box.uid)
        warned = "A reset does not prove this handset clean: consider disposal."
        remark = warned if scenario in DISTRUSTED else ""
        return Face(f"{deed.title}: {self.box.name}", deed.question, choices=choices, remark=remark)

    def answered(self, choice: str, text: str) -> Turn:
        """Write what was chosen; where two persons are needed, it waits for the second."""
        deed, means = self.doing.deed, self.doing.means
        if choice == "leave":
            return Turn(self.doing, Say(ScanTone.REPEATED, f"{self.box.name} stays as it is."))
        if not is_said(deed.choices, choice, text):
            return Task.answered(self, choice, text)
        entries = deed.makes(subject(means, self.box), choice, text)
        told = Say(ScanTone.GOOD, f"{self.box.name} {deed.done}.")
        after = Doing(means, deed) if deed is not LOSE else Losing(means)
        return Turn(after, told, entries, f"{deed.title}: {self.box.name}, {choice}")
