"""How a bench brings a checkpoint to its witness, whatever either of them remembers.

A witness that knows less is told the rest; one that knows more says that this record was rolled
back, and then nothing may be written any more in its epoch.
"""

from __future__ import annotations

from typing import Protocol

from bench.custody.proof.checkpoint import Checkpoint
from bench.custody.proof.merkle import Tree
from bench.custody.proof.note import NoteSignature, SignedNote
from bench.problems import Problem, ProblemCode, ProblemError
from bench.witness.client import WitnessConflictError, WitnessUnreachableError

_TURNS = 4
"""Requests at most: another checkpoint of the same log may slip in between two of them."""


class RolledBackError(ProblemError):
    """Somebody cosigned `size` leaves of this log, and this record has fewer."""

    def __init__(self, where: str, size: int, have: int) -> None:
        self.size = size
        detail = f"{size} events were cosigned, {have} are here"
        super().__init__(Problem(ProblemCode.RECORD_ROLLED_BACK, where, detail))


class Cosigner(Protocol):
    """A witness as a log sees it; `WitnessClient` is one."""

    def add_checkpoint(
        self, old_size: int, path: tuple[bytes, ...], note: SignedNote
    ) -> NoteSignature:
        """Return its cosignature, or raise as `WitnessClient` does."""
        ...


def cosign(witness: Cosigner, note: SignedNote, tree: Tree, last_size: int) -> SignedNote:
    """Return the note with the witness' line.

    `tree` holds the leaves of the log that signed `note`; `last_size` is what the bench remembers
    the witness to have cosigned, 0 if nothing. Raises `RolledBackError`, `WitnessRefusedError` or
    `WitnessUnreachableError`; `NoteError` if `note` is no checkpoint.
    """
    head = Checkpoint.parse(note.text)
    old = next_request(head, last_size)
    for _ in range(_TURNS):
        try:
            line = witness.add_checkpoint(old, tree.consistency(old, head.size), note)
        except WitnessConflictError as conflict:
            old = next_request(head, conflict.size)
        else:
            return note.with_signature(line)
    raise WitnessUnreachableError(head.origin, "it names another size each time")


def next_request(head: Checkpoint, known: int) -> int:
    """Return from which size to prove `head`, where the witness is thought to know `known`.

    Raises `RolledBackError` where it knows more than there is.
    """
    if known > head.size:
        raise RolledBackError(head.origin, known, head.size)
    return known
