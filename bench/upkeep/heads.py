"""When the record's tree is signed: at the edges of a session, after so many events, on demand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from bench.custody.ledger import Ledger
from bench.custody.proof.note import SignedNote
from bench.ports import Clock
from bench.problems import ProblemError
from bench.upkeep.plan import Rhythm

_PATIENCE = 4
"""So many times the usual count, and no pause is waited for any more."""


class Heads:
    """The signed heads of one open record. On the bench's thread."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock
        self._signed_at = clock.elapsed()
        self._heard: list[Callable[[], None]] = []
        last = ledger.last_checkpoint()
        self._size = last.size if last else 0

    def tell(self, heard: Callable[[], None]) -> None:
        """Call this whenever a new head was signed."""
        self._heard.append(heard)

    def checkpoint(self, why: str) -> SignedNote:
        """Return a signed head over all that has happened; `why` is `consignment`, `shift` ….

        None is made where nothing has happened since the last. Raises as `Ledger.append` does.
        """
        last, seq = self._ledger.last_checkpoint(), self._ledger.tail().seq
        if last and last.size == seq:
            return last.note
        note = self._ledger.checkpoint(why)
        self._size, self._signed_at = self._ledger.tail().seq, self._clock.elapsed()
        for heard in self._heard:
            heard()
        return note

    def uncovered(self) -> int:
        """Return how many events no head covers yet."""
        return self._ledger.tail().seq - self._size

    def age(self) -> float:
        """Return for how many seconds none was signed, by this program."""
        return self._clock.elapsed() - self._signed_at


async def keep_signed(heads: Heads, quiet_for: Callable[[], float], rhythm: Rhythm) -> None:
    """Sign a head after so many events, in a pause if there is one, until cancelled."""
    while True:
        await asyncio.sleep(rhythm.pause)
        if is_due(heads.uncovered(), rhythm, paused=quiet_for() >= rhythm.pause):
            with suppress(ProblemError):  # a full disk is told of where something is lost
                heads.checkpoint("count")


def is_due(uncovered: int, rhythm: Rhythm, *, paused: bool) -> bool:
    """Whether so many events want a head now."""
    return uncovered >= rhythm.events * (1 if paused else _PATIENCE)
