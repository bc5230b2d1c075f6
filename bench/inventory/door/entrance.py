"""Who may come in now: first whether the store knows them, then how many and how often.

A bench's own limits are only for those who showed that they are that bench: nobody else can use
them up. Who is not known is counted by certificate, or by address and who they say they are, so
that a stranger keeps no bench out that comes from the same place. On the door's loop, no other
thread.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

from bench.inventory.door.callers import Caller
from bench.inventory.door.guests import site
from bench.inventory.door.limits import Buckets, Limits
from bench.inventory.door.refusals import Code, DoorError

_MOST_REMEMBERED = 20_000
_A_MOMENT = 1.0
"""Seconds after which one of a bench's requests may well be done."""


class Entrance:
    """Lets callers in whom `knows` knows; `clock` is a monotonic one, seconds."""

    def __init__(
        self,
        limits: Limits,
        knows: Callable[[Caller], Awaitable[bool]],
        clock: Callable[[], float],
    ) -> None:
        self._limits = limits
        self._knows = knows
        self._clock = clock
        self._of_bench = Buckets(limits.rate, limits.burst, clock)
        self._of_strangers = Buckets(limits.stranger_rate, limits.stranger_burst, clock)
        self._inside: Counter[str] = Counter()
        self._many = 0
        self._known: OrderedDict[Caller, float] = OrderedDict()

    @asynccontextmanager
    async def admitted(self, caller: Caller, address: str) -> AsyncIterator[None]:
        """Be inside meanwhile. Raises `DoorError`: NOT_LET_IN, BENCH_BUSY, CENTRE_BUSY."""
        with self._one_of_all():
            await self._make_out(caller, address)
            with self._one_of_bench(caller.bench):
                yield

    def turn_away(self, caller: Caller, address: str) -> DoorError:
        """Return the refusal of a caller whom the store does not know, and remember it."""
        self._known.pop(caller, None)
        self._of_strangers.take(_claim(caller, address))
        return DoorError(Code.NOT_LET_IN)

    async def _make_out(self, caller: Caller, address: str) -> None:
        until = self._known.get(caller, 0.0)
        if until > self._clock():
            return
        if wait := self._of_strangers.wait(_claim(caller, address)):
            raise DoorError(Code.BENCH_BUSY, retry_after=wait)
        if not await self._knows(caller):
            raise self.turn_away(caller, address)
        self._known[caller] = self._clock() + self._limits.remembered_for
        self._known.move_to_end(caller)
        if len(self._known) > _MOST_REMEMBERED:
            self._known.popitem(last=False)

    @contextmanager
    def _one_of_all(self) -> Iterator[None]:
        if self._many >= self._limits.at_once:
            raise DoorError(Code.CENTRE_BUSY, retry_after=_A_MOMENT)
        self._many += 1
        try:
            yield
        finally:
            self._many -= 1

    @contextmanager
    def _one_of_bench(self, bench: str) -> Iterator[None]:
        if self._inside[bench] >= self._limits.at_once_each:
            raise DoorError(Code.BENCH_BUSY, retry_after=_A_MOMENT)
        if wait := self._of_bench.take(bench):
            raise DoorError(Code.BENCH_BUSY, retry_after=wait)
        self._inside[bench] += 1
        try:
            yield
        finally:
            self._inside[bench] -= 1
            if not self._inside[bench]:
                del self._inside[bench]


def _claim(caller: Caller, address: str) -> str:
    """Return what a caller who is not known is counted by: nothing that others are counted by.

    A certificate was seen to be of the centre's authority, wherever its bench comes from.
    """
    if caller.serial is not None:
        return f"certificate {caller.serial}"
    return f"{site(address)} {caller.bench}"
