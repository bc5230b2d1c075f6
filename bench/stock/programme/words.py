"""How the roll-out's numbers are said. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime

_MINUTE, _HOUR = 60, 3600
_FEW = 10
_MILLION = 1e6


def day(at: date) -> str:
    """Return such as `3 Apr 2023`."""
    return f"{at.day} {at:%b} {at.year}"


def clock(at: datetime) -> str:
    """Return such as `3 Apr 2023 14:05 UTC`."""
    there = at.astimezone(UTC)
    return f"{day(there.date())} {there:%H:%M} UTC"


def pounds(pence: int) -> str:
    """Return such as `£8,200,000.00`, `-£12.50`."""
    sign = "-" if pence < 0 else ""
    whole, rest = divmod(abs(pence), 100)
    return f"{sign}£{whole:,}.{rest:02d}"


def millions(pence: int) -> str:
    """Return such as `£8.21m`, and `£912k` below a million; for where there is little room."""
    sign, size = ("-" if pence < 0 else ""), abs(pence) / 100
    return f"{sign}£{size / 1e6:.2f}m" if size >= _MILLION else f"{sign}£{size / 1e3:.0f}k"


def lasted(seconds: float) -> str:
    """Return such as `0.8 s`, `42 s`, `3 min 20 s`, `2 h 5 min`."""
    if seconds < _FEW:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} min"


def share(part: int, whole: int) -> str:
    """Return such as `98.4 %`, and a dash where there is no whole."""
    return f"{100 * part / whole:.1f} %" if whole else "—"
