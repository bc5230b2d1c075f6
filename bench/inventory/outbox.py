"""What waits to go to the central store: the record itself, from where the store has it.

There is no second list that could disagree. How far the store is, the store says; sending an event
twice is harmless, because it is named by bench, epoch and number and compared byte for byte.
"""

from __future__ import annotations

from bench.custody.entries import SealedEvent
from bench.custody.ledger import Ledger
from bench.problems import Problem, ProblemCode, ProblemError


class Outbox:
    """The outbox of a real record; `ProblemError` SIMULATED_NEVER_SYNCS for a simulated one."""

    def __init__(self, ledger: Ledger) -> None:
        if ledger.header.simulated:
            where = ledger.header.bench
            raise ProblemError(Problem(ProblemCode.SIMULATED_NEVER_SYNCS, where))
        self._ledger = ledger

    def waiting(self, after: int, limit: int) -> tuple[SealedEvent, ...]:
        """Return up to `limit` events after number `after`, the last that the store has."""
        return self._ledger.events(after, limit)
