"""A security key in software, for training and tests: it proves nothing about who holds it."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Self

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bench.custody.people.second_factor import Algorithm, Assertion, SecurityKey, to_base64
from bench.custody.people.webauthn import PRESENT, VERIFIED

PARTY, ORIGIN = "training.invalid", "https://training.invalid"
"""A name that nobody can own (RFC 2606, clause 2)."""


class SoftwareKey:
    """Implements `SecondFactor`; any thread, one use at a time."""

    def __init__(
        self, private: ec.EllipticCurvePrivateKey | Ed25519PrivateKey, count: int = 0
    ) -> None:
        self._private = private
        self._credential = secrets.token_bytes(16)
        self._count = count

    @classmethod
    def make(cls, algorithm: Algorithm = Algorithm.ES256) -> Self:
        """Make a new key."""
        if algorithm is Algorithm.EDDSA:
            return cls(Ed25519PrivateKey.generate())
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @property
    def public(self) -> SecurityKey:
        """What is enrolled of it."""
        if isinstance(self._private, Ed25519PrivateKey):
            algorithm, raw = Algorithm.EDDSA, self._private.public_key().public_bytes_raw()
        else:
            algorithm, raw = Algorithm.ES256, _point(self._private)
        return SecurityKey(algorithm, raw, self._credential, PARTY, ORIGIN)

    async def sign(self, challenge: bytes) -> Assertion:
        """Sign at once: nobody needs to touch it."""
        self._count += 1
        client = json.dumps(
            {"type": "webauthn.get", "challenge": to_base64(challenge), "origin": ORIGIN},
            separators=(",", ":"),
        ).encode()
        party = hashlib.sha256(PARTY.encode()).digest()
        data = party + bytes([PRESENT | VERIFIED]) + self._count.to_bytes(4, "big")
        signature = self._sign(data + hashlib.sha256(client).digest())
        return Assertion(self._credential, data, client, signature)

    def _sign(self, message: bytes) -> bytes:
        if isinstance(self._private, Ed25519PrivateKey):
            return self._private.sign(message)
        return self._private.sign(message, ec.ECDSA(SHA256()))


def _point(private: ec.EllipticCurvePrivateKey) -> bytes:
    return private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
