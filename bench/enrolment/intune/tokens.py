"""Signing in: the application by its certificate, or a person by a code on another device.

msal keeps and renews tokens; it blocks, so it works on a thread, one call at a time, each with a
deadline. No token is in a repr, an exception or a log of this bench.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

from bench.enrolment.intune.exchange import Exchange
from bench.enrolment.intune.msal_application import application, scopes
from bench.enrolment.intune.msal_line import MsalLine
from bench.enrolment.intune.permissions import READING, Permission
from bench.enrolment.intune.signing import refused as why_refused
from bench.enrolment.intune.troubles import garbled, trouble, unreachable
from bench.identity.plain import plain
from bench.ports import ManagementAddress
from bench.problems import ProblemCode, ProblemError

_DEADLINE = 120.0
_EARLY = 300.0
"""Seconds before its end from which a token is not begun with."""


class Cache(Protocol):
    """Where a person's sign-in is kept, sealed: it is as good as a password."""

    def load(self) -> str:
        """Return what was saved last, "" where nothing was."""
        ...

    def save(self, text: str) -> None:
        """Keep it; what was saved before is forgotten."""
        ...


class Forgetful:
    """Implements `Cache` for as long as the program runs."""

    def __init__(self) -> None:
        self._text = ""

    def load(self) -> str:
        """Return what was saved last."""
        return self._text

    def save(self, text: str) -> None:
        """Keep it in memory."""
        self._text = text


@dataclass(frozen=True, slots=True)
class SignInPrompt:
    """What a person does to sign in: open that page on any device, and type that code there.

    `minutes` is how long the code is taken. Both texts are plain, the page is https.
    """

    page: str
    code: str
    minutes: int


@dataclass(slots=True)
class _Held:
    token: str = field(default="", repr=False)
    until: float = 0.0


class Tokens:
    """Implements `graph.Bearer`.

    With a key in the address the application signs in by it and has what its administrator granted;
    without, a person does (`sign_in`), and `permissions` are asked for. One is made on the bench's
    loop and used there.
    """

    def __init__(
        self,
        address: ManagementAddress,
        exchange: Exchange,
        *,
        permissions: Sequence[Permission] = READING,
        cache: Cache | None = None,
        deadline: float = _DEADLINE,
    ) -> None:
        self._address = address
        self._exchange = exchange
        self._scopes = scopes(address, permissions)
        self._cache = cache or Forgetful()
        self._deadline = deadline
        self._lock = asyncio.Lock()
        self._held = _Held()
        self._made: tuple[Any, Any] | None = None

    async def token(self, refused: str = "") -> str:
        """Return a token, another one than `refused`.

        Raises `ProblemError`: SIGN_IN_AGAIN, SERVICE_REFUSED, CLOCK_WRONG, SECRET_UNUSABLE for a
        key that is none, and those of no answer.
        """
        async with self._lock:
            now = asyncio.get_running_loop().time()
            if self._held.token in ("", refused) or now >= self._held.until:
                await self._renew(anew=bool(refused))
            return self._held.token

    async def sign_in(self, show: Callable[[SignInPrompt], None]) -> None:
        """Have a person sign in; `show` is called on the loop, then it waits for them.

        Raises `ProblemError` as `token`; SIGN_IN_AGAIN where they declined or took too long.
        """
        async with self._lock:
            loop = asyncio.get_running_loop()
            flow = await self._on_thread(lambda: _begun(self._app(loop), self._scopes))
            if "user_code" not in flow:
                raise self._refused(flow)
            try:
                show(_prompt(flow))
                told = await self._on_thread(
                    lambda: self._app(loop).acquire_token_by_device_flow(flow), _patience(flow)
                )
            finally:
                flow["expires_at"] = 0  # ends msal's asking, should nobody wait for it any more
            self._take(told)

    async def _renew(self, *, anew: bool) -> None:
        self._held = _Held()
        loop = asyncio.get_running_loop()
        by = self._of_application if self._address.key else self._of_person
        self._take(await self._on_thread(lambda: by(self._app(loop), anew)))

    def _of_application(self, app: Any, anew: bool) -> Mapping[str, object]:  # noqa: ANN401, FBT001
        if anew:
            app.remove_tokens_for_client()
        return _told(app.acquire_token_for_client(list(self._scopes)))

    def _of_person(self, app: Any, anew: bool) -> Mapping[str, object]:  # noqa: ANN401, FBT001
        accounts = app.get_accounts()
        if not accounts:
            raise trouble(ProblemCode.SIGN_IN_AGAIN, "nobody has signed in")
        told = app.acquire_token_silent_with_error(
            list(self._scopes), account=accounts[0], force_refresh=anew
        )
        if told is None:
            raise trouble(ProblemCode.SIGN_IN_AGAIN, "it was too long ago")
        return _told(told)

    def _take(self, told: Mapping[str, object]) -> None:
        token, seconds = told.get("access_token"), told.get("expires_in")
        if not isinstance(token, str) or not re.fullmatch(r"[!-~]+", token):
            raise self._refused(told)
        lasts = float(seconds) if isinstance(seconds, int | float) else 0.0
        now = asyncio.get_running_loop().time()
        self._held = _Held(token, now + max(lasts - _EARLY, lasts / 2))

    def _refused(self, told: Mapping[str, object]) -> ProblemError:
        return why_refused(told, self._exchange.theirs, self._exchange.now())

    async def _on_thread(self, work: Callable[[], Any], deadline: float | None = None) -> Any:  # noqa: ANN401
        """Do it; what it raises besides problems is msal's word for an answer that is none."""
        told, failure = None, None
        try:
            async with asyncio.timeout(deadline or self._deadline):
                told = await asyncio.to_thread(work)
        except TimeoutError:
            failure = unreachable("the sign-in took too long")
        except (ValueError, RuntimeError, KeyError, TypeError) as error:
            failure = garbled(f"the sign-in, {type(error).__name__}")
        await self._keep()
        if failure is not None:
            raise failure
        return told

    async def _keep(self) -> None:
        """Save what changed of a person's sign-in, on a thread: sealing it blocks."""
        if self._made is None or self._address.key or not self._made[1].has_state_changed:
            return
        await asyncio.to_thread(self._cache.save, self._made[1].serialize())

    def _app(self, loop: asyncio.AbstractEventLoop) -> Any:  # noqa: ANN401 - msal has no types
        """Return msal's application, made on its thread: making it asks the authority."""
        if self._made is None:
            line = MsalLine(self._exchange, self._address.authority, loop)
            kept = "" if self._address.key else self._cache.load()
            self._made = application(self._address, line, kept)
        return self._made[0]


def _begun(app: Any, scopes: Sequence[str]) -> dict[str, Any]:  # noqa: ANN401 - msal has no types
    found = app.initiate_device_flow(list(scopes))
    return found if isinstance(found, dict) else {}


def _prompt(flow: Mapping[str, object]) -> SignInPrompt:
    page, code = flow.get("verification_uri"), flow.get("user_code")
    seconds = flow.get("expires_in")
    if not isinstance(page, str) or urlsplit(page).scheme != "https" or not isinstance(code, str):
        raise garbled("a sign-in without page and code")
    return SignInPrompt(plain(page, 200), plain(code), round(_number(seconds) / 60))


def _patience(flow: Mapping[str, object]) -> float:
    return _number(flow.get("expires_in")) + 60


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 900.0


def _told(found: object) -> Mapping[str, object]:
    return found if isinstance(found, dict) else {}
