"""What was counted beside where it stands, and the differences. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from bench.custody.phases import Phase
from bench.events.orders import Json

_P = Phase
PLACES: Final[Mapping[str, tuple[Phase, ...]]] = {
    "in stock": (_P.IN_STOCK,),
    "in work": (_P.AT_BENCH,),
    "staged": (_P.STAGED, _P.PACKED, _P.SEALED),
    "quarantine": (_P.QUARANTINED,),
    "dead on arrival": (_P.DEAD_ON_ARRIVAL,),
    "dispatched": (_P.DISPATCHED, _P.RECEIVED),
    "handed over": (_P.HANDED_OVER,),
    "returned": (_P.RETURNED, _P.WIPED),
    "disposed of": (_P.DISPOSED,),
}
"""Where handsets that were counted in can be: each phase is in one of them."""
LOST: Final = "lost or stolen"
SUPPLIER: Final = "at the supplier"
ELSEWHERE: Final = (SUPPLIER, LOST)
"""Where handsets are that have left without going out to anybody, whatever their phase."""
NAMED: Final = 100
"""Differences that an event names at most; the sheet names all."""


class DifferenceKind(StrEnum):
    """How something is not as it should be."""

    NOT_COUNTED = "not-counted-in"
    """It stands somewhere, and nobody ever counted it in."""
    NOWHERE = "nowhere"
    """It was counted in, and stands nowhere."""
    TWICE = "counted-twice"
    """Two handsets were counted in under one IMEI."""
    BOOK = "book-and-record"
    """The book says otherwise than the record where it stands."""
    NO_DOCKET = "sent-without-consignment"
    SIM_UNKNOWN = "sim-of-no-file"
    SIM_GONE = "sim-in-what-is-gone"
    """A SIM is in a handset that was disposed of."""
    LICENCE_UNCOVERED = "licence-of-no-purchase"
    LICENCE_BOOK = "licence-book-and-record"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it should be: a handset by IMEI and tag, a SIM, or a pool."""

    kind: DifferenceKind
    what: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Sims:
    """SIMs: those that files name, and where they are. Those of no file are a difference."""

    known: int
    married: int
    free: int
    lost: int
    spent: int

    @property
    def rest(self) -> int:
        """How many of those known are nowhere."""
        return self.known - self.married - self.free - self.lost - self.spent


@dataclass(frozen=True, slots=True)
class PoolCount:
    """Licences of a pool: what may be used today, and how many handsets hold one."""

    pool: str
    bought: int
    held: int

    @property
    def free(self) -> int:
        """How many may still be taken; negative where more are held than were bought."""
        return self.bought - self.held


@dataclass(frozen=True, slots=True)
class Counted:
    """What the books say: handsets counted in, and all that stand anywhere by phase.

    Those of `phases` are here or out; `elsewhere` counts the others by what of `ELSEWHERE` it is.
    `events` is the number of the record's last event that is in it.
    """

    counted: int
    phases: Mapping[str, int]
    sims: Sims
    pools: tuple[PoolCount, ...]
    expected: int
    differences: tuple[Difference, ...]
    events: int = 0
    elsewhere: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Balance:
    """The day's sum: `rest` is counted less all places, 0 where it balances."""

    day: str
    counted: int
    places: Mapping[str, int]
    sims: Sims
    pools: tuple[PoolCount, ...]
    expected: int
    differences: tuple[Difference, ...]
    events: int = 0

    @property
    def rest(self) -> int:
        """How many more were counted than stand somewhere."""
        return self.counted - sum(self.places.values())

    @property
    def is_balanced(self) -> bool:
        """Whether all sums are zero and nothing is to be named."""
        return not (self.rest or self.sims.rest or self.differences)


def balanced(day: str, found: Counted) -> Balance:
    """Put what the books say together."""
    places = {
        place: sum(found.phases.get(phase, 0) for phase in phases)
        for place, phases in PLACES.items()
    } | {place: found.elsewhere.get(place, 0) for place in ELSEWHERE}
    return Balance(
        day, found.counted, places, found.sims, found.pools, found.expected, found.differences,
        found.events,
    )  # fmt: skip


def recorded(balance: Balance, sheet: str = "") -> dict[str, Json]:
    """Return what an event says of a reconciliation; `sheet` is the SHA-256 of its paper."""
    named: list[Json] = [
        {"kind": each.kind.value, "what": each.what, "detail": each.detail}
        for each in balance.differences[:NAMED]
    ]
    places: dict[str, Json] = dict(balance.places)
    sims = balance.sims
    said: dict[str, Json] = {
        "day": balance.day,
        "events": balance.events,
        "counted": balance.counted,
        "places": places,
        "rest": balance.rest,
        "expected": balance.expected,
        "sims": {
            "known": sims.known, "married": sims.married, "free": sims.free, "lost": sims.lost,
            "spent": sims.spent, "rest": sims.rest,
        },
        "licences": {
            each.pool: {"bought": each.bought, "held": each.held} for each in balance.pools
        },
        "differences": named,
        "differing": len(balance.differences),
        "balanced": balance.is_balanced,
    }  # fmt: skip
    return said | ({"sheet": sheet} if sheet else {})
