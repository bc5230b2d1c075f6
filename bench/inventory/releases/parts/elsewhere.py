"""Handsets known elsewhere: at every bench and on every list that the centre has.

One text for all benches of an organisation, so that the centre keeps it once; a bench leaves out
its own. A handset is a row of a few dozen bytes: `[imei, serial, place, phase, since, standing]`,
where place and phase are numbers of two lists that stand beside. It may be long: its rows are
proven one by one in the text itself, and none is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from bench.custody.phases import Phase
from bench.events.orders import Json
from bench.identity.identifiers import IdentifierError, bench_name
from bench.inventory.releases.form import (
    FormError,
    listed,
    members,
    parsed,
    spelled,
    text,
)

VERSION = 1
MOST, MOST_PLACES, MOST_PHASES, LONGEST = 200_000, 20_000, 64, 60
IN_HAND, IN_CONFLICT = 1, 2
UNNAMED = "another organisation"
"""Where a handset is that is not of the bench's organisation: nothing more is told of it."""
_PHASE = re.compile(r"[a-z][a-z-]{0,30}|", re.ASCII)
_BEGINNING = '{"handsets":['
_ROW = re.compile(
    r'\["([0-9]{15})","([A-Za-z0-9][A-Za-z0-9._:-]{0,63}|)"'
    r",(0|[1-9][0-9]{0,4}),(0|[1-9][0-9]?),(0|[1-9][0-9]{0,11}),([0-3])\]",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A bench by its name, or in a few words what a list says of where handsets are.

    Its name is `UNNAMED` where it is of another organisation.
    """

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


@dataclass(frozen=True, slots=True)
class SentElsewhere:
    """The part, proven to the last row; each turn through it makes the rows into values anew."""

    spelled: str = field(repr=False)
    places: tuple[Place, ...] = field(repr=False)
    phases: tuple[str, ...]

    def __iter__(self) -> Iterator[KnownThere]:
        return (self._known(row) for row in _rows(self.spelled))

    def _known(self, row: re.Match[str]) -> KnownThere:
        imei, serial, place, phase, since, said = row.groups()
        return KnownThere(
            imei, serial, self.places[int(place)], self.phases[int(phase)], int(since),
            bool(int(said) & IN_HAND), bool(int(said) & IN_CONFLICT),
        )  # fmt: skip


def read(its: str) -> SentElsewhere:
    """Read the part's text; raises `FormError`."""
    if not its.startswith(_BEGINNING):
        raise FormError("It is not spelled in the one way that is read.")
    count, end, place, phase = 0, len(_BEGINNING), -1, -1
    for count, row in enumerate(_rows(its), 1):
        if count > MOST:
            raise FormError(f"handsets: there are over {MOST}.")
        end, place, phase = row.end(), max(place, int(row[3])), max(phase, int(row[4]))
    if not its.startswith('],"', end):
        raise FormError(f"handset {count + 1}: it is no row of six, or the text is cut.")
    places, phases = _beside(f"{{{its[end + 2 :]}")
    if place >= len(places) or phase >= len(phases):
        raise FormError("a handset: its place or phase is none of those that are listed.")
    return SentElsewhere(its, places, phases)


def written(known: Iterable[KnownThere]) -> str:
    """Spell the part; `read` proves that IMEIs and serial numbers are what belongs there."""
    rows = sorted(known, key=lambda each: (each.imei, each.place, each.serial, each.since))
    places = sorted({each.place for each in rows})
    phases = sorted({each.phase for each in rows})
    place_of = {each: number for number, each in enumerate(places)}
    phase_of = {each: number for number, each in enumerate(phases)}
    handsets = ",".join(
        f'["{each.imei}","{each.serial}",{place_of[each.place]},{phase_of[each.phase]}'
        f",{each.since},{each.in_hand * IN_HAND | each.in_conflict * IN_CONFLICT}]"
        for each in rows
    )
    said: list[Json] = [_spelled_place(each) for each in places]
    beside = spelled({"v": VERSION, "places": said, "phases": list[Json](phases)})
    return f"{_BEGINNING}{handsets}],{beside[1:]}"


def is_phase(text: str) -> bool:
    """Whether this program knows a phase of that name."""
    return text in tuple(Phase)


def _rows(its: str) -> Iterator[re.Match[str]]:
    at = len(_BEGINNING)
    while row := _ROW.match(its, at):
        yield row
        if not its.startswith(",", row.end()):
            return
        at = row.end() + 1


def _beside(its: str) -> tuple[tuple[Place, ...], tuple[str, ...]]:
    said = members(dict(parsed(its)), "elsewhere", "phases", "places", "v")
    if type(said["v"]) is not int or said["v"] != VERSION:
        raise FormError("It is of another version than its line says.")
    phases: Sequence[Json] = listed(said["phases"], "phases", MOST_PHASES)
    return (
        tuple(map(_place, listed(said["places"], "places", MOST_PLACES))),
        tuple(text(each, "a phase", _PHASE) for each in phases),
    )


def _spelled_place(each: Place) -> dict[str, Json]:
    return {"bench" if each.is_bench else "list": None if each.name == UNNAMED else each.name}


def _place(value: Json) -> Place:
    match value:
        case {"bench": None, **rest} if not rest:
            return Place(is_bench=True, name=UNNAMED)
        case {"list": None, **rest} if not rest:
            return Place(is_bench=False, name=UNNAMED)
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
