"""The ids of events: UUIDs that rise with the chain, so that none can stand twice in a record.

Source: RFC 9562, clause 5.7 (version 7) and clause 6.2, method 2 (a counter that begins anywhere in
the lower half of its range). A clock that was set back does not make them fall.
"""

from __future__ import annotations

import secrets

_COUNTER = 74
_LOW = 62
_STEP = 32
"""Bits by how much at most the counter rises within a millisecond."""


def next_event_id(last: str, at: int) -> str:
    """Return an id above `last` ("" for none), for a time in milliseconds since 1970."""
    if not last:
        return _spell(at, secrets.randbits(_COUNTER - 1))
    value = int(last.replace("-", ""), 16)
    before = value >> 80
    if at > before:
        return _spell(at, secrets.randbits(_COUNTER - 1))
    count = (value >> 64 & 0xFFF) << _LOW | value & (1 << _LOW) - 1
    count += 1 + secrets.randbits(_STEP)
    if count >> _COUNTER:
        return _spell(before + 1, secrets.randbits(_COUNTER - 1))
    return _spell(before, count)


def _spell(at: int, count: int) -> str:
    low = count & (1 << _LOW) - 1
    digits = f"{at << 80 | 7 << 76 | count >> _LOW << 64 | 2 << 62 | low:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
