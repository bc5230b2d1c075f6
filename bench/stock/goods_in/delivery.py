"""What is counted at one time: an order, a despatch, a pallet, a carton, or the earlier fleet."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from bench.identity.identifiers import Imei, SerialNumber


class Level(StrEnum):
    """How large a part of what is to come; the value is what a person calls it."""

    ORDER = "order"
    DESPATCH = "despatch"
    PALLET = "pallet"
    CARTON = "carton"
    FLEET = "fleet"


@dataclass(frozen=True, slots=True)
class Scope:
    """A part of what is to come, by the texts that name it; those above its level are its own."""

    level: Level
    number: str = ""
    despatch: str = ""
    pallet: str = ""
    carton: str = ""

    @property
    def name(self) -> str:
        """Its own name, "" for the fleet."""
        names = {
            Level.ORDER: self.number,
            Level.DESPATCH: self.despatch,
            Level.PALLET: self.pallet,
            Level.CARTON: self.carton,
        }
        return names.get(self.level, "")

    @property
    def spoken(self) -> str:
        """What a person calls it: `carton C-17`."""
        return f"{self.level} {self.name}" if self.name else "the earlier fleet"

    @property
    def enclosing(self) -> Scope | None:
        """The part that it is a part of, None for none that has a name."""
        if self.level is Level.CARTON and self.pallet:
            return replace(self, level=Level.PALLET, carton="")
        if self.level in (Level.CARTON, Level.PALLET) and self.despatch:
            return Scope(Level.DESPATCH, despatch=self.despatch)
        return None

    def holds(self, listed: Listed) -> bool:
        """Whether a handset was announced in it."""
        match self.level:
            case Level.ORDER:
                return listed.number == self.number
            case Level.DESPATCH:
                return listed.despatch == self.despatch
            case Level.PALLET:
                return (listed.despatch, listed.pallet) == (self.despatch, self.pallet)
            case Level.CARTON:
                return (listed.despatch, listed.carton) == (self.despatch, self.carton)
            case Level.FLEET:
                return listed.source == "fleet"


@dataclass(frozen=True, slots=True)
class Listed:
    """A handset that a file announced; unknown texts are ""."""

    imei: str
    imei2: str
    serial: str
    model: str
    number: str
    despatch: str
    pallet: str
    carton: str
    source: str
    asset_tag: str

    @property
    def scope(self) -> Scope:
        """The part that it is counted with when nothing was scanned but its box."""
        if self.despatch:
            return Scope(Level.DESPATCH, despatch=self.despatch)
        if self.carton:
            return Scope(Level.CARTON, carton=self.carton)
        if self.source == "fleet":
            return Scope(Level.FLEET)
        return Scope(Level.ORDER, number=self.number)


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line of an order for handsets, and how many of its model were counted in under it.

    `tacs` are type allocation codes of eight digits; none for any.
    """

    number: str
    line: int
    model: str
    tacs: tuple[str, ...]
    quantity: int
    received: int


@dataclass(frozen=True, slots=True)
class CountedBox:
    """A handset that was counted in; `at` in milliseconds since 1970, UTC."""

    uid: str
    imei: str
    number: str
    carton: str
    at: int


@dataclass(frozen=True, slots=True)
class Box:
    """What is on a box: one or two IMEIs, and the serial number if it says one ("" otherwise)."""

    imeis: tuple[Imei, ...]
    serial: SerialNumber = field(default_factory=lambda: SerialNumber(""))

    @property
    def spoken(self) -> str:
        """What a person compares at a glance: `…1234`."""
        return f"…{self.imeis[0].tail}"


@dataclass(frozen=True, slots=True)
class Tally:
    """How far a scope is: of `total` that are announced `done` are counted.

    `settled` are neither counted nor missing: something was decided about them. `extra` were
    counted though they were not announced.
    """

    total: int = 0
    done: int = 0
    settled: int = 0
    extra: int = 0

    @property
    def missing(self) -> int:
        """How many are announced, not counted, and nothing was decided about."""
        return max(self.total - self.done - self.settled, 0)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A scope that is being counted, and how far it is.

    `is_listed` says whether its handsets were announced one by one; else only their number is
    known. `tallies` are its own and those of all around it, the innermost first.
    """

    scope: Scope
    is_listed: bool
    tallies: tuple[tuple[Scope, Tally], ...]

    @property
    def tally(self) -> Tally:
        """How far it is."""
        return self.tallies[0][1]

    def after(self, listed: Listed | None, *, was_settled: bool = False) -> Delivery:
        """Return it with one more counted; `was_settled` where it was given up or awaited."""
        before = int(was_settled)
        tallies = (self._one_more(*each, listed, before) for each in self.tallies)
        return replace(self, tallies=tuple(tallies))

    def without(self, listed: Listed | None) -> Delivery:
        """Return it with one decided about that is not counted in."""
        if listed is None:
            return self
        kept = tuple(
            (scope, replace(tally, settled=tally.settled + scope.holds(listed)))
            for scope, tally in self.tallies
        )
        return replace(self, tallies=kept)

    def short_of(self, count: int) -> Delivery:
        """Return it with so many decided about that nobody named."""
        scope, tally = self.tallies[0]
        more = replace(tally, settled=tally.settled + count)
        return replace(self, tallies=((scope, more), *self.tallies[1:]))

    def _one_more(
        self, scope: Scope, tally: Tally, listed: Listed | None, before: int
    ) -> tuple[Scope, Tally]:
        announced = listed is not None and scope.holds(listed)
        if announced or not self.is_listed:
            settled = tally.settled - before
            return scope, replace(tally, done=tally.done + 1, settled=settled)
        return scope, replace(tally, extra=tally.extra + 1)
