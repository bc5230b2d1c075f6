"""The provisioning keys of Android Enterprise: what each takes, and which no profile may set.

Source: AOSP `DevicePolicyManager` (about Android 11), `ProvisioningIntentHelper` (about 13), which
gives the types. Not everything here was seen on a handset: a note says what is not confirmed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

PREFIX = "android.app.extra.PROVISIONING_"
"""What every key begins with in a payload; everywhere else it is left out."""


@dataclass(frozen=True, slots=True)
class ProvisioningKey:
    """A key: the type of its JSON value, a note for whoever sets it, and its place in a profile.

    `place` is "" for a key that is set in [payload] under `extras`.
    """

    kind: type[str | int | bool | dict[str, str]]
    note: str = ""
    place: str = ""


def _wifi(key: str, note: str = "") -> ProvisioningKey:
    return ProvisioningKey(str, note, f"[wifi] {key}")


_EAP_NOTE = "Android 10 and later"
KEYS: Mapping[str, ProvisioningKey] = {
    "DEVICE_ADMIN_COMPONENT_NAME": ProvisioningKey(str, "always needed", "[payload] component"),
    "DEVICE_ADMIN_PACKAGE_NAME": ProvisioningKey(str, "deprecated: give the component"),
    "DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION": ProvisioningKey(
        str, "absent: the management app is taken to be installed", "[payload] download"
    ),
    "DEVICE_ADMIN_SIGNATURE_CHECKSUM": ProvisioningKey(
        str, "SHA-256 as URL-safe base64 without padding", "[payload] checksum"
    ),
    "DEVICE_ADMIN_PACKAGE_CHECKSUM": ProvisioningKey(
        str, "of the package instead of its signature: SHA-256 as URL-safe base64"
    ),
    "DEVICE_ADMIN_MINIMUM_VERSION_CODE": ProvisioningKey(int),
    "DEVICE_ADMIN_PACKAGE_DOWNLOAD_COOKIE_HEADER": ProvisioningKey(
        str, "a service may give it out; no profile may, for it would hold a secret"
    ),
    "ADMIN_EXTRAS_BUNDLE": ProvisioningKey(
        dict, "texts only; Android 6 and later", "[payload] admin_extras"
    ),
    "WIFI_SSID": _wifi("ssid", "some readers expect it in quotes of its own: not confirmed"),
    "WIFI_PASSWORD": _wifi("password"),
    "WIFI_SECURITY_TYPE": _wifi("security", "NONE, WPA, WEP or EAP; there is none for WPA3"),
    "WIFI_HIDDEN": ProvisioningKey(bool, "", "[wifi] hidden"),
    "WIFI_PROXY_HOST": ProvisioningKey(str),
    "WIFI_PROXY_PORT": ProvisioningKey(int),
    "WIFI_PROXY_BYPASS": ProvisioningKey(str),
    "WIFI_PAC_URL": ProvisioningKey(str),
    "WIFI_EAP_METHOD": _wifi("eap", _EAP_NOTE),
    "WIFI_PHASE2_AUTH": _wifi("eap", _EAP_NOTE),
    "WIFI_IDENTITY": _wifi("eap", _EAP_NOTE),
    "WIFI_ANONYMOUS_IDENTITY": _wifi("eap", _EAP_NOTE),
    "WIFI_DOMAIN": _wifi("eap", _EAP_NOTE),
    "WIFI_CA_CERTIFICATE": _wifi("eap", f"{_EAP_NOTE}; base64 of DER on one line"),
    "LOCALE": ProvisioningKey(str, "such as en_GB", "[profile] locale"),
    "TIME_ZONE": ProvisioningKey(str, "an Olson name", "[profile] time_zone"),
    "SKIP_ENCRYPTION": ProvisioningKey(bool, "of no use on handsets that always encrypt"),
    "LEAVE_ALL_SYSTEM_APPS_ENABLED": ProvisioningKey(
        bool, "unset: dialler, camera and others may be switched off"
    ),
    "SKIP_EDUCATION_SCREENS": ProvisioningKey(bool, "Android ignores it in a QR code"),
    "USE_MOBILE_DATA": ProvisioningKey(bool, "hidden, or Android 12 and later"),
    "ALLOW_OFFLINE": ProvisioningKey(bool, "Android 13 and later"),
    "KEEP_SCREEN_ON": ProvisioningKey(bool, "Android 13 and later"),
    "SENSORS_PERMISSION_GRANT_OPT_OUT": ProvisioningKey(bool, "Android 12 and later"),
    "SUPPORTED_MODES": ProvisioningKey(int, "Android 12 and later"),
}
"""Every key without its prefix."""

_BY_PLATFORM = "Android hands it to the management app itself; it has no place in a code"
REFUSED: Mapping[str, str] = {
    "IMEI": _BY_PLATFORM,
    "SERIAL_NUMBER": _BY_PLATFORM,
    "LOCAL_TIME": "it is out of date when the code is read; give time_zone",
    "SKIP_USER_CONSENT": "Android ignores it",
    "SKIP_USER_SETUP": "Android ignores it",
    "WIFI_USER_CERTIFICATE": "a user certificate and its key fit into no code",
}
"""Keys that no profile may set, and why."""

_SECRET = ("DEVICE_ADMIN_PACKAGE_DOWNLOAD_COOKIE_HEADER",)
"""Keys that a service may give out in its code, and that no profile may set."""

EAP = ("EAP_METHOD", "PHASE2_AUTH", "IDENTITY", "ANONYMOUS_IDENTITY", "DOMAIN", "CA_CERTIFICATE")
"""The keys of a [wifi] table's `eap`: the provisioning keys without `WIFI_` as well."""


def refusal(key: str, value: object) -> str:
    """Return why `extras` may not give a known key that value, "" where it may; pure."""
    if key in REFUSED:
        return REFUSED[key]
    if key in _SECRET:
        return "it would hold a secret, and a profile never does"
    known = KEYS[key]
    if known.place:
        return f"give it as {known.place}"
    if type(value) is not known.kind:
        return f"give {_IN_WORDS[known.kind]}"
    if key == "SKIP_ENCRYPTION" and value:
        return "a handset is never left unencrypted: leave it out"
    return ""


_IN_WORDS: Mapping[type, str] = {
    str: "text in quotes",
    int: "a whole number",
    bool: "true or false",
    dict: "a table",
}
