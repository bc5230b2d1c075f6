"""Requests over HTTPS, on the bench's loop, through one client session made when first needed.

It decides nothing: an answer is bytes, and what goes wrong before there is one is a problem. No
redirect is followed, no body is read beyond a limit, and what is sent (tokens) stands in no
exception: aiohttp's own carry the headers of the request, so none of them leaves this module.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bench.enrolment.intune.skew import http_time
from bench.enrolment.intune.troubles import garbled, trouble, unreachable
from bench.problems import ProblemCode, ProblemError

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession
    from yarl import URL

_CHUNK = 65_536
_SECOND = timedelta(seconds=1)
"""What an HTTP date leaves out at most: no token is to be held for good that has just expired."""
Now = Callable[[], datetime]


def utc_now() -> datetime:
    """Return this computer's time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds for a connection, for silence within an answer and for all of it; bytes of a body."""

    connect: float = 10.0
    silence: float = 30.0
    whole: float = 90.0
    body: int = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """One request; its headers and body may hold secrets."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whole; header names are in lower case."""

    status: int
    body: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


class _TooLargeError(Exception):
    """A body went on beyond the limit."""


class Exchange:
    """One service's host, and that of its sign-in; `close` it on the loop it was used on.

    `certificates` is a PEM file of the authorities to trust, None for the computer's own.
    """

    def __init__(
        self, certificates: Path | None = None, limits: Limits | None = None, now: Now = utc_now
    ) -> None:
        self._certificates = certificates
        self._limits = limits or Limits()
        self._now = now
        self._lock = asyncio.Lock()
        self._session: ClientSession | None = None
        self._is_closed = False
        self._ahead = timedelta()
        self.theirs: datetime | None = None
        """The service's time as of its last answer, None where it said none."""

    def now(self) -> datetime:
        """Return this computer's time, in UTC."""
        return self._now()

    def service_now(self) -> datetime:
        """Return the service's time by what it said last, this computer's before that.

        By it tokens expire, and what was enrolled is old or new.
        """
        return self._now() + self._ahead

    async def ask(self, request: Request) -> Answer:
        """Make a request; `ProblemError` SERVICE_UNREACHABLE, or SERVICE_GARBLED for half a body.

        Raised outside of every handler, so that nothing hangs on to what aiohttp raised.
        """
        answer, failure = await self._tried(request)
        if failure is not None:
            raise failure
        assert answer is not None, "one of the two"
        self.theirs = http_time(answer.headers.get("date"))
        if self.theirs is not None:
            self._ahead = self.theirs + _SECOND - self._now()
        return answer

    async def close(self) -> None:
        """Let go of the session, for good: whoever asks now is told SERVICE_UNREACHABLE."""
        async with self._lock:
            self._is_closed = True
            session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _tried(self, request: Request) -> tuple[Answer | None, ProblemError | None]:
        session = await self._opened()
        import aiohttp  # noqa: PLC0415 - loaded by now

        try:
            async with session.request(
                request.method, _url(request.url), headers=request.headers, data=request.body,
                allow_redirects=False, proxy=_proxy(request.url),
            ) as response:  # fmt: skip
                return await self._read(response), None
        except (_TooLargeError, aiohttp.ClientError, OSError, ValueError) as error:
            return None, _failure(error)

    async def _read(self, response: ClientResponse) -> Answer:
        whole = bytearray()
        async for chunk in response.content.iter_chunked(_CHUNK):
            whole += chunk
            if len(whole) > self._limits.body:
                raise _TooLargeError(self._limits.body)
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, bytes(whole), headers)

    async def _opened(self) -> ClientSession:
        async with self._lock:
            if self._is_closed:
                raise unreachable("the bench has ended")
            if self._session is None:
                self._session = await self._open()
            return self._session

    async def _open(self) -> ClientSession:
        await asyncio.to_thread(_load)
        trust = await asyncio.to_thread(_trust, self._certificates)
        from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector  # noqa: PLC0415 - as above

        limits = self._limits
        return ClientSession(
            connector=TCPConnector(ssl=trust, limit=8),
            timeout=ClientTimeout(
                total=limits.whole, sock_connect=limits.connect, sock_read=limits.silence
            ),
            cookie_jar=DummyCookieJar(),
        )


def _load() -> None:
    """Load aiohttp: a fifth of a second, for Intune alone, that no loop stands still for."""
    import aiohttp  # noqa: F401, PLC0415 - to have it loaded


def _trust(certificates: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=certificates)
    except (OSError, ssl.SSLError):
        name = certificates.name if certificates else "the computer's"
    raise trouble(ProblemCode.SETTINGS_UNUSABLE, f"no certificates in {name}")


def _proxy(address: str) -> str | None:
    """Return the proxy that the environment names, as `requests` and curl take it.

    aiohttp's own way would read a `.netrc` too, and refuse each request that has a token already.
    """
    from urllib.request import getproxies_environment, proxy_bypass  # noqa: PLC0415 - as aiohttp

    proxies = getproxies_environment()
    host = urlsplit(address).hostname or ""
    return None if proxy_bypass(host, proxies) else proxies.get("https")


def _url(address: str) -> URL:
    from yarl import URL  # noqa: PLC0415 - comes with aiohttp

    return URL(address, encoded=True)


def _failure(error: Exception) -> ProblemError:
    """Return what went wrong, without the request that aiohttp keeps in its own words."""
    import aiohttp  # noqa: PLC0415 - as above

    match error:
        case _TooLargeError():
            return garbled(f"an answer of more than {error.args[0]} bytes")
        case aiohttp.ClientPayloadError():
            return garbled("half an answer")
        case TimeoutError() | aiohttp.ClientConnectionError():
            return unreachable(_reason(error))
        case _:
            return garbled(type(error).__name__)


def _reason(error: Exception) -> str:
    """Return what the operating system or OpenSSL said, or what it comes to."""
    if isinstance(error, TimeoutError):
        return "it took too long"
    certificate = getattr(error, "certificate_error", None)
    if certificate is not None:
        return f"its certificate is not trusted: {getattr(certificate, 'verify_message', '')}"
    words = getattr(getattr(error, "os_error", error), "strerror", None)
    return words if isinstance(words, str) and words else "it hung up"
