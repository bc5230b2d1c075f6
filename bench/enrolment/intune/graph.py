"""Microsoft Graph: questions, pages and batches, with the patience its throttling asks for.

Every request carries the token of the application; a token that is refused is fetched anew once.
A pause that the service asks for holds all requests of this bench, not just the one it was told.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus as Http
from itertools import count as counting
from typing import Protocol
from urllib.parse import quote

from bench.enrolment.intune import batches
from bench.enrolment.intune.batches import Part
from bench.enrolment.intune.exchange import Answer, Exchange, Request
from bench.enrolment.intune.fields import Row, objects, parsed, whole
from bench.enrolment.intune.patience import Patience
from bench.enrolment.intune.pauses import Pauses
from bench.enrolment.intune.permissions import Permission
from bench.enrolment.intune.skew import clock_wrong, is_far
from bench.enrolment.intune.trail import Trail
from bench.enrolment.intune.troubles import BUSY, refusal, said

_JSON = "application/json"


class Bearer(Protocol):
    """Whoever has the token that requests are made with."""

    async def token(self, refused: str = "") -> str:
        """Return a token; another one than `refused`, if that was not to be used any more."""
        ...


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a long answer; `total` is how many there are in all, 0 where nobody knows.

    What is no object among them is an empty one.

    Intune's `@odata.count` has been seen to be that of the page alone, which says nothing.
    """

    rows: Sequence[Row]
    total: int = 0


class Graph:
    """The service at `root`, such as `https://graph.microsoft.com/beta`."""

    def __init__(
        self,
        exchange: Exchange,
        root: str,
        bearer: Bearer,
        pauses: Pauses | None = None,
    ) -> None:
        self._exchange = exchange
        self._root = root.rstrip("/")
        self._bearer = bearer
        self._pauses = pauses or Pauses(Patience(), exchange.service_now)

    async def get(
        self, path: str, permission: Permission, query: Mapping[str, str] | None = None
    ) -> Row:
        """Return the object at a path; `ProblemError` for everything else."""
        return parsed(
            (await self._asked("GET", self._root + address(path, query), permission)).body
        )

    async def post(
        self, path: str, permission: Permission, body: Mapping[str, object] | None = None
    ) -> Row:
        """Have something done; return its object, an empty one where there is no content (204).

        It may be sent twice where the service said "later" or hung up: do so only with what may.
        """
        data = None if body is None else json.dumps(body).encode()
        answer = await self._asked("POST", self._root + path, permission, data)
        return parsed(answer.body) if answer.body else {}

    async def pages(
        self, path: str, permission: Permission, query: Mapping[str, str] | None = None
    ) -> AsyncIterator[Page]:
        """Yield page after page of a collection; only one is held at a time."""
        trail = Trail(self._root)
        link, total = self._root + address(path, query), 0
        while link:
            answer = await self._asked("GET", link, permission)
            found, count, link = await asyncio.to_thread(_page, answer.body, trail)
            total = max(total, count if count > len(found) else 0)
            yield Page(found, total)

    async def batch(self, asked: Sequence[str], permission: Permission) -> list[Part]:
        """Ask many addresses (as `address` makes them) at once; each has its own answer.

        A part that is still busy when patience ends has a status of `BUSY`. Parts for which the
        token was refused are asked again with a new one, once.
        """
        token = await self._bearer.token() if asked else ""
        found: dict[int, Part] = {}
        await self._fill(found, asked, permission)
        denied = [n for n, part in found.items() if part.status == Http.UNAUTHORIZED]
        if denied:
            await self._bearer.token(refused=token)
            for number in denied:
                del found[number]
            await self._fill(found, asked, permission)
        return [found[n] for n in range(len(asked))]

    async def _fill(
        self, found: dict[int, Part], asked: Sequence[str], permission: Permission
    ) -> None:
        """Ask what has no answer yet, and what is busy for as long as patience lasts."""
        for tried in counting(1):
            left = [n for n in range(len(asked)) if n not in found or found[n].status in BUSY]
            for numbers in batches.chunks(left):
                found |= await self._batch({n: asked[n] for n in numbers}, permission)
            late = [part for part in found.values() if part.status in BUSY]
            if not late or not await self._pauses.again(tried, self._longest(late)):
                break

    async def _batch(self, asked: Mapping[int, str], permission: Permission) -> dict[int, Part]:
        data = json.dumps(batches.request(asked)).encode()
        answer = await self._asked("POST", f"{self._root}/$batch", permission, data)
        return await asyncio.to_thread(lambda: batches.answers(parsed(answer.body), asked))

    def _longest(self, late: Sequence[Part]) -> float | None:
        asked = [self._pauses.seconds(part.retry_after) for part in late]
        return max((each for each in asked if each is not None), default=None)

    async def _asked(
        self, method: str, url: str, permission: Permission, data: bytes | None = None
    ) -> Answer:
        answer = await self._pauses.asked(lambda: self._once(method, url, data))
        if not Http.OK <= answer.status < Http.MULTIPLE_CHOICES:
            raise refusal(answer.status, said(answer.body), permission)
        return answer

    async def _once(self, method: str, url: str, data: bytes | None) -> Answer:
        token = await self._bearer.token()
        answer = await self._sent(method, url, data, token)
        if answer.status == Http.UNAUTHORIZED:
            token = await self._bearer.token(refused=token)
            answer = await self._sent(method, url, data, token)
        return answer

    async def _sent(self, method: str, url: str, data: bytes | None, token: str) -> Answer:
        headers = {"Authorization": f"Bearer {token}", "Accept": _JSON}
        headers |= {"Content-Type": _JSON} if data is not None else {}
        await self._pauses.over()
        answer = await self._exchange.ask(Request(method, url, headers, data))
        if is_far(self._exchange.theirs, self._exchange.now()):
            raise clock_wrong(self._exchange.theirs, self._exchange.now())
        return answer


def address(path: str, query: Mapping[str, str] | None = None) -> str:
    """Return a path with its query, everything in the values escaped (RFC 3986, 3.4)."""
    told = "&".join(f"{key}={quote(value, safe='')}" for key, value in (query or {}).items())
    return f"{path}?{told}" if told else path


def quoted(value: str) -> str:
    """Return a text as a literal of a filter (OData URL Conventions 4.01, 5.1.1.14.1)."""
    return "'" + value.replace("'", "''") + "'"


def _page(body: bytes, trail: Trail) -> tuple[list[Row], int, str]:
    """Return the rows of a page, the count that it says, and where the next is.

    A thousand rows take longer than the bench's loop is to be kept from everything else.
    """
    page = parsed(body)
    found = objects(page)
    return found, whole(page, "@odata.count"), trail.after(page, found)
