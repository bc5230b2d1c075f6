"""What a set-up wizard reads in a code for its camera, as Android's provisioning does. Pure.

Keys, types and values: AOSP `DevicePolicyManager` and `ProvisioningIntentHelper`. Stricter than
Android in one thing: a key that Android would ignore in silence is refused, because a bench that
writes it is mistaken. What is wrong ends as a text on the handset's screen, which never holds a
value of the code; Android's own words are known of the checksum only, the others are made up.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias
from zoneinfo import ZoneInfo

INTUNE_COMPONENT = "com.google.android.apps.work.clouddpc/.receivers.CloudDeviceAdminReceiver"
INTUNE_CHECKSUM = "I5YvS0O5hXY46mb01BlRjq4oJJGs2kuUcHvVkAPEXlg"
TOKEN_KEY = "com.google.android.apps.work.clouddpc.EXTRA_ENROLLMENT_TOKEN"  # noqa: S105 - a name
"""Source of the three: Microsoft, memdocs, android-dedicated-devices-fully-managed-enroll."""
PREFIX = "android.app.extra.PROVISIONING_"
LONGEST = 2953
"""Bytes that the largest code holds (ISO/IEC 18004, table 7: version 40, level L)."""

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"

_WIFI = ("SSID", "PASSWORD", "SECURITY_TYPE", "PROXY_HOST", "PROXY_BYPASS", "PAC_URL",
         "EAP_METHOD", "PHASE2_AUTH", "IDENTITY", "ANONYMOUS_IDENTITY", "DOMAIN",
         "CA_CERTIFICATE", "USER_CERTIFICATE")  # fmt: skip
_APP = "DEVICE_ADMIN_"
_TYPES: Mapping[str, type] = {
    **dict.fromkeys((f"WIFI_{name}" for name in _WIFI), str),
    f"{_APP}COMPONENT_NAME": str,
    f"{_APP}PACKAGE_NAME": str,
    f"{_APP}PACKAGE_DOWNLOAD_LOCATION": str,
    f"{_APP}PACKAGE_DOWNLOAD_COOKIE_HEADER": str,
    f"{_APP}SIGNATURE_CHECKSUM": str,
    f"{_APP}PACKAGE_CHECKSUM": str,
    f"{_APP}MINIMUM_VERSION_CODE": int,
    "ADMIN_EXTRAS_BUNDLE": dict,
    "WIFI_HIDDEN": bool,
    "WIFI_PROXY_PORT": int,
    "LOCALE": str,
    "TIME_ZONE": str,
    "LOCAL_TIME": int,
    "SKIP_ENCRYPTION": bool,
    "LEAVE_ALL_SYSTEM_APPS_ENABLED": bool,
    "SKIP_EDUCATION_SCREENS": bool,
    "USE_MOBILE_DATA": bool,
    "ALLOW_OFFLINE": bool,
    "KEEP_SCREEN_ON": bool,
    "SENSORS_PERMISSION_GRANT_OPT_OUT": bool,
    "SUPPORTED_MODES": int,
}
_COMPONENT = re.compile(r"[A-Za-z]\w*(\.\w+)+/(\.?\w+)([.$]\w+)*", re.ASCII)
_LOCALE = re.compile(r"[a-z]{2,3}_[A-Z]{2}", re.ASCII)
_SECURITIES = ("NONE", "WPA", "WEP", "EAP")
_SHA256 = 32


class CodeRefusedError(Exception):
    """The wizard cannot go on with what it read: `screen` is what it shows."""

    def __init__(self, screen: str) -> None:
        super().__init__(screen)
        self.screen = screen


@dataclass(frozen=True, slots=True)
class WantedNetwork:
    """A network to join: `security` is `NONE`, `WPA`, `WEP` or `EAP`."""

    ssid: str
    security: str = "NONE"
    password: str = field(default="", repr=False)
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Provisioning:
    """What a handset is to be set up with.

    `admin` is the management app's receiver, `checksum` that of its signature or package, ""
    where the app is there already; `token` what the app enrols with.
    """

    admin: str
    checksum: str = ""
    download: str = ""
    token: str = field(default="", repr=False)
    network: WantedNetwork | None = None
    locale: str = ""
    time_zone: str = ""
    keeps_system_apps: bool = False


def read_code(text: str) -> Provisioning:
    """Return what a code says; raises `CodeRefusedError`."""
    if len(text.encode("utf-8", "surrogatepass")) > LONGEST:
        raise CodeRefusedError("Can't read this code")
    said = _keys(_document(text))
    admin = _text(said, f"{_APP}COMPONENT_NAME")
    if not _COMPONENT.fullmatch(admin):
        raise CodeRefusedError("Can't set up device: no admin app is named")
    download = _text(said, f"{_APP}PACKAGE_DOWNLOAD_LOCATION")
    return Provisioning(
        admin=admin,
        checksum=_checksum(said, is_needed=bool(download)),
        download=_address(download),
        token=_token(said),
        network=_network(said),
        locale=_locale(said),
        time_zone=_time_zone(said),
        keeps_system_apps=said.get("LEAVE_ALL_SYSTEM_APPS_ENABLED") is True,
    )


def read_custom_json(text: str) -> str:
    """Return the token in the inner object that an enrolment portal hands to Intune's app.

    Raises `CodeRefusedError`.
    """
    return _bundled_token(_document(text))


def _document(text: str) -> Mapping[str, Json]:
    try:
        document = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise CodeRefusedError("Can't read this code: it is no JSON") from None
    if not isinstance(document, dict):
        raise CodeRefusedError("Can't read this code: it is no JSON object")
    return document


def _once(pairs: Iterable[tuple[str, Json]]) -> dict[str, Json]:
    """Take each name once (RFC 8259, 4: what a repeated one means is nowhere said)."""
    listed = list(pairs)
    if len(dict(listed)) != len(listed):
        raise ValueError("a name is repeated")
    return dict(listed)


def _no_constant(_: str) -> Json:
    raise ValueError("no JSON number")


def _keys(document: Mapping[str, Json]) -> Mapping[str, Json]:
    """Return the values by key without prefix, each of its type."""
    said = {key.removeprefix(PREFIX): value for key, value in document.items()}
    for key, bare in zip(document, said, strict=True):
        kind = _TYPES.get(bare) if key.startswith(PREFIX) else None
        if kind is None:
            raise CodeRefusedError("Can't set up device: a key is unknown")
        if type(said[bare]) is not kind:
            raise CodeRefusedError(f"Can't set up device: {bare} is of the wrong type")
    return said


def _text(said: Mapping[str, Json], key: str) -> str:
    value = said.get(key, "")
    assert isinstance(value, str), "the types were looked at"
    return value


def _checksum(said: Mapping[str, Json], *, is_needed: bool) -> str:
    """Return the one checksum: SHA-256 in URL-safe Base64 (Android 10 takes nothing else)."""
    names = (f"{_APP}SIGNATURE_CHECKSUM", f"{_APP}PACKAGE_CHECKSUM")
    given = [_text(said, name) for name in names if name in said]
    if not given and not is_needed:
        return ""
    if len(given) != 1 or not _is_sha256(given[0]):
        raise CodeRefusedError("Can't set up device: checksum error")
    return given[0].rstrip("=")


def _is_sha256(text: str) -> bool:
    if not re.fullmatch(r"[\w-]+=?", text, re.ASCII):
        return False
    bare = text.rstrip("=")
    try:
        return len(base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))) == _SHA256
    except ValueError:
        return False


def _address(download: str) -> str:
    if download and not download.startswith(("https://", "http://")):
        raise CodeRefusedError("Can't set up device: the app has no address to be loaded from")
    return download


def _token(said: Mapping[str, Json]) -> str:
    bundle = said.get("ADMIN_EXTRAS_BUNDLE", {})
    assert isinstance(bundle, dict), "the types were looked at"
    return _bundled_token(bundle)


def _bundled_token(bundle: Mapping[str, Json]) -> str:
    """Return the token, "" without one; in a bundle every value is a string."""
    if not all(isinstance(value, str) for value in bundle.values()):
        raise CodeRefusedError("Can't set up device: what the app is handed is of the wrong type")
    return _text(bundle, TOKEN_KEY)


def _network(said: Mapping[str, Json]) -> WantedNetwork | None:
    ssid, security = _text(said, "WIFI_SSID"), said.get("WIFI_SECURITY_TYPE", "NONE")
    if not ssid and not any(key.startswith("WIFI_") for key in said):
        return None
    if not ssid or security not in _SECURITIES:
        raise CodeRefusedError("Can't set up device: the Wi-Fi network is not described")
    return WantedNetwork(
        ssid, str(security), _text(said, "WIFI_PASSWORD"), said.get("WIFI_HIDDEN") is True
    )


def _locale(said: Mapping[str, Json]) -> str:
    locale = _text(said, "LOCALE")
    if "LOCALE" in said and not _LOCALE.fullmatch(locale):
        raise CodeRefusedError("Can't set up device: LOCALE is none")
    return locale


def _time_zone(said: Mapping[str, Json]) -> str:
    zone = _text(said, "TIME_ZONE")
    if "TIME_ZONE" in said:
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            raise CodeRefusedError("Can't set up device: TIME_ZONE is none") from None
    return zone
