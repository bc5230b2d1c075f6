"""Who the store says it is, and whether a record may be sent to it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bench.custody.entries import LedgerHeader
from bench.events.orders import Json
from bench.identity.plain import plain
from bench.inventory.centre import FORM, Answers
from bench.problems import Problem, ProblemCode

PROTOCOL = 1
"""The newest protocol that this program speaks; a store that names none speaks the first."""
TOLERATED = timedelta(minutes=1)
"""How far the clocks of centre and bench may be apart before it is said."""


@dataclass(frozen=True, slots=True)
class Hello:
    """Who the store says it is, as whom it knows this bench, and what its clock says (UTC)."""

    name: str
    simulated: bool
    form: int
    bench: str
    epoch: int
    now: datetime
    protocol: int = 1


@dataclass(frozen=True, slots=True)
class Carried:
    """A drop took what was handed over; the centre confirmed up to event `confirmed`, and when."""

    confirmed: int
    at: datetime | None


def read_hello(answers: Answers) -> Hello | None:
    """Return who the store says it is; None where it does not say, or not in the words agreed."""
    said = answers.get("hello")
    if not isinstance(said, Mapping):
        return None
    try:
        return Hello(
            name=plain(_text(said["name"])),
            simulated=_flag(said["simulated"]),
            form=_number(said["form"]),
            bench=plain(_text(said["bench"])),
            epoch=_number(said["epoch"]),
            now=_moment(said["now"]),
            protocol=_number(said.get("protocol", 1)),
        )
    except (LookupError, TypeError, ValueError, OverflowError):
        return None


def read_carried(answers: Answers) -> Carried | None:
    """Return how far the centre confirmed what a drop took; None where the store itself answers."""
    said = answers.get("carried")
    if not isinstance(said, Mapping):
        return None
    try:
        at = None if said["at"] is None else _moment(said["at"])
        return Carried(_number(said["confirmed"]), at)
    except (LookupError, TypeError, ValueError, OverflowError):
        return Carried(0, None)


def stranger(hello: Hello, header: LedgerHeader, newest: int) -> Problem | None:
    """Return why nothing of this record goes to that store, None where it may.

    `newest` is the newest protocol that is spoken here. A newer form of the store is no matter:
    what it has more is not for benches, or the protocol would be another.
    """
    if hello.protocol > newest:
        detail = f"protocol {hello.protocol}; this program speaks {newest}"
        return Problem(ProblemCode.CENTRE_NEWER, hello.name, detail)
    if hello.form < FORM:
        detail = f"form {hello.form}; this program needs {FORM}"
        return Problem(ProblemCode.CENTRE_OLDER, hello.name, detail)
    if hello.simulated != header.simulated:
        return _of_another_kind(hello, header)
    if hello.bench != header.bench:
        detail = f"it takes this bench for {hello.bench}, the record is of {header.bench}"
        return Problem(ProblemCode.CENTRE_REFUSED, hello.name, detail)
    return None


def other_epoch(hello: Hello, header: LedgerHeader, *, set_aside: bool = False) -> Problem | None:
    """Return what is to be done where the store is at another epoch of this bench.

    Of a record that was `set_aside` it usually is.
    """
    detail = f"it is at epoch {hello.epoch}, the record at epoch {header.epoch}"
    if hello.epoch > header.epoch and not set_aside:
        return Problem(ProblemCode.CENTRE_FROZEN, hello.name, detail)
    if hello.epoch < header.epoch:
        return Problem(ProblemCode.EPOCH_NOT_OPEN, hello.name, detail)
    return None


def clocks_apart(hello: Hello, now: datetime) -> str:
    """Say how far the clocks of this bench and the centre are apart, "" where that is usual."""
    ahead = now - hello.now
    if abs(ahead) <= TOLERATED:
        return ""
    words = "ahead of" if ahead > timedelta() else "behind"
    return f"this bench is {round(abs(ahead).total_seconds())} s {words} the centre"


def _of_another_kind(hello: Hello, header: LedgerHeader) -> Problem:
    if header.simulated:
        return Problem(ProblemCode.SIMULATED_NEVER_SYNCS, header.bench, f"{hello.name} is real")
    return Problem(ProblemCode.NOT_REAL, hello.name, "this central store is for training")


def _text(said: Json) -> str:
    if type(said) is not str or not said:
        raise TypeError("no text")
    return said


def _flag(said: Json) -> bool:
    if type(said) is not bool:
        raise TypeError("neither true nor false")
    return said


def _number(said: Json) -> int:
    if type(said) is not int:
        raise TypeError("no number")
    return said


def _moment(said: Json) -> datetime:
    found = datetime.fromisoformat(_text(said))
    if found.tzinfo is None:
        raise ValueError("no time zone")
    return found.astimezone(UTC)
