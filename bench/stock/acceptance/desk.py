"""Services and accessories at a desk: which line of an order, and how much of it there is by now.

A service is there when it was rendered, an accessory when it lies there; a person says so, and the
record has it under their pseudonym.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bench.custody.entries import Entry
from bench.events.desks import Choice, Line, Weight
from bench.events.orders import CustodyKind
from bench.events.views import ScanTone
from bench.identity.plain import plain
from bench.problems import ProblemCode
from bench.stock.acceptance import queries
from bench.stock.acceptance.page import SOURCE
from bench.stock.acceptance.queries import AcceptedLine
from bench.stock.desk.means import Means
from bench.stock.desk.turns import Face, Say, Task, Turn

TITLE = "Accept services and accessories"
_HEADS = ("Order and line", "What", "Ordered", "Received")
_KEYS = 8
_LETTERS = 60


@dataclass(frozen=True, slots=True)
class Accepting(Task):
    """Offers the lines, those not whole yet first."""

    means: Means = field(repr=False)
    first: int = 0

    def face(self) -> Face:
        """Ask which line."""
        found = queries.lines(self.means.book.connection)
        shown = found[self.first : self.first + _KEYS]
        choices = tuple(Choice(each.name, _words(each)) for each in shown)
        if len(found) > _KEYS:
            choices += (Choice("more", "More lines"),)
        prompt = "Of which line was something received? Press its key."
        none = "No order that was taken in has a line of services or accessories."
        return Face(
            TITLE, prompt if shown else none, choices=choices, columns=_HEADS,
            lines=tuple(map(_line, shown)),
        )  # fmt: skip

    def answered(self, choice: str, text: str) -> Turn:
        """Go on with that line, or show the next ones."""
        _ = text
        found = queries.lines(self.means.book.connection)
        if choice == "more":
            after = self.first + _KEYS
            return Turn(replace(self, first=after if after < len(found) else 0))
        line = next((each for each in found if each.name == choice), None)
        if line is None:
            return self.refused(ProblemCode.NOT_POSSIBLE_NOW)
        return Turn(Telling(self.means, line))


@dataclass(frozen=True, slots=True)
class Telling(Task):
    """Asks how much of one line there is in all."""

    means: Means = field(repr=False)
    line: AcceptedLine

    def face(self) -> Face:
        """Ask for the whole of it; what was said before is put right in the same way."""
        each = self.line
        prompt = f"How many were received in all, of {each.quantity:,} that were ordered?"
        choices = (
            Choice("all", f"All {each.quantity:,}"),
            Choice("some", "Some of them", asks="How many were received in all?"),
            Choice("back", "Another line"),
        )
        remark = f"So far {each.received:,} were said to be received."
        return Face(f"{plain(each.name)}: {plain(each.item)}", prompt, choices=choices,
                    remark=remark)  # fmt: skip

    def answered(self, choice: str, text: str) -> Turn:
        """Take the number."""
        match choice:
            case "all":
                return self._accepted(self.line.quantity)
            case "some" if text.isascii() and text.isdigit():
                return self._accepted(int(text[:12]))
            case "back":
                return Turn(Accepting(self.means))
            case _:
                return self.refused(ProblemCode.NOT_POSSIBLE_NOW, "type a whole number")

    def _accepted(self, received: int) -> Turn:
        each = self.line
        if received > each.quantity:
            detail = f"{each.quantity:,} were ordered: take in the order that has more"
            return self.refused(ProblemCode.NOT_POSSIBLE_NOW, detail)
        entry = Entry(
            CustodyKind.GOODS_IN, order=each.number,
            data={"source": SOURCE, "line": each.line, "received": received,
                  "before": each.received},
        )  # fmt: skip
        told = f"{each.name}: {received:,} of {each.quantity:,} are received."
        return Turn(Accepting(self.means), Say(ScanTone.GOOD, told), (entry,))


def _words(each: AcceptedLine) -> str:
    return f"{plain(each.name)}: {plain(each.item, _LETTERS)}"


def _line(each: AcceptedLine) -> Line:
    cells = (plain(each.name), plain(each.item, _LETTERS), f"{each.quantity:,}",
             f"{each.received:,}")  # fmt: skip
    return Line(cells, Weight.GOOD if each.received >= each.quantity else Weight.OPEN)
