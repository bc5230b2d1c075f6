"""Looking for many handsets at once: by filter in one batch, or through all there are.

A filter that works for nobody is not used again as long as the program runs. Whoever is not found
by the filters, and was not asked for by each of its identifiers, is looked for among all devices,
in one pass for everyone. What goes wrong with one handset's answers is that handset's problem.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from bench.enrolment.intune.devices import FIELDS, PATH, By, Wanted, handsets_of, the_one
from bench.enrolment.intune.graph import Graph
from bench.enrolment.intune.permissions import Permission
from bench.enrolment.intune.questions import Heard, failing, heard, questions
from bench.events.management import ManagedHandset
from bench.problems import ProblemError

Looked: TypeAlias = ManagedHandset | ProblemError | None
"""What comes of looking for a handset: its entry, None where it is not known, or why not."""
FILTERS = (By.SERIAL, By.IMEI)
"""What is filtered by unless the settings say otherwise: both are not confirmed."""
_MANY = "1000"


@dataclass(slots=True)
class _Search:
    """What was found of one handset so far; `answered` counts the identifiers it was asked by."""

    wanted: Wanted
    entries: list[ManagedHandset] = field(default_factory=list)
    answered: int = 0
    problem: ProblemError | None = None

    @property
    def is_open(self) -> bool:
        """Whether it may be among the devices all the same."""
        asked = sum(len(self.wanted.values(by)) for by in By)
        return self.problem is None and not self.entries and self.answered < asked

    @property
    def result(self) -> Looked:
        return self.problem or the_one(self.entries, self.wanted)

    def hear(self, answer: Heard) -> None:
        self.problem = self.problem or answer.problem
        if answer.entries is not None:
            self.entries += answer.entries
            self.answered += 1


class Looking:
    """Looks handsets up."""

    def __init__(self, graph: Graph, filters: Iterable[By] = FILTERS) -> None:
        self._graph = graph
        self._filters = list(filters)

    async def __call__(self, wanted: Sequence[Wanted]) -> list[Looked]:
        """Return what comes of each; `ProblemError` where nothing can be asked at all."""
        searches = [_Search(each) for each in wanted]
        await self._by_filter(searches)
        left = [each for each in searches if each.is_open]
        if left:
            await self._among_all(left)
        return [each.result for each in searches]

    async def _by_filter(self, searches: Sequence[_Search]) -> None:
        asked = questions([each.wanted for each in searches], self._filters)
        parts = await self._graph.batch([each.url for each in asked], Permission.READ_DEVICES)
        told = await asyncio.to_thread(lambda: list(map(heard, asked, parts)))
        for question, answer in zip(asked, told, strict=True):
            searches[question.whose].hear(answer)
        useless = failing(asked, told)
        self._filters = [by for by in self._filters if by not in useless]

    async def _among_all(self, searches: Sequence[_Search]) -> None:
        """Read every device once, and keep what one of them may be."""
        try:
            await self._read_all(_by_name(searches))
        except ProblemError as error:
            for each in searches:
                each.problem = ProblemError(error.problem)

    async def _read_all(self, searches: dict[str, list[_Search]]) -> None:
        query = {"$select": FIELDS, "$top": _MANY}
        async for page in self._graph.pages(PATH, Permission.READ_DEVICES, query):
            entries, _ = await asyncio.to_thread(handsets_of, page.rows)
            for each in entries:
                for search in _of(each, searches):
                    search.entries.append(each)


def _by_name(searches: Sequence[_Search]) -> dict[str, list[_Search]]:
    found: dict[str, list[_Search]] = {}
    for each in searches:
        for value in (value for by in By for value in each.wanted.values(by)):
            found.setdefault(value.upper(), []).append(each)
    return found


def _of(entry: ManagedHandset, searches: dict[str, list[_Search]]) -> list[_Search]:
    """Return those that an entry may be of, each once."""
    names = (entry.serial.upper(), str(entry.imei or ""))
    found = {id(each): each for name in names if name for each in searches.get(name, ())}
    return list(found.values())
