"""How long to wait before a busy service is asked again. Pure but for chance.

Source: Microsoft Graph throttling guidance (wait as long as `Retry-After` says); where it says
nothing, exponential back-off with full jitter, so that benches do not come back all at once.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime

from bench.enrolment.intune.skew import http_time


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a request is made at most, and how long is waited in between, in seconds.

    `longest` is the most that is waited because the service asks for it: beyond that its answer
    goes to the person. `cap` bounds a pause that nobody asked for.
    """

    tries: int = 6
    base: float = 1.0
    cap: float = 60.0
    longest: float = 180.0

    def pause(self, tried: int, asked: float | None) -> float | None:
        """Return the seconds to wait after so many tries (1 …), None to give up."""
        if tried >= self.tries or (asked is not None and asked > self.longest):
            return None
        if asked is not None:
            return asked + random.uniform(0, self.base)  # noqa: S311 - no secret is made of it
        most = min(self.cap, self.base * 2.0 ** (tried - 1))
        return random.uniform(0, most)  # noqa: S311 - as above


def asked_pause(header: str | None, now: datetime) -> float | None:
    """Return the seconds a `Retry-After` asks for, from a number or a date (RFC 9110, 10.2.3)."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    until = http_time(text)
    return max(0.0, (until - now).total_seconds()) if until else None
