"""What was awaited or set aside, decided on later: by its box, or by its place in the list."""

from __future__ import annotations

from dataclasses import dataclass

from bench.custody.entries import Entry
from bench.events.desks import Choice, Line, Wanted, Weight
from bench.events.views import ScanTone
from bench.identity.identifiers import Imei
from bench.identity.plain import plain
from bench.identity.scans import ScanReading
from bench.problems import ProblemCode
from bench.stock.desk.means import Means
from bench.stock.desk.turns import Face, Say, Task, Turn
from bench.stock.goods_in.kinds import OPEN, Odd, Settlement
from bench.stock.goods_in.reports import DiscrepancyRow, open_discrepancies, open_with
from bench.stock.goods_in.settling import Way, Where, settled

TITLE = "Open discrepancies"
_KEYS = 8
"""Of the nine keys one turns the page."""
_COLUMNS = ("What", "Handset", "Order", "Carton", "Settled as", "Reason")
_SHORT = (
    Way(Settlement.ACCEPTED, "credited", "The supplier has credited it"),
    Way(Settlement.WRITTEN_OFF, "lost", "It is lost: write it off"),
    Way(Settlement.WRITTEN_OFF, "other", "Write it off for another reason", "Which reason?"),
)
_ASIDE = (
    Way(Settlement.RETURNED, "not-ours", "It went back to the supplier"),
    Way(Settlement.WRITTEN_OFF, "destroyed", "It is no more: write it off"),
    Way(Settlement.RETURNED, "other", "It went back for another reason", "Which reason?"),
)
"""What is ours after all is no matter of this list: counting its box in settles it."""
_LEAVE = Choice("leave", "Nothing yet")


@dataclass(frozen=True, slots=True)
class OpenOnes(Task):
    """Lists what is open, the oldest first, and asks which is to be decided on."""

    means: Means
    skipped: int = 0

    def face(self) -> Face:
        """Show the list."""
        found = self._shown()
        rows, more = found[:_KEYS], len(found) > _KEYS
        if not found:
            return Face(TITLE, "Nothing is awaited or set aside.", Wanted.SCAN)
        choices = tuple(Choice(str(row.entry), _spoken(row)) for row in rows)
        turn = (Choice("more", "Show others"),) if more or self.skipped else ()
        prompt = "Scan the box that is decided on, or press its key."
        return Face(
            TITLE, prompt, Wanted.SCAN, (*choices, *turn),
            columns=_COLUMNS, lines=tuple(map(_line, rows)),
        )  # fmt: skip

    def heard(self, reading: ScanReading, text: str) -> Turn:
        """Find the one that a box is about."""
        _ = text
        imeis = [each for each in (reading.meaning, *reading.also) if isinstance(each, Imei)]
        book = self.means.book.connection
        found = next(filter(None, (open_with(book, imei.digits) for imei in imeis)), None)
        if found is None:
            return self.refused(ProblemCode.NOT_EXPECTED, reading.raw, "Nothing is open about it.")
        return self._decide(found)

    def answered(self, choice: str, text: str) -> Turn:
        """Take the one that was chosen, or turn the page."""
        _ = text
        shown = self._shown()
        if choice == "more":
            return Turn(OpenOnes(self.means, self.skipped + _KEYS if len(shown) > _KEYS else 0))
        row = next((each for each in shown if str(each.entry) == choice), None)
        return self._decide(row) if row else self.refused(ProblemCode.NOT_POSSIBLE_NOW)

    def _decide(self, row: DiscrepancyRow) -> Turn:
        if row.kind == Odd.DAMAGED.value:
            detail = "it is in quarantine: its release or disposal settles it"
            return self.refused(ProblemCode.NOT_POSSIBLE_NOW, detail, where=f"…{row.imei[-4:]}")
        return Turn(_Deciding(self, row))

    def _shown(self) -> list[DiscrepancyRow]:
        """Return those of this page, and one more where there is another page."""
        found = open_discrepancies(self.means.book.connection, self.skipped + _KEYS + 1)
        return found[self.skipped :] or found[: _KEYS + 1]


@dataclass(frozen=True, slots=True)
class _Deciding(Task):
    listing: OpenOnes
    row: DiscrepancyRow

    @property
    def ways(self) -> tuple[Way, ...]:
        """What can become of it."""
        return _SHORT if self.row.kind == Odd.SHORT.value else _ASIDE

    def face(self) -> Face:
        """Ask what became of it."""
        choices = (*(way.choice for way in self.ways), _LEAVE)
        prompt = f"What became of {_spoken(self.row)}?"
        remark = "What is here and ours is counted in: that settles it."
        return Face(TITLE, prompt, choices=choices, remark=remark)

    def answered(self, choice: str, text: str) -> Turn:
        """Write what was decided."""
        if choice == _LEAVE.name:
            return Turn(self.listing)
        way = next((each for each in self.ways if each.reason == choice), None)
        if way is None or (way.asks and not text.strip()):
            return self.refused(ProblemCode.NOT_POSSIBLE_NOW, way.asks if way else "")
        say = Say(ScanTone.GOOD, f"{_spoken(self.row)}: {plain(way.text)}.")
        return Turn(OpenOnes(self.listing.means), say, (self._entry(way.said(text)),))

    def _entry(self, way: Way) -> Entry:
        row = self.row
        where = Where(row.number, row.despatch, row.pallet, row.carton)
        return settled(
            Odd(row.kind), way, where, imei=row.imei, count=row.handsets, settles=row.seq
        )


def _spoken(row: DiscrepancyRow) -> str:
    about = f"…{row.imei[-4:]}" if row.imei else f"{row.handsets} handsets"
    place = f" of carton {plain(row.carton)}" if row.carton else ""
    return f"{about}{place}, {row.kind}, {row.settlement}"


def _line(row: DiscrepancyRow) -> Line:
    about = f"…{row.imei[-4:]}" if row.imei else f"{row.handsets} handsets"
    texts = (row.kind, about, row.number, row.carton, row.settlement, row.reason)
    weight = Weight.OPEN if row.settlement in OPEN else Weight.PLAIN
    return Line(tuple(map(plain, texts)), weight)
