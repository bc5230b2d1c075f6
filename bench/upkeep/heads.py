"""When the record's tree is signed: at the edges of a session, after so many events, on demand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bench.custody.ledger import Ledger
from bench.custody.proof.note import SignedNote
from bench.ports import Clock, Post
from bench.problems import ProblemError
from bench.upkeep.notice import Notice
from bench.upkeep.plan import Rhythm

_PATIENCE = 2
"""So many times the usual count, and no pause is waited for any more."""


class Heads:
    """The signed heads of one open record. On the bench's thread."""

    def __init__(self, ledger: Ledger, clock: Clock, post: Post) -> None:
        self._ledger = ledger
        self._clock = clock
        self._notice = Notice(post)
        self._tried_at = clock.elapsed()
        self._heard: list[Callable[[], None]] = []
        self._tried = 0

    def tell(self, heard: Callable[[], None]) -> None:
        """Call this whenever a new head was signed."""
        self._heard.append(heard)

    def checkpoint(self, why: str) -> SignedNote:
        """Return a signed head over all that has happened; `why` is `consignment`, `shift` ….

        None is made where nothing has happened since the last. Raises as `Ledger.checkpoint` does.
        """
        last, seq = self._ledger.last_checkpoint(), self._ledger.tail().seq
        if last and last.size == seq:
            self._tried = seq
            return last.note
        note = self._ledger.checkpoint(why)
        self._have_tried()
        for heard in self._heard:
            heard()
        return note

    def sign(self, why: str) -> bool:
        """As `checkpoint`, but show what stands in the way; then it waits until it is due again."""
        try:
            self.checkpoint(why)
        except ProblemError as error:
            self._have_tried()
            self._notice.show(error.problem)
            return False
        self._notice.show(None)
        return True

    def uncovered(self) -> int:
        """Return how many events came since a head was signed or tried to be."""
        return self._ledger.tail().seq - self._tried

    def age(self) -> float:
        """Return for how many seconds this program has signed none, nor tried to."""
        return self._clock.elapsed() - self._tried_at

    def _have_tried(self) -> None:
        self._tried, self._tried_at = self._ledger.tail().seq, self._clock.elapsed()


async def keep_signed(heads: Heads, quiet_for: Callable[[], float], rhythm: Rhythm) -> None:
    """Sign a head after so many events, in a pause if there is one, until cancelled."""
    while True:
        await asyncio.sleep(rhythm.pause)
        if is_due(heads.uncovered(), rhythm, paused=quiet_for() >= rhythm.pause):
            heads.sign("count")


def is_due(uncovered: int, rhythm: Rhythm, *, paused: bool) -> bool:
    """Whether so many events want a head now."""
    return uncovered >= rhythm.events * (1 if paused else _PATIENCE)
