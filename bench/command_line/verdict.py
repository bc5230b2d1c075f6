"""What `ledger verify` says of a record."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import TextIO

from bench.command_line.forms import RecordForm, form_for_looking
from bench.custody import queries
from bench.custody.audit import difference
from bench.custody.proof.checkpoint import Checkpoint
from bench.custody.proof.merkle import Tree
from bench.custody.proof.note import SignedNote
from bench.custody.proof.policy import TrustPolicy
from bench.custody.verification import Verdict

_TELL_EVERY = 20_000


def verify_ledger(
    file: Path,
    *,
    thorough: bool = False,
    checkpoint: Path | None = None,
    policy: Path | None = None,
) -> int:
    """Verify a record, say the verdict in one line, and return the exit code: 0 or 1.

    With a `checkpoint` it must also contain the events that this head was signed over, and with a
    `policy` the head must bear the signatures that it asks for.
    """
    form = form_for_looking(file)
    teller = _Teller(sys.stderr)
    verdict = form.verify(file, thorough=thorough, progress=teller)
    teller.close()
    words, verifies = _in_words(verdict), verdict.verifies
    if verifies and checkpoint is not None:
        words, verifies = _against(file, form, checkpoint, policy)
    sys.stdout.write(f"{file}: {words}\n")
    return 0 if verifies else 1


def _against(
    file: Path, form: RecordForm, checkpoint: Path, policy: Path | None
) -> tuple[str, bool]:
    try:
        note = SignedNote.parse(checkpoint.read_bytes())
        head = Checkpoint.parse(note.text)
        if policy is not None:
            TrustPolicy.parse(policy.read_bytes()).check(note)
    except (OSError, ValueError) as error:
        return f"the checkpoint is not to be believed: {error}", False
    with closing(form.opener.read(file)) as connection:
        last = queries.last(connection)
        tree = Tree(lambda lo, hi: queries.leaf_hashes(connection, lo, hi))
        origin = queries.origin(connection)
        found = difference.from_checkpoint(head, origin, last.seq if last else 0, tree)
    return found.words, not found.differs


class _Teller:
    """Tells on a terminal how far it is, now and then, on one line that goes on being written."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._told = 0

    def __call__(self, events: int) -> None:
        if events - self._told >= _TELL_EVERY and self._out.isatty():
            self._told = events
            self._out.write(f"\r{events} events …")
            self._out.flush()

    def close(self) -> None:
        """End the line, if one was begun."""
        if self._told:
            self._out.write("\n")


def _in_words(verdict: Verdict) -> str:
    if verdict.verifies:
        return f"{verdict.events} events, every one verifies"
    if verdict.first_bad == 0:
        return f"not a record that verifies: {verdict.reason}"
    return f"event {verdict.first_bad} does not verify: {verdict.reason}"
