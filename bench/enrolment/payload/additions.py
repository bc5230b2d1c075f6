"""What a profile adds to who manages a handset: network, language, time zone, extras."""

from __future__ import annotations

from typing import TypeAlias

from bench.enrolment.payload.refusing import unusable
from bench.enrolment.profiles.profile import EnrolmentProfile, Payload, Wifi, WifiSecurity
from bench.enrolment.profiles.provisioning import EAP, KEYS, PREFIX, REFUSED, refusal
from bench.ports import Secrets

Document: TypeAlias = dict[str, object]
"""A payload as an object of JSON, its keys with their prefix."""
WIFI = f"{PREFIX}WIFI_"


def additions(profile: EnrolmentProfile, secrets: Secrets, *, quoted_ssid: bool) -> Document:
    """Return the keys of the profile's network, locale and time zone, as far as it has them."""
    found: Document = {}
    if profile.wifi:
        found |= _network(profile.wifi, secrets, quoted_ssid=quoted_ssid)
    if profile.locale:
        found[f"{PREFIX}LOCALE"] = profile.locale
    if profile.time_zone:
        found[f"{PREFIX}TIME_ZONE"] = profile.time_zone
    return found


def extras(payload: Payload) -> Document:
    """Return the profile's further provisioning keys, in the order of the table of keys."""
    for key, value in payload.extras.items():
        if key not in KEYS and key not in REFUSED:
            raise unusable(key, "Android knows no provisioning key of that name")
        if reason := refusal(key, value):
            raise unusable(key, reason)
    order = list(KEYS)
    return {PREFIX + key: payload.extras[key] for key in sorted(payload.extras, key=order.index)}


def _network(wifi: Wifi, secrets: Secrets, *, quoted_ssid: bool) -> Document:
    _check_eap(wifi)
    given: Document = {
        "SSID": f'"{wifi.ssid}"' if quoted_ssid else wifi.ssid,
        "HIDDEN": wifi.hidden or None,
        "SECURITY_TYPE": str(wifi.security),
        "PASSWORD": secrets.secret(wifi.password) if wifi.password else None,
    }
    given |= {key: wifi.eap[key] for key in EAP if key in wifi.eap}
    return {WIFI + key: value for key, value in given.items() if value is not None}


def _check_eap(wifi: Wifi) -> None:
    for key in wifi.eap:
        if reason := REFUSED.get(f"WIFI_{key}"):
            raise unusable(f"WIFI_{key}", reason)
        if key not in EAP:
            raise unusable(f"WIFI_{key}", f"[wifi] eap takes only {', '.join(EAP)}")
    if wifi.eap and wifi.security is not WifiSecurity.EAP:
        raise unusable("WIFI_SECURITY_TYPE", "[wifi] eap is for security EAP only")
