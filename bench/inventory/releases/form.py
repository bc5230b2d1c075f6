"""Reading what a release brings: strict, bounded, and each thing in one spelling only.

A text is read once, here; inside the bench nobody checks again. What departs from the form raises
`FormError`, whose text names the place and never quotes a name or a badge.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from bench.custody import chain
from bench.custody.body import utc
from bench.events.orders import Json
from bench.identity.plain import plain
from bench.problems import Problem, ProblemCode, ProblemError

MOST_PART = 32 << 20
"""Bytes of a part at most: 200,000 handsets known elsewhere at their longest."""
MOST_PARTS = 32
"""Parts of a release at most."""
MOST_IN_ALL = 64 << 20
"""Bytes of all parts of a release at most."""
MOST_NUMBER = 2**53 - 1
"""From here on other languages skip integers."""
_SPELLING = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


class FormError(ValueError):
    """This is not what a release may bring; the text says where it departs from the form."""


def unusable(where: str, detail: str) -> ProblemError:
    """Return why a release, or a part of it, cannot be used, as the problem that it is."""
    return ProblemError(Problem(ProblemCode.RELEASE_UNUSABLE, where, plain(detail, 200)))


def spelled(said: Mapping[str, Json]) -> str:
    """Return the one text of a part (RFC 8785: no fractions, keys in ASCII)."""
    return _SPELLING.encode(chain.admitted(dict(said)))


def parsed(text: str) -> Mapping[str, Json]:
    """Return the object that a part's text spells; `FormError` for any other spelling of it too.

    A key that stands twice, a fraction, white space between: each is another spelling.
    """
    try:
        found = chain.parse(text.encode())
        same = _SPELLING.encode(found) == text
    except (ValueError, RecursionError) as error:
        raise FormError(f"It cannot be read: {plain(str(error), 100)}") from None
    if not same:
        raise FormError("It is not spelled in the one way that is read.")
    return found


# ── the values within ───────────────────────────────────────────────────────────────────────────
def members(value: Json, where: str, *names: str) -> Mapping[str, Json]:
    """Return an object of exactly these members."""
    if not isinstance(value, dict) or value.keys() != set(names):
        raise FormError(f"{where}: it has not just the members {', '.join(names)}.")
    return value


def listed(value: Json, where: str, most: int) -> Sequence[Json]:
    """Return a list of `most` values at most."""
    if not isinstance(value, list) or len(value) > most:
        raise FormError(f"{where}: it is no list of {most} at most.")
    return value


def text(value: Json, where: str, pattern: re.Pattern[str] | int) -> str:
    """Return a text that the pattern fits as a whole, or that is a line of so many characters."""
    fits = isinstance(value, str) and (
        plain(value, pattern) == value
        if isinstance(pattern, int)
        else pattern.fullmatch(value) is not None
    )
    if not fits or not isinstance(value, str):
        raise FormError(f"{where}: it is not the text that belongs there.")
    return value


def integer(value: Json, where: str, low: int, high: int = MOST_NUMBER) -> int:
    """Return an integer from `low` to `high`."""
    if type(value) is not int or not low <= value <= high:
        raise FormError(f"{where}: it is no number from {low} to {high}.")
    return value


def flag(value: Json, where: str) -> bool:
    """Return true or false."""
    if type(value) is not bool:
        raise FormError(f"{where}: it is neither true nor false.")
    return value


def moment(value: str) -> datetime:
    """Return a time spelled as the record spells times: `2026-11-02T09:30:00.125Z`."""
    try:
        found = datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    except ValueError:
        raise FormError("A time is none.") from None
    if utc(found) != value:
        raise FormError("A time is not spelled in the one way that is read.")
    return found
