"""Asks what becomes of a box with something odd about it: one key is decision and reason."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bench.events.desks import Choice
from bench.events.views import ScanTone
from bench.identity.plain import plain
from bench.problems import ProblemCode
from bench.stock.desk.turns import Face, Say, Task, Turn
from bench.stock.goods_in.judging import Booking, Seen
from bench.stock.goods_in.kinds import Odd, Settlement
from bench.stock.goods_in.looking import device_of, places
from bench.stock.goods_in.settling import WAYS, Way, Where, becomes

if TYPE_CHECKING:
    from bench.stock.goods_in.counting import Counting

_WORDS = {
    Odd.OVER: "is over",
    Odd.UNKNOWN: "is unknown",
    Odd.DAMAGED: "is damaged",
    Odd.DUPLICATE: "is there twice",
    Odd.WRONG_MODEL: "is of the wrong model",
    Odd.WRONG_ORDER: "is of another order",
}
BY_MISTAKE = Choice("mistake", "Nothing: it was scanned by mistake")


@dataclass(frozen=True, slots=True)
class Settling(Task):
    """Settles one box; `counting` goes on after it."""

    counting: Counting
    odd: Odd
    why: str
    seen: Seen
    booking: Booking
    where: Where
    is_counted: bool = False

    @property
    def told(self) -> str:
        """What is odd, in a sentence."""
        why = f": {plain(self.why)}" if self.why else ""
        return f"{self.seen.box.spoken} {_WORDS[self.odd]}{why}."

    @property
    def ways(self) -> tuple[Way, ...]:
        """What can become of it: what is counted in goes back to a supplier from quarantine."""
        back = Settlement.RETURNED
        all_ways = WAYS[self.odd]
        return tuple(w for w in all_ways if not (self.is_counted and w.settlement is back))

    def face(self) -> Face:
        """Ask what becomes of it."""
        choices = (*(way.choice for way in self.ways), BY_MISTAKE)
        return Face("Settle a box", f"{self.told} What becomes of it?", choices=choices)

    def answered(self, choice: str, text: str) -> Turn:
        """Write what was decided, and go on counting."""
        if choice == BY_MISTAKE.name:
            return Turn(self.counting)
        way = next((each for each in self.ways if each.reason == choice), None)
        if way is None or (way.asks and not text.strip()):
            return self.refused(ProblemCode.NOT_POSSIBLE_NOW, way.asks if way else "")
        return self._settled(way.said(text), way)

    def _settled(self, way: Way, chosen: Way) -> Turn:
        means = self.counting.means
        device = device_of(means, self.seen, self.booking)
        entries = becomes(
            self.odd, way, self.where, self.seen, self.booking, device,
            places(means, self.booking), is_counted=self.is_counted,
        )  # fmt: skip
        is_in = len(entries) > 1 and not self.is_counted
        say = Say(ScanTone.GOOD, f"{self.seen.box.spoken}: {plain(chosen.text)}.")
        return Turn(self._after(is_in=is_in), say, entries)

    def _after(self, *, is_in: bool) -> Counting:
        counting, listed = self.counting, self.booking.listed
        if counting.delivery is None or self.is_counted or self.odd is Odd.DUPLICATE:
            return replace(counting, is_damaged=False)
        settled = self.seen.was_settled
        if is_in:
            after = counting.delivery.after(listed, was_settled=settled)
        else:
            after = counting.delivery.without(None if settled else listed)
        is_damaged = counting.is_damaged and self.odd is not Odd.DAMAGED
        return replace(counting, delivery=counting.beyond(after), is_damaged=is_damaged)
