"""The checksum of a management app, as Android takes it: SHA-256 in URL-safe Base64."""

from __future__ import annotations

import base64
import binascii
import re

_BYTES = 32
_HEX = re.compile(r"[0-9A-Fa-f]{2}(?::?[0-9A-Fa-f]{2}){19,}")
"""As `apksigner` and `keytool` print it: of SHA-1 or longer, with colons or without."""


def wrong_with_checksum(value: str) -> str:
    """Return what is wrong with a checksum, "" for nothing.

    Source: AOSP `DevicePolicyManager.EXTRA_PROVISIONING_DEVICE_ADMIN_SIGNATURE_CHECKSUM`: URL-safe
    Base64 (RFC 4648, clause 5) of SHA-256, the only digest from Android 10 on.
    """
    if _HEX.fullmatch(value):
        return "it is in hex: give the same bytes in URL-safe Base64"
    if value.endswith("="):
        return "leave out the = at its end"
    if "+" in value or "/" in value:
        return "it is in plain Base64: write - for + and _ for /"
    digest = _decoded(value)
    if digest is None:
        return "it is no URL-safe Base64"
    if len(digest) != _BYTES:
        return f"it has {len(digest)} bytes, SHA-256 has {_BYTES}"
    return ""


def _decoded(value: str) -> bytes | None:
    try:
        digest = base64.b64decode(value + "=" * (-len(value) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    again = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return digest if again == value else None
