"""How far a bench's events are in a drop: from what the centre confirmed, over the files behind it.

There is no list that could disagree with the files: a file that was lost, cut or changed leaves a
gap, and its events are handed over again. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.custody.chain import GENESIS, leaf_hash, parse
from bench.custody.entries import SealedEvent

_HASH = 32


@dataclass(slots=True)
class Carried:
    """The store has the events up to `confirmed`, whose last has `base` as its leaf hash.

    Those behind it lie in files; 32 bytes of each are kept here, its leaf hash.
    """

    confirmed: int = 0
    base: bytes = bytes.fromhex(GENESIS)
    _leaves: bytearray = field(default_factory=bytearray)

    @property
    def through(self) -> int:
        """The number of the last event that was handed over."""
        return self.confirmed + len(self._leaves) // _HASH

    @property
    def head(self) -> bytes:
        """Its leaf hash."""
        return bytes(self._leaves[-_HASH:]) or self.base

    def differs(self, events: Sequence[SealedEvent]) -> bool:
        """Whether one of these was handed over as another, or confirmed as another."""
        return any(self._at(event.seq) not in (None, leaf_hash(event.body)) for event in events)

    def follows(self, events: Sequence[SealedEvent]) -> bool:
        """Whether they follow one another and the last that was handed over."""
        seq, before = self.through, self.head
        for event in events:
            seq += 1
            if event.seq != seq or _prev(event.body) != before.hex():
                return False
            before = leaf_hash(event.body)
        return True

    def add(self, events: Sequence[SealedEvent]) -> None:
        """Count those that were handed over behind what is here."""
        for event in events:
            self._leaves += leaf_hash(event.body)

    def _at(self, seq: int) -> bytes | None:
        if seq == self.confirmed:
            return self.base
        start = (seq - self.confirmed - 1) * _HASH
        return bytes(self._leaves[start : start + _HASH]) or None if start >= 0 else None


def _prev(body: bytes) -> object:
    try:
        return parse(body).get("prev")
    except ValueError:
        return None
