"""What takes two persons: one table, and the refusal of one who acts alone."""

from __future__ import annotations

from bench.custody.entries import Actor, Entry, Proof
from bench.events.orders import CustodyKind
from bench.problems import Problem, ProblemCode, ProblemError

TWO_PERSONS = frozenset({
    CustodyKind.DISPOSED,
    CustodyKind.CORRECTED,
    CustodyKind.RELEASED,
    CustodyKind.CONFIRMED,
    CustodyKind.CONFLICT_RESOLVED,
    CustodyKind.UNSEALED,
    CustodyKind.SHIFT_HANDED_OVER,
})  # fmt: skip
"""Besides these: every override, and the opening of an epoch after the first."""

_NO_PROOF = (Proof.UNPROVEN, Proof.BADGE)
"""A badge alone proves nothing: it can be copied."""


def are_needed(entry: Entry) -> bool:
    """Whether a second person has to sign this off."""
    return entry.kind in TWO_PERSONS or entry.override is not None or _is_later_epoch(entry)


def refuse_alone(first: Actor, second: Actor | None, *, simulated: bool) -> Actor:
    """Return the second person; `ProblemError` unless it is another one who proved to be that.

    In training nobody needs to prove anything.
    """
    if second is None or second.id == first.id:
        raise ProblemError(Problem(ProblemCode.NEEDS_SECOND_PERSON))
    if second.how in _NO_PROOF and not simulated:
        raise ProblemError(Problem(ProblemCode.NEEDS_SECOND_PERSON, detail="prove who you are"))
    return second


def _is_later_epoch(entry: Entry) -> bool:
    return entry.kind is CustodyKind.EPOCH_OPENED and "continues" in entry.data
