"""What is asked of a witness and what it answers; c2sp.org/tlog-witness, "add-checkpoint"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from bench.custody.proof.encoding import to_base64, to_hash, to_number
from bench.custody.proof.note import SignedNote

PATH = "/add-checkpoint"
"""Where a checkpoint is sent, behind the witness' submission prefix."""
SIZE_TYPE = "text/x.tlog.size"
"""The media type of a 409: the tree size that the witness knows."""
BODY_LIMIT = 262_144
"""Bytes of a request at most: a full proof and dozens of signatures, the largest ones too."""
_OLD = "old "
_LONGEST_PATH = 63


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """The checkpoint in `note`, said to grow out of the `old` leaves that the witness knows."""

    old: int
    path: tuple[bytes, ...]
    note: SignedNote

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read a request's body; `str` gives back the same. Raises `ValueError` for others."""
        head, _, checkpoint = body.partition(b"\n\n")
        first, *path = head.decode("ascii").split("\n")
        if not first.startswith(_OLD):
            raise ValueError("The first line is the word old, a space and a size.")
        if len(path) > _LONGEST_PATH:
            raise ValueError(f"A proof has {_LONGEST_PATH} hashes at most.")
        old = to_number(first.removeprefix(_OLD))
        return cls(old, tuple(map(to_hash, path)), SignedNote.parse(checkpoint))

    def __str__(self) -> str:
        path = "".join(f"{to_base64(each)}\n" for each in self.path)
        return f"{_OLD}{self.old}\n{path}\n{self.note}"


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP status with its text; nothing of the request stands in it."""

    status: int
    text: str
    media_type: str = "text/plain; charset=utf-8"


class RefusedError(Exception):
    """The request ends here, with this answer."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.answer = Answer(status, f"{reason}\n")
