"""What one key after one scan does with a handset: a table of deeds. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from bench.custody.entries import Entry
from bench.custody.phases import Phase, phase_after
from bench.events.desks import Choice
from bench.events.orders import CustodyKind
from bench.stock.packing.queries import Box
from bench.stock.returns import entries, words
from bench.stock.returns.entries import Subject
from bench.stock.standing.places import LOST

Makes: TypeAlias = Callable[[Subject, str, str], tuple[Entry, ...]]


@dataclass(frozen=True, slots=True)
class Deed:
    """A scan, a question, and what the answer writes.

    `unfit` says why it cannot be done with a handset, "" where it can; `done` what was done.
    """

    title: str
    prompt: str
    question: str
    choices: tuple[Choice, ...]
    unfit: Callable[[Box], str]
    makes: Makes
    done: str


def _not_from(kind: CustodyKind) -> Callable[[Box], str]:
    return lambda box: "" if phase_after(kind, box.phase) else f"it is {box.phase}"


def unwipable(box: Box) -> str:
    """Say why a handset cannot be said to be wiped; from quarantine two persons say so."""
    if box.phase is Phase.QUARANTINED:
        return "it is in quarantine: release it as wiped, which two persons do"
    return _not_from(CustodyKind.WIPED)(box)


def unreleasable(box: Box) -> str:
    """Say why a handset cannot be released; what is lost has to be there first."""
    if box.phase is Phase.QUARANTINED and box.place == LOST:
        return "it was reported lost or stolen: take it back first"
    return _not_from(CustodyKind.RELEASED)(box)


def undisposable(box: Box) -> str:
    """Say why a handset cannot be disposed of."""
    if box.place == LOST:
        return "it was reported lost or stolen"
    return _not_from(CustodyKind.DISPOSED)(box)


SET_ASIDE = Deed(
    "Set aside in quarantine", "Scan the handset.", "What is it?", words.PROBLEMS,
    _not_from(CustodyKind.QUARANTINED), entries.set_aside, "is in quarantine",
)  # fmt: skip
LOSE = Deed(
    "Report lost or stolen", "Scan or type the handset's label, or read its holder's badge.",
    "What happened?", words.LOSSES, _not_from(CustodyKind.QUARANTINED), entries.lost,
    "is reported. Have its SIM barred, and have management wipe it",
)  # fmt: skip
RELEASE = Deed(
    "Release from quarantine", "Scan the handset.", "Why may it be released?", words.RELEASES,
    unreleasable, entries.released, "is released",
)  # fmt: skip
WIPE = Deed(
    "Wiped", "Scan the handset.", "How was it wiped?", words.WIPES, unwipable, entries.wiped,
    "is wiped and can be staged anew",
)  # fmt: skip
