"""How what arrives can differ from what was announced, and how that is settled."""

from __future__ import annotations

from enum import StrEnum


class Odd(StrEnum):
    """What is odd about a delivery or a box; the value is `data.discrepancy` in the record."""

    SHORT = "short"
    """Announced, and not there."""
    OVER = "over"
    """More than was ordered, or in a carton that it was not announced in."""
    UNKNOWN = "unknown"
    DAMAGED = "damaged"
    DUPLICATE = "duplicate"
    """A second box with the number of one that was counted."""
    WRONG_MODEL = "wrong-model"
    WRONG_ORDER = "wrong-order"


class Settlement(StrEnum):
    """What becomes of it; the value is `data.settlement` in the record."""

    ACCEPTED = "accepted"
    RETURNED = "returned-to-supplier"
    SET_ASIDE = "set-aside"
    AWAITED = "awaited"
    WRITTEN_OFF = "written-off"


OPEN = (Settlement.AWAITED, Settlement.SET_ASIDE)
"""Settled for today only: what is awaited comes or does not, what is set aside is decided on."""
