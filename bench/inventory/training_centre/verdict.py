"""What a scene of three benches came to, and whether that is as it has to be. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BenchEnd:
    """How one bench ended.

    `recorded` are the leaf hashes (hex) of the record that was sent, in its order, `stored` those
    that the centre has, in the order of their numbers; `alarms` the kinds of its alarms there.
    """

    bench: str
    recorded: tuple[str, ...]
    stored: tuple[str, ...]
    frozen: bool = False
    alarms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """A handset, by its IMEI, that several benches say they have; `quarantined` at the centre."""

    imei: str
    benches: tuple[str, ...]
    quarantined: bool


@dataclass(frozen=True, slots=True)
class Ends:
    """All that is looked at: how often a cable was cut, the benches, the conflicts between them."""

    cuts: int
    benches: tuple[BenchEnd, ...]
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """What has to be: the bench that was restored, the handset on two benches (its IMEI)."""

    restored: str
    duplicate: str
    cuts: int = 1


def faults(ends: Ends, due: Due) -> Sequence[str]:
    """Return what is not as it has to be, in words; nothing where all of it is."""
    return [*_of_events(ends, due), *_of_frozen(ends, due), *_of_conflicts(ends, due)]


def _of_events(ends: Ends, due: Due) -> Iterator[str]:
    if ends.cuts != due.cuts:
        yield f"the cable was cut {ends.cuts} times, not {due.cuts}"
    for each in ends.benches:
        if not each.recorded:
            yield f"{each.bench} recorded nothing"
        elif len(set(each.stored)) != len(each.stored):
            yield f"of {each.bench} the centre has an event twice"
        elif each.stored != each.recorded:
            many = f"{len(each.stored)} of {len(each.recorded)} events"
            yield f"of {each.bench} the centre has {many}, or others"


def _of_frozen(ends: Ends, due: Due) -> Iterator[str]:
    for each in ends.benches:
        is_due = each.bench == due.restored
        if each.frozen != is_due:
            yield f"{each.bench} is {'frozen' if each.frozen else 'not frozen'}"
        if each.alarms != (("fork",) if is_due else ()):
            yield f"of {each.bench} there are alarms: {', '.join(each.alarms) or 'none'}"


def _of_conflicts(ends: Ends, due: Due) -> Iterator[str]:
    for each in ends.conflicts:
        if each.imei != due.duplicate:
            yield f"{' and '.join(each.benches)} contradict each other about …{each.imei[-4:]}"
    found = [each for each in ends.conflicts if each.imei == due.duplicate]
    if due.duplicate and not (found and found[0].quarantined):
        yield f"the handset on two benches, …{due.duplicate[-4:]}, is not quarantined"
