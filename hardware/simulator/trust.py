"""How a handset decides whether to trust a computer: RSA keys and the dialog on its screen.

Pure Python over the key as adb sends it (AOSP `libcrypto_utils`, `android_pubkey.cpp`, once
mincrypt), because the simulator needs no library that the handset would not have.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import struct
from dataclasses import dataclass, field

from hardware.simulator.packets import BrokenLinkError

TOKEN_SIZE = 20
_BITS = 2048
_SIZE = _BITS // 8
_LAYOUT = struct.Struct(f"<II{_SIZE}s{_SIZE}sI")
_EXPONENTS = (3, 65537)
_SHA1_PREFIX = bytes.fromhex("3021300906052b0e03021a05000414")
"""DigestInfo of SHA-1 (RFC 8017, clause 9.2); the token stands where the digest would."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An RSA key of 2,048 bits; `comment` is who sent it, and no part of what it is."""

    modulus: int
    exponent: int
    comment: str = field(default="", compare=False)

    @classmethod
    def parse(cls, payload: bytes) -> PublicKey:
        """Read `base64 comment`; anything else is a `BrokenLinkError`."""
        encoded, _, comment = payload.rstrip(b"\0").partition(b" ")
        try:
            words, _n0inv, modulus, _rr, exponent = _LAYOUT.unpack(
                base64.b64decode(encoded, validate=True)
            )
        except (binascii.Error, struct.error) as error:
            raise BrokenLinkError("not a public key") from error
        if words != _SIZE // 4 or exponent not in _EXPONENTS or modulus[-1] < 0x80:  # noqa: PLR2004 - the top bit
            raise BrokenLinkError("not a key of 2,048 bits")
        return cls(int.from_bytes(modulus, "little"), exponent, comment.decode(errors="replace"))

    def signed(self, token: bytes, signature: bytes) -> bool:
        """Whether the holder of this key signed the token (PKCS#1 v1.5)."""
        number = int.from_bytes(signature, "big")
        if len(signature) != _SIZE or number >= self.modulus:
            return False
        tail = b"\0" + _SHA1_PREFIX + token
        wanted = b"\0\1".ljust(_SIZE - len(tail), b"\xff") + tail
        return pow(number, self.exponent, self.modulus).to_bytes(_SIZE, "big") == wanted


@dataclass(frozen=True, slots=True)
class TrustDialog:
    """The question on the screen whether to allow this computer."""

    key: PublicKey
    accepted: asyncio.Event = field(default_factory=asyncio.Event)
