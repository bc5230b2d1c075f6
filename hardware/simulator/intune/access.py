"""Access and refresh tokens that were given out: opaque texts, known here alone."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

LASTS = timedelta(seconds=3599)
"""How long an access token is good for (`expires_in`)."""
_REFRESH_LASTS = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody may do, and until when; `user` is "" for the application itself."""

    roles: frozenset[str]
    user: str
    expires: datetime
    scopes: tuple[str, ...] = ()


class Tokens:
    """The tokens given out and not yet taken back."""

    def __init__(self) -> None:
        self._access: dict[str, Grant] = {}
        self._refresh: dict[str, Grant] = {}

    def give_access(self, roles: frozenset[str], user: str, at: datetime) -> str:
        """Give out an access token; what expired long ago is dropped."""
        self._access = {t: g for t, g in self._access.items() if g.expires > at - LASTS}
        token = secrets.token_urlsafe(48)
        self._access[token] = Grant(roles, user, at + LASTS)
        return token

    def give_refresh(
        self, roles: frozenset[str], user: str, scopes: tuple[str, ...], at: datetime
    ) -> str:
        """Give out a refresh token."""
        token = secrets.token_urlsafe(64)
        self._refresh[token] = Grant(roles, user, at + _REFRESH_LASTS, scopes)
        return token

    def access(self, token: str) -> Grant | None:
        """Return what an access token allows; expired ones are told by `expires`."""
        return self._access.get(token)

    def refresh(self, token: str) -> Grant | None:
        """Return what a refresh token was given for."""
        return self._refresh.get(token)

    def void(self) -> None:
        """Take every token back, as when an administrator revokes the sessions."""
        self._access.clear()
        self._refresh.clear()
