"""What a SIM can be, and why one is taken from a handset or out of use: closed lists. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class SimState(StrEnum):
    """Where a SIM stands."""

    FREE = "free"
    MARRIED = "married"
    LOST = "lost"
    SPENT = "spent"
    """Faulty, or its contract has ended: it is used no more."""


class Why(StrEnum):
    """Why a SIM left a handset or its use; the value stands in `data.why`."""

    FAULTY = "faulty"
    LOST = "lost"
    WRONG_HANDSET = "wrong-handset"
    CONTRACT = "contract-ended"
    RETURNED = "returned"
    TO_ESIM = "to-esim"
    FOUND = "found"
    OTHER = "other"


WORDS: Mapping[Why, str] = {
    Why.FAULTY: "It is faulty",
    Why.LOST: "It is lost",
    Why.WRONG_HANDSET: "It was in the wrong handset",
    Why.CONTRACT: "Its contract has ended",
    Why.RETURNED: "The handset came back",
    Why.TO_ESIM: "An eSIM takes its place",
    Why.FOUND: "It was found again",
    Why.OTHER: "Something else",
}
OF_A_SWAP = (
    Why.FAULTY, Why.LOST, Why.CONTRACT, Why.TO_ESIM, Why.WRONG_HANDSET, Why.OTHER,
)  # fmt: skip
"""Why another SIM takes its place."""
OF_TAKING_OUT = (
    Why.RETURNED, Why.WRONG_HANDSET, Why.FAULTY, Why.LOST, Why.CONTRACT, Why.OTHER,
)  # fmt: skip
OF_A_LOOSE_ONE = (Why.LOST, Why.FAULTY, Why.CONTRACT)
"""What can be said of a SIM that is in no handset."""
_AFTER: Mapping[str, SimState] = {
    Why.LOST: SimState.LOST,
    "stolen": SimState.LOST,
    Why.FAULTY: SimState.SPENT,
    Why.CONTRACT: SimState.SPENT,
}


def after(why: str) -> SimState:
    """Return what a SIM is that was taken for that reason: free, where nothing speaks against it.

    A word that is none of the list's is somebody else's reason, and leaves it free.
    """
    return _AFTER.get(why, SimState.FREE)
