"""The table [wifi]: the network of the bench; its password is named, never given."""

from __future__ import annotations

from bench.enrolment.profiles.faults import nearest
from bench.enrolment.profiles.profile import Wifi, WifiSecurity
from bench.enrolment.profiles.provisioning import EAP, REFUSED
from bench.enrolment.profiles.table import Table

_KEYS = ("ssid", "security", "password", "hidden", "eap")
_SSID_BYTES = 32
"""IEEE 802.11-2020, 9.4.2.2."""
_LONGEST_CERTIFICATE = 2000
"""Characters: with more, no code of the largest version holds the rest (ISO/IEC 18004, table 7)."""
_USER_CERTIFICATE = ("USER_CERTIFICATE", "WIFI_USER_CERTIFICATE")


def read_wifi(table: Table) -> Wifi:
    """Return the network."""
    table.only(_KEYS)
    ssid = table.text("ssid")
    if len(ssid.encode()) > _SSID_BYTES:
        table.wrong("ssid", f"a network's name has at most {_SSID_BYTES} bytes")
    security = table.choice("security", WifiSecurity.NONE)
    _check_password(table, security)
    return Wifi(
        ssid=ssid,
        security=security,
        password=table.secret("password", ""),
        hidden=table.flag("hidden", usual=False),
        eap=_eap(table.mapping("eap"), security),
    )


def _check_password(table: Table, security: WifiSecurity) -> None:
    if security is WifiSecurity.NONE and "password" in table:
        table.wrong("security", "say which, such as WPA, or leave the password out")
    if security in (WifiSecurity.WPA, WifiSecurity.WEP) and "password" not in table:
        table.wrong("password", "name the secret that holds the network's password")


def _eap(table: Table, security: WifiSecurity) -> dict[str, str]:
    for key in table.keys:
        if key in _USER_CERTIFICATE:
            table.wrong(key, REFUSED["WIFI_USER_CERTIFICATE"])
        elif key not in EAP:
            table.wrong(key, nearest(key, EAP))
    if security is not WifiSecurity.EAP:
        if table.keys:
            table.wrong("", 'it needs security = "EAP"')
        return {}
    _check_method(table, table.text("EAP_METHOD"))
    found = {key: table.text(key) for key in EAP[:-1] if key in table}
    return found | _certificate(table, EAP[-1])


def _check_method(table: Table, method: str) -> None:
    from bench.enrolment.payload.network import (  # noqa: PLC0415 - few profiles have one
        wrong_with_network,
    )

    said = {"WIFI_SSID": "x", "WIFI_SECURITY_TYPE": "EAP", "WIFI_EAP_METHOD": method}
    for _, remedy in wrong_with_network(said):
        table.wrong("EAP_METHOD", remedy)


def _certificate(table: Table, key: str) -> dict[str, str]:
    from bench.enrolment.payload.certificate import (  # noqa: PLC0415 - as above
        wrong_with_certificate,
    )

    if key not in table:
        return {}
    text = table.text(key, most=_LONGEST_CERTIFICATE)
    if text and (remedy := wrong_with_certificate(text)):
        table.wrong(key, remedy)
    return {key: text}
