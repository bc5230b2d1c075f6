"""Which consignment is filled: one that is open, or a new one for a site."""

from __future__ import annotations

from dataclasses import dataclass

from bench.events.desks import Choice, Wanted
from bench.identity.scans import ScanReading
from bench.problems import Problem, ProblemCode, ProblemError
from bench.stock.consignments import queries
from bench.stock.consignments.desk import BACK, Consigning, words
from bench.stock.consignments.dockets import SITE, DocketCode, docket_of, read_docket, site_of
from bench.stock.consignments.entries import TITLE
from bench.stock.consignments.filling import Filling
from bench.stock.consignments.queries import State
from bench.stock.consignments.reopening import Reopening
from bench.stock.desk.turns import Face, Task, Turn
from bench.stock.packing.boxing import OTHER

_OPEN, _KNOWN = 7, 7
"""Choices that a key each is left for."""


@dataclass(frozen=True)
class Choosing(Consigning):
    """Offers the consignments that are open, and a new one."""

    def face(self) -> Face:
        """Ask which."""
        open_ones = queries.in_state(self.book, State.OPEN, _OPEN)
        return Face(
            TITLE,
            "Scan the card of a consignment, or begin a new one.",
            Wanted.SCAN,
            (
                Choice("new", "A new consignment"),
                *(Choice(each.docket, words(each)) for each in open_ones),
                Choice("reopen", "Open a sealed one again: two persons"),
            ),
        )

    def answered(self, choice: str, text: str) -> Turn:
        """Begin a new one, or go on with one."""
        match choice:
            case "new":
                number = queries.next_number(self.book, self.means.bench)
                return Turn(Destination(self.means, docket_of(self.means.bench, number)))
            case "reopen":
                return Turn(Reopening(self.means))
            case _:
                return self._filling(choice) if choice else Task.answered(self, choice, text)

    def heard(self, reading: ScanReading, text: str) -> Turn:
        """Go on with the consignment of a card; one that is not known yet begins with it."""
        code = read_docket(text)
        if code is None:
            return self.refused(ProblemCode.CONSIGNMENT_UNKNOWN, reading.raw)
        if self._is_fresh(code):
            return Turn(Destination(self.means, code.docket))
        return self._filling(code.docket)

    def _is_fresh(self, code: DocketCode) -> bool:
        """A card of this bench that was laid out and not used yet."""
        own = docket_of(self.means.bench, code.number) == code.docket and not code.version
        return own and queries.consignment(self.book, code.docket) is None

    def _filling(self, docket: str) -> Turn:
        known = self.consignment(docket)
        if known.state is not State.OPEN:
            detail = f"it is {known.state}, to {known.destination}"
            return self.refused(ProblemCode.CONSIGNMENT_CLOSED, detail, where=docket)
        return Turn(Filling(self.means, docket, known.destination))


@dataclass(frozen=True)
class Destination(Consigning):
    """Asks where a new consignment goes; nothing is written before a handset is in it."""

    docket: str

    def face(self) -> Face:
        """Offer where consignments went before, and any other place."""
        known = queries.destinations(self.book, _KNOWN)
        offered = (
            *(Choice(f"{SITE}{name}", name) for name in known),
            Choice(OTHER, "Another place", asks="Which place does it go to?"),
            BACK,
        )
        return Face(TITLE, f"Where does {self.docket} go?", choices=offered)

    def answered(self, choice: str, text: str) -> Turn:
        """Take the place."""
        if choice == BACK.name:
            return Turn(Choosing(self.means))
        try:
            site = site_of(text if choice in (OTHER, "") else choice)
        except ValueError as error:
            raise ProblemError(Problem(ProblemCode.NOT_POSSIBLE_NOW, detail=str(error))) from error
        return Turn(Filling(self.means, self.docket, site))
