"""One leaf's proof, to be checked offline: index, audit path, checkpoint (c2sp.org/tlog-proof).

Kept in files that end in `.tlog-proof`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from bench.custody.proof.encoding import from_base64, to_base64, to_hash, to_number
from bench.custody.proof.merkle import ProofError, root_from_inclusion
from bench.custody.proof.note import NOTE_LIMIT, SignedNote
from bench.custody.proof.policy import Trusted, TrustPolicy

_HEADER = "c2sp.org/tlog-proof@v1"
_EXTRA = "extra "
_INDEX = "index "
_LONGEST_PATH = 63
"""Hashes to the root of the largest tree that a checkpoint can name."""


@dataclass(frozen=True, slots=True)
class TlogProof:
    """That the leaf of this index (from 0) is in the tree of the checkpoint.

    `path` runs from the leaf's sibling to the root's child. Nobody signed `extra`.
    """

    index: int
    path: tuple[bytes, ...]
    note: SignedNote
    extra: bytes | None = None

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a proof; `str` gives back the same bytes. Raises `ProofError` for anything else."""
        if len(data) > 2 * NOTE_LIMIT:
            raise ProofError(f"A proof of {len(data)} bytes is too long.")
        head, _, checkpoint = data.partition(b"\n\n")
        try:
            lines = head.decode("ascii").split("\n")
            return cls._of(lines, SignedNote.parse(checkpoint))
        except ValueError as error:
            raise ProofError(f"This is no proof: {error}") from error

    @classmethod
    def _of(cls, lines: list[str], note: SignedNote) -> Self:
        match lines:
            case [header, extra, index, *path] if extra.startswith(_EXTRA):
                data: bytes | None = from_base64(extra.removeprefix(_EXTRA))
            case [header, index, *path]:
                data = None
            case _:
                raise ProofError("it is cut off.")
        if header != _HEADER or not index.startswith(_INDEX) or data == b"":
            raise ProofError("its first lines are others.")
        if len(path) > _LONGEST_PATH:
            raise ProofError(f"a path has {_LONGEST_PATH} hashes at most.")
        number = to_number(index.removeprefix(_INDEX))
        return cls(number, tuple(map(to_hash, path)), note, data)

    def __str__(self) -> str:
        extra = f"{_EXTRA}{to_base64(self.extra)}\n" if self.extra else ""
        path = "".join(f"{to_base64(each)}\n" for each in self.path)
        return f"{_HEADER}\n{extra}{_INDEX}{self.index}\n{path}\n{self.note}"

    def check(self, leaf: bytes, policy: TrustPolicy) -> Trusted:
        """Return the checkpoint to be believed that holds this leaf hash (32 bytes) at `index`.

        Raises `PolicyError` where the checkpoint is not to be believed, `ProofError` where the leaf
        is not in it.
        """
        trusted = policy.check(self.note)
        root = root_from_inclusion(leaf, self.index, trusted.checkpoint.size, self.path)
        if root != trusted.checkpoint.root:
            raise ProofError("The leaf is not in the tree that was signed.")
        return trusted
