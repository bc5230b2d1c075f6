"""Opens a sealed consignment again: its seal is read, a reason given, and two persons sign it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bench.events.desks import Choice, Wanted
from bench.events.views import ScanTone
from bench.identity.scans import ScanReading
from bench.problems import ProblemCode
from bench.stock.consignments import entries, queries
from bench.stock.consignments.desk import BACK, Consigning, words
from bench.stock.consignments.entries import TITLE
from bench.stock.consignments.queries import Consignment, State
from bench.stock.desk.turns import Face, Say, Task, Turn
from bench.stock.packing.boxing import WHY_OPENED, is_said
from bench.stock.packing.sealing import read

_MOST = 8


@dataclass(frozen=True)
class Reopening(Consigning):
    """Asks which sealed consignment is opened."""

    def face(self) -> Face:
        """Offer those that are sealed and still here."""
        sealed = queries.in_state(self.book, State.SEALED, _MOST)
        offered = (*(Choice(each.docket, words(each)) for each in sealed), BACK)
        return Face(TITLE, "Scan the consignment to open again.", Wanted.SCAN, offered)

    def answered(self, choice: str, text: str) -> Turn:
        """Take one by its key, or go back."""
        from bench.stock.consignments.beginning import Choosing  # noqa: PLC0415 - it leads here

        if choice == BACK.name:
            return Turn(Choosing(self.means))
        return (
            self._begun(self.consignment(choice)) if choice else Task.answered(self, choice, text)
        )

    def heard(self, reading: ScanReading, text: str) -> Turn:
        """Take one by its card or manifest."""
        _ = reading
        return self._begun(self.scanned(text))

    def _begun(self, known: Consignment) -> Turn:
        if known.state is not State.SEALED:
            detail = f"it is {known.state}"
            return self.refused(ProblemCode.CONSIGNMENT_UNFIT, detail, where=known.docket)
        return Turn(_SealRead(self.means, known))


@dataclass(frozen=True)
class _SealRead(Consigning):
    """Asks for the number on its seal before it is broken."""

    known: Consignment
    other: str = ""

    def face(self) -> Face:
        """Ask for the number, as it is found."""
        another = (Choice("another", f"It really says {self.other}"),) if self.other else ()
        gone = Choice("gone", "There is no seal, or nobody can read it")
        prompt = f"Scan the seal of {self.known.docket}."
        return Face(TITLE, prompt, Wanted.SCAN, (*another, gone, BACK))

    def answered(self, choice: str, text: str) -> Turn:
        """Take a seal as missing or another, or go back."""
        match choice:
            case "gone":
                return Turn(_Reason(self.means, self.known, ""))
            case "another" if self.other:
                return Turn(_Reason(self.means, self.known, self.other))
            case "back":
                return Turn(Reopening(self.means))
            case _:
                return Task.answered(self, choice, text)

    def heard(self, reading: ScanReading, text: str) -> Turn:
        """Take the seal that the record says; another one is told first."""
        number = read(reading, text)
        if number == self.known.seal:
            return Turn(_Reason(self.means, self.known, number))
        after = replace(self, other=number)
        return after.refused(ProblemCode.SEAL_OTHER, f"it says {self.known.seal}", where=number)


@dataclass(frozen=True)
class _Reason(Consigning):
    """Asks why, and opens it once a second person has signed it off."""

    known: Consignment
    found: str

    def face(self) -> Face:
        """Offer the reasons."""
        return Face(TITLE, f"Why is {self.known.docket} opened?", choices=WHY_OPENED)

    def answered(self, choice: str, text: str) -> Turn:
        """Open it; its manifest counts no longer."""
        from bench.stock.consignments.filling import Filling  # noqa: PLC0415 - it comes from there

        if not is_said(WHY_OPENED, choice, text):
            return Task.answered(self, choice, text)
        docket = self.known.docket
        entry = entries.opened(self.known, self.found, choice, text)
        told = f"{docket} is open again. Manifest {self.known.version} counts no longer."
        after = Filling(self.means, docket, self.known.destination)
        return Turn(after, Say(ScanTone.GOOD, told), (entry,), f"open consignment {docket} again")
