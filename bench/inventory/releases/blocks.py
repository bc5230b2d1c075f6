"""How many asset tags of a bench's blocks are left. Pure.

Of a block only what is above all that was ever given in it is given: what lies below may stand on a
label (`bench.staging.tags` gives them).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

_LOW = 10
"""Percent of the last block: fewer are a reason to sync soon."""


def left(blocks: Iterable[range], given: Collection[int]) -> int:
    """Return how many can still be given, when `given` are those that ever were."""
    return sum(block.stop - 1 - _highest(block, given) for block in blocks)


def low(blocks: Collection[range], given: Collection[int]) -> bool:
    """Whether fewer than a tenth of the last block are left, while there are blocks at all."""
    if not blocks:
        return False
    size = len(max(blocks, key=lambda block: block.start))
    return left(blocks, given) * 100 < size * _LOW


def _highest(block: range, given: Collection[int]) -> int:
    return max((number for number in given if number in block), default=block.start - 1)
