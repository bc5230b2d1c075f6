"""Believes of a line from the exchange only what it may say. Pure.

The lines have a grammar of their own (`bench.inventory.sync.lines`); this looks at what they mean:
a count below none, a time that no clock shows and a text of ten pages are no news.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from bench.events.central import CentreView, Sighting
from bench.identity.plain import plain
from bench.inventory.sync.lines import (
    Answered,
    Cleared,
    Freeze,
    LineError,
    ReleaseTaken,
    Said,
    Stands,
    Troubled,
    Unanswered,
    read_said,
)
from bench.problems import Problem

DETAIL = 400
"""Characters kept of a reason."""
_NAME = 80
_MOST = 1 << 62
_EARLIEST, _LATEST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def heard(line: bytes) -> Said | None:
    """Return what a line says, its texts made plain and short; None where it is not believed."""
    try:
        said = read_said(line.decode("utf-8"))
    except (LineError, UnicodeDecodeError):
        return None
    return _believed(said)


def _believed(said: Said) -> Said | None:
    meant: Said
    match said:
        case Stands(view):
            is_likely, meant = _is_likely(view), Stands(_short(view))
        case Answered(number, sightings):
            is_likely = _is_number(number) and _are_likely(each.at for each in sightings)
            meant = Answered(number, tuple(map(_plain, sightings)))
        case Unanswered(number, problem):
            is_likely, meant = _is_number(number), Unanswered(number, short(problem))
        case Troubled(problem):
            is_likely, meant = True, Troubled(short(problem))
        case Freeze(epoch, reason):
            is_likely, meant = _is_number(epoch), Freeze(epoch, plain(reason, DETAIL))
        case ReleaseTaken(number):
            is_likely, meant = _is_number(number), said
        case Cleared():
            is_likely, meant = True, said
    return meant if is_likely else None


def short(problem: Problem) -> Problem:
    """Return a problem with no more text than anybody reads."""
    return Problem(problem.code, plain(problem.where, _NAME), plain(problem.detail, DETAIL))


def _short(view: CentreView) -> CentreView:
    return replace(view, detail=plain(view.detail, DETAIL), store=plain(view.store, _NAME))


def _plain(sighting: Sighting) -> Sighting:
    return replace(sighting, bench=plain(sighting.bench, _NAME), phase=plain(sighting.phase, _NAME))


def _is_likely(view: CentreView) -> bool:
    told = (at for at in (view.since, view.seen, view.release) if at is not None)
    numbers = (number for number in (view.waiting, view.receipt) if number is not None)
    return all(map(_is_number, numbers)) and _are_likely(told)


def _are_likely(moments: Iterable[datetime]) -> bool:
    return all(_EARLIEST <= at <= _LATEST for at in moments)


def _is_number(number: int) -> bool:
    return type(number) is int and 0 <= number < _MOST
