"""What the exchange says to the bench that started it and hears from it: JSON, a line each.

The exchange is a process of its own (`sync --follow`): it says where this bench stands on standard
output and hears what is wanted on standard input. Both sides parse with this module; a line that
is none is a `LineError`, and neither side believes it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias, TypeVar

from bench.events.central import CentreState, CentreView, Sighting
from bench.identity.identifiers import Imei
from bench.problems import Problem, ProblemCode

_Read = TypeVar("_Read")
MOST_LINE = 1_000_000
"""Bytes of a line, its end included: what a reader has to have room for."""
MOST_ASKED = 100
"""IMEIs in one question; the store answers no more."""


class LineError(ValueError):
    """A line that neither side says."""


_WRONG = (ValueError, TypeError, LookupError, AttributeError, RecursionError, OverflowError)


# ── what the bench says to the exchange ─────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Wake:
    """Something was committed to the record."""


@dataclass(frozen=True, slots=True)
class LookNow:
    """Try now, and do not wait until it would be tried again by itself."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Where do other benches have these? `number` comes back with the answer."""

    number: int
    imeis: tuple[Imei, ...]


Wanted: TypeAlias = "Wake | LookNow | Ask"


# ── what the exchange says to the bench ─────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Stands:
    """How this bench stands with the centre."""

    view: CentreView


@dataclass(frozen=True, slots=True)
class Answered:
    """Where other benches have what was asked for in question `number`; maybe nowhere."""

    number: int
    sightings: tuple[Sighting, ...]


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The centre did not say: why question `number` has no answer."""

    number: int
    problem: Problem


@dataclass(frozen=True, slots=True)
class Troubled:
    """A problem stands in the way, until it is `Cleared`."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class Cleared:
    """That problem is over."""

    code: ProblemCode


@dataclass(frozen=True, slots=True)
class Freeze:
    """The centre knows another history of this epoch: whoever writes the record freezes it."""

    epoch: int
    reason: str


@dataclass(frozen=True, slots=True)
class ReleaseTaken:
    """Release `number` was taken down whole, and can be used."""

    number: int


Said: TypeAlias = "Stands | Answered | Unanswered | Troubled | Cleared | Freeze | ReleaseTaken"


# ── as lines, their end included ────────────────────────────────────────────────────────────────
def wanted_line(wanted: Wanted) -> str:
    """Spell what is wanted of the exchange."""
    match wanted:
        case Wake():
            return _line({"wake": True})
        case LookNow():
            return _line({"now": True})
        case Ask(number, imeis):
            return _line({"ask": [imei.digits for imei in imeis], "id": number})


def said_line(said: Said) -> str:
    """Spell what the exchange says."""
    return _line(_spelled(said))


def read_wanted(line: str) -> Wanted:
    """Read a line of the bench's; `LineError` for any other."""
    return _read(line, _wanted)


def read_said(line: str) -> Said:
    """Read a line of the exchange's; `LineError` for any other."""
    return _read(line, _said)


# ── reading ─────────────────────────────────────────────────────────────────────────────────────
def _read(line: str, of: Callable[[Mapping[str, Any]], _Read]) -> _Read:
    if len(line) > MOST_LINE:
        raise LineError("The line is too long.")
    try:
        found = json.loads(line)
        if isinstance(found, dict):
            return of(found)
    except _WRONG as error:
        raise LineError(f"It says nothing that is known: {type(error).__name__}.") from error
    raise LineError("It is no object.")


def _wanted(found: Mapping[str, Any]) -> Wanted:
    match found:
        case {"ask": list(imeis), "id": number} if len(imeis) <= MOST_ASKED:
            return Ask(_number(number), tuple(map(Imei.parse, imeis)))
        case {"wake": True}:
            return Wake()
        case {"now": True}:
            return LookNow()
    raise LineError("Nothing that is known is wanted.")


def _said(found: Mapping[str, Any]) -> Said:
    said: Said
    match found:
        case {"centre": view}:
            said = Stands(_view(view))
        case {"answer": number, "sightings": list(sightings)}:
            said = Answered(_number(number), tuple(map(_sighting, sightings)))
        case {"answer": number, "trouble": problem}:
            said = Unanswered(_number(number), _problem(problem))
        case {"problem": problem}:
            said = Troubled(_problem(problem))
        case {"cleared": code}:
            said = Cleared(ProblemCode(code))
        case {"freeze": {"epoch": epoch, "reason": str(reason)}}:
            said = Freeze(_number(epoch), reason)
        case {"release": number}:
            said = ReleaseTaken(_number(number))
        case _:
            raise LineError("Nothing that is known is said.")
    return said


def _view(found: Mapping[str, Any]) -> CentreView:
    waiting, receipt = (_number_or_none(found[name]) for name in ("waiting", "receipt"))
    detail, store = found["detail"], found["store"]
    if type(detail) is not str or type(store) is not str:
        raise LineError("A text is none.")
    since, seen, release = (_moment_or_none(found[name]) for name in ("since", "seen", "release"))
    state = CentreState(found["state"])
    return CentreView(state, waiting, since, seen, release, detail, store, receipt)


def _sighting(found: Mapping[str, Any]) -> Sighting:
    bench, phase = found["bench"], found["phase"]
    if type(bench) is not str or type(phase) is not str:
        raise LineError("A bench or a phase is no text.")
    return Sighting(Imei.parse(found["imei"]), bench, phase, _moment(found["at"]))


def _problem(found: Mapping[str, Any]) -> Problem:
    where, detail = found["where"], found["detail"]
    if type(where) is not str or type(detail) is not str:
        raise LineError("A place or a detail is no text.")
    return Problem(ProblemCode(found["code"]), where, detail)


def _number_or_none(said: object) -> int | None:
    return None if said is None else _number(said)


def _number(said: object) -> int:
    if type(said) is not int:  # JSON's true is an int for Python
        raise LineError("A number is none.")
    return said


def _moment_or_none(text: str | None) -> datetime | None:
    return None if text is None else _moment(text)


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise LineError("A time does not say of where.")
    return found.astimezone(UTC)


# ── spelling ────────────────────────────────────────────────────────────────────────────────────
def _line(said: Mapping[str, object]) -> str:
    return json.dumps(said, separators=(",", ":")) + "\n"


def _spelled(said: Said) -> dict[str, object]:
    match said:
        case Stands(view):
            spelled: dict[str, object] = {"centre": _spelled_view(view)}
        case Answered(number, sightings):
            spelled = {"answer": number, "sightings": list(map(_spelled_sighting, sightings))}
        case Unanswered(number, problem):
            spelled = {"answer": number, "trouble": _spelled_problem(problem)}
        case Troubled(problem):
            spelled = {"problem": _spelled_problem(problem)}
        case Cleared(code):
            spelled = {"cleared": code.value}
        case Freeze(epoch, reason):
            spelled = {"freeze": {"epoch": epoch, "reason": reason}}
        case ReleaseTaken(number):
            spelled = {"release": number}
    return spelled


def _spelled_view(view: CentreView) -> dict[str, object]:
    return {
        "state": view.state.value,
        "waiting": view.waiting,
        "since": _utc(view.since),
        "seen": _utc(view.seen),
        "release": _utc(view.release),
        "detail": view.detail,
        "store": view.store,
        "receipt": view.receipt,
    }


def _spelled_sighting(sighting: Sighting) -> dict[str, str | None]:
    return {
        "imei": sighting.imei.digits,
        "bench": sighting.bench,
        "phase": sighting.phase,
        "at": _utc(sighting.at),
    }


def _spelled_problem(problem: Problem) -> dict[str, str]:
    return {"code": problem.code.value, "where": problem.where, "detail": problem.detail}


def _utc(at: datetime | None) -> str | None:
    if at is None:
        return None
    text = at.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z"
