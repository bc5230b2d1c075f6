"""A text that can be erased, and what the record keeps of it for ever: a salted commitment.

commitment = SHA-256(salt || text), in lower-case hex; salt: 16 random bytes; text: UTF-8, NFC.
Without its salt nobody can find even a short name by trying names; with it, anybody can check one.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

from bench.custody.chain import UnrecordableError, admitted
from bench.custody.entries import PersonalText

SALT_BYTES = 16
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,31}")


@dataclass(frozen=True, slots=True)
class Commitment:
    """A text about `subject` with its salt (16 bytes), and what the event says of it: `digest`.

    `digest` is 64 hex digits; it stands in the event as `commit[field]`.
    """

    field: str
    subject: str
    text: str
    salt: bytes
    digest: str


def commit_to(personal: PersonalText) -> Commitment:
    """Commit to a text under a new salt; `UnrecordableError` for what is no text or no field.

    A field is a lower-case word of ASCII: the record never says more of the text than that.
    """
    if not _FIELD.fullmatch(personal.field):
        raise UnrecordableError("A field of personal text is one lower-case word of ASCII.")
    text = admitted(personal.text)
    salt = secrets.token_bytes(SALT_BYTES)
    digest = commitment(text, salt)
    return Commitment(personal.field, personal.subject, text, salt, digest)


def commitment(text: str, salt: bytes) -> str:
    """Return the commitment to `text` (made NFC) under `salt` (16 bytes): 64 hex digits."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"A salt has {SALT_BYTES} bytes.")
    return hashlib.sha256(salt + admitted(text).encode()).hexdigest()


def check(text: str, salt: bytes, commit: str) -> bool:
    """Whether this text and salt are what the event committed to; never raises."""
    try:
        return hmac.compare_digest(commitment(text, salt).encode(), commit.encode())
    except ValueError:
        return False
