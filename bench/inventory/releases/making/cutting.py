"""Which numbers of its blocks a bench is sent: without those that may stand on a label. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from bench.inventory.releases.parts.tags import MOST, TagBlock

MOST_PIECES = 100
"""Pieces of one block at most; a bench that writes wild tags makes no release too large."""


@dataclass(frozen=True, slots=True)
class Allotted:
    """A block as it was given, `first` to `last`, both included.

    `before` is the highest number that this bench gave under the prefix, in any of its blocks, in
    earlier epochs: it may not remember. `used` is the highest that it ever gave in this block.
    """

    prefix: str
    first: int
    last: int
    before: int = 0
    used: int = 0


def sent(blocks: Iterable[Allotted], strays: Collection[tuple[str, int]]) -> tuple[TagBlock, ...]:
    """Return what of its blocks a bench may give; `strays` are what others gave in them."""
    found = sorted(piece for block in blocks for piece in _pieces(block, strays))
    return tuple(found[-MOST:])


def _pieces(block: Allotted, strays: Collection[tuple[str, int]]) -> list[TagBlock]:
    first = max(block.first, block.before + 1)
    within = sorted(
        number for prefix, number in strays
        if prefix == block.prefix and first <= number <= block.last
    )  # fmt: skip
    pieces = [each for each in _between(block, first, within) if each.first <= each.last]
    if within:
        # below what it gave last a bench gives none: of a piece of its own it would
        pieces = [each for each in pieces if each.last > block.used]
    return pieces[-MOST_PIECES:]


def _between(block: Allotted, first: int, strays: Iterable[int]) -> Iterator[TagBlock]:
    for stray in strays:
        yield TagBlock(block.prefix, first, stray - 1)
        first = stray + 1
    yield TagBlock(block.prefix, first, block.last)
