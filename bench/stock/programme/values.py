"""Values as a person reads them and as a program does. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bench.stock.programme.words import day, lasted, pounds, share

_NONE = "—"


@dataclass(frozen=True, slots=True)
class Value:
    """A value: `shown` to a person, `raw` for a program ("" for none); whether it stands right.

    Raw, money is pounds with two digits behind the point, a time is seconds, a share 0 to 1.
    """

    shown: str
    raw: str
    is_number: bool = True


def text(told: str) -> Value:
    """Return a text."""
    return Value(told, told, is_number=False)


def count(number: int) -> Value:
    """Return a count."""
    return Value(f"{number:,}", str(number))


def rate(number: float | None) -> Value:
    """Return how many a day or hour; None where nobody can say."""
    return Value(_NONE, "") if number is None else Value(f"{number:,.1f}", f"{number:.3f}")


def money(pence: int) -> Value:
    """Return an amount."""
    sign = "-" if pence < 0 else ""
    return Value(pounds(pence), f"{sign}{abs(pence) // 100}.{abs(pence) % 100:02d}")


def seconds(took: float) -> Value:
    """Return a duration."""
    return Value(lasted(took), f"{took:.3f}")


def when(at: date | None) -> Value:
    """Return a day; None is later than anybody can say."""
    return Value("later", "") if at is None else Value(day(at), at.isoformat())


def part(of: int, whole: int) -> Value:
    """Return a share of a whole; none where there is no whole."""
    return Value(share(of, whole), f"{of / whole:.4f}" if whole else "")


def chance(likely: float | None) -> Value:
    """Return a probability; None where nobody can say."""
    return Value(_NONE, "") if likely is None else Value(f"{likely:.0%}", f"{likely:.3f}")


def nothing() -> Value:
    """Return what stands where there is no value."""
    return Value(_NONE, "")
