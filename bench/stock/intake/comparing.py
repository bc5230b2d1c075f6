"""What a row of a file says of a thing that the book knows already. Pure.

What stood before stands. What the book did not know, a later file may say; where the two say
different things, that is a disagreement, which a person settles.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bench.stock.intake.checking import Values
from bench.stock.intake.kinds import Value
from bench.stock.intake.shelves import Shelf


@dataclass(frozen=True, slots=True)
class Filled:
    """A field that the book did not know."""

    field: str
    value: Value


@dataclass(frozen=True, slots=True)
class Differs:
    """A field of which the book says `ours`, the file `theirs`."""

    field: str
    ours: Value
    theirs: Value


def compare(shelf: Shelf, ours: Values, theirs: Values) -> Iterator[Filled | Differs]:
    """Yield where a file says more or else; both are a value for each of `shelf.all_columns`.

    Of a thing that came from elsewhere (an earlier handset that is also despatched) nothing is
    filled: which of the two it is, a person says.
    """
    elsewhere = any(
        mine != others
        for name, mine, others in zip(shelf.all_columns, ours, theirs, strict=True)
        if name == "source"
    )
    for name, mine, others in zip(shelf.all_columns, ours, theirs, strict=True):
        if others in ("", 0) or mine == others:
            continue
        known = mine not in ("", 0)
        yield Differs(name, mine, others) if known or elsewhere else Filled(name, others)
