"""The beginning of a desk: what can be done there."""

from __future__ import annotations

from dataclasses import dataclass

from bench.events.desks import Choice
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
        return Face(self.title, "What is to be done? Press its key.", choices=choices)

    def answered(self, choice: str, text: str) -> Turn:
        """Begin the task that was chosen."""
        _ = text
        found = next((offer for offer in self.offers if offer.name == choice), None)
        return Turn(found.begin()) if found else self.refused(ProblemCode.NOT_POSSIBLE_NOW)
