"""Signed tree heads, and the time that a witness puts on them.

c2sp.org/tlog-checkpoint and c2sp.org/tlog-cosignature, with Ed25519. Lines of keys that are not
known are ignored, so that others may sign beside us in their own ways.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Self

from bench.custody.proof import note as notes
from bench.custody.proof.encoding import HASH_LENGTH, MOST_LEAVES, to_base64, to_hash, to_number
from bench.custody.proof.note import NoteError, NoteSignature, SignedNote, VerifierKey

ED25519 = notes.ED25519
COSIGNATURE_V1 = notes.COSIGNATURE_V1
_TIME_LENGTH = 8
_LAST_TIME = 2**63 - 1
_FEWEST_LINES = 3


class Signing(Protocol):
    """An Ed25519 key pair; `bench.custody.key.BenchKey` is one."""

    @property
    def public(self) -> bytes:
        """The public key: 32 bytes."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Return the signature: 64 bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head: whose tree, its number of leaves, its root of 32 bytes, opaque further lines."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a note's text; `text` gives back the same. Raises `NoteError` for anything else."""
        lines = notes.writable(text).split("\n")
        last = lines.pop()
        if last or len(lines) < _FEWEST_LINES or not all(lines):
            raise NoteError("A checkpoint is three lines or more, none empty, each ended.")
        try:
            return cls(lines[0], to_number(lines[1]), to_hash(lines[2]), tuple(lines[3:]))
        except ValueError as error:
            raise NoteError(f"This is no tree head: {error}") from error

    @property
    def text(self) -> str:
        """What is signed; raises `NoteError` for what could not be read back."""
        if not 0 <= self.size <= MOST_LEAVES or len(self.root) != HASH_LENGTH:
            raise NoteError("This is no tree head: its size or root is none.")
        lines = (self.origin, str(self.size), to_base64(self.root), *self.extensions)
        if not all(lines) or any("\n" in line for line in lines):
            raise NoteError("A checkpoint's lines are not empty and have no newline in them.")
        return notes.writable("".join(f"{line}\n" for line in lines))


def origin_of(organisation: str, bench: str, epoch: int) -> str:
    """Return the origin of a bench's log in one epoch, also the name of its key.

    `NoteError` where it can name no key: where it has a space or a plus in it.
    """
    return notes.key_name(f"{organisation}/{bench}/e{epoch}")


def log_key(origin: str, key: Signing) -> VerifierKey:
    """Return the key by which a log's checkpoints are verified."""
    return VerifierKey(notes.key_name(origin), ED25519, key.public)


def witness_key(name: str, key: Signing) -> VerifierKey:
    """Return the key by which a witness' cosignatures are verified."""
    return VerifierKey(notes.key_name(name), COSIGNATURE_V1, key.public)


def sign(checkpoint: Checkpoint, key: Signing) -> SignedNote:
    """Return the checkpoint signed by its log; the key's name is the origin."""
    text = checkpoint.text
    vkey = log_key(checkpoint.origin, key)
    line = NoteSignature(vkey.name, vkey.key_id, key.sign(text.encode()))
    return SignedNote(text, (line,))


def cosign(note: SignedNote, name: str, key: Signing, time: int) -> NoteSignature:
    """Return a witness' line: it saw this tree head, and none larger of this log, at `time`.

    `time` is in seconds since 1970, UTC; `ValueError` if it is 0, below or beyond 2**63 - 1. It is
    for the caller to know that the head is consistent with all it saw before.
    """
    if not 0 < time <= _LAST_TIME:
        raise ValueError(f"{time} is no time to cosign at.")
    signature = key.sign(_cosigned_message(note, time))
    stamp = time.to_bytes(_TIME_LENGTH, "big")
    return NoteSignature(name, witness_key(name, key).key_id, stamp + signature)


def is_log_signed(note: SignedNote, vkey: VerifierKey) -> bool:
    """Whether this is a checkpoint of the log that the key is named after, signed by it.

    A line that claims to be the key's and is not makes the note worthless: False.
    """
    return note.text.startswith(f"{vkey.name}\n") and note.is_signed_by(vkey)


def cosigned_at(note: SignedNote, vkey: VerifierKey) -> int | None:
    """Return when this witness cosigned the note, in seconds since 1970, UTC; None if never.

    The earliest time where it did so more than once. A line that claims to be the witness' and is
    not makes all its lines worthless: None.
    """
    if vkey.algorithm != COSIGNATURE_V1:
        return None
    times = [_time_of(note, vkey, signature) for signature in note.signatures_of(vkey)]
    known = [time for time in times if time is not None]
    return min(known) if known and len(known) == len(times) else None


def _time_of(note: SignedNote, vkey: VerifierKey, stamped: bytes) -> int | None:
    time = int.from_bytes(stamped[:_TIME_LENGTH], "big")
    if not 0 < time <= _LAST_TIME:
        return None
    message = _cosigned_message(note, time)
    return time if vkey.verifies(stamped[_TIME_LENGTH:], message) else None


def _cosigned_message(note: SignedNote, time: int) -> bytes:
    """Return the signed bytes (tlog-cosignature, "Ed25519 signed message")."""
    return f"cosignature/v1\ntime {time}\n{note.text}".encode()
