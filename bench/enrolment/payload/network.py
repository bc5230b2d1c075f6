"""The network of a payload as a whole: name, security, password, and how it is signed in to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bench.enrolment.payload.passphrase import LONGEST, SHORTEST, is_key, wrong_with_passphrase
from bench.enrolment.profiles.profile import WifiSecurity

_SSID = range(1, 33)
"""Bytes of a network's name (IEEE 802.11-2020, clause 9.4.2.2)."""
_METHODS = ("PEAP", "TTLS", "PWD", "SIM", "AKA", "AKA_PRIME")
"""Source: AOSP `DevicePolicyManager.EXTRA_PROVISIONING_WIFI_EAP_METHOD`, without TLS."""


def wrong_with_network(named: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield each key of a payload's network that is wrong, and why; keys are without prefix."""
    if "WIFI_SSID" not in named:
        if stray := next((key for key in named if key.startswith("WIFI_")), None):
            yield stray, "there is no WIFI_SSID that it could be for"
        return
    name = str(named["WIFI_SSID"])
    bare = name[1:-1] if name.startswith('"') and name.endswith('"') else name
    if len(bare.encode(errors="replace")) not in _SSID:
        yield "WIFI_SSID", f"a network's name has {_SSID.start} to {_SSID.stop - 1} bytes"
    security = str(named.get("WIFI_SECURITY_TYPE", WifiSecurity.NONE))
    if security not in list(WifiSecurity):
        yield "WIFI_SECURITY_TYPE", f"give one of {', '.join(WifiSecurity)}"
    yield from _wrong_password(security, str(named.get("WIFI_PASSWORD", "")))
    yield from _wrong_method(security, str(named.get("WIFI_EAP_METHOD", "")))


def _wrong_password(security: str, password: str) -> Iterator[tuple[str, str]]:
    key = "WIFI_PASSWORD"
    if security == WifiSecurity.NONE and password:
        yield key, "the network is open, by its WIFI_SECURITY_TYPE"
    if security in (WifiSecurity.WPA, WifiSecurity.WEP) and not password:
        yield key, f"a network with {security} needs one"
    elif security == WifiSecurity.WPA and not is_key(password) and wrong_with_passphrase(password):
        yield key, f"for WPA it has {SHORTEST} to {LONGEST} ASCII characters, or 64 of hex"


def _wrong_method(security: str, method: str) -> Iterator[tuple[str, str]]:
    key = "WIFI_EAP_METHOD"
    if method == "TLS":
        yield key, "TLS takes a user certificate, and that fits into no code"
    elif security == WifiSecurity.EAP and method not in _METHODS:
        yield key, f"give one of {', '.join(_METHODS)}"
