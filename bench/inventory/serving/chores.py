"""What the centre does again and again, each chore on a thread of its own.

A chore that fails or takes too long is said, put off for longer each time, and touches no other. A
thread cannot be ended: one that is overdue is left alone, and its chore is not begun a second time
until it came back. At the end of the program what is under way is left where it is; a chore keeps
what it did in transactions of its own.
"""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from bench.identity.plain import plain
from bench.problems import ProblemError

LONGEST_PAUSE = 900.0
"""Seconds until a chore that failed is tried again, at most."""
_FAREWELL = 0.5
"""Seconds that chores have to come back at the end."""


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to do every so many seconds; it counts as overdue after `deadline` seconds.

    `work` blocks, and returns what is worth a line in the log, or "". `ProblemError` is known
    trouble; whatever else it raises is said by its kind alone, for its words may hold a secret.
    """

    name: str
    every: float
    work: Callable[[], str]
    deadline: float = 600.0


def pause(every: float, failures: int, draw: float) -> float:
    """Return the seconds until a chore is due again; `draw` (0 to 1) spreads those that failed."""
    if not failures:
        return every
    longest = min(LONGEST_PAUSE, every * 2.0 ** min(failures, 20))
    return max(every, longest * (0.5 + draw / 2))


class Chores:
    """Does them until told to end; `say` is told what came of it, a line at a time."""

    def __init__(
        self,
        chores: Sequence[Chore],
        say: Callable[[str], None],
        draw: Callable[[], float] = random.random,
    ) -> None:
        self._chores = chores
        self._say = say
        self._draw = draw

    async def keep(self, ended: asyncio.Event) -> None:
        """Do all of them, side by side, until `ended`."""
        async with asyncio.TaskGroup() as group:
            for chore in self._chores:
                group.create_task(self._kept(chore, ended))

    async def _kept(self, chore: Chore, ended: asyncio.Event) -> None:
        failures = 0
        while not ended.is_set():
            well = await self._done(chore, ended)
            failures = 0 if well else failures + 1
            with suppress(TimeoutError):
                async with asyncio.timeout(pause(chore.every, failures, self._draw())):
                    await ended.wait()

    async def _done(self, chore: Chore, ended: asyncio.Event) -> bool:
        """Return whether it went well and in time."""
        working = _on_a_thread(chore)
        ending: asyncio.Future[Any] = asyncio.ensure_future(ended.wait())
        try:
            in_time = await _first(working, ending, chore.deadline)
            if not in_time and not ended.is_set():
                self._say(f"{chore.name}: not done after {chore.deadline:g} s")
                await _first(working, ending, None)
            if ended.is_set():
                await asyncio.wait([working], timeout=_FAREWELL)
        finally:
            ending.cancel()
        return self._told(chore, working) and in_time

    def _told(self, chore: Chore, working: asyncio.Future[str]) -> bool:
        if not working.done():
            return False
        error = working.exception()
        if error is None:
            if what := working.result():
                self._say(f"{chore.name}: {plain(what, 300)}")
            return True
        self._say(f"{chore.name}: {_words(error)}")
        return False


async def _first(
    working: asyncio.Future[str], ending: asyncio.Future[Any], patience: float | None
) -> bool:
    """Wait until the work is done, the program ends or patience does; return whether it is done."""
    both: set[asyncio.Future[Any]] = {working, ending}
    await asyncio.wait(both, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
    return working.done()


def _on_a_thread(chore: Chore) -> asyncio.Future[str]:
    """Begin it on a thread that the end of the program does not wait for."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[str] = loop.create_future()

    def tell(result: str, error: Exception | None) -> None:
        if error is None:
            done.set_result(result)
        else:
            done.set_exception(error)

    def run() -> None:
        result, failed = "", None
        try:
            result = chore.work()
        except Exception as error:  # noqa: BLE001 - one chore's bug ends no other
            failed = error
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(tell, result, failed)

    threading.Thread(target=run, name=chore.name, daemon=True).start()
    return done


def _words(error: BaseException) -> str:
    if isinstance(error, ProblemError):
        return str(error.problem)
    return f"a fault in the program: {type(error).__name__}"
