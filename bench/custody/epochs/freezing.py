"""A record of which a later or another state is known elsewhere: it is written to no more.

A witness cosigned more events than there are, or others, or the central store has them: the image
was restored, or cloned. Which of two histories is right nobody can tell here, so nothing may be
added to either.
"""

from __future__ import annotations

import re
from typing import Protocol

from bench.problems import Problem, ProblemCode

_DO = "set this file aside and open a new epoch: staging-bench ledger new-epoch"
_KNOWN = re.compile(r"(\d+) events were cosigned|the central store has (\d+) events")


class Freezing(Protocol):
    """An open record: a `Ledger`."""

    def freeze(self, reason: str) -> None:
        """Write nothing more to this epoch."""
        ...


def freeze_rolled_back(record: Freezing, size: int, have: int) -> Problem:
    """Freeze a record of `have` events of which `size` were cosigned; say what is to be done."""
    return _freeze(record, f"{size} events were cosigned, {have} are here: {_DO}")


def freeze_contradicted(record: Freezing, reason: str) -> Problem:
    """Freeze a record that contradicts what was cosigned, in the witness' words (status 422)."""
    return _freeze(record, f"other events were cosigned ({reason}): {_DO}")


def known_size(reason: str) -> int:
    """Return how many events are known elsewhere, by the reason for freezing; 0 if unsaid."""
    found = _KNOWN.search(reason)
    return int(found[1] or found[2]) if found else 0


def _freeze(record: Freezing, reason: str) -> Problem:
    record.freeze(reason)
    return Problem(ProblemCode.EPOCH_FROZEN, detail=reason)
