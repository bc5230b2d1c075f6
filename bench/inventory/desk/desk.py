"""Keeps the exchange running beside the bench, and is how the bench speaks with the centre.

Everything here is called on the bench's loop, and nothing of it waits for the centre.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing, suppress

from bench.events.central import Sighting
from bench.events.device import ProblemRaised
from bench.identity.identifiers import Imei
from bench.inventory.desk.child import Child
from bench.inventory.desk.freezing import Freezing
from bench.inventory.desk.hearing import heard
from bench.inventory.desk.patience import Patience
from bench.inventory.desk.questions import Questions
from bench.inventory.desk.telling import Telling
from bench.inventory.desk.trouble import away, failing
from bench.inventory.sync.lines import (
    MOST_ASKED,
    Answered,
    Ask,
    Cleared,
    Freeze,
    LookNow,
    ReleaseTaken,
    Said,
    Stands,
    Troubled,
    Unanswered,
    Wake,
    wanted_line,
)
from bench.ports import Clock, Post
from bench.problems import ProblemError

_NONSENSE = 100
"""Lines that are not believed before whoever says them is ended."""
_TOLERATED = 2
"""Failures in a row that nobody is told of."""
_USUAL = Patience()


def _no_matter(_: object) -> None:
    return


class CentreDesk:
    """A `Watcher` that runs the exchange, and the `CentralInventory` that it makes possible.

    `words` are the command: `… sync --follow --json-lines`. `on_freeze` is told why the record of
    that `epoch` takes no more (a freeze of another epoch is not passed on) until it raises nothing,
    `on_release` the number of a release that was taken down and can be used.
    """

    def __init__(
        self,
        words: Sequence[str],
        clock: Clock,
        *,
        epoch: int | None = None,
        patience: Patience = _USUAL,
        on_freeze: Callable[[str], None] = _no_matter,
        on_release: Callable[[int], None] = _no_matter,
    ) -> None:
        self._words, self._clock, self._patience = words, clock, patience
        self._epoch = epoch
        self._freezing = Freezing(on_freeze, patience.again)
        self._on_release = on_release
        self._questions = Questions()
        self._telling = Telling(patience.show)
        self._child: Child | None = None
        self._hurried = asyncio.Event()
        self._waking: asyncio.TimerHandle | None = None
        self._failures = 0

    # ── for the bench ───────────────────────────────────────────────────────────────────────────
    async def follow(self, post: Post) -> None:
        """Run the exchange until cancelled, and post what it says; it ends with this."""
        try:
            while True:
                began = self._clock.elapsed()
                ended = await self._exchange(post)
                self._broke_off(post, ended, self._clock.elapsed() - began)
                await self._pause()
        finally:
            self._telling.stop()
            self._freezing.stop()
            if self._waking is not None:
                self._waking.cancel()
                self._waking = None

    def wake(self) -> None:
        """Something was committed: the exchange is told so soon, once for many commits.

        What could be committed is still written on: a freeze that failed is tried again.
        """
        self._freezing.try_again()
        if self._waking is None and self._child is not None:
            loop = asyncio.get_running_loop()
            self._waking = loop.call_later(self._patience.wake, self._wake)

    def look_now(self) -> None:
        """Have what waits sent at once; an exchange that was to be started later is started now."""
        self._hurried.set()
        if self._child is not None:
            self._child.say(wanted_line(LookNow()))

    async def sightings(self, imeis: tuple[Imei, ...]) -> tuple[Sighting, ...]:
        """Return where other benches have these handsets, in a few seconds.

        `ProblemError`: CENTRE_UNREACHABLE where nobody says in that time, or what the centre has
        against it.
        """
        parts = [imeis[at : at + MOST_ASKED] for at in range(0, len(imeis), MOST_ASKED)]
        return tuple([each for part in parts for each in await self._asked(part)])

    # ── the exchange ────────────────────────────────────────────────────────────────────────────
    async def _exchange(self, post: Post) -> str:
        """Run it once; return how it ended."""
        try:
            child = await Child.begin(self._words)
        except OSError as error:
            return f"it cannot be started: {error.strerror}"
        self._child = child
        try:
            await self._listen(child, post)
        finally:
            self._child = None
            self._hurried.clear()  # it heard of that itself; who is in a hurry now means the next
            self._questions.give_up()
            ended = await child.end(self._patience.ending)
        return ended

    async def _listen(self, child: Child, post: Post) -> None:
        nonsense = 0
        async with aclosing(child.lines()) as lines:
            async for line in lines:
                if said := heard(line):
                    self._take(said, post)
                elif (nonsense := nonsense + 1) >= _NONSENSE:
                    return

    def _take(self, said: Said, post: Post) -> None:
        """Do as it says; what a callback meets is shown, and the exchange goes on."""
        try:
            self._believe(said, post)
        except ProblemError as error:
            post(ProblemRaised(error.problem))

    def _believe(self, said: Said, post: Post) -> None:
        match said:
            case Answered() | Unanswered():
                self._questions.take(said)
            case Stands() | Troubled() | Cleared():
                self._telling.take(said, post)
            case Freeze(epoch, reason):
                if self._epoch in (None, epoch):
                    self._freezing.want(reason, post)
            case ReleaseTaken(number):
                self._on_release(number)

    def _broke_off(self, post: Post, ended: str, lasted: float) -> None:
        self._failures = 1 if lasted >= self._patience.steady else self._failures + 1
        problem = failing(ended) if self._failures > _TOLERATED else None
        self._telling.broke_off(problem, post)

    async def _pause(self) -> None:
        """Wait before it is started again, unless somebody is in a hurry."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience.pause(self._failures)):
                await self._hurried.wait()
        self._hurried.clear()

    # ── questions ───────────────────────────────────────────────────────────────────────────────
    async def _asked(self, imeis: tuple[Imei, ...]) -> tuple[Sighting, ...]:
        with self._questions.asked(imeis) as (number, answer):
            if self._child is None or not self._child.say(wanted_line(Ask(number, imeis))):
                raise away("the exchange does not listen")
            try:
                async with asyncio.timeout(self._patience.answer):
                    return await answer
            except TimeoutError:
                raise away("it took too long to answer") from None

    def _wake(self) -> None:
        self._waking = None
        if self._child is not None:
            self._child.say(wanted_line(Wake()))
