"""The counting of a delivery: a code opens it, each box counts up, what is odd is settled at once.

Nothing of it is kept here: where a count stands is in the book, so that it goes on after a crash or
on another day, at the same code.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bench.events.desks import Wanted
from bench.events.views import ScanTone
from bench.identity.plain import plain
from bench.identity.scans import ScanReading
from bench.problems import ProblemCode
from bench.stock.desk.means import Means
from bench.stock.desk.turns import Face, Say, Task, Turn
from bench.stock.goods_in import queries
from bench.stock.goods_in.closing import MOST_MISSING, Closing
from bench.stock.goods_in.codes import names_of
from bench.stock.goods_in.delivery import Box, Delivery, Level, Scope
from bench.stock.goods_in.judging import Again, Booking, Differs, Fits, Refused, Seen, judged
from bench.stock.goods_in.kinds import Odd
from bench.stock.goods_in.looking import (
    box_of,
    device_of,
    is_in_a_slot,
    lost_tag,
    places,
    seen,
)
from bench.stock.goods_in.printed import discrepancies_of
from bench.stock.goods_in.screens import TITLE, capital, shown
from bench.stock.goods_in.settling import Where, counted_in
from bench.stock.goods_in.settling_task import Settling
from bench.stock.goods_in.which import Choosing
from bench.stock.papers.desk import Printing

_BEGIN = "Scan the code of a delivery, pallet or carton, or a box of it."


@dataclass(frozen=True, slots=True)
class Counting(Task):
    """Counts boxes in; `delivery` is None until a code says which.

    `twice` is the box that came again just now, `is_damaged` says that the next one is.
    """

    means: Means
    delivery: Delivery | None = None
    twice: Seen | None = None
    is_damaged: bool = False

    # ── what is shown ───────────────────────────────────────────────────────────────────────────
    def face(self) -> Face:
        """Show how far it is, and ask for the next box."""
        if self.delivery is None:
            return Face(TITLE, _BEGIN, Wanted.SCAN)
        book, scope = self.means.book.connection, self.delivery.scope
        return shown(
            self.delivery,
            self.twice.box.spoken if self.twice else "",
            queries.open_in(book, scope),
            is_damaged=self.is_damaged,
            has_odd_ones=queries.has_odd_ones(book, scope),
        )

    # ── what comes ──────────────────────────────────────────────────────────────────────────────
    def heard(self, reading: ScanReading, text: str) -> Turn:
        """Count a box, or open what a code names."""
        if box := box_of(self.means, reading):
            return self._boxed(box)
        scopes = queries.scopes_named(self.means.book.connection, names_of(text))
        if len(scopes) > 1:
            return Turn(Choosing(self, scopes))
        if scopes:
            return self.opened(scopes[0])
        reasons = tuple(f"{each.format}: {each.reason}" for each in reading.refusals)
        return self.refused(ProblemCode.NOT_EXPECTED, reading.raw, *reasons)

    def answered(self, choice: str, text: str) -> Turn:
        """Take one of the keys that are offered."""
        _ = text
        if self.delivery is None:
            return self.refused(ProblemCode.NOT_POSSIBLE_NOW)
        around = self.delivery.scope.enclosing
        match choice:
            case "damaged":
                return Turn(replace(self, is_damaged=not self.is_damaged, twice=None))
            case "close":
                return self._close(self.delivery)
            case "wider" if around:
                return self.opened(around)
            case _:
                return self._asked_besides(choice, self.delivery)

    def _asked_besides(self, choice: str, delivery: Delivery) -> Turn:
        if choice == "another" and self.twice:
            return self._is_another(self.twice, delivery)
        if choice == "report":
            report = discrepancies_of(delivery.scope)
            return Turn(Printing(self.means, report, after=self))
        return self.refused(ProblemCode.NOT_POSSIBLE_NOW)

    def opened(self, scope: Scope) -> Turn:
        """Turn to a part of a delivery."""
        known = dict(self.delivery.tallies) if self.delivery and self.delivery.is_listed else {}
        known.pop(scope, None)
        book = self.means.book.connection
        delivery = queries.delivery(book, scope, known)
        tally = delivery.tally
        told = f"{capital(scope.spoken)}: {tally.done} of {tally.total} counted."
        return self.good(told, replace(self, delivery=delivery, twice=None, is_damaged=False))

    # ── a box ───────────────────────────────────────────────────────────────────────────────────
    def _boxed(self, box: Box) -> Turn:
        looked = seen(self.means, box, self.delivery.scope if self.delivery else None)
        delivery = self.delivery or self._delivery_of(looked)
        if delivery is None:
            detail = f"{box.spoken}: scan the code of its delivery or order first"
            return self.refused(ProblemCode.NOT_EXPECTED, detail)
        return replace(self, delivery=delivery, twice=None).judge(looked, delivery)

    def judge(self, looked: Seen, delivery: Delivery) -> Turn:
        """Do what a box asks for: count it, ask what becomes of it, or say that it was counted."""
        if self.is_damaged and looked.known and is_in_a_slot(self.means, looked.known):
            detail = "end its run first"
            return self.refused(ProblemCode.NOT_POSSIBLE_NOW, detail, where=looked.box.spoken)
        match judged(looked, delivery):
            case Refused(problem):
                return self.refused(problem.code, problem.detail, where=problem.where)
            case Again():
                return self._again(looked)
            case Differs(odd, why, booking):
                return self.odd(odd, why, looked, booking)
            case Fits(booking) if self.is_damaged:
                return self.odd(Odd.DAMAGED, "", looked, booking)
            case Fits(booking):
                return self.count(looked, booking, delivery)

    def _again(self, looked: Seen) -> Turn:
        if self.is_damaged:
            return self.odd(Odd.DAMAGED, "", looked, _booking_again(looked), is_counted=True)
        carton = plain(looked.counted.carton) if looked.counted else ""
        told = f"{looked.box.spoken} is counted already{f', in carton {carton}' * bool(carton)}."
        return Turn(replace(self, twice=looked), Say(ScanTone.REPEATED, told))

    def _delivery_of(self, looked: Seen) -> Delivery | None:
        if not looked.listed:
            return None
        return queries.delivery(self.means.book.connection, looked.listed[0].scope, {})

    def count(self, looked: Seen, booking: Booking, delivery: Delivery) -> Turn:
        """Return the turn that counts a box in which is what was announced."""
        device = device_of(self.means, looked, booking)
        entry = counted_in(device, looked, booking, places(self.means, booking))
        after = delivery.after(booking.listed, was_settled=looked.was_settled)
        told = [_told(looked.box, after)]
        if looked.is_at_work and looked.known:
            told.append(f"Its handset is {looked.known.phase} and stays so.")
        if tag := lost_tag(device, booking):
            told.append(f"It is to be labelled anew: {tag} is on another handset.")
        return Turn(
            replace(self, delivery=self.beyond(after)), Say(ScanTone.GOOD, " ".join(told)), (entry,)
        )

    def odd(
        self, odd: Odd, why: str, looked: Seen, booking: Booking, *, is_counted: bool = False
    ) -> Turn:
        """Ask what becomes of a box with something odd about it."""
        assert self.delivery is not None, "a box is odd to a delivery"
        scope = self.delivery.scope
        where = Where(
            booking.number or scope.number,
            scope.despatch or booking.despatch,
            scope.pallet or booking.pallet,
            scope.carton or booking.carton,
        )
        task = Settling(self, odd, why, looked, booking, where, is_counted)
        return Turn(task, Say(ScanTone.BAD, task.told))

    def _is_another(self, looked: Seen, delivery: Delivery) -> Turn:
        again = replace(looked, counted=None, known=None)
        verdict = judged(again, delivery)
        assert isinstance(verdict, Fits | Differs), "it was counted once"
        why = "another box with its number was counted"
        return replace(self, twice=None).odd(Odd.DUPLICATE, why, again, verdict.booking)

    def beyond(self, delivery: Delivery) -> Delivery:
        """Return what is counted next: what is around a part that is complete."""
        around = delivery.tallies[1:]
        if delivery.tally.missing or not around:
            return delivery
        scope, known = around[0][0], dict(around)
        return queries.delivery(self.means.book.connection, scope, known)

    def _close(self, delivery: Delivery) -> Turn:
        scope, most = delivery.scope, MOST_MISSING
        if not delivery.is_listed:
            return Turn(Closing(self, delivery, (), delivery.tally.missing))
        if delivery.tally.missing > most:
            detail = f"{delivery.tally.missing} are still to come"
            return self.refused(ProblemCode.TOO_MUCH_MISSING, detail, where=plain(scope.spoken))
        missing = queries.missing(self.means.book.connection, scope, most)
        return Turn(Closing(self, delivery, missing, len(missing)))


def fleet(means: Means) -> Counting:
    """Return the counting of the handsets that were there before."""
    scope = Scope(Level.FLEET)
    return Counting(means, queries.delivery(means.book.connection, scope, {}))


def _booking_again(looked: Seen) -> Booking:
    """Return as what a handset was counted in that is found damaged afterwards."""
    counted = looked.counted
    assert counted is not None, "it was counted"
    listed = looked.listed[0] if looked.listed else None
    despatch, pallet = (listed.despatch, listed.pallet) if listed else ("", "")
    return Booking(counted.number, despatch, pallet, counted.carton, "despatch", "", listed)


def _told(box: Box, delivery: Delivery) -> str:
    tally, name = delivery.tally, plain(delivery.scope.spoken)
    if tally.total and not tally.missing:
        return f"{box.spoken} counted: {name} is complete, {tally.done} of {tally.total}."
    return f"{box.spoken} counted: {tally.done} of {tally.total} in {name}."
