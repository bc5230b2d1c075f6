"""The texts that a handset's camera is to read: every kind of payload, as the product builds it."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from bench.enrolment.payload import build, take
from bench.enrolment.profiles.profile import EnrolmentProfile, Payload, Wifi, WifiSecurity
from hardware.simulator.intune.profiles import ProfileWifi, qr_content


class MadeUp:
    """Secrets of a bench that does not exist."""

    def secret(self, name: str) -> str:
        return {"token": "A1b2C3d4E5f6G7h8J9k0", "wifi": "correct horse battery s"}[name]


INTUNE = Payload(
    "com.google.android.apps.work.clouddpc/.receivers.CloudDeviceAdminReceiver",
    "I5YvS0O5hXY46mb01BlRjq4oJJGs2kuUcHvVkAPEXlg",
    "https://play.google.com/managed/downloadManagingApp?identifier=setup",
    "token",
    "com.google.android.apps.work.clouddpc.EXTRA_ENROLLMENT_TOKEN",
    {"LEAVE_ALL_SYSTEM_APPS_ENABLED": True},
)
BASE = Payload(INTUNE.component, INTUNE.checksum, INTUNE.download, INTUNE.token, INTUNE.token_key)
WPA = Wifi("staging-bench", WifiSecurity.WPA, "wifi")
OWN = Payload(
    "org.example.agent/.AdminReceiver",
    "s5qHCrTGNAG2t2vQYVBHAhGUqpDCRSoBIOv_mVvWTm8",
    "https://mdm.example.org/agent/agent-1.4.2.apk",
    "token",
    "org.example.agent.ENROLMENT_KEY",
    {"SKIP_ENCRYPTION": False},
    {"org.example.agent.SERVER": "https://mdm.example.org/enrol"},
)
_MOST = 2953
"""Bytes that the largest code holds (ISO/IEC 18004:2015, table 7, 40-L)."""


def authority() -> str:
    """Return a self-signed certificate of about 1.2 kB as a bench's RADIUS server has one."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Bench RADIUS authority")])
    key = rsa.generate_private_key(65537, 2048)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    padding = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), bytes(140))
    made = x509.CertificateBuilder(name, name, key.public_key(), 7)
    made = made.not_valid_before(start).not_valid_after(start + timedelta(days=3650))
    made = made.add_extension(padding, critical=False)
    return base64.b64encode(made.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)).decode()


def texts() -> dict[str, str]:
    """Return each kind by name."""
    eap = {"EAP_METHOD": "PEAP", "PHASE2_AUTH": "MSCHAPV2", "IDENTITY": "bench"}
    eap |= {"DOMAIN": "radius.example", "CA_CERTIFICATE": authority()}
    place = {"locale": "en_GB", "time_zone": "Europe/London"}
    enterprise = Wifi("staging-bench", WifiSecurity.EAP, "wifi", eap=eap)
    return {
        "intune": _text(BASE, None),
        "wifi": _text(BASE, WPA),
        "locale": _text(INTUNE, WPA, **place),
        "not ascii": _text(INTUNE, Wifi("Bürö"), **place),
        "eap": _text(INTUNE, enterprise, **place),
        "service": _taken(ProfileWifi("staging-bench", "correct horse battery s")),
        "staging": _taken(ProfileWifi()),
        "own app": _text(OWN, WPA, **place),
        "crowded": crowded(),
    }


def crowded() -> str:
    """Return as much as a code holds: an own app that is told a great deal."""
    little = _text(_told("x"), WPA)
    return _text(_told("x" * (_MOST - len(little) + 1)), WPA)


def _told(settings: str) -> Payload:
    return replace(OWN, admin_extras={"org.example.agent.SETTINGS": settings})


def _taken(wifi: ProfileWifi) -> str:
    """Return what Intune gives out for a token, with what the profile adds to it."""
    given = qr_content(MadeUp().secret("token"), wifi)
    bare = EnrolmentProfile("A32", 1, scan_back=True, steps=(), fingerprint="0" * 64)
    profile = bare if wifi.ssid else replace(bare, wifi=WPA, locale="en_GB")
    return take(given, profile, MadeUp()).text.text


def _text(payload: Payload, wifi: Wifi | None, locale: str = "", time_zone: str = "") -> str:
    profile = EnrolmentProfile(
        "A32", 1, scan_back=True, steps=(), fingerprint="0" * 64, payload=payload, wifi=wifi,
        locale=locale, time_zone=time_zone,
    )  # fmt: skip
    return build(profile, MadeUp()).text.text
