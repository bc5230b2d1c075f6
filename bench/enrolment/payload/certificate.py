"""The certificate of a network's authority: Base64 of DER on one line."""

from __future__ import annotations

import base64
import binascii


def wrong_with_certificate(value: str) -> str:
    """Return what is wrong with it, "" for nothing.

    Source: AOSP `DevicePolicyManager.EXTRA_PROVISIONING_WIFI_CA_CERTIFICATE`.
    """
    if value.lstrip().startswith("-----"):
        return "it is PEM: give what stands between its dashes, on one line"
    if any(character.isspace() for character in value):
        return "give it on one line, without spaces"
    try:
        der = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return "it is no Base64"
    return "" if _is_certificate(der) else "it is no X.509 certificate in DER"


def _is_certificate(der: bytes) -> bool:
    from cryptography import x509  # noqa: PLC0415 - heavy, and few networks need it

    try:
        x509.load_der_x509_certificate(der)
    except ValueError:
        return False
    return True
