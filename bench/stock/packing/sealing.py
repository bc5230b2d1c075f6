"""Closes a box: the number of its seal, after that of its bag where bags have numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bench.events.desks import Choice, Wanted
from bench.events.views import ScanTone
from bench.identity.scans import ScanReading
from bench.problems import Problem, ProblemCode, ProblemError
from bench.stock.consignments.dockets import read_docket
from bench.stock.desk.means import Means
from bench.stock.desk.turns import Face, Say, Task, Turn
from bench.stock.packing import boxing, queries
from bench.stock.packing.boxing import TITLE
from bench.stock.packing.queries import Box
from bench.stock.packing.seals import read_seal

if TYPE_CHECKING:
    from bench.stock.packing.task import Packing


@dataclass(frozen=True)
class Sealing(Task):
    """Takes the number of the seal, after that of the bag where bags have numbers."""

    packing: Packing
    box: Box
    bag: str = ""

    def face(self) -> Face:
        """Ask for the bag or the seal."""
        what = "bag" if self._wants_bag else "seal"
        later = (Choice("later", "Leave it unsealed for now"),)
        title = f"{TITLE}: {self.box.name}"
        return Face(title, f"Scan the number of its {what}.", Wanted.SCAN, later)

    def answered(self, choice: str, text: str) -> Turn:
        """Leave the box open."""
        if choice != "later":
            return Task.answered(self, choice, text)
        told = f"{self.box.name} is packed and not sealed."
        return Turn(self.packing, Say(ScanTone.REPEATED, told))

    def heard(self, reading: ScanReading, text: str) -> Turn:
        """Take a number; the seal's closes the box."""
        number = new_seal(self.packing.means, reading, text)
        if self._wants_bag:
            return self.good(f"Bag {number}. Its seal is next.", replace(self, bag=number))
        if number == self.bag:
            return self.refused(ProblemCode.SEAL_UNFIT, "it is the number of the bag")
        entry = boxing.sealed(self.packing.ref(self.box), number, self.bag)
        told = f"{self.box.name} is sealed with {number}."
        return Turn(self.packing, Say(ScanTone.GOOD, told), (entry,))

    @property
    def _wants_bag(self) -> bool:
        return self.packing.bags and not self.bag


def new_seal(means: Means, reading: ScanReading, text: str) -> str:
    """Return the number of a seal that nothing was closed with yet; `ProblemError`."""
    number = read(reading, text)
    if used := queries.used_seal(means.book.connection, number):
        raise ProblemError(Problem(ProblemCode.SEAL_USED, number, _used_for(means, used)))
    return number


def read(reading: ScanReading, text: str) -> str:
    """Return the number that stands on a seal; `ProblemError` SEAL_UNFIT for what is none."""
    if read_docket(text):
        detail = "it is the card or the manifest of a consignment"
        raise ProblemError(Problem(ProblemCode.SEAL_UNFIT, reading.raw, detail))
    try:
        return read_seal(reading, text)
    except ValueError as error:
        raise ProblemError(Problem(ProblemCode.SEAL_UNFIT, reading.raw, str(error))) from error


def _used_for(means: Means, used: queries.UsedSeal) -> str:
    if used.docket:
        return f"it closed consignment {used.docket}"
    box = queries.box(means.book.connection, used.uid)
    return f"it closed the box of {box.name}" if box else "it closed another box"
