"""A badge: an identifier that anybody can copy, no secret, and yet personal data.

The file holds HMAC-SHA256(pepper, "badge:" || UID), so that without the bench's pepper (32 bytes,
sealed like its key) nobody learns from it whose badge is whose.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from typing import Self

PEPPER_BYTES = 32
_UID = re.compile(r"[0-9A-Z]{4,64}")


@dataclass(frozen=True, slots=True)
class Badge:
    """A badge's UID as the reader spells it: 4 to 64 letters and digits, here in capitals."""

    uid: str = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what a badge reader sent; `ValueError` (without the text) when it is no badge.

        Separators differ between readers and are left out: `04:A2-1b` is `04A21B`.
        """
        uid = re.sub(r"[\s:.-]", "", text).upper()
        if not _UID.fullmatch(uid):
            raise ValueError("A badge has 4 to 64 letters and digits.")
        return cls(uid)

    def code(self, pepper: bytes) -> bytes:
        """Return what the file holds of it: 32 bytes."""
        return peppered(pepper, "badge", self.uid)


def peppered(pepper: bytes, use: str, text: str) -> bytes:
    """Return HMAC-SHA256(pepper, use || ":" || text): 32 bytes, another for each use."""
    if len(pepper) != PEPPER_BYTES:
        raise ValueError(f"A pepper has {PEPPER_BYTES} bytes.")
    return hmac.digest(pepper, f"{use}:{text}".encode(), hashlib.sha256)
