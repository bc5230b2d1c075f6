"""Where PINs are checked: one after the other, in a thread beside the bench's loop."""

from __future__ import annotations

import asyncio
from functools import partial

from bench.custody.entries import Actor
from bench.custody.ledger import Ledger
from bench.custody.people.checking import check_pin
from bench.custody.people.sign_in import PinChecked
from bench.events.person import HiddenText, PinAnswered, PinUnchecked
from bench.ports import Clock, Post
from bench.problems import ProblemError

BENCH = Actor("bench")
"""Who records what the bench itself did, or saw while nobody was signed in."""


class PinDesk:
    """Checks the PINs it is given, once `work` is entered. On the bench's loop."""

    def __init__(self, ledger: Ledger, clock: Clock, pepper: bytes) -> None:
        self._append = partial(ledger.append, by=BENCH)
        self._clock = clock
        self._pepper = pepper
        self._typed: asyncio.Queue[tuple[str, HiddenText]] = asyncio.Queue()
        self.is_checking = False

    def check(self, person: str, pin: HiddenText) -> None:
        """Have a PIN checked; another that is typed meanwhile is not taken."""
        if not self.is_checking:
            self.is_checking = True
            self._typed.put_nowait((person, pin))

    async def work(self, post: Post) -> None:
        """Check until cancelled, and post what came of it."""
        while True:
            person, pin = await self._typed.get()
            fact = await self._checked(person, pin)
            self.is_checking = False
            post(fact)

    async def _checked(self, person: str, pin: HiddenText) -> PinAnswered | PinUnchecked:
        try:
            answer = await check_pin(
                self._append, person, pin.text, self._pepper, self._clock.elapsed
            )
        except ProblemError as error:
            return PinUnchecked(person, error.problem)
        if isinstance(answer, PinChecked):
            return PinAnswered(person, answer.is_right, answer.left)
        return PinAnswered(person, is_right=False, left=0)
