"""How curves are told apart without colour, and where their names go. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from bench.stock.programme.plot import Role

DASHES: Mapping[Role, tuple[float, float]] = {
    Role.COUNTED_IN: (0.8, 0.8), Role.STAGED: (0, 0), Role.HANDED_OVER: (3, 1.2),
    Role.LIMIT: (6, 2), Role.FORECAST: (1.6, 1.6), Role.NOW: (0.4, 1.4),
}  # fmt: skip
"""Millimetres drawn and left out; (0, 0) is a whole line."""


def spread(heights: Sequence[float], apart: float) -> tuple[float, ...]:
    """Return heights at least so far apart, in the same order, each near where it was.

    From below each is pushed up by the one under it; where that ends above 1, all move down.
    """
    order = sorted(range(len(heights)), key=lambda index: heights[index])
    placed = list(heights)
    for below, index in pairwise(order):
        placed[index] = max(placed[index], placed[below] + apart)
    over = max(placed, default=0.0) - 1.0
    for index in reversed(order):
        if over > 0:
            placed[index] = min(placed[index], 1.0 - apart * (len(order) - 1 - order.index(index)))
    return tuple(placed)
