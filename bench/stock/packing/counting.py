"""Counts what goes into a handset's box: by product numbers, or all at once by a key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bench.events.desks import Choice, Line, Wanted, Weight
from bench.events.views import ScanTone
from bench.identity.identifiers import Gtin
from bench.identity.scans import ScanReading
from bench.problems import ProblemCode
from bench.stock.desk.turns import Face, Say, Task, Turn
from bench.stock.packing import queries
from bench.stock.packing.boxing import TITLE
from bench.stock.packing.kit import Kit, spelled
from bench.stock.packing.queries import Box

if TYPE_CHECKING:
    from bench.stock.packing.task import Packing


@dataclass(frozen=True)
class Counting(Task):
    """Counts what goes into one handset's box; `codes` are product numbers learnt on the way."""

    packing: Packing
    box: Box
    kit: Kit
    is_known: bool = True
    codes: Mapping[str, str] = field(default_factory=dict)

    @property
    def next_words(self) -> str:
        """What is to be put in next."""
        if not self.is_known:
            return "its profile is not at this bench. Look up its kit, and put it in."
        return f"put in {', '.join(self.kit.missing)}."

    def face(self) -> Face:
        """Show item by item what is there."""
        done, total = self.kit.share
        return Face(
            f"{TITLE}: {self.box.name}",
            f"Scan each piece, or say that all is there: {self.next_words}",
            Wanted.SCAN,
            (Choice("all", "All there"), Choice("leave", "Something is missing: leave it")),
            done,
            total,
            "pieces",
            ("Item", "There", "Wanted"),
            tuple(self._line(item, wanted) for item, wanted in self.kit.wanted),
        )

    def answered(self, choice: str, text: str) -> Turn:
        """Take the whole kit as there, or leave the handset as it was."""
        match choice:
            case "all":
                return self.packing.packed(self.box, self.kit.whole(), self.codes)
            case "leave":
                missing = ", ".join(self.kit.missing) or "its kit"
                told = f"{self.box.name} is not packed: {missing} is missing."
                return Turn(self.packing, Say(ScanTone.REPEATED, told))
            case _:
                return Task.answered(self, choice, text)

    def heard(self, reading: ScanReading, text: str) -> Turn:
        """Count what was scanned by its product number."""
        if isinstance(reading.meaning, Gtin):
            return self._counted(reading.meaning.digits)
        if self.box in queries.boxes(self.packing.means.book.connection, reading.meaning):
            return Turn(self, Say(ScanTone.REPEATED, f"{self.box.name}: {self.next_words}"))
        return Task.heard(self, reading, text)

    def named(self, gtin: str, item: str) -> Turn:
        """Learn what a product number is, and count it."""
        return replace(self, codes={**self.codes, gtin: item}).with_one(item)

    def with_one(self, item: str) -> Turn:
        """Count one more of an item; the last one packs the box."""
        try:
            kit = self.kit.with_one(item)
        except ValueError as error:
            return self.refused(ProblemCode.NOT_OF_KIT, str(error))
        if not kit.missing:
            return self.packing.packed(self.box, kit, self.codes)
        after = replace(self, kit=kit)
        return self.good(f"{item}. Now {after.next_words}", after)

    def _counted(self, gtin: str) -> Turn:
        known = self.codes.get(gtin) or self._said_before(gtin)
        return self.with_one(known) if known else Turn(Naming(self, gtin))

    def _said_before(self, gtin: str) -> str:
        """Return the item of this kit that the number is known for; else what it is elsewhere."""
        said = queries.item_of(self.packing.means.book.connection, gtin)
        own = {spelled(item): item for item, _ in self.kit.wanted}
        return own.get(said, said)

    def _line(self, item: str, wanted: int) -> Line:
        there = self.kit.counted.get(item, 0)
        weight = Weight.GOOD if there >= wanted else Weight.OPEN
        return Line((item, str(there), str(wanted)), weight)


@dataclass(frozen=True)
class Naming(Task):
    """Asks once which item a product number is."""

    counting: Counting
    gtin: str

    def face(self) -> Face:
        """Offer what is still missing."""
        missing = self.counting.kit.missing
        offered = (*(Choice(item, item) for item in missing[:8]), Choice("none", "None of these"))
        prompt = f"What is {self.gtin}? This is asked once."
        return Face(f"{TITLE}: {self.counting.box.name}", prompt, choices=offered)

    def answered(self, choice: str, text: str) -> Turn:
        """Count it as what it was said to be."""
        _ = text
        if choice == "none":
            return self.counting.refused(ProblemCode.NOT_OF_KIT, self.gtin)
        if choice not in self.counting.kit.missing:
            return Task.answered(self, choice, text)
        return self.counting.named(self.gtin, choice)
