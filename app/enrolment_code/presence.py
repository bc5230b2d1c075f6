"""Whether somebody is at the bench, as far as its window can tell. Pure: time is given to it."""

from __future__ import annotations


class Presence:
    """Somebody is there for `patience` seconds after the last sign of them; at first, they are.

    Only what a person does brings them back. A handset that is put in or taken out keeps whoever is
    there, because their hands are at it, but it may as well go by itself when all have gone home.
    """

    def __init__(self, patience: float, now: float) -> None:
        self._patience = patience
        self._until = now + patience
        self._is_locked = False

    def acted(self, now: float) -> None:
        """A key, the mouse, a scan: somebody is there."""
        self._until = now + self._patience

    @property
    def is_locked(self) -> bool:
        """Whether the bench is."""
        return self._is_locked

    def handled(self, now: float) -> None:
        """A handset was put into a slot or taken out: whoever is there stays."""
        if self.is_here(now):
            self._until = now + self._patience

    def left(self, now: float) -> None:
        """The window is out of sight: nobody is there until somebody acts."""
        self._until = now

    def lock(self, now: float, *, locked: bool) -> None:
        """The bench was locked, or unlocked by somebody who is there."""
        if self._is_locked and not locked:
            self.acted(now)
        self._is_locked = locked

    def is_here(self, now: float) -> bool:
        """Whether somebody is there; never while the bench is locked."""
        return self.remaining(now) > 0

    def remaining(self, now: float) -> float:
        """Return how many seconds somebody counts as there if nothing happens; 0: nobody is."""
        return 0.0 if self._is_locked else max(0.0, self._until - now)
