"""Whether all epochs of a record verify, and each goes on where the one before really was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bench.custody import queries
from bench.custody.backup.trial import PLAIN, Form
from bench.custody.chain import leaf_hash, parse
from bench.custody.epochs.reach import TROUBLE, reach, verdict_of
from bench.custody.epochs.swap import in_effect, number_of, old_epochs
from bench.custody.proof.checkpoint import Checkpoint
from bench.custody.proof.merkle import Tree
from bench.custody.proof.note import SignedNote
from bench.custody.verification import Progress, Verdict
from bench.events.orders import Json

_TROUBLE = (*TROUBLE, ValueError)


@dataclass(frozen=True, slots=True)
class EpochVerdict:
    """One epoch's file: its verdict, what is wrong with how it continues, what is lost for good.

    `built_on` is the last of its events that a later epoch continues, None where none does: what is
    broken only behind that is known, and set aside. Its chain holds up to event `reach`.
    """

    path: Path
    epoch: int
    verdict: Verdict
    link: str = ""
    lost: str = ""
    built_on: int | None = None
    reach: int = 0

    @property
    def stands(self) -> bool:
        """Whether it verifies as far as anything is built on it, and its link holds."""
        known = self.built_on is not None and self.reach >= self.built_on
        return (self.verdict.verifies or known) and not self.link


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    epoch: int
    verdict: Verdict
    reach: int
    continues: Mapping[str, Json]


def verify_epochs(
    path: Path, *, form: Form = PLAIN, progress: Progress = lambda _: None
) -> tuple[EpochVerdict, ...]:
    """Verify the record at `path` and the epochs before it, the oldest first; it only reads.

    Blocks as `verify_file` does, for each of them.
    """
    paths = (*old_epochs(path), in_effect(path))
    files = [_look(each, form, progress) for each in paths]
    return tuple(_judge(each, files, form) for each in files)


def _look(path: Path, form: Form, progress: Progress) -> _File:
    verdict = verdict_of(path, form, progress=progress)
    first: Mapping[str, Json] = {}
    held = 0
    try:
        with closing(form.connect(path)) as connection:
            held = verdict.events if verdict.verifies else reach(connection)
            first = next((parse(each.body) for each in queries.events(connection, 0, 1)), {})
    except _TROUBLE:
        pass
    epoch, data = first.get("epoch"), first.get("data")
    continues = data.get("continues") if isinstance(data, dict) else None
    return _File(
        path,
        epoch if isinstance(epoch, int) else number_of(path),
        verdict,
        held,
        continues if isinstance(continues, dict) else {},
    )


def _judge(file: _File, files: Sequence[_File], form: Form) -> EpochVerdict:
    ends = [_seq(later) for later in files if later.continues.get("epoch") == file.epoch]
    link, lost = _link(file, files, form) if file.continues else ("", "")
    built_on = max(ends, default=None)
    return EpochVerdict(file.path, file.epoch, file.verdict, link, lost, built_on, file.reach)


def _link(file: _File, files: Sequence[_File], form: Form) -> tuple[str, str]:
    """Return what is wrong with how it continues the epoch before, and what of that is lost."""
    epoch, seq, name = file.continues.get("epoch"), _seq(file), file.continues.get("hash")
    if not seq:
        return "", "nothing of the epoch before could be read"
    older = [each for each in files if each.epoch == epoch and each is not file]
    if not older:
        return f"the file of epoch {epoch}, which it continues, is not here", ""
    held = [each for each in older if _holds(each, seq, name, form)]
    if not held:
        names = ", ".join(each.path.name for each in older)
        return f"event {seq} of epoch {epoch}, which it continues, is not in {names}", ""
    return _checkpoint(file, held[0], form)


def _holds(file: _File, seq: int, name: Json, form: Form) -> bool:
    try:
        with closing(form.connect(file.path)) as connection:
            found = queries.events(connection, seq - 1, 1)
    except _TROUBLE:
        return False
    return bool(found) and found[0].seq == seq and leaf_hash(found[0].body).hex() == name


def _checkpoint(file: _File, older: _File, form: Form) -> tuple[str, str]:
    """Compare the checkpoint that it names with the events of the epoch before."""
    text = file.continues.get("checkpoint")
    if not isinstance(text, str):
        return "", ""
    try:
        head = Checkpoint.parse(SignedNote.parse(text.encode()).text)
    except ValueError as error:
        return f"the checkpoint that it names cannot be read: {error}", ""
    if head.size > older.reach:
        return "", f"events {older.reach + 1} to {head.size} of {older.path.name}"
    with closing(form.connect(older.path)) as connection:
        tree = Tree(lambda lo, hi: queries.leaf_hashes(connection, lo, hi))
        same = tree.root(head.size) == head.root
    return ("" if same else f"its checkpoint is over other events than {older.path.name}"), ""


def _seq(file: _File) -> int:
    found = file.continues.get("seq")
    return found if isinstance(found, int) else 0
