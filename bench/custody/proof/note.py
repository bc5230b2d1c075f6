"""Signed notes: a text with signature lines under it (c2sp.org/signed-note).

Only the form is read here; a note says nothing until a key that is trusted for other reasons has
signed it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bench.custody.proof.encoding import from_base64, to_base64

ED25519 = 0x01
"""Type of a signature over the text as it is."""
COSIGNATURE_V1 = 0x04
"""Type of a signature over a time and the text (c2sp.org/tlog-cosignature)."""
NOTE_LIMIT = 1_000_000
"""Bytes of a note at most."""
MOST_SIGNATURES = 100
"""Signature lines of a note at most; the specification asks for 16 at least."""
KEY_ID_LENGTH = 4
_ED25519_LENGTH = 32
_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f]")
_EM_DASH = "\u2014 "


class NoteError(ValueError):
    """This is no signed note, or no key; the text says where it departs from the format."""


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line: the key's name, its id (4 bytes) and the bytes that it made."""

    name: str
    key_id: bytes
    signature: bytes

    @classmethod
    def parse(cls, line: str) -> Self:
        """Read a line, without its newline; raises `NoteError`."""
        name, space, encoded = line.removeprefix(_EM_DASH).partition(" ")
        if not line.startswith(_EM_DASH) or not space:
            raise NoteError("A signature line is an em dash, a key's name and base64.")
        data = _base64(encoded)
        if len(data) <= KEY_ID_LENGTH:
            raise NoteError("A signature line holds a key id of 4 bytes and a signature.")
        return cls(key_name(name), data[:KEY_ID_LENGTH], data[KEY_ID_LENGTH:])

    def __str__(self) -> str:
        return f"{_EM_DASH}{self.name} {to_base64(self.key_id + self.signature)}"


@dataclass(frozen=True, slots=True)
class SignedNote:
    """A text that ends in a newline, and at least one signature line."""

    text: str
    signatures: tuple[NoteSignature, ...]

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a note; `str` gives back the same bytes. Raises `NoteError` for anything else."""
        if len(data) > NOTE_LIMIT:
            raise NoteError(f"A note of {len(data)} bytes is over {NOTE_LIMIT}.")
        text, blank, lines = _printable(data).rpartition("\n\n")
        if not blank or not lines.endswith("\n"):
            raise NoteError("A note is a text, a blank line and signature lines.")
        each = lines[:-1].split("\n")
        if len(each) > MOST_SIGNATURES:
            raise NoteError(f"A note of {len(each)} signatures is over {MOST_SIGNATURES}.")
        return cls(text + "\n", tuple(map(NoteSignature.parse, each)))

    def __str__(self) -> str:
        return f"{self.text}\n" + "".join(f"{each}\n" for each in self.signatures)

    def with_signature(self, signature: NoteSignature) -> Self:
        """Return the note with this line behind the others, in place of any of the same key."""
        key = signature.name, signature.key_id
        others = tuple(each for each in self.signatures if (each.name, each.key_id) != key)
        return replace(self, signatures=(*others, signature))

    def signatures_of(self, vkey: VerifierKey) -> tuple[bytes, ...]:
        """Return what stands in this key's lines, verified or not; lines of others are ignored."""
        known = vkey.name, vkey.key_id
        return tuple(
            each.signature for each in self.signatures if (each.name, each.key_id) == known
        )

    def is_signed_by(self, vkey: VerifierKey) -> bool:
        """Whether this Ed25519 key (type 0x01) signed the text, and no line of it is wrong."""
        message, found = self.text.encode(), self.signatures_of(vkey)
        is_of_type = vkey.algorithm == ED25519
        return is_of_type and bool(found) and all(vkey.verifies(each, message) for each in found)


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key under a name, for one type of signature: 32 bytes for 0x01 and 0x04."""

    name: str
    algorithm: int
    key: bytes

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `name+id+base64`; raises `NoteError`, also for a key id that is not this key's."""
        name, id_and_key = _cut(text)
        key_id, encoded = _cut(id_and_key)
        data = _base64(encoded)
        if not data:
            raise NoteError("A verifier key names the type of its signatures.")
        found = cls(key_name(name), data[0], data[1:])
        if found.key_id.hex() != key_id:
            raise NoteError("The key id is not that of the name and key beside it.")
        if found.algorithm in (ED25519, COSIGNATURE_V1) and len(found.key) != _ED25519_LENGTH:
            raise NoteError(f"An Ed25519 key has {_ED25519_LENGTH} bytes.")
        return found

    @property
    def key_id(self) -> bytes:
        """The 4 bytes that stand for this key in a signature line; not secret, not unique."""
        named = self.name.encode() + b"\n" + bytes([self.algorithm]) + self.key
        return hashlib.sha256(named).digest()[:KEY_ID_LENGTH]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{to_base64(bytes([self.algorithm]) + self.key)}"

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether the signature is this Ed25519 key's over exactly these bytes."""
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


def key_name(text: str) -> str:
    """Return `text` if it can name a key; raises `NoteError`: no spaces, no plus, not empty."""
    if not text or "+" in text or any(map(str.isspace, text)):
        raise NoteError("A key's name is not empty and has no space and no plus in it.")
    return writable(text)


def writable(text: str) -> str:
    """Return `text` if a note can hold it; raises `NoteError` for controls and half characters."""
    try:
        return _printable(text.encode())
    except UnicodeEncodeError as error:
        raise NoteError("A note cannot hold half a character.") from error


def _cut(text: str) -> tuple[str, str]:
    head, plus, tail = text.partition("+")
    if not plus:
        raise NoteError("A verifier key is a name, a key id and a key, joined by plus.")
    return head, tail


def _printable(data: bytes) -> str:
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise NoteError("A note is in UTF-8.") from error
    if _CONTROLS.search(text):
        raise NoteError("A note has no control characters but newlines.")
    return text


def _base64(text: str) -> bytes:
    try:
        return from_base64(text)
    except ValueError as error:
        raise NoteError(str(error)) from error
