"""A profile that enrols into Intune, and the secrets of a made-up bench."""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from bench.enrolment.profiles.profile import EnrolmentProfile, Method, Payload, Wifi, WifiSecurity
from bench.problems import Problem, ProblemCode, ProblemError

INTUNE = Payload(
    component="com.google.android.apps.work.clouddpc/.receivers.CloudDeviceAdminReceiver",
    checksum="I5YvS0O5hXY46mb01BlRjq4oJJGs2kuUcHvVkAPEXlg",
    download="https://play.google.com/managed/downloadManagingApp?identifier=setup",
    token="intune-token",
    token_key="com.google.android.apps.work.clouddpc.EXTRA_ENROLLMENT_TOKEN",
)
WPA = Wifi("bench", WifiSecurity.WPA, "bench-wifi")


class KeptSecrets:
    """The secrets of a bench, in memory."""

    def __init__(self, kept: Mapping[str, str]) -> None:
        self.kept = dict(kept)

    def secret(self, name: str) -> str:
        if name not in self.kept:
            raise ProblemError(Problem(ProblemCode.SECRET_MISSING, detail=name))
        return self.kept[name]


@pytest.fixture
def secrets() -> KeptSecrets:
    return KeptSecrets({"intune-token": "A1b2C3d4E5f6G7h8J9k0", "bench-wifi": "canary-password"})


@pytest.fixture
def profile() -> Callable[..., EnrolmentProfile]:
    """Make a profile; what is given replaces what Intune's usual one has."""

    def made(payload: Mapping[str, Any] | None = None, **changes: Any) -> EnrolmentProfile:
        usual = EnrolmentProfile(
            "A32, QR", 1, scan_back=True, steps=(), fingerprint="0" * 64, method=Method.QR
        )
        management = dataclasses.replace(INTUNE, **(payload or {}))
        return dataclasses.replace(usual, **({"payload": management} | changes))

    return made


@pytest.fixture
def wpa() -> Wifi:
    return WPA


def _authority(extra: int) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Bench CA")])
    key = ec.derive_private_key(0x5EED, ec.SECP256R1())
    padding = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"x" * extra)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    builder = builder.public_key(key.public_key()).serial_number(7)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    builder = builder.not_valid_before(start).not_valid_after(start + timedelta(days=3650))
    signed = builder.add_extension(padding, critical=False).sign(key, hashes.SHA256())

    return base64.b64encode(signed.public_bytes(Encoding.DER)).decode()


@pytest.fixture
def authority() -> Callable[[int], str]:
    """Make a certificate of an authority, with so many bytes to spare in it."""
    return _authority
