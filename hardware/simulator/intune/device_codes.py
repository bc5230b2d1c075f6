"""Codes by which a person signs in on another computer (RFC 8628), as the platform answers them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto

from hardware.simulator.intune.oauth_refusals import SignInRefusedError

LASTS = timedelta(minutes=15)
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_USER_CODE_LENGTH = 9


class _State(Enum):
    PENDING = auto()
    APPROVED = auto()
    DECLINED = auto()
    SPENT = auto()


@dataclass(slots=True)
class DeviceCode:
    """One code; `user` is who approved it."""

    device_code: str = field(repr=False)
    user_code: str
    client: str
    scopes: tuple[str, ...]
    expires: datetime
    state: _State = _State.PENDING
    user: str = ""
    asked: datetime | None = None


class DeviceCodes:
    """The codes given out; `interval` is the least time between two questions about one."""

    def __init__(self, interval: timedelta) -> None:
        self.interval = interval
        self._codes: dict[str, DeviceCode] = {}

    def give(self, client: str, scopes: tuple[str, ...], at: datetime) -> DeviceCode:
        """Give out a code."""
        user_code = "".join(secrets.choice(_ALPHABET) for _ in range(_USER_CODE_LENGTH))
        code = DeviceCode(secrets.token_urlsafe(96), user_code, client, scopes, at + LASTS)
        self._codes[code.device_code] = code
        return code

    def approve(self, user_code: str, user: str) -> None:
        """Somebody has typed the code and signed in; no such code: `KeyError`."""
        code = self._of_user(user_code)
        code.state, code.user = _State.APPROVED, user

    def decline(self, user_code: str) -> None:
        """Somebody has typed the code and said no; no such code: `KeyError`."""
        self._of_user(user_code).state = _State.DECLINED

    def redeem(self, device_code: str, client: str, at: datetime) -> DeviceCode:
        """Return a code that was approved, once; else `SignInRefusedError`."""
        code = self._codes.get(device_code)
        if code is None or code.client != client:
            raise SignInRefusedError(70019)
        self._check(code, at)
        code.state = _State.SPENT
        return code

    def _check(self, code: DeviceCode, at: datetime) -> None:
        before, code.asked = code.asked, at
        if code.state is _State.SPENT:
            raise SignInRefusedError(54005)
        if code.expires <= at:
            raise SignInRefusedError(70020)
        if code.state is _State.DECLINED:
            raise SignInRefusedError(70018)
        if before is not None and at - before < self.interval:
            raise SignInRefusedError(70021)
        if code.state is _State.PENDING:
            raise SignInRefusedError(70016)

    def _of_user(self, user_code: str) -> DeviceCode:
        found = [code for code in self._codes.values() if code.user_code == user_code.upper()]
        if not found:
            raise KeyError(user_code)
        return found[0]
