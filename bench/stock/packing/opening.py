"""Out of the box again: a packed handset by one person, a sealed one by two."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bench.custody.phases import Phase
from bench.events.desks import Choice, Wanted
from bench.events.views import ScanTone
from bench.identity.scans import ScanReading
from bench.problems import ProblemCode
from bench.stock.consignments import queries as consignments
from bench.stock.desk.turns import Face, Say, Task, Turn
from bench.stock.packing import boxing
from bench.stock.packing.boxing import TITLE
from bench.stock.packing.queries import Box
from bench.stock.packing.sealing import read

if TYPE_CHECKING:
    from bench.stock.packing.task import Packing

_BACK = (Choice("back", "Back"),)


@dataclass(frozen=True)
class Unpacking(Task):
    """Takes a packed handset out of its box; it is staged still."""

    packing: Packing

    def face(self) -> Face:
        """Ask which."""
        return Face(TITLE, "Scan the label of the handset to take out.", Wanted.SCAN, _BACK)

    def answered(self, choice: str, text: str) -> Turn:
        """Go back."""
        return Turn(self.packing) if choice == "back" else Task.answered(self, choice, text)

    def heard(self, reading: ScanReading, text: str) -> Turn:
        """Take the handset out."""
        _ = text
        box = self.packing.found(reading)
        if box.phase is not Phase.PACKED:
            return self.refused(ProblemCode.NOT_FIT_TO_GO, "it is in no open box", where=box.name)
        to = self.packing.means.place("stock")
        entry = boxing.unpacked(self.packing.ref(box), box, to)
        return Turn(self.packing, Say(ScanTone.GOOD, f"{box.name} is out of its box."), (entry,))


@dataclass(frozen=True)
class Unsealing(Task):
    """Asks which sealed box is to be opened."""

    packing: Packing

    def face(self) -> Face:
        """Ask which."""
        return Face(TITLE, "Scan the label of the box to open.", Wanted.SCAN, _BACK)

    def answered(self, choice: str, text: str) -> Turn:
        """Go back."""
        return Turn(self.packing) if choice == "back" else Task.answered(self, choice, text)

    def heard(self, reading: ScanReading, text: str) -> Turn:
        """Take a box that is sealed and in no consignment."""
        _ = text
        box = self.packing.found(reading)
        if box.phase is not Phase.SEALED:
            return self.refused(ProblemCode.NOT_FIT_TO_GO, "its box is not sealed", where=box.name)
        if inside := consignments.holding(self.packing.means.book.connection, box.uid):
            return self.refused(ProblemCode.IN_CONSIGNMENT, inside, where=box.name)
        return Turn(_SealFound(self.packing, box))


@dataclass(frozen=True)
class _SealFound(Task):
    """Asks for the number on the seal before it is broken."""

    packing: Packing
    box: Box
    other: str = ""

    def face(self) -> Face:
        """Ask for the number, as it is found."""
        another = (Choice("another", f"It really says {self.other}"),) if self.other else ()
        gone = Choice("gone", "There is no seal, or nobody can read it")
        prompt = f"Scan the seal of {self.box.name}."
        return Face(TITLE, prompt, Wanted.SCAN, (*another, gone, *_BACK))

    def answered(self, choice: str, text: str) -> Turn:
        """Take a seal as missing or another, or go back."""
        match choice:
            case "gone":
                return Turn(_Reason(self.packing, self.box, ""))
            case "another" if self.other:
                return Turn(_Reason(self.packing, self.box, self.other))
            case "back":
                return Turn(self.packing)
            case _:
                return Task.answered(self, choice, text)

    def heard(self, reading: ScanReading, text: str) -> Turn:
        """Take the seal that the record says; another one is told first."""
        number = read(reading, text)
        if number == self.box.seal:
            return Turn(_Reason(self.packing, self.box, number))
        after = replace(self, other=number)
        return after.refused(ProblemCode.SEAL_OTHER, f"it says {self.box.seal}", where=number)


@dataclass(frozen=True)
class _Reason(Task):
    """Asks why, and opens the box once a second person has signed it off."""

    packing: Packing
    box: Box
    read: str

    def face(self) -> Face:
        """Offer the reasons."""
        return Face(TITLE, f"Why is the box of {self.box.name} opened?", choices=boxing.WHY_OPENED)

    def answered(self, choice: str, text: str) -> Turn:
        """Open it."""
        if not boxing.is_said(boxing.WHY_OPENED, choice, text):
            return Task.answered(self, choice, text)
        ref = self.packing.ref(self.box)
        entry = boxing.unsealed(ref, self.box.seal, self.read, choice, text)
        told = f"The box of {self.box.name} is open: its handset is packed, not sealed."
        purpose = f"open the sealed box of {self.box.name}"
        return Turn(self.packing, Say(ScanTone.GOOD, told), (entry,), purpose)
