"""Handsets known elsewhere: at every bench and on every list that the centre has.

One text for all benches, so that the centre keeps it once; a bench leaves out its own. A handset is
a row of a few dozen bytes: `[imei, serial, place, phase, since, standing]`, where place and phase
are numbers of two lists that stand beside.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.custody.phases import Phase
from bench.events.orders import Json
from bench.identity.identifiers import IdentifierError, bench_name
from bench.inventory.releases.form import FormError, integer, listed, members, spelled, text

VERSION = 1
MOST, MOST_PLACES, MOST_PHASES, LONGEST = 600_000, 20_000, 64, 60
IN_HAND, IN_CONFLICT = 1, 2
_IMEI = re.compile(r"[0-9]{15}", re.ASCII)
_SERIAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}|", re.ASCII)
_PHASE = re.compile(r"[a-z][a-z-]{0,30}|", re.ASCII)
_ROW = 6
"""Values of a row."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A bench by its name, or in a few words what a list says of where handsets are."""

    is_bench: bool
    name: str


@dataclass(frozen=True, slots=True)
class KnownThere:
    """A handset by IMEI and serial number ("" where nobody could tell), and where it is known.

    `phase` is as in the record, `since` in seconds since 1970 UTC; "" and 0 where a list says it.
    """

    imei: str
    serial: str
    place: Place
    phase: str = ""
    since: int = 0
    in_hand: bool = False
    in_conflict: bool = False


def read(said: Json) -> tuple[KnownThere, ...]:
    """Read the part; raises `FormError`."""
    its = members(said, "elsewhere", "handsets", "phases", "places", "v")
    places = tuple(map(_place, listed(its["places"], "places", MOST_PLACES)))
    phases = [
        text(each, "a phase", _PHASE) for each in listed(its["phases"], "phases", MOST_PHASES)
    ]
    return tuple(_known(row, places, phases) for row in listed(its["handsets"], "handsets", MOST))


def written(known: Iterable[KnownThere]) -> str:
    """Spell the part."""
    rows = sorted(known, key=lambda each: (each.imei, each.place, each.serial, each.since))
    places = sorted({each.place for each in rows})
    phases = sorted({each.phase for each in rows})
    place_of = {each: number for number, each in enumerate(places)}
    phase_of = {each: number for number, each in enumerate(phases)}
    handsets: list[Json] = [
        [
            each.imei, each.serial, place_of[each.place], phase_of[each.phase], each.since,
            each.in_hand * IN_HAND | each.in_conflict * IN_CONFLICT,
        ]
        for each in rows
    ]  # fmt: skip
    said: list[Json] = [{"bench" if each.is_bench else "list": each.name} for each in places]
    return spelled({
        "v": VERSION, "places": said, "phases": list[Json](phases), "handsets": handsets,
    })  # fmt: skip


def is_phase(text: str) -> bool:
    """Whether this program knows a phase of that name."""
    return text in tuple(Phase)


def _place(value: Json) -> Place:
    match value:
        case {"bench": str(name), **rest} if not rest:
            return Place(is_bench=True, name=_bench(name))
        case {"list": str(name), **rest} if not rest:
            return Place(is_bench=False, name=text(name, "a list", LONGEST))
    raise FormError("a place: it is neither a bench nor a list.")


def _bench(name: str) -> str:
    try:
        return bench_name(name)
    except IdentifierError:
        raise FormError("a place: a bench cannot be called that.") from None


def _known(value: Json, places: Sequence[Place], phases: Sequence[str]) -> KnownThere:
    match value:
        case [str(imei), str(serial), int(place), int(phase), since, standing]:
            if not _IMEI.fullmatch(imei) or not _SERIAL.fullmatch(serial):
                raise FormError("a handset: its IMEI or serial number is none.")
        case _:
            raise FormError(f"a handset: it is no row of {_ROW}.")
    said = integer(standing, "a handset's standing", 0, IN_HAND | IN_CONFLICT)
    return KnownThere(
        imei,
        serial,
        places[integer(place, "a handset's place", 0, len(places) - 1)],
        phases[integer(phase, "a handset's phase", 0, len(phases) - 1)],
        integer(since, "a handset's time", 0, 1 << 40),
        bool(said & IN_HAND),
        bool(said & IN_CONFLICT),
    )
