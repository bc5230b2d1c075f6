"""What a problem says in words: whose fault it is, what to do, and how it goes away."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """Whose fault a problem is."""

    HANDSET = "fail"
    BENCH = "error"
    PERSON = "refused"


class Clears(StrEnum):
    """How a problem goes away."""

    BY_ITSELF = "by itself"
    BY_TECHNICIAN = "by the technician"
    BY_SUPERVISOR = "by a supervisor"


@dataclass(frozen=True, slots=True)
class Advice:
    """What a problem says in words: two to four of them on the tile, then a sentence each."""

    word: str
    what: str
    do: str
    fault: Fault
    clears: Clears = Clears.BY_TECHNICIAN
