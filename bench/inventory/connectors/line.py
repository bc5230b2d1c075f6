"""Requests over HTTP to one inventory, each in its turn. It decides nothing of what is asked.

No redirect is followed: one leads to a page where a person signs in. No body is read beyond a
limit. The secret that is sent stands in no exception: aiohttp's own carry the request's headers,
so none of them leaves this module.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus as Http
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urlsplit

from bench.events.orders import Json
from bench.identity.plain import plain
from bench.inventory.connectors.pace import Pace
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession

_CHUNK = 65_536
_SAID = 160
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds for a connection, for silence within an answer and for all of it; bytes of a body."""

    connect: float = 10.0
    silence: float = 60.0
    whole: float = 120.0
    body: int = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Site:
    """Where an inventory is and how one signs in there: `secret` is the value of that header.

    `trust` is a PEM file of the authorities to trust, None for the computer's own.
    """

    where: str
    url: str
    secret: str = field(repr=False)
    trust: Path | None = None

    @property
    def is_here(self) -> bool:
        """Whether it is on this computer."""
        return (urlsplit(self.url).hostname or "") in _LOOPBACK


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, parsed; `body` is never anything but JSON."""

    status: int
    body: Json


class _TooLargeError(Exception):
    """A body went on beyond the limit."""


class Line:
    """One inventory's address, asked a request at a time; `close` it on the loop it was used on."""

    def __init__(self, site: Site, pace: Pace, limits: Limits | None = None) -> None:
        self._site = site
        self._pace = pace
        self._limits = limits or Limits()
        self._session: ClientSession | None = None

    async def ask(
        self,
        method: str,
        *path: str,
        query: Mapping[str, str] | None = None,
        body: Json = None,
    ) -> Reply:
        """Ask, in turn, until it is not too busy; `path` is what no slash may part.

        `ProblemError`: CONNECTOR_UNREACHABLE (then it is not known whether it was done),
        CONNECTOR_BUSY where waiting takes too long, CONNECTOR_REFUSED for 401, 403 and a redirect,
        CONNECTOR_GARBLED for a failure of the server and for what is no JSON.
        """
        url = self._url(path, query)
        while True:
            await self._pace.turn()
            answer, failure = await self._tried(method, url, body)
            if failure is not None:
                raise failure
            assert answer is not None, "one of the two"
            status, headers, content = answer
            if self._pace.heard(status, headers):
                return self._parsed(status, content)

    async def close(self) -> None:
        """Hang up."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def trouble(self, code: ProblemCode, detail: str) -> ProblemError:
        """Return a problem with this inventory; the secret is in no detail, whoever said it."""
        return ProblemError(Problem(code, self._site.where, self._scrubbed(detail)))

    def _scrubbed(self, text: str) -> str:
        said = text
        for secret in (self._site.secret, self._site.secret.rpartition(" ")[2]):
            said = said.replace(secret, "…") if secret else said
        return plain(said, _SAID)

    def said(self, words: str) -> str:
        """Return an inventory's own words for a person: one line, without the secret."""
        return self._scrubbed(words)

    def _url(self, path: tuple[str, ...], query: Mapping[str, str] | None) -> str:
        whole = "/".join([self._site.url.rstrip("/"), *(quote(part, safe="") for part in path)])
        return f"{whole}?{urlencode(query)}" if query else whole

    async def _tried(
        self, method: str, url: str, body: Json
    ) -> tuple[tuple[int, dict[str, str], bytes] | None, ProblemError | None]:
        import aiohttp  # noqa: PLC0415 - where an inventory is asked
        from yarl import URL  # noqa: PLC0415 - comes with aiohttp

        headers = {"Accept": "application/json", "Authorization": self._site.secret}
        content = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(body, ensure_ascii=False).encode()
        try:
            async with self._opened().request(
                method, URL(url, encoded=True), headers=headers, data=content,
                allow_redirects=False,
            ) as response:  # fmt: skip
                return await self._read(response), None
        except (_TooLargeError, aiohttp.ClientError, OSError, ValueError) as error:
            return None, self._failure(error)

    async def _read(self, response: ClientResponse) -> tuple[int, dict[str, str], bytes]:
        whole = bytearray()
        async for chunk in response.content.iter_chunked(_CHUNK):
            whole += chunk
            if len(whole) > self._limits.body:
                raise _TooLargeError(self._limits.body)
        headers = {name.lower(): value for name, value in response.headers.items()}
        return response.status, headers, bytes(whole)

    def _parsed(self, status: int, content: bytes) -> Reply:
        try:
            body: Json = json.loads(content)
        except (ValueError, RecursionError):
            body = None
        if refused := _refusal(status):
            raise self.trouble(ProblemCode.CONNECTOR_REFUSED, f"{refused} {_words(body)}".strip())
        if status >= Http.INTERNAL_SERVER_ERROR:
            raise self.trouble(ProblemCode.CONNECTOR_GARBLED, f"{status} {_words(body)}".strip())
        if body is None:
            raise self.trouble(ProblemCode.CONNECTOR_GARBLED, f"{status}, and no JSON")
        return Reply(status, body)

    def _opened(self) -> ClientSession:
        if self._session is None:
            from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector  # noqa: PLC0415 - as above

            limits = self._limits
            self._session = ClientSession(
                connector=TCPConnector(ssl=self._trust(), limit=1),
                timeout=ClientTimeout(
                    total=limits.whole, sock_connect=limits.connect, sock_read=limits.silence
                ),
                cookie_jar=DummyCookieJar(),
            )
        return self._session

    def _trust(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self._site.trust)
        except (OSError, ssl.SSLError):
            pass
        raise self.trouble(ProblemCode.CONNECTORS_UNUSABLE, "no certificates in what it trusts")

    def _failure(self, error: Exception) -> ProblemError:
        import aiohttp  # noqa: PLC0415 - as above

        match error:
            case _TooLargeError():
                detail = f"an answer of more than {error.args[0]} bytes"
                return self.trouble(ProblemCode.CONNECTOR_GARBLED, detail)
            case TimeoutError():
                detail = "it took too long"
            case aiohttp.ClientConnectorCertificateError():
                detail = "its certificate is not trusted"
            case aiohttp.ClientConnectorError():
                detail = error.os_error.strerror or "no connection"
            case _:
                detail = "it hung up"
        return self.trouble(ProblemCode.CONNECTOR_UNREACHABLE, detail)


def _refusal(status: int) -> str:
    if Http.MULTIPLE_CHOICES <= status < Http.BAD_REQUEST:
        return f"{status}: it sends to a page to sign in at;"
    if status in (Http.UNAUTHORIZED, Http.FORBIDDEN):
        return f"{status}"
    return ""


def _words(body: Json) -> str:
    """Return what an error says for itself, in any of the forms that are about."""
    if not isinstance(body, dict):
        return ""
    for name in ("messages", "message", "error"):
        said = body.get(name)
        if isinstance(said, str):
            return said
        if isinstance(said, dict):
            return ", ".join(str(each) for each in said.values())
    return ""
