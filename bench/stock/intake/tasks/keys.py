"""Long lists of choices for ten keys: eight at a time, and one key for more. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bench.events.desks import Choice

MORE, BACK = "more", "back"
_AT_ONCE = 8


def some_of(choices: Sequence[Choice], after: int) -> tuple[Choice, ...]:
    """Return those from a place on, a choice that shows more, and one that goes back."""
    its = tuple(choices[after : after + _AT_ONCE])
    more = (Choice(MORE, "More"),) if len(choices) > _AT_ONCE else ()
    return (*its, *more, Choice(BACK, "Back"))


def next_place(choices: Sequence[Choice], after: int) -> int:
    """Return the place from which `MORE` goes on; from the end, the beginning."""
    return after + _AT_ONCE if after + _AT_ONCE < len(choices) else 0
