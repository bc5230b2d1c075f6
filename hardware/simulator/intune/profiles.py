"""Enrolment profiles of corporate Android devices, and their tokens.

Source: Microsoft Graph (beta), `androidDeviceOwnerEnrollmentProfile` and its actions
`createToken` and `revokeToken`. Unconfirmed on a real tenant: what the fields of a token say
when there is none (here null, and the year 1), and whether the list holds `tokenValue`.
"""

from __future__ import annotations

import json
import secrets
import string
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bench.events.management import TokenKind
from hardware.simulator.intune.asking import Json, timestamp
from hardware.simulator.intune.devices import ENROLLMENT_TYPES

TOKEN_LENGTH = 20
_AOSP_MODES = ("corporateOwnedAOSPUserlessDevice", "corporateOwnedAOSPUserAssociatedDevice")
MODES = (*ENROLLMENT_TYPES, *_AOSP_MODES)
_PREFIX = "android.app.extra.PROVISIONING_"
_COMPONENT = "com.google.android.apps.work.clouddpc/.receivers.CloudDeviceAdminReceiver"
_CHECKSUM = "I5YvS0O5hXY46mb01BlRjq4oJJGs2kuUcHvVkAPEXlg"
_DOWNLOAD = "https://play.google.com/managed/downloadManagingApp?identifier=setup"
_TOKEN_KEY = "com.google.android.apps.work.clouddpc.EXTRA_ENROLLMENT_TOKEN"  # noqa: S105 - a name
_NEVER = "0001-01-01T00:00:00Z"
_LONGEST = timedelta(days=36_500)


@dataclass(frozen=True, slots=True)
class ProfileWifi:
    """The network that a code of the profile brings along; `security` is none, wpa or wep."""

    ssid: str = ""
    password: str = field(default="", repr=False)
    security: str = "wpa"
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Token:
    """A token and the time in which it enrols, UTC; revoked, it is there no more."""

    value: str = field(repr=False)
    created: datetime
    expires: datetime


@dataclass(frozen=True, slots=True)
class IntuneProfile:
    """One `androidDeviceOwnerEnrollmentProfile`."""

    id: str
    account: str
    name: str
    mode: str
    kind: TokenKind
    created: datetime
    changed: datetime
    template: str = ""
    wifi: ProfileWifi = ProfileWifi()
    token: Token | None = None
    enrolled: int = 0

    def json(self) -> dict[str, Json]:
        """Return it as Graph prints it, with the token and the Wi-Fi password in clear."""
        return {
            "accountId": self.account,
            "id": self.id,
            "displayName": self.name,
            "description": "",
            "enrollmentMode": self.mode,
            "enrollmentTokenType": str(self.kind),
            "createdDateTime": timestamp(self.created),
            "lastModifiedDateTime": timestamp(self.changed),
            "tokenValue": self.token.value if self.token else None,
            "tokenCreationDateTime": timestamp(self.token.created) if self.token else _NEVER,
            "tokenExpirationDateTime": timestamp(self.token.expires) if self.token else _NEVER,
            "enrolledDeviceCount": self.enrolled,
            "enrollmentTokenUsageCount": 0,
            "qrCodeContent": qr_content(self.token.value, self.wifi) if self.token else None,
            "qrCodeImage": None,
            "roleScopeTagIds": ["0"],
            "configureWifi": bool(self.wifi.ssid),
            "wifiSsid": self.wifi.ssid,
            "wifiPassword": self.wifi.password,
            "wifiSecurityType": self.wifi.security if self.wifi.ssid else "none",
            "wifiHidden": self.wifi.hidden,
            "isTeamsDeviceProfile": False,
            "deviceNameTemplate": self.template,
        }


class Profiles:
    """The profiles of the tenant, by id; a token's history is not kept."""

    def __init__(self, account: str) -> None:
        self._account = account
        self._profiles: dict[str, IntuneProfile] = {}
        self._spent: dict[str, str] = {}

    def make(
        self, name: str, mode: str, kind: TokenKind, wifi: ProfileWifi, template: str, at: datetime
    ) -> IntuneProfile:
        """Make a profile without a token; an unknown mode or a name that is taken: `ValueError`."""
        if mode not in MODES or any(profile.name == name for profile in self):
            raise ValueError(f"no profile {name!r} of mode {mode!r} can be made")
        profile = IntuneProfile(
            str(uuid.uuid4()), self._account, name, mode, kind, at, at, template, wifi
        )
        self._profiles[profile.id] = profile
        return profile

    def create_token(self, profile: IntuneProfile, lasts: timedelta, at: datetime) -> Token:
        """Give a profile a new token; the one before enrols nobody from now on."""
        value = "".join(secrets.choice(string.ascii_uppercase) for _ in range(TOKEN_LENGTH))
        token = Token(value, at, at + min(lasts, _LONGEST))
        self._retire(profile.id, "replaced")
        self._profiles[profile.id] = replace(self.get(profile.id), token=token, changed=at)
        return token

    def revoke(self, profile: IntuneProfile, at: datetime) -> None:
        """Take a profile's token away; what was enrolled with it stays enrolled."""
        self._retire(profile.id, "revoked")
        self._profiles[profile.id] = replace(self.get(profile.id), token=None, changed=at)

    def _retire(self, name: str, how: str) -> None:
        token = self.get(name).token
        if token is not None:
            self._spent[token.value] = how

    def get(self, name: str) -> IntuneProfile:
        """Return the profile of that id; `KeyError`: there is none."""
        return self._profiles[name]

    def named(self, name: str) -> IntuneProfile:
        """Return the profile of that display name; `KeyError`: there is none."""
        found = [profile for profile in self if profile.name == name]
        if not found:
            raise KeyError(name)
        return found[0]

    def of_token(self, value: str) -> IntuneProfile | None:
        """Return the profile whose token this is now."""
        return next((p for p in self if p.token and p.token.value == value), None)

    def fate(self, value: str) -> str:
        """Return what became of a token that no profile has now: replaced, revoked or unknown."""
        return self._spent.get(value, "unknown")

    def count(self, profile: IntuneProfile) -> None:
        """One handset more has enrolled."""
        self._profiles[profile.id] = replace(profile, enrolled=profile.enrolled + 1)

    def __iter__(self) -> Iterator[IntuneProfile]:
        return iter(list(self._profiles.values()))


def qr_content(token: str, wifi: ProfileWifi) -> str:
    """Return what a code of this token says.

    Source: MicrosoftDocs/memdocs, android-dedicated-devices-fully-managed-enroll.md, where it is
    printed for zero-touch; what Graph's `qrCodeContent` says word for word is not confirmed.
    """
    said: dict[str, Json] = {
        f"{_PREFIX}DEVICE_ADMIN_COMPONENT_NAME": _COMPONENT,
        f"{_PREFIX}DEVICE_ADMIN_SIGNATURE_CHECKSUM": _CHECKSUM,
        f"{_PREFIX}DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION": _DOWNLOAD,
        f"{_PREFIX}ADMIN_EXTRAS_BUNDLE": {_TOKEN_KEY: token},
    }
    return json.dumps(said | _wifi_keys(wifi), separators=(",", ":"))


def _wifi_keys(wifi: ProfileWifi) -> dict[str, Json]:
    if not wifi.ssid:
        return {}
    keys: dict[str, Json] = {
        f"{_PREFIX}WIFI_SSID": wifi.ssid,
        f"{_PREFIX}WIFI_SECURITY_TYPE": wifi.security.upper(),
    }
    if wifi.password:
        keys[f"{_PREFIX}WIFI_PASSWORD"] = wifi.password
    if wifi.hidden:
        keys[f"{_PREFIX}WIFI_HIDDEN"] = True
    return keys
