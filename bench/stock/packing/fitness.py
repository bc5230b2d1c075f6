"""What keeps a handset from going into a box or a consignment, in a person's words. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bench.custody.phases import Phase
from bench.identity.scans import ScanReading
from bench.problems import Problem, ProblemCode, ProblemError
from bench.stock.packing.queries import Box

RECHECK = timedelta(days=14)
"""After so long a handset's patches are looked at again (Cyber Essentials, security updates)."""
_STANDS: Mapping[Phase, str] = {
    Phase.NEW: "it is not staged yet",
    Phase.IN_STOCK: "it is not staged yet",
    Phase.AT_BENCH: "it is still at its slot",
    Phase.STAGED: "it is not packed yet",
    Phase.PACKED: "its box is not sealed yet",
    Phase.SEALED: "its box is sealed already",
    Phase.DISPATCHED: "it was dispatched already",
    Phase.RECEIVED: "it is at its site already",
    Phase.HANDED_OVER: "it was handed over already",
    Phase.RETURNED: "it came back and is not staged anew",
    Phase.QUARANTINED: "it is in quarantine",
    Phase.WIPED: "it was wiped and is not staged anew",
    Phase.DEAD_ON_ARRIVAL: "it was dead on arrival",
    Phase.DISPOSED: "it was disposed of",
}


def one(found: Sequence[Box], reading: ScanReading) -> Box:
    """Return the handset that was meant; `ProblemError` where it is none, or one of several."""
    if not found:
        raise ProblemError(Problem(ProblemCode.HANDSET_UNKNOWN, detail=reading.raw))
    if len(found) > 1:
        detail = f"{len(found)} handsets carry {reading.raw}: scan the other code on its label"
        raise ProblemError(Problem(ProblemCode.NOT_FIT_TO_GO, detail=detail))
    return found[0]


def unfit(box: Box, wanted: Phase) -> str:
    """Say why a handset that should stand at `wanted` cannot go on; "" where it can.

    What goes out has passed every check of its profile and carries its label.
    """
    if box.phase is not wanted:
        return _STANDS[box.phase]
    if not box.policy:
        return "no finished staging of it stands"
    return "" if box.tag else "it carries no label"


def refuse_unfit(box: Box, wanted: Phase) -> None:
    """Raise `ProblemError` NOT_FIT_TO_GO where it cannot go on."""
    if why := unfit(box, wanted):
        raise ProblemError(Problem(ProblemCode.NOT_FIT_TO_GO, box.name, why))


def is_due(staged_at: int, now: datetime) -> bool:
    """Whether a handset staged then (milliseconds since 1970) is to be looked at before it goes."""
    return 0 < staged_at < recheck_before(now)


def recheck_before(now: datetime) -> int:
    """Return the moment before which a staging is too long ago, in milliseconds since 1970."""
    return round((now - RECHECK).timestamp() * 1000)


def days_ago(at: int, now: datetime) -> int:
    """Return how many whole days ago that was; 0 where the clock was set back since."""
    return max(0, int((now.timestamp() * 1000 - at) // 86_400_000))
