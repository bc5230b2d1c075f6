"""How much, how often and how long is borne at the door; deciding only, no I/O."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What is borne. Times are seconds, sizes bytes, rates requests a second.

    `handshake`, `head`, `body`, `store` and `reading` are how long the TLS handshake, a request's
    head, its body, the store's answer and a peer's reading of it may take; `idle` how long a
    connection may rest, `farewell` how long what is under way is waited for at the end, `linger`
    how long a peer that is refused may go on with its body.
    `connections` are borne in all, and `strangers_each` of one address from which
    no bench was made out yet; `bodies_bytes` are the bodies of all requests that are inside.
    `at_once` requests of all benches are borne and `at_once_each` of one; `rate` and `burst` hold
    for each bench, `stranger_rate` and `stranger_burst` for each who claims to be one from one
    address, and for each certificate, while the store does not know them.
    For `remembered_for` a caller that it knew may send a body without being made out first.
    """

    head_bytes: int = 16_384
    body_bytes: int = 16 * 1024 * 1024
    bodies_bytes: int = 64 * 1024 * 1024
    handshake: float = 10.0
    head: float = 10.0
    body: float = 30.0
    store: float = 60.0
    reading: float = 30.0
    linger: float = 1.0
    idle: int = 75
    farewell: int = 5
    connections: int = 2000
    strangers_each: int = 100
    at_once: int = 64
    at_once_each: int = 2
    rate: float = 50.0
    burst: int = 100
    stranger_rate: float = 0.5
    stranger_burst: int = 20
    remembered_for: float = 60.0
    pool: int = 8
    pool_wait: float = 5.0


class Buckets:
    """A token bucket for each name, of which the `most` last seen are kept."""

    def __init__(
        self, rate: float, burst: int, clock: Callable[[], float], most: int = 20_000
    ) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._most = most
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, name: str) -> float:
        """Return the seconds until there is a token for this name; 0 if there is one."""
        return max(0.0, (1.0 - self._level(name)) / self._rate)

    def take(self, name: str) -> float:
        """Take a token and return 0, or the seconds until there is one."""
        wait = self.wait(name)
        if not wait:
            self._levels[name] = (self._level(name) - 1.0, self._clock())
            self._levels.move_to_end(name)
            if len(self._levels) > self._most:
                self._levels.popitem(last=False)
        return wait

    def _level(self, name: str) -> float:
        level, then = self._levels.get(name, (float(self._burst), self._clock()))
        return min(float(self._burst), level + (self._clock() - then) * self._rate)
