"""How fast an inventory is asked: a bucket of tokens that fills by the minute. Pure.

A service that counts by fixed minutes (Laravel's throttle, as Snipe-IT has it) says how many
requests are left in this minute and, once none is, only that they were too many. Times are seconds
of one clock that goes on over restarts (the epoch's).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

MINUTE = 60.0
_BURST = 20.0
"""The bucket holds so much less than a minute's requests: what a service lets pass at once."""
_LONGEST = 3600.0


@dataclass(frozen=True, slots=True)
class Bucket:
    """How many requests may be made at `at`, and until when none may.

    `window` is when the service's own minute began at the latest, `left` what it last said is left
    of it (None: it does not say). `storms` counts refusals one after the other.
    """

    per_minute: float
    tokens: float = 1.0
    at: float = 0.0
    quiet_until: float = 0.0
    window: float = 0.0
    left: int | None = None
    storms: int = 0

    def wait(self, now: float) -> float:
        """Return the seconds until a request may be made, 0 for now.

        Never more than an hour: a clock that was set back would make it as much as it was set.
        """
        missing = max(0.0, 1.0 - self._filled(now))
        quiet = min(_LONGEST, max(0.0, self.quiet_until - now))
        return max(quiet, missing * MINUTE / self.per_minute)

    def taken(self, now: float) -> Bucket:
        """Return the bucket after a request that is made now."""
        return replace(self, tokens=max(0.0, self._filled(now) - 1.0), at=now)

    def told(self, left: int, now: float) -> Bucket:
        """Return the bucket after an answer that says how many requests are left in its minute."""
        begins = self.left is None or left > self.left or now - self.window > MINUTE
        window = now if begins else self.window
        quiet = max(self.quiet_until, window + MINUTE) if left <= 0 else self.quiet_until
        tokens = min(self.tokens, float(left))
        return replace(self, tokens=tokens, window=window, left=left, quiet_until=quiet, storms=0)

    def refused(self, asked: float | None, now: float) -> Bucket:
        """Return the bucket after "too many": left alone as it asked, else for a minute.

        Each refusal after another doubles that, to an hour at most.
        """
        pause = max(MINUTE if asked is None else asked, MINUTE * 2.0**self.storms - MINUTE)
        quiet = max(self.quiet_until, now + min(pause, _LONGEST))
        return replace(
            self, tokens=0.0, at=now, quiet_until=quiet, storms=min(self.storms + 1, 10), left=None
        )

    def went_well(self) -> Bucket:
        """Return the bucket after an answer that was none of "too many"."""
        return replace(self, storms=0) if self.storms else self

    def _filled(self, now: float) -> float:
        """A clock that was set back fills nothing, and holds nothing up either."""
        passed = max(0.0, now - self.at)
        return min(
            max(1.0, self.per_minute / _BURST), self.tokens + passed * self.per_minute / MINUTE
        )


def hours(requests: int, per_minute: float) -> float:
    """Return how many hours so many requests take at least."""
    return requests / per_minute / MINUTE
