"""Scans that come twice because a scanner read twice."""

from __future__ import annotations

from bench.events.person import TextScanned

_BOUNCE = 0.5
"""Seconds within which a repeated text of one scanner is the same scan."""


class Bounces:
    """Remembers the last scan of each source; `count` is how many were dropped."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[str, float]] = {}
        self.count = 0

    def is_one(self, scan: TextScanned, now: float) -> bool:
        """Whether this is the scan before it once more; `now` in monotonic seconds."""
        text, at = self._last.get(scan.source, ("", -_BOUNCE))
        self._last[scan.source] = scan.text, now
        bounced = text == scan.text and now - at < _BOUNCE
        self.count += bounced
        return bounced
