"""What a box is to a delivery. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from bench.custody.entries import DeviceRecord
from bench.custody.phases import Phase, phase_after
from bench.events.orders import CustodyKind
from bench.problems import Problem, ProblemCode
from bench.stock.goods_in.delivery import Box, CountedBox, Delivery, Level, Listed, OrderLine
from bench.stock.goods_in.kinds import Odd

_IN = CustodyKind.GOODS_IN


@dataclass(frozen=True, slots=True)
class Seen:
    """A box, and what book and record know of it.

    `listed` are the announced handsets with one of its IMEIs. `numbers` are the orders that are
    delivered where it was found (none where it was announced there), `lines` those of the orders
    that it can be of. `was_settled` says that it was given up, awaited or set aside before.
    """

    box: Box
    listed: tuple[Listed, ...] = ()
    counted: CountedBox | None = None
    known: DeviceRecord | None = None
    lines: tuple[OrderLine, ...] = ()
    numbers: tuple[str, ...] = ()
    was_settled: bool = False

    @property
    def is_at_work(self) -> bool:
        """Whether its handset left the stock, or never came into it: it stays where it is."""
        still = (Phase.NEW,) if self.counted is None else (Phase.NEW, Phase.IN_STOCK)
        return self.known is not None and self.known.phase not in still


@dataclass(frozen=True, slots=True)
class Booking:
    """As what a handset is counted in; unknown texts are ""."""

    number: str
    despatch: str
    pallet: str
    carton: str
    source: str
    model: str
    listed: Listed | None = None


@dataclass(frozen=True, slots=True)
class Fits:
    """It is what was announced."""

    booking: Booking


@dataclass(frozen=True, slots=True)
class Differs:
    """It is odd; `why` says how, in words. `booking` is what it would be counted as."""

    odd: Odd
    why: str
    booking: Booking


@dataclass(frozen=True, slots=True)
class Again:
    """It was counted before."""

    counted: CountedBox


@dataclass(frozen=True, slots=True)
class Refused:
    """It cannot be counted at all."""

    problem: Problem


Verdict: TypeAlias = Fits | Differs | Again | Refused


def judged(seen: Seen, delivery: Delivery) -> Verdict:
    """Return what a box is to the delivery that is being counted."""
    if refusal := _refusal(seen):
        return Refused(refusal)
    if seen.counted:
        return Again(seen.counted)
    listed = seen.listed[0] if seen.listed else None
    fitting = _fitting(seen, listed)
    booking = _booking(seen, listed, delivery, fitting)
    odd = _odd(seen, listed, delivery, fitting)
    return Differs(*odd, booking) if odd else Fits(booking)


def _refusal(seen: Seen) -> Problem | None:
    spoken = seen.box.spoken
    if len(seen.listed) > 1:
        tails = " and ".join(f"…{each.imei[-4:]}" for each in seen.listed)
        detail = f"its code names two handsets of the list: {tails}"
        return Problem(ProblemCode.COUNT_CONTRADICTS, spoken, detail)
    if seen.counted is None and seen.known and not phase_after(_IN, seen.known.phase):
        return Problem(ProblemCode.ALREADY_MET, spoken, f"it is {seen.known.phase}")
    return None


def _odd(
    seen: Seen, listed: Listed | None, delivery: Delivery, fitting: Sequence[OrderLine]
) -> tuple[Odd, str] | None:
    """Return what is odd, the gravest first."""
    if listed and seen.numbers and listed.number not in seen.numbers:
        return Odd.WRONG_ORDER, f"it is of order {listed.number or 'no number'}"
    if seen.lines and not fitting:
        tac = seen.box.imeis[0].tac
        return Odd.WRONG_MODEL, f"type {tac} is none of the ordered model"
    if listed is None and delivery.is_listed:
        return Odd.UNKNOWN, "no list names it"
    if listed and not delivery.scope.holds(listed):
        return Odd.OVER, f"it was announced in {_where(listed)}"
    if fitting and all(line.received >= line.quantity for line in fitting):
        ordered = sum(line.quantity for line in fitting)
        return Odd.OVER, f"order {fitting[0].number} is for {ordered}"
    return None


def _fitting(seen: Seen, listed: Listed | None) -> tuple[OrderLine, ...]:
    """Return the lines that its type allocation code is of, and its model where a list says one."""
    tacs = {imei.tac for imei in seen.box.imeis}
    named = listed.model.casefold() if listed else ""
    of_model = [line for line in seen.lines if line.model.casefold() == named] if named else []
    return tuple(line for line in of_model or seen.lines if not line.tacs or tacs & set(line.tacs))


def _booking(
    seen: Seen, listed: Listed | None, delivery: Delivery, fitting: Sequence[OrderLine]
) -> Booking:
    scope = delivery.scope
    models = {line.model for line in fitting}
    model = models.pop() if len(models) == 1 else ""
    if listed is None:
        return Booking(
            fitting[0].number if fitting else next(iter(seen.numbers), ""),
            scope.despatch, scope.pallet, scope.carton,
            "fleet" if scope.level is Level.FLEET else "despatch", model,
        )  # fmt: skip
    carton = scope.carton or listed.carton
    return Booking(
        listed.number, listed.despatch, listed.pallet, carton, listed.source,
        model or listed.model, listed,
    )  # fmt: skip


def _where(listed: Listed) -> str:
    if listed.carton:
        return f"carton {listed.carton}"
    return f"despatch {listed.despatch}" if listed.despatch else "no carton"
