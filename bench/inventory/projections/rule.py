"""The conflict rule: when what benches say of a handset cannot all be so. Pure.

A handset is in hand at a bench while its phase there is one of `IN_HAND`. One IMEI in hand at two
benches, or with two serial numbers, or one asset tag on two handsets, is a conflict. Both facts
stay, and it is open until a resolution says which is right: the last one received that is in force,
came after what showed the side, and names one of the sides. One that is over because the handset
left a bench after another had it in hand stays, as ended. The store has the same rule in SQL
(0002-projections.sql).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import combinations

from bench.custody.phases import IN_HAND


class ConflictKind(StrEnum):
    """What cannot all be so; the values are the store's own words."""

    IMEI = "imei"
    """One IMEI in hand at two benches."""
    SERIAL = "serial"
    """One IMEI with two serial numbers."""
    ASSET_TAG = "asset_tag"
    """One asset tag on two handsets."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The event of a bench by which it says something, and when the centre received it (UTC)."""

    epoch: int
    seq: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """The event by which a handset came in hand at a bench or left it; `at` by its clock."""

    by: Shown
    at: datetime


@dataclass(frozen=True, slots=True)
class Holding:
    """A handset as one bench knows it; what it does not know is "".

    `imei` is the first of `imeis`. `set_aside`: it was in hand until a resolution said that another
    bench has it. `in_hand`, `named` and `tagged` are the last events that showed it there, said who
    it is, said its tag; `came` and `left` those by which it last came in hand there and last was so
    no longer.
    """

    bench: str
    uid: str
    key: str
    phase: str
    imeis: tuple[str, ...] = ()
    serial: str = ""
    asset_tag: str = ""
    imei: str = ""
    set_aside: bool = False
    in_hand: Shown | None = None
    named: Shown | None = None
    tagged: Shown | None = None
    came: Turn | None = None
    left: Turn | None = None


@dataclass(frozen=True, slots=True)
class Resolution:
    """What two persons decided about a conflict; `serial` and `asset_tag` only where they say it.

    Of an asset tag `imei` is the handset that has it. It is in force once it is signed off, until
    it is undone.
    """

    bench: str
    at: Shown
    imei: str
    keeper: str
    serial: str = ""
    asset_tag: str = ""
    in_force: bool = True


@dataclass(frozen=True, slots=True)
class Side:
    """What one bench says in a conflict; two sides differ where `it` does.

    `stands` while it says so: of an IMEI, while the handset is in hand there.
    """

    holding: Holding
    it: str
    by: Shown
    stands: bool = True


class State(StrEnum):
    """How it stands with a conflict; the values are the store's own words."""

    OPEN = "open"
    RESOLVED = "resolved"
    ENDED = "ended"
    """Nobody resolved it, but the handset left all benches but one."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A conflict; `kept` is what a resolution in force says of each side, None where none does."""

    kind: ConflictKind
    value: str
    state: State
    kept: Mapping[tuple[str, str], bool | None]

    @property
    def is_open(self) -> bool:
        """Whether somebody has to look."""
        return self.state is State.OPEN


_IN_HAND = frozenset(phase.value for phase in IN_HAND)


def is_in_hand(phase: str) -> bool:
    """Whether a handset of that phase is in hand at the bench that says so."""
    return phase in _IN_HAND


def find(holdings: Iterable[Holding], resolutions: Iterable[Resolution]) -> list[Finding]:
    """Return all conflicts between what benches say, whatever their state, by kind and value."""
    decided = [each for each in resolutions if each.in_force]
    said: dict[tuple[ConflictKind, str], list[Side]] = {}
    for each in holdings:
        for kind, value, side in _claims(each):
            said.setdefault((kind, value), []).append(side)
    found = (
        _finding(kind, value, sides, decided)
        for (kind, value), sides in sorted(said.items())
        if len({side.it for side in sides}) > 1
    )
    return [each for each in found if each.kept]


def _claims(its: Holding) -> Iterator[tuple[ConflictKind, str, Side]]:
    stands = is_in_hand(its.phase) or its.set_aside
    for imei in dict.fromkeys(its.imeis):
        if its.in_hand and (stands or (its.came and its.left)):
            yield ConflictKind.IMEI, imei, Side(its, its.bench, its.in_hand, stands)
        if its.named and its.serial:
            yield ConflictKind.SERIAL, imei, Side(its, its.serial.upper(), its.named)
    if its.tagged and its.asset_tag:
        yield ConflictKind.ASSET_TAG, its.asset_tag, Side(its, its.key, its.tagged)


def _finding(
    kind: ConflictKind, value: str, sides: list[Side], decided: list[Resolution]
) -> Finding:
    pairs = _pairs(sides) if kind is ConflictKind.IMEI else []
    parties = {it for pair in pairs for it in pair} or (
        set() if kind is ConflictKind.IMEI else {side.it for side in sides}
    )
    about = [
        each
        for each in decided
        if _is_about(each, kind, value) and _names_one(each, kind, sides, parties)
    ]
    judged = [(side, _kept(kind, side, about)) for side in sides]
    alive = {side.it for side, kept in judged if kept is not False}
    standing = {side.it for side, kept in judged if kept is not False and side.stands}
    kept = {
        (side.holding.bench, side.holding.uid): kept
        for side, kept in judged
        if kept is not None or side.it in parties
    }
    over = State.ENDED if any(pair <= alive for pair in pairs) else State.RESOLVED
    return Finding(kind, value, State.OPEN if len(standing) > 1 else over, kept)


@dataclass(frozen=True, slots=True)
class _Spell:
    """When a bench had an IMEI in hand, over all handsets of it there."""

    stands: bool
    came: tuple[Turn, ...]
    left: tuple[Turn, ...]

    @classmethod
    def of(cls, sides: Iterable[Side]) -> _Spell:
        its = [side.holding for side in sides]
        stands = any(is_in_hand(each.phase) or each.set_aside for each in its)
        came = tuple(each.came for each in its if each.came)
        return cls(stands, came, tuple(each.left for each in its if each.left))

    def reaches(self, other: _Spell) -> bool:
        """Whether it was not over before the other began, by the benches' and the centre's clock.

        One that left a bench before it came to the other has moved, however late that was told.
        """
        if self.stands or not (self.left and other.came):
            return self.stands
        received = max(turn.by.received_at for turn in self.left)
        begun = min(turn.by.received_at for turn in other.came)
        last, first = max(turn.at for turn in self.left), min(turn.at for turn in other.came)
        return received > begun and last > first


def _pairs(sides: list[Side]) -> list[frozenset[str]]:
    """Return the benches that had it in hand at the same time, two and two."""
    benches = {side.it: _Spell.of(each for each in sides if each.it == side.it) for side in sides}
    return [
        frozenset((one, other))
        for one, other in combinations(benches, 2)
        if benches[one].reaches(benches[other]) and benches[other].reaches(benches[one])
    ]


def _names_one(
    resolution: Resolution, kind: ConflictKind, sides: list[Side], parties: set[str]
) -> bool:
    """Whether it names a side; one that names none would leave nobody who keeps the handset."""
    return any(
        _names(resolution, kind, side)
        and (side.it in parties or side.stands or _left_after(resolution, side.holding))
        for side in sides
    )


def _names(resolution: Resolution, kind: ConflictKind, side: Side) -> bool:
    serial = resolution.serial.upper()
    match kind:
        case ConflictKind.IMEI:
            return resolution.keeper == side.holding.bench
        case ConflictKind.SERIAL:
            is_it = serial in ("", side.holding.serial.upper())
            return resolution.keeper == side.holding.bench and is_it
        case ConflictKind.ASSET_TAG if resolution.imei:
            return side.holding.imei == resolution.imei
        case ConflictKind.ASSET_TAG:
            return serial != "" and serial == side.holding.serial.upper()


def _left_after(resolution: Resolution, its: Holding) -> bool:
    if its.left is None:
        return False
    if resolution.bench == its.bench:
        by = its.left.by
        return (by.epoch, by.seq) >= (resolution.at.epoch, resolution.at.seq)
    return its.left.by.received_at >= resolution.at.received_at


def _kept(kind: ConflictKind, side: Side, decided: Iterable[Resolution]) -> bool | None:
    after = [each for each in decided if _came_after(each, side)]
    if not after:
        return None
    last = max(
        after, key=lambda each: (each.at.received_at, each.bench, each.at.epoch, each.at.seq)
    )
    return _names(last, kind, side)


def _is_about(resolution: Resolution, kind: ConflictKind, value: str) -> bool:
    said = resolution.asset_tag if kind is ConflictKind.ASSET_TAG else resolution.imei
    return said == value


def _came_after(resolution: Resolution, side: Side) -> bool:
    """Of one bench its numbers say it; between benches only what the centre had when it came."""
    if resolution.bench == side.holding.bench:
        return (resolution.at.epoch, resolution.at.seq) > (side.by.epoch, side.by.seq)
    return resolution.at.received_at >= side.by.received_at
