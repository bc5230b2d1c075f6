"""What a docket says under its code, the same on paper and on a label.

Bench, size and root are read from the note itself, so that words and code cannot disagree. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass

from bench.custody.proof.checkpoint import Checkpoint
from bench.custody.proof.note import SignedNote
from bench.custody.statement.content import DocketDetails
from bench.custody.statement.words import moment

TITLE = "Checkpoint of custody"
SIGN = ("Handed over by", "Received by")
DATED = "Name, signature, date"
ADVICE = (
    "Whoever keeps this sheet is a witness: the code holds the signed state of the record. Scan it "
    "later, and the record must still contain it."
)
_ROOT_DIGITS = 16
_PARTS = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One line under the code; `text` may still hold anything that a person wrote."""

    name: str
    text: str


def docket_lines(note: bytes, details: DocketDetails) -> tuple[Line, ...]:
    """Return the lines in order; `NoteError` when `note` is no signed checkpoint."""
    signed = SignedNote.parse(note)
    head = Checkpoint.parse(signed.text)
    return (
        *_whose(head.origin),
        Line("Events", str(head.size)),
        Line("Root", f"{head.root.hex()[:_ROOT_DIGITS]}…"),
        Line("Signatures", str(len(signed.signatures))),
        Line("Time", moment(details.made_at)),
        Line("Reason", details.reason),
    )


def _whose(origin: str) -> tuple[Line, ...]:
    """An origin is `organisation/bench/eN` (`origin_of`); another's is shown as it is."""
    parts = origin.rsplit("/", 2)
    if len(parts) < _PARTS or not parts[2].startswith("e"):
        return (Line("Record", origin),)
    return (Line("Record", parts[0]), Line("Bench", parts[1]), Line("Epoch", parts[2][1:]))
