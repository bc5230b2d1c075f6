"""A key that only its holder can use, for whoever signs off: FIDO2 key or smart card, as a port.

What is signed is a challenge over the leaf hashes of the events, so a signature is good for those
events and no others. Unconfirmed: no real key and no card was tried, only `SoftwareKey`. A smart
card (PIV) has no WebAuthn of its own; whoever connects one has to build the authenticator data
around its signature, or say here that another form of assertion is needed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol, Self

from bench.custody.entries import Proof
from bench.events.orders import Json

_LEAF_BYTES = 32


class Algorithm(IntEnum):
    """What signs: the number is COSE's (RFC 9053, clauses 2.1 and 2.2)."""

    ES256 = -7
    EDDSA = -8


@dataclass(frozen=True, slots=True)
class SecurityKey:
    """The public half of a person's key, as it was enrolled.

    `public` is an uncompressed P-256 point (65 bytes, SEC 1) for ES256, 32 bytes (RFC 8032) for
    EDDSA. `credential` is the id that the key gave it; `party` (the relying party's id, a domain
    name) and `origin` are what it was made for.
    """

    algorithm: Algorithm
    public: bytes
    credential: bytes
    party: str
    origin: str
    how: Proof = Proof.FIDO2

    def as_json(self) -> dict[str, Json]:
        """Return it as it stands in the event that enrolled it."""
        return {
            "alg": int(self.algorithm),
            "public": to_base64(self.public),
            "credential": to_base64(self.credential),
            "party": self.party,
            "origin": self.origin,
            "how": self.how.value,
        }

    @classmethod
    def from_json(cls, said: Json) -> Self:
        """Read it back; `ValueError` for anything else."""
        if not isinstance(said, dict):
            raise ValueError("A key is an object.")  # noqa: TRY004 - one error for bad data
        alg, party, origin = (said.get(name) for name in ("alg", "party", "origin"))
        if not isinstance(alg, int) or not isinstance(party, str) or not isinstance(origin, str):
            raise ValueError("A key names its algorithm, party and origin.")  # noqa: TRY004
        how = Proof(str(said.get("how")))
        public, credential = (from_base64(said.get(name)) for name in ("public", "credential"))
        return cls(Algorithm(alg), public, credential, party, origin, how)


@dataclass(frozen=True, slots=True)
class Assertion:
    """What a key answered: WebAuthn Level 2, clause 5.2.2 (AuthenticatorAssertionResponse)."""

    credential: bytes
    authenticator_data: bytes
    client_data: bytes
    signature: bytes

    def as_json(self) -> dict[str, Json]:
        """Return it as it stands in a `signed_off` event: base64url without padding."""
        return {
            "credential": to_base64(self.credential),
            "authenticator_data": to_base64(self.authenticator_data),
            "client_data": to_base64(self.client_data),
            "signature": to_base64(self.signature),
        }

    @classmethod
    def from_json(cls, said: Json) -> Self:
        """Read it back; `ValueError` for anything else."""
        found: Mapping[str, Json] = said if isinstance(said, dict) else {}
        names = ("credential", "authenticator_data", "client_data", "signature")
        return cls(*(from_base64(found.get(name)) for name in names))


class SecondFactor(Protocol):
    """A key or card at the bench."""

    async def sign(self, challenge: bytes) -> Assertion:
        """Have its holder touch it, and sign the challenge (32 bytes); may be cancelled.

        `ProblemError` when it is not there, is another one, or its holder declines.
        """
        ...


def challenge_over(leaves: Sequence[bytes]) -> bytes:
    """Return what is signed for these events: SHA-256 over their leaf hashes in order, 32 bytes."""
    if not leaves or any(len(leaf) != _LEAF_BYTES for leaf in leaves):
        raise ValueError("A challenge is over one or more leaf hashes of 32 bytes.")
    return hashlib.sha256(b"".join(leaves)).digest()


def to_base64(data: bytes) -> str:
    """Spell bytes in base64url without padding (RFC 4648, clause 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64(text: Json) -> bytes:
    """Read what `to_base64` wrote, and only that; `ValueError` for anything else."""
    if not isinstance(text, str) or not text.isascii():
        raise ValueError("This is no base64url.")
    try:
        found = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("This is no base64url.") from error
    if to_base64(found) != text:
        raise ValueError("This is no base64url.")
    return found
