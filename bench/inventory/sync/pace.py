"""How many events at a time, and how long until it is tried again. Pure."""

from __future__ import annotations

FEWEST, FIRST, MOST = 50, 500, 2_000
"""Events of one exchange: at least while all goes well, at first, and at most."""
MOST_BYTES = 8_000_000
"""Bytes of the bodies of one exchange."""
QUICK = 0.5
"""Seconds: an exchange that took less may have been larger, one that took more smaller."""
LONGEST_PAUSE = 60.0
"""Seconds between two attempts, unless the centre itself asks for more."""
LONGEST_ASKED = 900.0
"""Seconds that the centre may ask for."""
_DOUBLINGS = 6
_APART = 50


def next_batch(size: int, seconds: float) -> int:
    """Return how many events to send after an exchange of `size` that took so long."""
    return min(MOST, max(FEWEST, size * 3 // 2)) if seconds < QUICK else smaller(size)


def smaller(size: int) -> int:
    """Return how many events to send after an exchange of `size` that failed or was slow."""
    return max(FEWEST, size // 2)


def taken_apart(size: int) -> int:
    """Return how many to send after `size` were refused, so that soon one stands alone."""
    return max(1, min(size, MOST) // _APART)


def pause(failures: int, chance: float, asked: float = 0.0) -> float:
    """Return the seconds to wait after so many failures in a row (full jitter).

    `chance` is drawn evenly from 0 to 1, so that benches cut off together do not come back
    together; `asked` is what the centre asked to wait at least.
    """
    ceiling = min(LONGEST_PAUSE, 2.0 ** min(failures, _DOUBLINGS))
    return max(granted(asked), ceiling * chance)


def granted(asked: float) -> float:
    """Return how many of the seconds that the centre asked for are waited."""
    return min(asked, LONGEST_ASKED)
