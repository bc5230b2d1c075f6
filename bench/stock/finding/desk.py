"""Finding at a desk: a scan or a few digits, and what goes by them; at any time the next."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from bench.events.desks import Choice, Line, Wanted
from bench.events.views import ScanTone
from bench.identity.scans import ScanReading
from bench.problems import ProblemCode
from bench.stock.desk.means import Means
from bench.stock.desk.turns import Face, Say, Task, Turn
from bench.stock.finding import lists, queries
from bench.stock.finding.lists import Found, FoundGroup, Group
from bench.stock.finding.queries import Answer
from bench.stock.finding.reports import handsets_of
from bench.stock.finding.sought import FEWEST, Sought
from bench.stock.finding.telling import (
    CARD_HEADS,
    GROUP_WORDS,
    HEADS,
    answer_lines,
    card_lines,
    handset_lines,
)
from bench.stock.papers.desk import Printing
from bench.stock.standing.naming import end_of

_TITLE = "Find"
_PROMPT = (
    "Scan or type what is known: a label, the end of an IMEI, SIM or telephone number, a serial "
    "number, an order, a carton, a consignment or a holder."
)
_KEYS: Final = 8
"""Things that are chosen by a key of their own; the ninth shows the next ones."""
_ROWS: Final = 20
"""Lines of a page of a list."""
_NOTHING: Final = Answer()


@dataclass(frozen=True, slots=True)
class Searching(Task):
    """Whatever of finding is shown: the next scan looks for something else."""

    means: Means = field(repr=False)

    def heard(self, reading: ScanReading, text: str) -> Turn:
        """Look for what was scanned or typed."""
        sought = Sought.of(reading, text)
        if sought is None:
            few = f"type {FEWEST} letters or digits or more"
            return self.refused(ProblemCode.NOT_FOUND, few)
        answer = queries.find(self.means.book.connection, sought)
        if answer.is_empty:
            return self.refused(ProblemCode.NOT_FOUND, sought.text)
        if len(answer.handsets) == 1 and not answer.groups:
            return self.card(answer.handsets[0])
        told = Say(ScanTone.GOOD, _counted(answer))
        return Turn(Finding(self.means, answer), told)

    def card(self, found: Found) -> Turn:
        """Show all that is known of one handset."""
        shown = card_lines(found, self.means.ledger.history(found.uid))
        name = found.asset_tag or end_of(found.imei)
        told = f"{name}: {found.phase}, {found.place}"
        return Turn(Card(self.means, name, shown), Say(ScanTone.GOOD, told))


@dataclass(frozen=True, slots=True)
class Finding(Searching):
    """Asks what is looked for, and shows what was found last."""

    answer: Answer = _NOTHING

    def face(self) -> Face:
        """Ask; what was found has keys."""
        lines = answer_lines(self.answer)
        over = len(self.answer.handsets) >= lists.MOST
        remark = "There are more: type more of it." if over else ""
        return Face(
            _TITLE, _PROMPT, Wanted.SCAN, (*self._keys(), Choice("lists", "Lists")),
            columns=HEADS if lines else (), lines=lines, remark=remark,
        )  # fmt: skip

    def answered(self, choice: str, text: str) -> Turn:
        """Show one of what was found, or the lists."""
        _ = text
        if choice == "lists":
            return Turn(Kinds(self.means))
        for found in self.answer.handsets[:_KEYS]:
            if choice == found.uid:
                return self.card(found)
        for group in self.answer.groups[:_KEYS]:
            if choice == _name(group):
                return Turn(Listing(self.means, group))
        return self.refused(ProblemCode.NOT_POSSIBLE_NOW)

    def _keys(self) -> tuple[Choice, ...]:
        groups = [Choice(_name(each), _words(each)) for each in self.answer.groups]
        handsets = [
            Choice(each.uid, f"{each.asset_tag or each.serial} {end_of(each.imei)}".strip())
            for each in self.answer.handsets
        ]
        return tuple((*groups, *handsets)[:_KEYS])


@dataclass(frozen=True, slots=True)
class Card(Searching):
    """One handset: what it is, where it stands, what happened to it last."""

    name: str
    shown: tuple[Line, ...]

    def face(self) -> Face:
        """Show it, and be ready for the next."""
        lists_ = (Choice("lists", "Lists"),)
        title = f"{_TITLE}: {self.name}"
        return Face(title, _PROMPT, Wanted.SCAN, lists_, columns=CARD_HEADS, lines=self.shown)

    def answered(self, choice: str, text: str) -> Turn:
        """Go to the lists."""
        _ = text
        if choice != "lists":
            return self.refused(ProblemCode.NOT_POSSIBLE_NOW)
        return Turn(Kinds(self.means))


@dataclass(frozen=True, slots=True)
class Kinds(Searching):
    """Asks by what handsets are listed."""

    def face(self) -> Face:
        """Ask."""
        choices = tuple(Choice(group.value, words) for group, words in GROUP_WORDS.items())
        return Face("Lists", "Handsets by what? Press its key.", Wanted.SCAN, choices)

    def answered(self, choice: str, text: str) -> Turn:
        """Show the lists of that kind."""
        _ = text
        if choice not in [group.value for group in Group]:
            return self.refused(ProblemCode.NOT_POSSIBLE_NOW)
        group = Group(choice)
        return Turn(Names(self.means, group, lists.names(self.means.book.connection, group)))


@dataclass(frozen=True, slots=True)
class Names(Searching):
    """Asks which of the lists of one kind."""

    group: Group
    there: tuple[FoundGroup, ...]
    first: int = 0

    def face(self) -> Face:
        """Ask."""
        shown = self.there[self.first : self.first + _KEYS]
        choices = tuple(Choice(_name(each), _words(each)) for each in shown)
        if len(self.there) > _KEYS:
            choices += (Choice("more", "More"),)
        lines = () if shown else (Line(("There is none.",)),)
        prompt = "Which? Press its key, or scan its code."
        return Face(GROUP_WORDS[self.group], prompt, Wanted.SCAN, choices, lines=lines)

    def answered(self, choice: str, text: str) -> Turn:
        """Show that list, or the next names."""
        _ = text
        if choice == "more":
            after = self.first + _KEYS
            return Turn(replace(self, first=after if after < len(self.there) else 0))
        found = next((each for each in self.there if _name(each) == choice), None)
        if found is None:
            return self.refused(ProblemCode.NOT_POSSIBLE_NOW)
        return Turn(Listing(self.means, found))


@dataclass(frozen=True, slots=True)
class Listing(Searching):
    """A page of a list; `after` is the last handset of the page before."""

    of: FoundGroup
    after: Found | None = None
    before: int = 0

    def face(self) -> Face:
        """Show it; the book is asked anew, so that what moved meanwhile is seen to have."""
        shown = self._shown()
        is_last = self.before + len(shown) >= self.of.handsets
        choices: tuple[Choice, ...] = () if is_last else (Choice("next", "Next page"),)
        choices += (Choice("print", "Print the list"), Choice("first", "From the beginning"))
        title = f"{GROUP_WORDS[self.of.group]}: {self.of.name}"
        return Face(
            title, "Scan to look at one, or press a key.", Wanted.SCAN, choices,
            min(self.before + len(shown), self.of.handsets), self.of.handsets, "handsets",
            HEADS, handset_lines(shown),
        )  # fmt: skip

    def answered(self, choice: str, text: str) -> Turn:
        """Turn the page, or print all of it."""
        _ = text
        shown = self._shown()
        match choice:
            case "next" if shown:
                return Turn(replace(self, after=shown[-1], before=self.before + len(shown)))
            case "first":
                return Turn(replace(self, after=None, before=0))
            case "print":
                return Turn(Printing(self.means, handsets_of(self.of), self))
        return self.refused(ProblemCode.NOT_POSSIBLE_NOW)

    def _shown(self) -> tuple[Found, ...]:
        book = self.means.book.connection
        return lists.page_of(book, self.of.group, self.of.name, self.after, _ROWS)


def _name(of: FoundGroup) -> str:
    return f"{of.group}:{of.name}"


def _words(of: FoundGroup) -> str:
    return f"{GROUP_WORDS[of.group]} {of.name}: {of.handsets}"


def _counted(answer: Answer) -> str:
    parts = (
        (len(answer.handsets), "handsets"),
        (len(answer.sims), "SIMs"),
        (len(answer.expected), "not counted in"),
        (len(answer.groups), "lists"),
    )
    return "Found: " + ", ".join(f"{count} {what}" for count, what in parts if count)
