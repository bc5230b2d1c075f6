"""Signing in: the application by its certificate, or a person by a code on another device.

msal keeps and renews tokens; it blocks, so it works on a thread, one call at a time, each with a
deadline. No token is in a repr, an exception or a log of this bench.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from bench.enrolment.intune.exchange import Exchange
from bench.enrolment.intune.patience import Patience
from bench.enrolment.intune.pauses import Pauses
from bench.enrolment.intune.permissions import READING, Permission
from bench.enrolment.intune.remembered import Cache, Forgetful
from bench.enrolment.intune.signing import refused as why_refused
from bench.enrolment.intune.signing_in import SigningIn
from bench.enrolment.intune.troubles import garbled, unreachable
from bench.identity.plain import plain
from bench.ports import ManagementAddress
from bench.problems import ProblemError

_DEADLINE = 900.0
"""Seconds for all that msal asks at a time; each request and each pause has an end of its own."""
_PARTING = 2.0
"""Seconds for msal's thread to notice that nothing is asked any more."""
_log = logging.getLogger(__name__)
_EARLY = 300.0
"""Seconds before its end from which a token is not begun with."""


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
    without, a person does (`sign_in`), and `permissions` are asked for. `key` returns it as it is
    kept now. One is made on the bench's loop and used there.
    """

    def __init__(
        self,
        address: ManagementAddress,
        exchange: Exchange,
        *,
        permissions: Sequence[Permission] = READING,
        cache: Cache | None = None,
        key: Callable[[], str] | None = None,
        pauses: Pauses | None = None,
        deadline: float = _DEADLINE,
    ) -> None:
        pauses = pauses or Pauses(Patience(), exchange.service_now, whose="the sign-in: ")
        self._signing = SigningIn(address, exchange, pauses, permissions, cache or Forgetful(), key)
        self._exchange = exchange
        self._deadline = deadline
        self._lock = asyncio.Lock()
        self._held = _Held()
        self._working: asyncio.Task[Any] | None = None
        self._is_closed = False
        self.unkept: ProblemError | None = None
        """Why a person's sign-in is not kept for the next start, None where it is."""

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

        Raises `ProblemError` as `token`; SIGN_IN_AGAIN where they declined or took too long,
        SECRET_UNUSABLE where they have signed in and it cannot be kept.
        """
        async with self._lock:
            loop = asyncio.get_running_loop()
            flow = await self._on_thread(lambda: self._signing.begun(loop))
            if "user_code" not in flow:
                raise self._refused(flow)
            try:
                show(_prompt(flow))
                told = await self._on_thread(
                    lambda: self._signing.finished(loop, flow), _patience(flow)
                )
            finally:
                flow["expires_at"] = 0  # ends msal's asking, should nobody wait for it any more
            self._take(told)
            await self._keep(over=True)
            if self.unkept is not None:
                raise ProblemError(self.unkept.problem)

    async def close(self) -> None:
        """Ask no more, for good, and wait for msal's thread as long as it takes to notice."""
        self._is_closed = True
        self._signing.close()
        if self._working is not None:
            await asyncio.wait({self._working}, timeout=_PARTING)
        if self._working is None or self._working.done():
            await self._keep()

    async def _renew(self, *, anew: bool) -> None:
        self._held = _Held()
        loop = asyncio.get_running_loop()
        self._take(await self._on_thread(lambda: self._signing.renewed(loop, anew=anew)))
        await self._keep()

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
        """Do it; what it raises besides problems is msal's word for an answer that is none.

        What was begun before and not waited for to its end comes first: one at a time.
        """
        if self._is_closed:
            raise unreachable("the bench has ended")
        told, failure = None, None
        try:
            async with asyncio.timeout(deadline or self._deadline):
                if self._working is not None:
                    await asyncio.wait({self._working})
                told = await asyncio.shield(self._begin(work))
        except TimeoutError:
            failure = unreachable("the sign-in took too long")
        except (ValueError, RuntimeError, KeyError, TypeError) as error:
            failure = garbled(f"the sign-in, {type(error).__name__}")
        if failure is not None:
            raise failure
        return told

    def _begin(self, work: Callable[[], Any]) -> asyncio.Task[Any]:
        self._working = asyncio.create_task(asyncio.to_thread(work))
        self._working.add_done_callback(_known)
        return self._working

    async def _keep(self, *, over: bool = False) -> None:
        """Save what changed of a person's sign-in, on a thread; the token holds all the same."""
        try:
            await asyncio.to_thread(self._signing.keep, over=over)
        except ProblemError as error:
            self.unkept = ProblemError(error.problem)
            _log.warning("the sign-in is not kept: %s", error.problem)
        else:
            self.unkept = None


def _known(done: asyncio.Task[Any]) -> None:
    if not done.cancelled():
        done.exception()  # known to whoever waited; if nobody does any more, to nobody


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
