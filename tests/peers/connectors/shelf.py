"""An inventory that is a dict, and that cannot bear some devices."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace
from typing import Any

from bench.inventory.connectors.pace import Pace
from bench.inventory.connectors.port import About
from bench.inventory.connectors.rate import Bucket
from bench.inventory.connectors.words import DONE, STATUS, TAG, Entry, Outcome, Plan, Wanted
from bench.problems import Problem, ProblemCode, ProblemError


class Shelf:
    """`bad` are asset tags that it cannot bear to be asked about, or to be told of."""

    def __init__(
        self, bad: Iterable[str] = (), where: str = "look_up", at_once: int = 1,
        code: ProblemCode = ProblemCode.CONNECTOR_UNREACHABLE,
    ) -> None:  # fmt: skip
        self.about = About("shelf", mapping=b"1", at_once=at_once, is_here=True)
        self.pace = Pace("shelf", Bucket(per_minute=60_000))
        self.has: dict[str, Entry] = {}
        self.bad = set(bad)
        self.asked = 0
        self._where, self._code = where, code

    def entry(self, wanted: Wanted) -> Entry:
        return Entry({TAG: wanted.asset_tag, STATUS: wanted.phase})

    async def look_up(self, entries: Sequence[Entry]) -> Sequence[tuple[Entry, ...]]:
        self._bears(entries, "look_up")
        return [tuple(filter(None, [self.has.get(each.fields[TAG])])) for each in entries]

    async def apply(self, plans: Sequence[Plan]) -> Sequence[Outcome]:
        self._bears([each.entry for each in plans], "apply")
        for plan in plans:
            tag = plan.entry.fields[TAG]
            self.has[tag] = replace(plan.entry, key=tag)
        return [DONE] * len(plans)

    async def read_back(self, plans: Sequence[Plan]) -> Sequence[tuple[Entry, ...]]:
        return [tuple(filter(None, [self.has.get(each.entry.fields[TAG])])) for each in plans]

    async def everything(self) -> AsyncIterator[Entry]:
        for tag in sorted(self.has):
            yield self.has[tag]

    async def close(self) -> None: ...

    def _bears(self, entries: Sequence[Entry], where: str) -> None:
        self.asked += 1
        bad: Any = self.bad & {each.fields[TAG] for each in entries}
        if where == self._where and bad:
            raise ProblemError(Problem(self._code, "shelf", "it took too long"))
