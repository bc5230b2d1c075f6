"""Enrolment profiles and their tokens, asked of the service; what is decided stands in `profiles`.

Source: Microsoft Graph beta, `androidDeviceOwnerEnrollmentProfile`: list, get, `createToken` (204
without a body, so that the profile is read again) and `revokeToken` (204).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from urllib.parse import quote

from bench.enrolment.intune.exchange import Exchange
from bench.enrolment.intune.graph import Graph
from bench.enrolment.intune.pauses import Sleep
from bench.enrolment.intune.permissions import Permission
from bench.enrolment.intune.profiles import (
    OVERVIEW,
    PATH,
    Overview,
    ServiceProfile,
    chosen,
    content_of,
    entity,
    overview,
    profile_of,
)
from bench.enrolment.intune.troubles import busy
from bench.events.management import EnrolmentContent
from bench.problems import ProblemCode, ProblemError

_READINGS = 6
_BETWEEN = 2.0


class Enrolling:
    """What handsets are enrolled with; several who ask for the same at once share one answer."""

    def __init__(self, graph: Graph, exchange: Exchange, sleep: Sleep = asyncio.sleep) -> None:
        self._graph = graph
        self._exchange = exchange
        self._sleep = sleep
        self._asking: dict[str, asyncio.Task[EnrolmentContent]] = {}

    async def profiles(self) -> list[ServiceProfile]:
        """Return an overview of all that can be read: no token is asked for."""
        return (await self.overview()).profiles

    async def overview(self) -> Overview:
        """Return all of them, and how many cannot be read: no token is asked for."""
        pages = self._graph.pages(PATH, Permission.READ_PROFILES, {"$select": OVERVIEW})
        return overview([row async for page in pages for row in page.rows])

    async def content(self, name: str) -> EnrolmentContent:
        """Return what handsets enrol with under that profile; `content_of` says what is raised."""
        asking = self._asking.get(name)
        if asking is None:
            asking = self._asking[name] = asyncio.create_task(self._content(name))
            asking.add_done_callback(lambda done: self._answered(name, done))
        return await asyncio.shield(asking)

    async def create_token(self, name: str, seconds: int) -> EnrolmentContent:
        """Make a new token that holds so long, read it back and return what enrols with it.

        The one before it ends for enrolment; handsets that are enrolled stay so. SERVICE_BUSY where
        the service has taken it and does not show it yet.
        """
        before = await self._whole(name)
        path, body = _path(before, "createToken"), {"tokenValidityInSeconds": seconds}
        lost = await self._posted(path, body)
        for _ in range(_READINGS):
            after = await self._read(before.id)
            if (after.token, after.made) != (before.token, before.made):
                return content_of(after, self._exchange.service_now())
            await self._sleep(_BETWEEN)
        raise lost or busy("the new token is not to be read yet")

    async def revoke_token(self, name: str) -> None:
        """End its token at once."""
        found = chosen(await self.overview(), name)
        await self._graph.post(_path(found, "revokeToken"), Permission.MAKE_TOKENS)

    async def close(self) -> None:
        """End what is still asked."""
        asking = list(self._asking.values())
        for each in asking:
            each.cancel()
        await asyncio.gather(*asking, return_exceptions=True)

    async def _posted(self, path: str, body: Mapping[str, object]) -> ProblemError | None:
        """Have a token made; a connection that is lost leaves open whether it was: returned."""
        try:
            await self._graph.post(path, Permission.MAKE_TOKENS, body)
        except ProblemError as error:
            if error.problem.code is not ProblemCode.SERVICE_UNREACHABLE:
                raise
            return error
        return None

    async def _content(self, name: str) -> EnrolmentContent:
        return content_of(await self._whole(name), self._exchange.service_now())

    async def _whole(self, name: str) -> ServiceProfile:
        return await self._read(chosen(await self.overview(), name).id)

    async def _read(self, id_: str) -> ServiceProfile:
        row = await self._graph.get(f"{PATH}/{quote(id_)}", Permission.READ_PROFILES)
        return profile_of(entity(row))

    def _answered(self, name: str, done: asyncio.Task[EnrolmentContent]) -> None:
        del self._asking[name]
        if not done.cancelled():
            done.exception()  # known to whoever waited; if nobody does any more, to nobody


def _path(profile: ServiceProfile, action: str) -> str:
    return f"{PATH}/{quote(profile.id)}/{action}"
