"""Until when a code is valid, in words. Pure: time is given to it."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

EXPIRED = "expired: a new one is being made"
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def is_past(expires: datetime | None, now: datetime) -> bool:
    """Whether a code may be shown no longer; both are times with a zone."""
    return expires is not None and now >= expires


def told(expires: datetime | None, now: datetime, here: tzinfo | None = None) -> str:
    """Return such as `valid until 14:05 — 12 min`, in the zone `here` (None: this computer's)."""
    if expires is None:
        return "nobody said until when it is valid"
    if is_past(expires, now):
        return EXPIRED
    end, today = expires.astimezone(here), now.astimezone(here)
    day = "" if end.date() == today.date() else f"{end.day} {end:%b} "
    return f"valid until {day}{end:%H:%M} — {_left(expires - now)}"


def _left(left: timedelta) -> str:
    if left >= 2 * _DAY:
        return f"{left // _DAY} days"
    if left >= _HOUR:
        return f"{left // _HOUR} h {left % _HOUR // _MINUTE} min"
    return f"{left // _MINUTE} min" if left >= _MINUTE else f"{max(1, left.seconds)} s"
