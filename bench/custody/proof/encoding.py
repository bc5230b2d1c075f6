"""The one spelling of bytes and numbers that C2SP's texts share.

Only the spelling that is written is read: a proof of which one letter was changed is never taken
for the same proof.
"""

from __future__ import annotations

import base64
import binascii
import re

HASH_LENGTH = 32
"""Bytes of a SHA-256."""
MOST_LEAVES = 2**63 - 1
"""What a tree size or index may be at most: a signed 64-bit integer in other languages."""
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


def to_base64(data: bytes) -> str:
    """Return the standard base64, padded (RFC 4648, clause 4)."""
    return base64.b64encode(data).decode("ascii")


def from_base64(text: str) -> bytes:
    """Read standard base64; `ValueError` for any spelling but that of `to_base64`."""
    try:
        data = binascii.a2b_base64(text.encode("ascii"), strict_mode=True)
    except ValueError as error:
        raise ValueError(f"Not base64: {error}.") from error
    if to_base64(data) != text:
        raise ValueError("Not base64 as it is written: spare bits are set.")
    return data


def to_hash(text: str) -> bytes:
    """Read one SHA-256 in base64; `ValueError` for anything else."""
    digest = from_base64(text)
    if len(digest) != HASH_LENGTH:
        raise ValueError(f"A hash has {HASH_LENGTH} bytes, not {len(digest)}.")
    return digest


def to_number(text: str) -> int:
    """Read a number of leaves: ASCII decimal, no leading zero; `ValueError` for anything else."""
    if not _DECIMAL.fullmatch(text) or int(text) > MOST_LEAVES:
        raise ValueError("Not a number of leaves in decimal without leading zeroes.")
    return int(text)
