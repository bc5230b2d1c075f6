"""What msal is asked to do, on its thread: it blocks, and has no types.

Everything here but `close` is called on that thread, one call at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from bench.enrolment.intune.exchange import Exchange
from bench.enrolment.intune.msal_application import application, scopes
from bench.enrolment.intune.msal_line import MsalLine
from bench.enrolment.intune.pauses import Pauses
from bench.enrolment.intune.permissions import Permission
from bench.enrolment.intune.remembered import Cache, Remembered
from bench.ports import ManagementAddress
from bench.problems import ProblemError

_NOBODY: Mapping[str, object] = {
    "error": "login_required", "error_description": "nobody has signed in",
}  # fmt: skip
_LONG_AGO: Mapping[str, object] = {
    "error": "login_required", "error_description": "it was too long ago",
}  # fmt: skip


class SigningIn:
    """Signs in at one address; every answer is the authority's, a token's or a refusal's.

    What is raised is a `ProblemError`, or msal's own word for an answer that is none.
    """

    def __init__(
        self,
        address: ManagementAddress,
        exchange: Exchange,
        pauses: Pauses,
        permissions: Sequence[Permission],
        cache: Cache,
        key: Callable[[], str] | None,
    ) -> None:
        self._address = address
        self._exchange = exchange
        self._pauses = pauses
        self._scopes = list(scopes(address, permissions))
        self._remembered = Remembered(cache)
        self._key = key
        self._made: tuple[Any, Any] | None = None
        self._line: MsalLine | None = None
        self._is_closed = False

    def renewed(self, loop: asyncio.AbstractEventLoop, *, anew: bool) -> Mapping[str, object]:
        """Return a token that holds, or, `anew`, one that was not given out before."""
        if not self._address.key:
            return self._of_person(loop, anew=anew)
        self._change_key()
        app = self._app(loop)
        if anew:
            app.remove_tokens_for_client()
        return _told(app.acquire_token_for_client(self._scopes))

    def begun(self, loop: asyncio.AbstractEventLoop) -> dict[str, Any]:
        """Begin a person's sign-in, as msal's flow; {} for no answer."""
        found = self._app(loop).initiate_device_flow(self._scopes)
        return found if isinstance(found, dict) else {}

    def finished(
        self, loop: asyncio.AbstractEventLoop, flow: dict[str, Any]
    ) -> Mapping[str, object]:
        """Wait for that person until the flow's `expires_at`, which another thread may change."""
        return _told(self._app(loop).acquire_token_by_device_flow(flow))

    def keep(self, *, over: bool) -> None:
        """Save what changed of a person's sign-in, as `Remembered.save`."""
        if self._made is not None and not self._address.key:
            self._remembered.save(self._made[1], over=over)

    def close(self) -> None:
        """Ask no more, for good."""
        self._is_closed = True
        if self._line is not None:
            self._line.close()

    def _change_key(self) -> None:
        """Sign in by the key that is kept now, from when it is another one."""
        with suppress(ProblemError):  # then the one there is has to do
            key = self._key() if self._key else ""
            if key and key != self._address.key:
                self._address = replace(self._address, key=key)
                self._made = None

    def _of_person(self, loop: asyncio.AbstractEventLoop, *, anew: bool) -> Mapping[str, object]:
        told = self._silently(self._app(loop), anew=anew)
        assert self._made is not None, "it was made for the question"
        if "access_token" in told or not self._remembered.load_anew(self._made[1]):
            return told
        return self._silently(self._made[0], anew=anew)  # somebody has signed in elsewhere

    def _silently(self, app: Any, *, anew: bool) -> Mapping[str, object]:  # noqa: ANN401 - msal has no types
        """Return the token of whoever has signed in, or the last refusal."""
        told: Mapping[str, object] = _NOBODY
        for account in app.get_accounts():
            found = app.acquire_token_silent_with_error(
                self._scopes, account=account, force_refresh=anew
            )
            told = _LONG_AGO if found is None else _told(found)
            if "access_token" in told:
                break
        return told

    def _app(self, loop: asyncio.AbstractEventLoop) -> Any:  # noqa: ANN401 - as above
        """Return msal's application; making it asks the authority."""
        if self._made is None:
            self._line = MsalLine(self._exchange, self._address.authority, self._pauses, loop)
            if self._is_closed:
                self._line.close()
            kept = "" if self._address.key else self._remembered.load()
            self._made = application(self._address, self._line, kept)
        return self._made[0]


def _told(found: object) -> Mapping[str, object]:
    return found if isinstance(found, dict) else {}
