"""Keys for tests, always the same; and checkpoints that they sign."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.custody.key import BenchKey
from bench.custody.proof.checkpoint import Checkpoint, cosign, sign
from bench.custody.proof.note import SignedNote
from tests.bench.custody.proof.grown import tree_of

ORIGIN = "custody.example/bench-07/e1"
WITNESS = "witness.example/w1"
NOON = 1_800_000_000


def made_up_key(name: str) -> BenchKey:
    seed = hashlib.sha256(name.encode()).digest()
    return BenchKey(Ed25519PrivateKey.from_private_bytes(seed))


def signed_head(hashes: Sequence[bytes], size: int, origin: str = ORIGIN) -> SignedNote:
    head = Checkpoint(origin, size, tree_of(hashes).root(size))
    return sign(head, made_up_key(origin))


def cosigned(note: SignedNote, *names: str, time: int = NOON) -> SignedNote:
    for name in names:
        note = note.with_signature(cosign(note, name, made_up_key(name), time))
    return note
