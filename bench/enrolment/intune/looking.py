"""Looking for many handsets at once: by filter in one batch, or through all there are.

A filter that the service refuses, or ignores, is not used again as long as the program runs; what
cannot be asked for so is looked for among all devices, in one pass for everyone who waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus as Http

from bench.enrolment.intune.batches import Part
from bench.enrolment.intune.devices import (
    FIELDS,
    PATH,
    By,
    Wanted,
    filter_of,
    handset_of,
    is_as_asked,
    the_one,
)
from bench.enrolment.intune.fields import rows
from bench.enrolment.intune.graph import Graph, address
from bench.enrolment.intune.permissions import Permission
from bench.enrolment.intune.trail import NEXT
from bench.enrolment.intune.troubles import BUSY, busy, refusal, said_in
from bench.events.management import ManagedHandset

FILTERS = (By.SERIAL, By.IMEI)
"""What is filtered by unless the settings say otherwise: both are not confirmed."""
_UNSUPPORTED = (Http.BAD_REQUEST, Http.NOT_IMPLEMENTED)
_FEW = "20"
_MANY = "1000"


@dataclass(frozen=True, slots=True)
class _Question:
    whose: int
    by: By
    value: str

    @property
    def url(self) -> str:
        query = {"$filter": filter_of(self.by, self.value), "$select": FIELDS, "$top": _FEW}
        return address(PATH, query)


class Looking:
    """Looks handsets up."""

    def __init__(self, graph: Graph, filters: Iterable[By] = FILTERS) -> None:
        self._graph = graph
        self._filters = list(filters)

    async def __call__(self, wanted: Sequence[Wanted]) -> list[ManagedHandset | None]:
        """Return each, None for those the service does not know; `ProblemError` for no answer."""
        found: list[list[ManagedHandset]] = [[] for _ in wanted]
        unsure = await self._by_filter(wanted, found)
        if unsure:
            await self._among_all(wanted, found, unsure)
        return [the_one(entries, each) for entries, each in zip(found, wanted, strict=True)]

    async def _by_filter(
        self, wanted: Sequence[Wanted], found: list[list[ManagedHandset]]
    ) -> set[int]:
        """Ask by each filter that works; return whose answer says nothing."""
        asked = [
            _Question(number, by, value)
            for number, each in enumerate(wanted) for by in self._filters
            for value in each.values(by)
        ]  # fmt: skip
        parts = await self._graph.batch([each.url for each in asked], Permission.READ_DEVICES)
        sure: set[int] = set()
        for question, part in zip(asked, parts, strict=True):
            entries = self._entries(question, part)
            if entries is not None:
                found[question.whose] += entries
                sure.add(question.whose)
        return set(range(len(wanted))) - sure

    def _entries(self, question: _Question, part: Part) -> list[ManagedHandset] | None:
        """Return what was asked for, None where the service does not filter by that."""
        if part.status in BUSY:
            raise busy(f"{part.status}: {said_in(part.body)}")
        if part.status in _UNSUPPORTED:
            self._drop(question.by)
            return None
        if part.status != Http.OK:
            raise refusal(part.status, said_in(part.body), Permission.READ_DEVICES)
        entries = [handset_of(row) for row in rows(part.body)]
        if not all(is_as_asked(each, question.by, question.value) for each in entries):
            self._drop(question.by)
            return None
        return None if part.body.get(NEXT) else entries

    def _drop(self, by: By) -> None:
        self._filters = [each for each in self._filters if each is not by]

    async def _among_all(
        self, wanted: Sequence[Wanted], found: list[list[ManagedHandset]], unsure: set[int]
    ) -> None:
        """Read every device once, and keep what one of them may be."""
        keys: dict[str, set[int]] = {}
        for number in unsure:
            for value in (value for by in By for value in wanted[number].values(by)):
                keys.setdefault(value.upper(), set()).add(number)
        query = {"$select": FIELDS, "$top": _MANY}
        async for page in self._graph.pages(PATH, Permission.READ_DEVICES, query):
            for each in map(handset_of, page.rows):
                names = (each.serial.upper(), str(each.imei or ""))
                for number in {n for name in names if name for n in keys.get(name, ())}:
                    found[number].append(each)
