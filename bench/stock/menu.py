"""The beginning of a desk: what can be done there."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bench.events.desks import Choice, Wanted
from bench.events.views import ScanTone
from bench.identity.scans import ScanReading
from bench.problems import ProblemCode
from bench.stock.desk.turns import Face, Offer, Task, Turn


@dataclass(frozen=True, slots=True)
class Menu(Task):
    """Offers the tasks of a workspace, each by its key."""

    title: str
    offers: tuple[Offer, ...]

    def face(self) -> Face:
        """Ask what is to be done."""
        choices = tuple(Choice(offer.name, offer.title) for offer in self.offers)
        asked = "Press a key, or scan" if self._first else "Press a key"
        return Face(self.title, f"What is to be done? {asked}.", Wanted.CHOICE, choices)

    def heard(self, reading: ScanReading, text: str) -> Turn:
        """Begin what a scan is for where nothing was chosen."""
        if self._first is None:
            return self.refused(ProblemCode.NOT_POSSIBLE_NOW, reading.raw)
        turn = self._first.begin().heard(reading, text)
        refused = turn.say is not None and turn.say.tone is ScanTone.BAD
        return replace(turn, task=self) if refused and not turn.entries else turn

    @property
    def _first(self) -> Offer | None:
        return next((offer for offer in self.offers if offer.first), None)

    def answered(self, choice: str, text: str) -> Turn:
        """Begin the task that was chosen."""
        _ = text
        found = next((offer for offer in self.offers if offer.name == choice), None)
        return Turn(found.begin()) if found else self.refused(ProblemCode.NOT_POSSIBLE_NOW)
