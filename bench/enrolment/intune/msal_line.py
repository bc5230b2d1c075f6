"""How msal speaks HTTP: through the bench's own exchange, and only with the authority.

msal blocks, so it works on a thread; each of its requests is handed to the bench's loop and waited
for there. So sign-in has the same trust, limits and proxies as everything else, and a body that is
no JSON never reaches msal, which would log it with whatever is in it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from http import HTTPStatus as Http
from urllib.parse import urlencode

from bench.enrolment.intune.address import origin
from bench.enrolment.intune.exchange import Answer, Exchange, Request
from bench.enrolment.intune.pauses import Pauses
from bench.enrolment.intune.troubles import garbled, unreachable
from bench.problems import ProblemError


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer in the form that msal takes; it is success, or a refusal in words (4xx)."""

    status_code: int
    text: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


class MsalLine:
    """Implements msal's `HttpClient`; called on its thread, while `loop` runs on another."""

    def __init__(
        self,
        exchange: Exchange,
        authority: str,
        pauses: Pauses,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._exchange = exchange
        self._pauses = pauses
        self._origin = origin(authority)
        self._loop = loop
        self._asking: Future[Answer] | None = None
        self._is_closed = False

    def get(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **_: object,
    ) -> Reply:
        """Ask; `ProblemError` for no answer, a redirect, or none in JSON."""
        return self._replied(Request("GET", _with(url, params), headers or {}))

    def post(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        **_: object,
    ) -> Reply:
        """Send a form; as `get`."""
        form = {key: value for key, value in (data or {}).items() if value is not None}
        typed = dict(headers or {}) | {"Content-Type": "application/x-www-form-urlencoded"}
        return self._replied(Request("POST", _with(url, params), typed, urlencode(form).encode()))

    def close(self) -> None:
        """Ask no more, for good; whoever is asking now is told so."""
        self._is_closed = True
        if self._asking is not None:
            self._asking.cancel()

    def _replied(self, request: Request) -> Reply:
        if origin(request.url) != self._origin:
            raise garbled("the sign-in leads somewhere else")
        if self._is_closed:
            raise _ended()
        asked = self._pauses.asked(lambda: self._once(request))
        self._asking = asyncio.run_coroutine_threadsafe(asked, self._loop)
        try:
            return _reply(self._asking.result())
        except CancelledError:
            pass
        raise _ended()

    async def _once(self, request: Request) -> Answer:
        await self._pauses.over()
        return await self._exchange.ask(request)


def _ended() -> ProblemError:
    return unreachable("the bench has ended")


def _reply(answer: Answer) -> Reply:
    if answer.status >= Http.INTERNAL_SERVER_ERROR:
        raise garbled(f"{answer.status} from the sign-in")
    try:
        text = answer.body.decode("utf-8")
        whole = isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        text, whole = "", False
    if not whole or Http.MULTIPLE_CHOICES <= answer.status < Http.BAD_REQUEST:
        raise garbled(f"{answer.status} from the sign-in, and no JSON object")
    return Reply(answer.status, text, answer.headers)


def _with(url: str, params: Mapping[str, str] | None) -> str:
    return f"{url}?{urlencode(params)}" if params else url
