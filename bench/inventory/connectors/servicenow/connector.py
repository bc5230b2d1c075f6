"""ServiceNow as an inventory that is fed: a dry run of its engine looks up and reads back."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict

from bench.inventory.connectors.filed import ServiceNow
from bench.inventory.connectors.line import Line
from bench.inventory.connectors.pace import Pace
from bench.inventory.connectors.port import About
from bench.inventory.connectors.servicenow.spelling import (
    Result,
    entry_from,
    entry_of,
    found,
    payload,
    refusal,
    results,
)
from bench.inventory.connectors.words import DONE, Entry, Outcome, Plan, State, Wanted
from bench.problems import ProblemCode

_BATCH = 100
_PAGE = 500
_UNSAID = frozenset({"token", "user", "trust", "per_minute"})


class ServiceNowConnector:
    """Implements `Connector`. `line` carries the secret and keeps `pace`."""

    def __init__(
        self, settings: ServiceNow, line: Line, pace: Pace, *, is_here: bool = False
    ) -> None:
        said = {name: its for name, its in asdict(settings).items() if name not in _UNSAID}
        self.about = About(
            "servicenow", json.dumps(said, sort_keys=True).encode(), _BATCH, _BATCH,
            needs_tag=False, is_here=is_here,
        )  # fmt: skip
        self.pace = pace
        self._settings = settings
        self._line = line

    def entry(self, wanted: Wanted) -> Entry:
        """Return a device by the columns that the settings name."""
        return entry_of(wanted, self._settings)

    async def look_up(self, entries: Sequence[Entry]) -> Sequence[tuple[Entry, ...]]:
        """Ask what its engine would do, which changes nothing."""
        said = await self._asked(entries, "query")
        return [found(entry, result) for entry, result in zip(entries, said, strict=True)]

    async def apply(self, plans: Sequence[Plan]) -> Sequence[Outcome]:
        """Have its engine do it; each device is answered by itself."""
        said = await self._asked([plan.entry for plan in plans])
        whys = [self._line.said(refusal(result)) for result in said]
        return [Outcome(State.REFUSED, why) if why else DONE for why in whys]

    async def read_back(self, plans: Sequence[Plan]) -> Sequence[tuple[Entry, ...]]:
        """Ask again what it would do: nothing more."""
        return await self.look_up([plan.entry for plan in plans])

    async def everything(self) -> AsyncIterator[Entry]:
        """Yield all of the class by the Table API, by `sys_id`, each page after the last one's."""
        columns = ["sys_id", *self._settings.columns.values()]
        last = ""
        while True:
            query = {
                "sysparm_query": f"sys_id>{last}^ORDERBYsys_id" if last else "ORDERBYsys_id",
                "sysparm_limit": str(_PAGE), "sysparm_fields": ",".join(columns),
            }  # fmt: skip
            table = ("api", "now", "table", self._settings.ci_class)
            reply = await self._line.ask("GET", *table, query=query)
            rows = reply.body.get("result") if isinstance(reply.body, dict) else None
            if not isinstance(rows, list):
                raise self._line.trouble(ProblemCode.CONNECTOR_GARBLED, "no rows")
            entries = [entry_from(each, self._settings) for each in rows if isinstance(each, dict)]
            for entry in entries:
                yield entry
            if not entries or entries[-1].key <= last:
                return
            last = entries[-1].key

    async def close(self) -> None:
        """Hang up."""
        await self._line.close()

    async def _asked(self, entries: Sequence[Entry], *more: str) -> list[Result]:
        body = payload(entries, self._settings)
        path = ("api", "now", "identifyreconcile", *more)
        query = {"sysparm_data_source": self._settings.source}
        reply = await self._line.ask("POST", *path, query=query, body=body)
        try:
            return results(reply.body, len(entries))
        except ValueError as error:
            raise self._line.trouble(ProblemCode.CONNECTOR_GARBLED, str(error)) from None
