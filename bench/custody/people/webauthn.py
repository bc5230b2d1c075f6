"""Whether a key's answer is good: the steps of W3C WebAuthn Level 2, clause 7.2, that apply here.

There is no browser and no account to look up: the steps kept are 11 to 13 (client data: type,
challenge, origin), 15 to 17 (party, presence, verification), 19 and 20 (signature) and 21 (count).
The signature is over authenticatorData || SHA-256(clientDataJSON), clause 6.3.3; for ES256 it is in
DER (clause 6.5.6). Attestation is not looked at: a supervisor enrols a key that is in the hand.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from bench.custody.people.second_factor import Algorithm, Assertion, SecurityKey, to_base64

PRESENT, VERIFIED = 0x01, 0x04
"""Flags of authenticator data (clause 6.1): the holder touched it; the holder was verified."""
SHORTEST_DATA = 37
"""Bytes of authenticator data: hash of the party 32, flags 1, count 4 (big-endian)."""
_LONGEST = 4096


class AssertionRefusedError(ValueError):
    """The key's answer is not good; the text says why."""


def check_assertion(
    assertion: Assertion,
    key: SecurityKey,
    challenge: bytes,
    *,
    last_count: int = 0,
    verified: bool = True,
) -> int:
    """Return the key's count after this use; `AssertionRefusedError` unless the answer is good.

    `last_count` is what the last use returned: a key that counts and has not moved on is a copy.
    Unless `verified` is False the key must have verified its holder (by a PIN or a finger): a touch
    alone shows only that someone has the key.
    """
    if not hmac.compare_digest(assertion.credential, key.credential):
        raise AssertionRefusedError("It is another key.")
    _check_client(_client_data(assertion.client_data), key, challenge)
    needed = PRESENT | VERIFIED if verified else PRESENT
    count = _check_authenticator(assertion.authenticator_data, key, needed)
    _check_signature(assertion, key)
    if (count or last_count) and count <= last_count:
        raise AssertionRefusedError("The key's count did not rise: there may be a copy of it.")
    return count


def _client_data(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data.decode()) if len(data) <= _LONGEST else None
    except (ValueError, RecursionError) as error:
        raise AssertionRefusedError("Its client data cannot be read.") from error
    if not isinstance(found, dict):
        raise AssertionRefusedError("Its client data cannot be read.")
    return found


def _check_client(client: dict[str, Any], key: SecurityKey, challenge: bytes) -> None:
    if client.get("type") != "webauthn.get":
        raise AssertionRefusedError("It was not made to sign in.")
    if client.get("challenge") != to_base64(challenge):
        raise AssertionRefusedError("It is over other events.")
    if client.get("origin") != key.origin:
        raise AssertionRefusedError("It was made for another program.")


def _check_authenticator(data: bytes, key: SecurityKey, needed: int) -> int:
    if not SHORTEST_DATA <= len(data) <= _LONGEST:
        raise AssertionRefusedError("Its authenticator data cannot be read.")
    if data[:32] != hashlib.sha256(key.party.encode()).digest():
        raise AssertionRefusedError("It was made for another organisation.")
    if data[32] & needed != needed:
        raise AssertionRefusedError("The key did not verify its holder.")
    return int.from_bytes(data[33:SHORTEST_DATA], "big")


def _check_signature(assertion: Assertion, key: SecurityKey) -> None:
    signed = assertion.authenticator_data + hashlib.sha256(assertion.client_data).digest()
    try:
        if key.algorithm is Algorithm.ES256:
            point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key.public)
            point.verify(assertion.signature, signed, ec.ECDSA(SHA256()))
        else:
            Ed25519PublicKey.from_public_bytes(key.public).verify(assertion.signature, signed)
    except (InvalidSignature, ValueError) as error:
        raise AssertionRefusedError("The key did not sign it.") from error
