"""Which of several parts of deliveries a code means that stands on all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.events.desks import Choice
from bench.identity.plain import plain
from bench.problems import ProblemCode
from bench.stock.desk.turns import Face, Task, Turn
from bench.stock.goods_in.delivery import Scope
from bench.stock.goods_in.screens import TITLE

if TYPE_CHECKING:
    from bench.stock.goods_in.counting import Counting


@dataclass(frozen=True, slots=True)
class Choosing(Task):
    """Asks for the delivery, and opens its part."""

    counting: Counting
    scopes: tuple[Scope, ...]

    def face(self) -> Face:
        """Ask for the delivery."""
        first = self.scopes[0]
        choices = tuple(
            Choice(str(number), plain(f"The one of despatch {scope.despatch or 'without a name'}"))
            for number, scope in enumerate(self.scopes[:9])
        )
        prompt = f"There is more than one {plain(first.spoken)}: which is it?"
        return Face(TITLE, prompt, choices=choices)

    def answered(self, choice: str, text: str) -> Turn:
        """Open the one that is meant."""
        _ = text
        known = {str(number): scope for number, scope in enumerate(self.scopes[:9])}
        if choice not in known:
            return self.refused(ProblemCode.NOT_POSSIBLE_NOW)
        return self.counting.opened(known[choice])
