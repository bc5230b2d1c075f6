"""What Snipe-IT answers: envelopes, single assets and pages. It asks, and decides nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from http import HTTPStatus as Http

from bench.events.orders import Json
from bench.inventory.connectors.line import Line, Reply
from bench.problems import ProblemCode

PAGE = 500
"""Rows of a page: its MAX_RESULTS; more falls back to that."""
_BACK = 50
"""Rows to go back where a page does not go on where the one before it ended."""


NOT_THERE = ("asset does not exist", "asset not found")
"""What it says, in English, where no asset has an asset tag or serial number."""


class RefusedError(Exception):
    """Snipe-IT answered with `status: error`; the text is its reason, for a person."""


class Rows:
    """The resources of one Snipe-IT, which says in other words that one is `not_there`."""

    def __init__(self, line: Line, not_there: str = "") -> None:
        self.line = line
        self._not_there = {*NOT_THERE, _bare(not_there)} - {""}

    async def told(self, method: str, *path: str, body: Json) -> Mapping[str, Json]:
        """Change something; return the payload. `RefusedError` for a no, with HTTP 200 too."""
        reply = await self.line.ask(method, *_API, *path, body=body)
        said = self._object(reply)
        if said.get("status") != "success":
            why = self.line.said(_messages(said))
            raise RefusedError(why or f"{reply.status}, no reason given")
        payload = said.get("payload")
        return payload if isinstance(payload, dict) else {}

    async def found(self, *path: str) -> list[Mapping[str, Json]]:
        """Return the assets at a path that names one: none, one, or several that are doubled.

        That there is none is HTTP 200 with `status: error`, as is most that may go wrong, so it is
        known by its words alone. All else is CONNECTOR_GARBLED: one that is there would be doubled.
        """
        reply = await self.line.ask("GET", *_API, *path)
        said = self._object(reply)
        if reply.status == Http.OK:
            if "rows" in said:
                return self._rows(said)
            if isinstance(said.get("id"), int):
                return [said]
            if said.get("status") == "error" and _bare(_messages(said)) in self._not_there:
                return []
        words = f"{reply.status} {_messages(said)}".strip()
        raise self.line.trouble(ProblemCode.CONNECTOR_GARBLED, f"to {path[1]} it said {words}")

    async def page(self, *path: str, **query: str) -> tuple[int, list[Mapping[str, Json]]]:
        """Return how many there are in all, and the rows of one page, by their numbers."""
        ordered = {"limit": str(PAGE), "sort": "id", "order": "asc", **query}
        said = self._object(await self.line.ask("GET", *_API, *path, query=ordered))
        total = said.get("total")
        if not isinstance(total, int):
            words = _messages(said) or "a page without total"
            raise self.line.trouble(ProblemCode.CONNECTOR_GARBLED, words)
        return total, self._rows(said)

    async def all(self, *path: str, **query: str) -> AsyncIterator[Mapping[str, Json]]:
        """Yield all rows once, by their numbers, also while others come and go.

        Each page begins with the last row of the one before: where it does not, rows before it are
        gone and those behind moved up, so it is gone back until one is met again.
        """
        last, offset = 0, 0
        while True:
            total, rows = await self.page(*path, **query, offset=str(offset))
            if rows and offset and _number(rows[0]) > last:
                offset = max(0, offset - _BACK)
                continue
            for row in rows:
                if _number(row) > last:
                    last = _number(row)
                    yield row
            if not rows or offset + len(rows) >= total:
                return
            offset += max(1, len(rows) - 1)

    def _object(self, reply: Reply) -> Mapping[str, Json]:
        if not isinstance(reply.body, dict):
            raise self.line.trouble(ProblemCode.CONNECTOR_GARBLED, f"{reply.status}, no object")
        return reply.body

    def _rows(self, said: Mapping[str, Json]) -> list[Mapping[str, Json]]:
        rows = said.get("rows")
        if not isinstance(rows, list):
            raise self.line.trouble(ProblemCode.CONNECTOR_GARBLED, "rows that are no list")
        return [row for row in rows if isinstance(row, dict) and _number(row)]


_API = ("api", "v1")


def _number(row: Mapping[str, Json]) -> int:
    number = row.get("id")
    return number if isinstance(number, int) else 0


def _bare(words: str) -> str:
    return words.strip().rstrip(".").casefold()


def _messages(said: Mapping[str, Json]) -> str:
    """Return its reasons in one line: a text, or texts by field."""
    messages = said.get("messages")
    if isinstance(messages, dict):
        lists = (each if isinstance(each, list) else [each] for each in messages.values())
        return "; ".join(str(text) for each in lists for text in each)
    return messages if isinstance(messages, str) else ""
