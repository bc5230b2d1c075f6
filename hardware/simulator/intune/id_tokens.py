"""What says who signed in: the ID token, its key, and `client_info`.

Sources: OpenID Connect Core 1.0, clause 2; RFC 7517; Microsoft identity platform, "ID tokens".
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cached_property

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from hardware.simulator.intune.asking import Json
from hardware.simulator.intune.assertions import encoded

_LASTS = timedelta(hours=1)
_AGO = timedelta(minutes=5)


class IdTokens:
    """Signs them with a key that is made when the first is wanted."""

    def __init__(self, issuer: str, tenant: str, client: str) -> None:
        self._issuer = issuer
        self._tenant = tenant
        self._client = client

    def sign(self, user: str, at: datetime) -> str:
        """Return the ID token of a user who has just signed in."""
        claims: dict[str, Json] = {
            "aud": self._client,
            "iss": self._issuer,
            "iat": int(at.timestamp()),
            "nbf": int((at - _AGO).timestamp()),
            "exp": int((at + _LASTS).timestamp()),
            "name": user.partition("@")[0],
            "oid": self._object(user),
            "preferred_username": user,
            "sub": self._object(user),
            "tid": self._tenant,
            "ver": "2.0",
        }
        signed = f"{_part({'typ': 'JWT', 'alg': 'RS256', 'kid': 'training'})}.{_part(claims)}"
        signature = self._key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{encoded(signature)}"

    def client_info(self, user: str) -> str:
        """Return what the platform's own libraries tell accounts apart by."""
        return _part({"uid": self._object(user), "utid": self._tenant})

    def keys(self) -> dict[str, Json]:
        """Return the key set (RFC 7517)."""
        numbers = self._key.public_key().public_numbers()
        key: dict[str, Json] = {
            "kty": "RSA",
            "use": "sig",
            "kid": "training",
            "n": _integer(numbers.n),
            "e": _integer(numbers.e),
        }
        return {"keys": [key]}

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(65537, 2048)

    def _object(self, user: str) -> str:
        return str(uuid.uuid5(uuid.UUID(self._tenant), user))


def _part(value: Mapping[str, Json]) -> str:
    return encoded(json.dumps(value, separators=(",", ":")).encode())


def _integer(number: int) -> str:
    return encoded(number.to_bytes((number.bit_length() + 7) // 8, "big"))
