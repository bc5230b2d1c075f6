"""How long steps take, kept as counts in buckets: a median without keeping every time. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping

_PER_DOUBLING = 8
"""Buckets to a doubling: a time read back is within 4.5 per cent of what it was."""
_LEAST = 1


def bucket(milliseconds: int) -> int:
    """Return the bucket of a time; all of a millisecond or less are in bucket 0."""
    return round(math.log2(max(milliseconds, _LEAST)) * _PER_DOUBLING)


def middle(bucket: int) -> float:
    """Return the time that a bucket stands for, in seconds."""
    return float(2.0 ** (bucket / _PER_DOUBLING)) / 1000


def quantile(counts: Mapping[int, int], share: float) -> float:
    """Return the seconds that so large a share of all does not exceed; 0 where there are none."""
    wanted, seen = share * sum(counts.values()), 0
    for each in sorted(counts):
        seen += counts[each]
        if seen >= wanted and seen:
            return middle(each)
    return 0.0
