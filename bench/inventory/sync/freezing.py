"""Why a record is frozen, and what is to be done then: the same words wherever it happens. Pure."""

from __future__ import annotations

_DO = "set this file aside and open a new epoch: staging-bench ledger new-epoch"


def because(reason: str) -> str:
    """Return for what a record is frozen of which the centre has another history."""
    return f"{reason}: {_DO}"
