"""Times and numbers as they are said. Pure: now, and the zone, are given."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_WEEK = 7


def number(count: int, one: str, many: str) -> str:
    """Return such as `1 event`, `12,000 events`."""
    return f"{count:,} {one if count == 1 else many}"


def clock(at: datetime, now: datetime, here: tzinfo | None = None) -> str:
    """Return the time of day in the zone `here` (None: this computer's), with the day unless today.

    Such as `14:05`, `Mon 14:05`, `3 Nov 14:05`, `3 Nov 2025 14:05`.
    """
    then, today = at.astimezone(here), now.astimezone(here)
    days = (today.date() - then.date()).days
    if days == 0:
        return f"{then:%H:%M}"
    if 0 < days < _WEEK:
        return f"{then:%a %H:%M}"
    year = "" if then.year == today.year else f" {then.year}"
    return f"{then.day} {then:%b}{year} {then:%H:%M}"


def ago(at: datetime, now: datetime) -> str:
    """Return such as `just now`, `12 min ago`, `3 days ago`."""
    age = now - at
    if age < -_MINUTE:
        return "by a clock that is ahead of this one"
    if age < _MINUTE:
        return "just now"
    if age < _HOUR:
        return f"{age // _MINUTE} min ago"
    if age < 2 * _DAY:
        return f"{age // _HOUR} h ago"
    return f"{age // _DAY} days ago"
