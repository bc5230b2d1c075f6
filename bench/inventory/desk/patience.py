"""How long the bench waits for the exchange, and how soon it starts it anew. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds.

    `answer` is how long a question may take; `wake` for how long commits are gathered before the
    exchange is told of them, `show` for how long views are. An exchange that broke off is started
    again after `restart`, doubled each time up to `longest`; one that lasted `steady` begins anew.
    To end, each of its three chances (input closed, TERM, KILL) takes `ending` at most. A record
    that could not be frozen is tried to be frozen `again` after so long.
    """

    answer: float = 3.0
    wake: float = 0.5
    show: float = 0.25
    restart: float = 1.0
    longest: float = 60.0
    steady: float = 30.0
    ending: float = 2.0
    again: float = 15.0

    def pause(self, failures: int) -> float:
        """Return how long to wait after so many failures in a row, 1 or more."""
        return min(self.longest, self.restart * 2.0 ** min(failures - 1, 32))
