"""Questions to the centre that have no answer yet. On the bench's loop only."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

from bench.events.central import Sighting
from bench.identity.identifiers import Imei
from bench.inventory.desk.trouble import away
from bench.inventory.sync.lines import Answered, Unanswered
from bench.problems import ProblemError

Answer: TypeAlias = "asyncio.Future[tuple[Sighting, ...]]"


class Questions:
    """Each has a number that no other ever has; an answer to none of them is dropped."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._open: dict[int, tuple[frozenset[Imei], Answer]] = {}

    def __len__(self) -> int:
        """Return how many wait for an answer."""
        return len(self._open)

    @contextmanager
    def asked(self, imeis: tuple[Imei, ...]) -> Iterator[tuple[int, Answer]]:
        """Number a question; it is over with the block, whatever comes of it."""
        number = next(self._numbers)
        answer: Answer = asyncio.get_running_loop().create_future()
        self._open[number] = frozenset(imeis), answer
        try:
            yield number, answer
        finally:
            self._open.pop(number, None)
            answer.cancel()

    def take(self, said: Answered | Unanswered) -> None:
        """Give an answer to whoever asked; one about other handsets than asked for is none."""
        imeis, answer = self._open.get(said.number, (frozenset[Imei](), None))
        if answer is None or answer.done():
            return
        match said:
            case Answered(_, sightings):
                if all(each.imei in imeis for each in sightings):
                    answer.set_result(sightings)
            case Unanswered(_, problem):
                answer.set_exception(ProblemError(problem))

    def give_up(self) -> None:
        """Answer all of them that the centre is away: nobody is there any more to hear it."""
        for _, answer in self._open.values():
            if not answer.done():
                answer.set_exception(away("the exchange broke off"))
