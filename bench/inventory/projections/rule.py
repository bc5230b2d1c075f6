"""The conflict rule: when what benches say of a handset cannot all be so. Pure.

A handset is in hand at a bench while its phase there is one of `IN_HAND`. One IMEI in hand at two
benches, or with two serial numbers, or one asset tag on two handsets, is a conflict. Both facts
stay, and it is open until a resolution says which is right: the last one received that is in force
and came after what showed the side. The store has the same rule in SQL (0002-projections.sql).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

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
class Holding:
    """A handset as one bench knows it; what it does not know is "".

    `set_aside`: it was in hand until a resolution said that another bench has it. `in_hand`,
    `named` and `tagged` are the last events that showed it there, said who it is, said its tag.
    """

    bench: str
    uid: str
    key: str
    phase: str
    imeis: tuple[str, ...] = ()
    serial: str = ""
    asset_tag: str = ""
    set_aside: bool = False
    in_hand: Shown | None = None
    named: Shown | None = None
    tagged: Shown | None = None


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
    """What one bench says in a conflict; two sides differ where `it` does."""

    holding: Holding
    it: str
    by: Shown


@dataclass(frozen=True, slots=True)
class Finding:
    """A conflict; `kept` is what a resolution in force says of each side, None where none does."""

    kind: ConflictKind
    value: str
    is_open: bool
    kept: Mapping[tuple[str, str], bool | None]


_IN_HAND = frozenset(phase.value for phase in IN_HAND)


def is_in_hand(phase: str) -> bool:
    """Whether a handset of that phase is in hand at the bench that says so."""
    return phase in _IN_HAND


def find(holdings: Iterable[Holding], resolutions: Iterable[Resolution]) -> list[Finding]:
    """Return all conflicts between what benches say, open or resolved, by kind and value."""
    decided = [each for each in resolutions if each.in_force]
    said: dict[tuple[ConflictKind, str], list[Side]] = {}
    for each in holdings:
        for kind, value, side in _claims(each):
            said.setdefault((kind, value), []).append(side)
    return [
        _finding(kind, value, sides, decided)
        for (kind, value), sides in sorted(said.items())
        if len({side.it for side in sides}) > 1
    ]


def _claims(its: Holding) -> Iterator[tuple[ConflictKind, str, Side]]:
    for imei in dict.fromkeys(its.imeis):
        if its.in_hand and (is_in_hand(its.phase) or its.set_aside):
            yield ConflictKind.IMEI, imei, Side(its, its.bench, its.in_hand)
        if its.named and its.serial:
            yield ConflictKind.SERIAL, imei, Side(its, its.serial.upper(), its.named)
    if its.tagged and its.asset_tag:
        yield ConflictKind.ASSET_TAG, its.asset_tag, Side(its, its.key, its.tagged)


def _finding(
    kind: ConflictKind, value: str, sides: list[Side], decided: list[Resolution]
) -> Finding:
    judged = [(side, _kept(kind, value, side, decided)) for side in sides]
    live = {side.it for side, kept in judged if kept is not False}
    kept = {(side.holding.bench, side.holding.uid): kept for side, kept in judged}
    return Finding(kind, value, len(live) > 1, kept)


def _kept(kind: ConflictKind, value: str, side: Side, decided: Iterable[Resolution]) -> bool | None:
    after = [each for each in decided if _is_about(each, kind, value) and _came_after(each, side)]
    if not after:
        return None
    last = max(
        after, key=lambda each: (each.at.received_at, each.bench, each.at.epoch, each.at.seq)
    )
    if kind is ConflictKind.ASSET_TAG:
        return side.holding.imeis[:1] == (last.imei,)
    same = not last.serial or last.serial.upper() == side.holding.serial.upper()
    return last.keeper == side.holding.bench and same


def _is_about(resolution: Resolution, kind: ConflictKind, value: str) -> bool:
    said = resolution.asset_tag if kind is ConflictKind.ASSET_TAG else resolution.imei
    return said == value


def _came_after(resolution: Resolution, side: Side) -> bool:
    """Of one bench its numbers say it; between benches only what the centre had when it came."""
    if resolution.bench == side.holding.bench:
        return (resolution.at.epoch, resolution.at.seq) > (side.by.epoch, side.by.seq)
    return resolution.at.received_at >= side.by.received_at
