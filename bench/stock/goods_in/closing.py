"""Closes a part of a delivery with less in it than was announced: each missing one is named."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bench.custody.entries import Entry
from bench.events.desks import Choice, Line, Weight
from bench.events.views import ScanTone
from bench.identity.plain import plain
from bench.problems import ProblemCode
from bench.stock.desk.turns import Face, Say, Task, Turn
from bench.stock.goods_in.delivery import Delivery, Listed
from bench.stock.goods_in.kinds import Odd
from bench.stock.goods_in.settling import WAYS, Way, Where, settled

if TYPE_CHECKING:
    from bench.stock.goods_in.counting import Counting

MOST_MISSING = 1000
"""Handsets that are settled as missing in one turn: it is written while the desk waits. A delivery
that lacks more has not come; its pallets and cartons are closed one by one."""
_SHOWN = 50
_SINGLY = Choice("singly", "One by one")
_ON = Choice("on", "Nothing yet: go on counting")
_COLUMNS = ("Missing", "Serial number", "Carton", "Pallet")


@dataclass(frozen=True, slots=True)
class Closing(Task):
    """Settles what is missing, all at once or `singly`; where only a number is known, that."""

    counting: Counting
    delivery: Delivery
    missing: tuple[Listed, ...]
    count: int
    singly: bool = False

    def face(self) -> Face:
        """Name what is missing, and ask what becomes of it."""
        ways = tuple(way.choice for way in WAYS[Odd.SHORT])
        more = () if self.singly or len(self.missing) < 2 else (_SINGLY,)  # noqa: PLR2004 - several
        return Face(
            f"Close {plain(self.delivery.scope.spoken)}",
            f"{self._told()} What becomes of {'it' if self._now() == 1 else 'them'}?",
            choices=(*ways, *more, _ON),
            columns=_COLUMNS if self.missing else (),
            lines=tuple(map(_line, self.missing[:_SHOWN])),
        )

    def answered(self, choice: str, text: str) -> Turn:
        """Write what was decided of those that are missing."""
        if choice == _ON.name:
            return Turn(self.counting)
        if choice == _SINGLY.name:
            return Turn(replace(self, singly=True))
        way = next((each for each in WAYS[Odd.SHORT] if each.reason == choice), None)
        if way is None or (way.asks and not text.strip()):
            return self.refused(ProblemCode.NOT_POSSIBLE_NOW, way.asks if way else "")
        return self._settled(way.said(text), way)

    def _now(self) -> int:
        return 1 if self.singly else self.count

    def _told(self) -> str:
        if self.singly:
            return f"…{self.missing[0].imei[-4:]} is missing."
        return "One is missing." if self.count == 1 else f"{self.count} are missing."

    def _settled(self, way: Way, chosen: Way) -> Turn:
        now, later = (self.missing[:1], self.missing[1:]) if self.singly else (self.missing, ())
        entries = tuple(_entry(each, way) for each in now) or (self._counted(way),)
        say = Say(ScanTone.GOOD, f"{len(now) or self.count} missing: {plain(chosen.text)}.")
        delivery = self.delivery
        for each in now:
            delivery = delivery.without(each)
        if not now:
            delivery = delivery.short_of(self.count)
        counting = replace(self.counting, delivery=delivery)
        if later:
            return Turn(replace(self, counting=counting, delivery=delivery, missing=later), say,
                        entries)  # fmt: skip
        return Turn(replace(counting, delivery=counting.beyond(delivery)), say, entries)

    def _counted(self, way: Way) -> Entry:
        scope = self.delivery.scope
        where = Where(scope.number, scope.despatch, scope.pallet, scope.carton)
        return settled(Odd.SHORT, way, where, count=self.count)


def _entry(listed: Listed, way: Way) -> Entry:
    where = Where(listed.number, listed.despatch, listed.pallet, listed.carton)
    return settled(Odd.SHORT, way, where, imei=listed.imei)


def _line(listed: Listed) -> Line:
    cells = (f"…{listed.imei[-4:]}", *map(plain, (listed.serial, listed.carton, listed.pallet)))
    return Line(cells, Weight.OPEN)
